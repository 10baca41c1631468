//! Messages of the inbox and of all folders below it: they arrive in any of them, and folders come to be and go.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, none, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::{ADELE, World};

/// No more folders than these: each costs a request at each look.
const MOST: usize = 6;

#[derive(Default)]
struct Folders {
    inbox: String,
    // The folders below the inbox, each with the one that it lies in.
    below: BTreeMap<String, String>,
    // Where the messages lie that are in one of them.
    places: BTreeMap<String, String>,
}

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["categories"][0]));
    let input = || json!({ "includeSubfolders": true });
    Watch { kind: "folders", make: || Box::new(Folders::default()), trigger, input, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![watch("outlook.new_email", Rule::New, none), watch("outlook.new_or_updated_email", Rule::Changed, none)]
}

impl Kind for Folders {
    fn properties(&self) -> &'static [&'static str] {
        &["categories"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        self.inbox = text(&world.ask("GET", "/me/mailFolders/inbox?$select=id", &Value::Null)["id"]);
        let mut unread = vec![self.inbox.clone()];
        while let Some(folder) = unread.pop() {
            for message in world.list(&format!("/me/mailFolders/{folder}/messages?$select=categories&$top=100")) {
                let id = text(&message["id"]);
                history.was_there(&id, true, text(&message["categories"][0]));
                self.places.insert(id, folder.clone());
            }
            for child in world.list(&format!("/me/mailFolders/{folder}/childFolders?$select=id&$top=100")) {
                self.below.insert(text(&child["id"]), folder.clone());
                unread.push(text(&child["id"]));
            }
        }
        for message in world.list("/me/mailFolders/archive/messages?$select=categories&$top=100") {
            history.was_there(&text(&message["id"]), false, text(&message["categories"][0]));
        }
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(12) {
            0..4 => {
                let folder = self.any(scene);
                let message = json!({ "subject": scene.name(), "categories": ["new"] });
                let id = scene.world.sandbox.graph().deliver(ADELE, &folder, message);
                let id = text(&scene.world.ask("GET", &format!("/me/messages/{id}?$select=id"), &Value::Null)["id"]);
                scene.history.made(&id, "new");
                self.places.insert(id, folder);
            }
            4..7 => {
                let Some(id) = scene.one(true) else { return };
                let state = scene.state(&id);
                scene.world.ask("PATCH", &format!("/me/messages/{id}"), &json!({ "categories": [state] }));
                scene.history.changed(&id, &state);
            }
            7 => {
                let Some(id) = scene.one(true) else { return };
                let state = scene.history.things[&id].state.clone();
                // It is still there, as far as the trigger goes, and has changed.
                if self.put(scene, &id) {
                    scene.history.changed(&id, &state);
                }
            }
            8 => {
                let Some(id) = scene.one(true) else { return };
                scene.world.ask("POST", &format!("/me/messages/{id}/move"), &json!({ "destinationId": "archive" }));
                self.places.remove(&id);
                scene.history.went(&id);
            }
            9 => {
                let Some(id) = scene.one(false).filter(|_| scene.returns) else { return };
                self.put(scene, &id);
                scene.history.came(&id);
            }
            10 if self.below.len() < MOST => {
                let parent = self.any(scene);
                let folder = json!({ "displayName": scene.name() });
                let made = scene.world.ask("POST", &format!("/me/mailFolders/{parent}/childFolders"), &folder);
                self.below.insert(text(&made["id"]), parent);
                scene.history.changes += 1;
            }
            10 => self.remove(scene),
            _ => {}
        }
    }
}

impl Folders {
    // The inbox, or one of the folders below it.
    fn any(&self, scene: &mut Scene<'_>) -> String {
        let folders: Vec<String> = self.below.keys().cloned().collect();
        let below = scene.chance.one_in(2).then(|| scene.chance.pick(&folders)).flatten();
        below.unwrap_or_else(|| self.inbox.clone())
    }

    // Moves a message into one of the folders, if it is not there already.
    fn put(&mut self, scene: &mut Scene<'_>, id: &str) -> bool {
        let folder = self.any(scene);
        if self.places.get(id) == Some(&folder) {
            return false;
        }
        scene.world.ask("POST", &format!("/me/messages/{id}/move"), &json!({ "destinationId": folder }));
        self.places.insert(id.to_owned(), folder);
        true
    }

    // Removes a folder that has no other one in it, and all that is in it.
    fn remove(&mut self, scene: &mut Scene<'_>) {
        let leaves: Vec<String> =
            self.below.keys().filter(|folder| !self.below.values().any(|parent| parent == *folder)).cloned().collect();
        let Some(folder) = scene.chance.pick(&leaves) else { return };
        scene.world.ask("DELETE", &format!("/me/mailFolders/{folder}"), &Value::Null);
        self.below.remove(&folder);
        let gone: Vec<String> =
            self.places.iter().filter(|(_, place)| **place == folder).map(|(id, _)| id.clone()).collect();
        for id in gone {
            self.places.remove(&id);
            scene.history.went(&id);
            // It lies in a folder that was deleted, and stays there.
            if let Some(thing) = scene.history.things.get_mut(&id) {
                thing.ended = true;
            }
        }
    }
}
