//! Properties that nobody knows yet.

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::walk::Place;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Adds properties and annotations that no client knows, to every object.
///
/// Allowed by OData JSON 4.01, section 4.5 and 4.6 (a client must ignore annotations that it does not know), and by
/// Graph's rules of versioning: new properties are no breaking change. Graph adds `@microsoft.graph.tips` by itself.
pub(super) struct UnknownProperties;

const PREFIX: &str = "unknownToday";
const ANNOTATION: &str = "@unknown.today";

/// Whether a property is one of these.
pub(super) fn is_addition(property: &str) -> bool {
    property.starts_with(PREFIX) || property.contains(ANNOTATION)
}

/// Takes out of a body what this perturbation has added, because a service knows the properties that it tells: whoever
/// sends an item back as it came is not refused. `None` where there is nothing to take out.
pub(super) fn without_additions(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains(PREFIX) || text.contains(ANNOTATION))?;
    let mut body: Value = serde_json::from_str(text).ok()?;
    super::walk::objects(&mut body, &mut |object| object.retain(|name, _| !is_addition(name)));
    Some(body.to_string().into_bytes())
}

impl Perturbation for UnknownProperties {
    fn name(&self) -> &'static str {
        "unknown-properties"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "adds properties and annotations that nobody knows"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut add);
    }
    fn error(&self, asked: &Asked<'_>, _: http::StatusCode, body: &mut Value, _: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut add);
    }
}

fn add(object: &mut Map<String, Value>, place: &Place<'_>) {
    // What belongs to a property comes with it, and not without it.
    let annotated = |name: &&String| !name.contains('@') && place.draw_for(name, "").happens(1, 20);
    let annotated: Vec<String> = object.keys().filter(annotated).cloned().collect();
    for name in annotated {
        put(object, format!("{name}{ANNOTATION}"), &mut place.draw_for(&name, "annotation"));
    }
    let mut random = place.draw();
    let name = match random.below(8) {
        0 => ANNOTATION.to_owned(),
        1..=3 => format!("{PREFIX}{}", random.below(3)),
        _ => return,
    };
    put(object, name, &mut random);
}

fn put(object: &mut Map<String, Value>, name: String, random: &mut Random) {
    let values = [
        json!({ "id": "other", "value": [{ "id": "inner" }], "error": { "code": "none", "message": "none" } }),
        json!([[], {}, null, ["\u{202e}"]]),
        json!("\u{feff} \u{1f600} \\ \" </script>"),
        json!(9_007_199_254_740_993_u64),
        json!(true),
        Value::Null,
    ];
    let value = values[random.below(values.len())].clone();
    if random.happens(1, 2) {
        object.insert(name, value);
    } else {
        object.shift_insert(0, name, value);
    }
}
