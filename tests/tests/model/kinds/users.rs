//! Users: they are deleted softly, restored, and deleted for good.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, ended, known, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::{ADELE, World};

struct Users;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["jobTitle"]));
    Watch { kind: "users", make: || Box::new(Users), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("entra.new_user", Rule::New, none),
        watch("entra.new_or_updated_user", Rule::Changed, any),
        watch("entra.deleted_user", Rule::Gone, ended),
    ]
}

impl Kind for Users {
    fn properties(&self) -> &'static [&'static str] {
        &["jobTitle"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        let adele = world.sandbox.graph().user_by_name(ADELE).map(|user| user.id);
        known(world, history, "/users?$select=id,jobTitle&$top=100", true, |user| text(&user["jobTitle"]));
        // She is the one who asks.
        history.things.retain(|id, _| adele.as_ref() != Some(id));
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..3 => {
                let name = scene.name();
                let user = json!({
                    "accountEnabled": true, "displayName": name, "mailNickname": name, "userPrincipalName": format!("{name}@contoso.example"),
                    "passwordProfile": { "password": "Xa9#xa9#xa9#" }, "jobTitle": "new"
                });
                scene.make("/users", &user, "new");
            }
            3..6 => scene.patch("/users", "jobTitle"),
            6 => scene.delete("/users"),
            _ => super::groups::restore(scene),
        }
    }
}
