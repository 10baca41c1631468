//! Properties without a value.

use serde_json::{Map, Value};

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Leaves optional properties out, at any depth.
///
/// Allowed by OData JSON 4.01, section 4.5 (a client must not rely on properties that it did not ask for), and by
/// Graph's metadata, in which nearly every property may have no value; seen in field case 1 (`parentReference.path`).
pub(super) struct Absent;

/// Answers `null` for optional properties, at any depth.
///
/// Allowed by OData JSON 4.01, section 7.1, for what the metadata does not call `Nullable="false"`; seen in field case
/// 3 (a name that is null).
pub(super) struct Null;

impl Perturbation for Absent {
    fn name(&self) -> &'static str {
        "absent"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "leaves out optional properties"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        each(asked, self.name(), body, &mut |object, name| {
            object.shift_remove(name);
        });
    }
}

impl Perturbation for Null {
    fn name(&self) -> &'static str {
        "null"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers null for optional properties"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        each(asked, self.name(), body, &mut |object, name| {
            object.insert(name.to_owned(), Value::Null);
        });
    }
}

/// Shows one property out of six that need not be there to `change`.
fn each(asked: &Asked<'_>, who: &str, body: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    // What stands around the parts of a batch is no property of anything.
    if asked.is_batch() {
        return;
    }
    super::walk::placed(asked, who, body, &mut |object, place| {
        let chosen = |name: &&String| is_optional(asked, name) && place.draw_for(name, "").happens(1, 6);
        let names: Vec<String> = object.keys().filter(chosen).cloned().collect();
        names.iter().for_each(|name| change(object, name));
    });
}

/// Whether a property may be missing: it is no key, no annotation, no list, not what the request asked by and not to be
/// spared.
pub(super) fn is_optional(asked: &Asked<'_>, name: &str) -> bool {
    const KEYS: [&str; 4] = ["id", "value", "error", "uploadUrl"];
    !KEYS.contains(&name) && !name.contains('@') && !asked.spared.contains(&name) && !asked.depends_on(name)
}
