//! Files of a drive, of which a trigger wants those in a folder, or below it, whose names end in one way. They are
//! written, renamed so that they are wanted or not, and moved in and out.
//!
//! A file that is not wanted is nowhere, as far as the trigger goes.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Kind, Scene, Watch, none, text};
use crate::history::History;
use crate::oracle::Rule;
use crate::world::World;

#[derive(Default)]
struct FilesBelow {
    // The folder that is watched, one below it, and one elsewhere.
    folders: Vec<String>,
}

pub(super) fn watches() -> Vec<Watch> {
    vec![Watch {
        kind: "files below",
        make: || Box::new(FilesBelow::default()),
        trigger: "graph.new_or_updated_file",
        input: || json!({ "folderPath": "Watched R&D", "nameEndsWith": ".CSV" }),
        rule: Rule::Changed,
        read: |event| (text(&event["id"]), state(event)),
        misses: none,
        spared: &[],
    }]
}

impl Kind for FilesBelow {
    // Neither the name nor the place is in a fragment: the whole file is judged.
    fn properties(&self) -> &'static [&'static str] {
        &["size"]
    }

    fn begin(&mut self, world: &World, _: &mut History) {
        let make = |below: &str, name: &str| {
            let folder = json!({ "name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail" });
            text(&world.ask("POST", &format!("/me/drive/{below}/children"), &folder)["id"])
        };
        let watched = make("root", "Watched R&D");
        let below = make(&format!("items/{watched}"), "Below");
        self.folders = vec![watched, below, make("root", "Elsewhere")];
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        let (place, is_csv) = (scene.chance.below(3), scene.chance.one_in(2));
        let name = format!("{}.{}", scene.name(), if is_csv { "csv" } else { "txt" });
        let content = Bytes::from(vec![b'x'; scene.history.changes % 500 + 1]);
        if scene.chance.one_in(3) {
            let path = format!("/me/drive/items/{}:/{name}:/content", self.folders[place]);
            let made = scene.world.send("PUT", &path, content);
            let id = text(&made["id"]);
            scene.history.was_there(&id, false, state(&made));
            return self.judge(scene, &id, &made);
        }
        let here = scene.chance.one_in(2);
        let Some(id) = scene.one(here) else { return };
        let path = format!("/me/drive/items/{id}");
        let now = match scene.chance.below(4) {
            0 => scene.world.send("PUT", &format!("{path}/content"), content),
            1 => scene.world.ask("PATCH", &path, &json!({ "name": name })),
            2 => {
                let moved = json!({ "parentReference": { "id": self.folders[place] }, "name": name });
                scene.world.ask("PATCH", &path, &moved)
            }
            _ => {
                scene.world.ask("DELETE", &path, &Value::Null);
                if here {
                    scene.history.went(&id);
                }
                if let Some(thing) = scene.history.things.get_mut(&id) {
                    thing.ended = true;
                }
                return;
            }
        };
        self.judge(scene, &id, &now);
    }
}

impl FilesBelow {
    fn judge(&self, scene: &mut Scene<'_>, id: &str, item: &Value) {
        let place = text(&item["parentReference"]["id"]);
        let wanted = self.folders[..2].contains(&place) && text(&item["name"]).ends_with(".csv");
        match (wanted, scene.history.things[id].here) {
            (true, true) => scene.history.changed(id, &state(item)),
            (true, false) => scene.history.met(id, &state(item)),
            (false, true) => scene.history.unmet(id, &state(item)),
            (false, false) => scene.history.changed_elsewhere(id, &state(item)),
        }
    }
}

fn state(item: &Value) -> String {
    format!("{} {}", text(&item["name"]), item["size"])
}
