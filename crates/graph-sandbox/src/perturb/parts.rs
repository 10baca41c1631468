//! Parts of a batch whose answers do not come.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::asked::Asked;
use super::{Loss, Perturbation, gateway};
use crate::random::Random;

/// Leaves answers to reads out of the answer to a batch; what comes again is answered.
///
/// Graph's page on batching promises an answer to each part, and says that the order is another one. Seen where a part
/// took longer than the batch: whoever reads asks again.
pub(super) struct MissingParts;

/// Loses the answers to writes in a batch, which were carried out: they are missing, or a gateway's page stands in
/// their place.
///
/// As [`MissingParts`]. Nobody knows what became of such a write, so a client has to say that.
pub(super) struct LostParts;

impl Perturbation for MissingParts {
    fn name(&self) -> &'static str {
        "missing-parts"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "leaves answers to reads out of a batch"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        let reads = ids(asked, true);
        let Some(answers) = body.get_mut("responses").and_then(Value::as_array_mut) else { return };
        answers.retain(|answer| !(is_one_of(answer, &reads) && random.happens(1, 8)));
    }
}

impl Perturbation for LostParts {
    fn name(&self) -> &'static str {
        "lost-parts"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "loses answers to writes in a batch"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        let writes = ids(asked, false);
        let Some(answers) = body.get_mut("responses").and_then(Value::as_array_mut) else { return };
        // What was refused says so by its status, which comes with or without a page.
        let is_done = |answer: &Value| answer["status"].as_u64().is_some_and(|status| status < 300);
        answers.retain_mut(|answer| {
            if !is_done(answer) || !is_one_of(answer, &writes) || !random.happens(1, 6) {
                return true;
            }
            let keep = random.happens(1, 2);
            *answer = json!({ "id": answer["id"], "status": 502, "headers": { "Content-Type": "text/html" }, "body": gateway::PAGE });
            keep
        });
    }
}

/// The ids of the parts that only read, or of those that do not.
fn ids(asked: &Asked<'_>, reads: bool) -> HashSet<String> {
    let sent: Value =
        if asked.is_batch() { serde_json::from_slice(asked.sent).unwrap_or_default() } else { Value::Null };
    let parts = sent["requests"].as_array().into_iter().flatten();
    let parts =
        parts.filter(|part| part["method"].as_str().is_some_and(|method| method.eq_ignore_ascii_case("GET")) == reads);
    parts.map(|part| id(&part["id"])).collect()
}

fn is_one_of(answer: &Value, ids: &HashSet<String>) -> bool {
    ids.contains(&id(&answer["id"]))
}

/// Ids are the same id in either case, and may be numbers.
fn id(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_lowercase)
}
