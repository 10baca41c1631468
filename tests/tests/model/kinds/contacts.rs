//! Contacts of the usual folder.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, known, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

struct Contacts;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["companyName"]));
    Watch { kind: "contacts", make: || Box::new(Contacts), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("outlook.new_contact", Rule::New, none),
        watch("outlook.new_or_updated_contact", Rule::Changed, none),
        watch("outlook.deleted_contact", Rule::Gone, any),
    ]
}

impl Kind for Contacts {
    fn properties(&self) -> &'static [&'static str] {
        &["companyName"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        known(world, history, "/me/contacts?$select=companyName&$top=100", true, |item| text(&item["companyName"]));
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..3 => {
                let contact = json!({ "givenName": scene.name(), "companyName": "new" });
                scene.make("/me/contacts", &contact, "new");
            }
            3..7 => scene.patch("/me/contacts", "companyName"),
            _ => scene.delete("/me/contacts"),
        }
    }
}
