//! Properties that nobody knows yet.

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Adds properties and annotations that no client knows, to every object.
///
/// Allowed by OData JSON 4.01, section 4.5 and 4.6 (a client must ignore annotations that it does not know), and by Graph's
/// rules of versioning: new properties are no breaking change. Graph adds `@microsoft.graph.tips` by itself.
pub(super) struct UnknownProperties;

const PREFIX: &str = "unknownToday";
const ANNOTATION: &str = "@unknown.today";

/// Whether a property is one of these.
pub(super) fn is_addition(property: &str) -> bool {
    property.starts_with(PREFIX) || property.contains(ANNOTATION)
}

/// Takes out of a body what this perturbation has added, because a service knows the properties that it tells: whoever sends an item back
/// as it came is not refused. `None` where there is nothing to take out.
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
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        add(body, asked.seed, random);
    }
    fn error(&self, asked: &Asked<'_>, _: http::StatusCode, body: &mut Value, random: &mut Random) {
        add(body, asked.seed, random);
    }
}

fn add(body: &mut Value, seed: u64, random: &mut Random) {
    // Collected first, so that what is added is not added to.
    match body {
        Value::Object(object) => {
            // An object that has not changed is the same each time it is read.
            let mut own = object.get("id").and_then(Value::as_str).map(|id| Random::of(seed, &["unknown-properties", id]));
            let random = own.as_mut().unwrap_or(random);
            object.values_mut().for_each(|value| add(value, seed, random));
            if random.happens(1, 2) {
                put(object, random);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| add(value, seed, random)),
        _ => {}
    }
}

fn put(object: &mut Map<String, Value>, random: &mut Random) {
    let values = [
        json!({ "id": "other", "value": [{ "id": "inner" }], "error": { "code": "none", "message": "none" } }),
        json!([[], {}, null, ["\u{202e}"]]),
        json!("\u{feff} \u{1f600} \\ \" </script>"),
        json!(9_007_199_254_740_993_u64),
        json!(true),
        Value::Null,
    ];
    let value = values[random.below(values.len())].clone();
    let known = object.keys().find(|name| !name.contains('@')).cloned();
    let name = match (random.below(4), known) {
        (0, _) => ANNOTATION.to_owned(),
        (1, Some(known)) => format!("{known}{ANNOTATION}"),
        _ => format!("{PREFIX}{}", random.below(3)),
    };
    if random.happens(1, 2) {
        object.insert(name, value);
    } else {
        object.shift_insert(0, name, value);
    }
}
