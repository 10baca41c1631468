//! Groups: they are deleted softly, and restored.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, ended, known, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

struct Groups;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["description"]));
    Watch { kind: "groups", make: || Box::new(Groups), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("entra.new_group", Rule::New, none),
        watch("entra.new_or_updated_group", Rule::Changed, any),
        watch("entra.deleted_group", Rule::Gone, ended),
    ]
}

/// Brings back, or takes away for good, what was deleted.
pub(super) fn restore(scene: &mut Scene<'_>) {
    let Some(id) = scene.one(false) else { return };
    if scene.chance.one_in(4) {
        scene.world.ask("DELETE", &format!("/directory/deletedItems/{id}"), &Value::Null);
        scene.history.ended(&id);
    } else if scene.returns {
        scene.world.ask("POST", &format!("/directory/deletedItems/{id}/restore"), &json!({}));
        scene.history.came(&id);
    }
}

impl Kind for Groups {
    fn properties(&self) -> &'static [&'static str] {
        &["description"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        known(world, history, "/groups?$select=id,description&$top=100", true, |item| text(&item["description"]));
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..3 => {
                let name = scene.name();
                let group = json!({
                    "displayName": name, "mailNickname": name, "mailEnabled": true, "securityEnabled": false, "groupTypes": ["Unified"],
                    "description": "new"
                });
                scene.make("/groups", &group, "new");
            }
            3..6 => scene.patch("/groups", "description"),
            6 => scene.delete("/groups"),
            _ => restore(scene),
        }
    }
}
