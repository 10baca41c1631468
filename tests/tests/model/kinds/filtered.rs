//! Messages of the inbox, of which a filter wants some: by a property that stays, and by one that changes.
//!
//! A message that the filter does not want is nowhere, as far as the trigger goes. Fragments hold neither property.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, none, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::{ADELE, World};

#[derive(Default)]
struct Filtered {
    // Whether the importance counts too.
    by_importance: bool,
    // Those whose subject is not wanted.
    others: BTreeSet<String>,
}

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["categories"][0]));
    let make: fn() -> Box<dyn Kind> = match rule {
        Rule::New => || Box::new(Filtered::default()),
        _ => || Box::new(Filtered { by_importance: true, ..Filtered::default() }),
    };
    let input: fn() -> Value = match rule {
        Rule::New => || json!({ "subjectContains": "WANTED" }),
        _ => || json!({ "subjectContains": "WANTED", "importance": "high" }),
    };
    Watch { kind: "filtered", make, trigger, input, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![watch("outlook.new_email", Rule::New, none), watch("outlook.new_or_updated_email", Rule::Changed, none)]
}

impl Kind for Filtered {
    fn properties(&self) -> &'static [&'static str] {
        &["categories"]
    }

    fn begin(&mut self, world: &World, _: &mut History) {
        let path = "/me/mailFolders/inbox/messages?$select=id&$top=100";
        self.others = world.list(path).iter().map(|message| text(&message["id"])).collect();
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(10) {
            0..3 => self.arrive(scene),
            3..6 => categorise(scene),
            6..8 if self.by_importance => {
                let here = scene.chance.one_in(2);
                let Some(id) = scene.one(here) else { return };
                let state = scene.state(&id);
                let importance = if here { "low" } else { "high" };
                let body = json!({ "importance": importance, "categories": [state] });
                scene.world.ask("PATCH", &format!("/me/messages/{id}"), &body);
                if here { scene.history.unmet(&id, &state) } else { scene.history.met(&id, &state) }
            }
            6..8 => categorise(scene),
            8 => {
                // Nobody is to hear of these.
                let others: Vec<String> = self.others.iter().cloned().collect();
                let Some(id) = scene.chance.pick(&others) else { return };
                let body = json!({ "importance": "high", "categories": [format!("other {}", scene.history.changes)] });
                scene.world.ask("PATCH", &format!("/me/messages/{id}"), &body);
                scene.history.changes += 1;
            }
            _ => {
                let Some(id) = scene.one(true) else { return };
                scene.world.ask("DELETE", &format!("/me/messages/{id}"), &Value::Null);
                scene.history.went(&id);
                if let Some(thing) = scene.history.things.get_mut(&id) {
                    thing.ended = true;
                }
            }
        }
    }
}

impl Filtered {
    fn arrive(&mut self, scene: &mut Scene<'_>) {
        let (wanted, high) = (scene.chance.one_in(2), scene.chance.one_in(2));
        let subject = format!("{} {}", if wanted { "Wanted" } else { "Other" }, scene.name());
        let importance = if high { "high" } else { "normal" };
        let message = json!({ "subject": subject, "importance": importance, "categories": ["new"] });
        let id = scene.world.sandbox.graph().deliver(ADELE, "inbox", message);
        let id = text(&scene.world.ask("GET", &format!("/me/messages/{id}?$select=id"), &Value::Null)["id"]);
        if !wanted {
            self.others.insert(id);
            scene.history.changes += 1;
            return;
        }
        scene.history.made(&id, "new");
        if self.by_importance && !high {
            scene.history.things.remove(&id);
            scene.history.was_there(&id, false, "new".to_owned());
        }
    }
}

fn categorise(scene: &mut Scene<'_>) {
    let Some(id) = scene.one(true) else { return };
    let state = scene.state(&id);
    scene.world.ask("PATCH", &format!("/me/messages/{id}"), &json!({ "categories": [state] }));
    scene.history.changed(&id, &state);
}
