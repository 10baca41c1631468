//! Messages of the inbox: they arrive, are changed, moved away and back, deleted and fetched back.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, known, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::{ADELE, World};

#[derive(Default)]
struct Mail;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["categories"][0]));
    Watch { kind: "mail", make: || Box::new(Mail), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("outlook.new_email", Rule::New, none),
        watch("outlook.new_or_updated_email", Rule::Changed, none),
        watch("outlook.deleted_email", Rule::Gone, any),
    ]
}

impl Kind for Mail {
    fn properties(&self) -> &'static [&'static str] {
        &["categories"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        for (folder, here) in [("inbox", true), ("archive", false)] {
            let path = format!("/me/mailFolders/{folder}/messages?$select=categories&$top=100");
            known(world, history, &path, here, |message| text(&message["categories"][0]));
        }
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(10) {
            0..3 => arrive(scene),
            3..6 => categorise(scene, true),
            6 => leave(scene, |scene, id| move_to(scene, id, "archive")),
            7 => leave(scene, |scene, id| _ = scene.world.ask("DELETE", &format!("/me/messages/{id}"), &Value::Null)),
            8 => categorise(scene, false),
            _ if !scene.returns => arrive(scene),
            _ => {
                let Some(id) = scene.one(false) else { return };
                move_to(scene, &id, "inbox");
                scene.history.came(&id);
            }
        }
    }
}

fn arrive(scene: &mut Scene<'_>) {
    let mut message = json!({ "subject": scene.name(), "categories": ["new"] });
    if scene.chance.one_in(10) {
        // A sender's clock is wrong: the message is dated tomorrow.
        let tomorrow = scene.world.sandbox.clock().now() + jiff::SignedDuration::from_hours(24);
        message["receivedDateTime"] = format!("{tomorrow:.0}").into();
    }
    let id = scene.world.sandbox.graph().deliver(ADELE, "inbox", message);
    let id = scene.world.ask("GET", &format!("/me/messages/{id}?$select=id"), &Value::Null)["id"].clone();
    scene.history.made(&text(&id), "new");
}

fn categorise(scene: &mut Scene<'_>, here: bool) {
    let Some(id) = scene.one(here) else { return };
    let state = scene.state(&id);
    scene.world.ask("PATCH", &format!("/me/messages/{id}"), &json!({ "categories": [state] }));
    match here {
        true => scene.history.changed(&id, &state),
        false => scene.history.changed_elsewhere(&id, &state),
    }
}

fn leave(scene: &mut Scene<'_>, how: impl Fn(&Scene<'_>, &str)) {
    let Some(id) = scene.one(true) else { return };
    how(scene, &id);
    scene.history.went(&id);
}

fn move_to(scene: &Scene<'_>, id: &str, folder: &str) {
    scene.world.ask("POST", &format!("/me/messages/{id}/move"), &json!({ "destinationId": folder }));
}
