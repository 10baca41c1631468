//! Files of a drive: they are uploaded, written anew, renamed, moved and deleted.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

#[derive(Default)]
struct Files {
    folders: Vec<String>,
}

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), format!("{} {}", text(&event["name"]), event["size"]));
    Watch {
        kind: "files",
        make: || Box::new(Files::default()),
        trigger,
        input: nothing,
        rule,
        read,
        misses,
        spared: &[],
    }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![watch("graph.new_or_updated_file", Rule::Changed, none), watch("graph.deleted_file", Rule::Gone, any)]
}

impl Kind for Files {
    fn properties(&self) -> &'static [&'static str] {
        &["name", "size"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        for item in world.list("/me/drive/root/delta?$top=1000") {
            let id = text(&item["id"]);
            if item.get("file").is_some() {
                history.was_there(&id, true, state(&item));
            } else if item.get("root").is_none() {
                self.folders.push(id);
            }
        }
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        if scene.chance.one_in(4) {
            let name = scene.name();
            let content = Bytes::from(vec![b'x'; scene.history.changes % 500 + 1]);
            let made = scene.world.send("PUT", &format!("/me/drive/root:/{name}.txt:/content"), content);
            scene.history.made(&text(&made["id"]), &state(&made));
            return;
        }
        let Some(id) = scene.one(true) else { return };
        let path = format!("/me/drive/items/{id}");
        let now = match scene.chance.below(6) {
            0 => {
                scene.world.ask("DELETE", &path, &Value::Null);
                return scene.history.went(&id);
            }
            1 | 2 => scene.world.send(
                "PUT",
                &format!("{path}/content"),
                Bytes::from(vec![b'y'; scene.history.changes % 500 + 1]),
            ),
            3 => {
                let folder = scene.chance.pick(&self.folders);
                scene.world.ask(
                    "PATCH",
                    &path,
                    &json!({ "parentReference": { "id": folder }, "name": format!("{}.txt", scene.name()) }),
                )
            }
            _ => scene.world.ask("PATCH", &path, &json!({ "name": format!("{}.txt", scene.name()) })),
        };
        scene.history.changed(&id, &state(&now));
    }
}

fn state(item: &Value) -> String {
    format!("{} {}", text(&item["name"]), item["size"])
}
