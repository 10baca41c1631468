//! Items of a list.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, known, none, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

#[derive(Default)]
struct Items {
    list: String,
}

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["fields"]["Title"]));
    let input = || json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts" });
    Watch { kind: "items", make: || Box::new(Items::default()), trigger, input, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![watch("graph.new_or_updated_list_item", Rule::Changed, none)]
}

impl Kind for Items {
    fn properties(&self) -> &'static [&'static str] {
        &["fields"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        let site = text(&world.ask("GET", "/sites/contoso.sharepoint.example:/sites/mark8", &Value::Null)["id"]);
        self.list = format!("/sites/{site}/lists/Parts/items");
        known(world, history, &format!("{}?$expand=fields", self.list), true, |item| text(&item["fields"]["Title"]));
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..3 => scene.make(&self.list, &json!({ "fields": { "Title": "new" } }), "new"),
            3..7 => {
                let Some(id) = scene.one(true) else { return };
                let state = scene.state(&id);
                scene.world.ask("PATCH", &format!("{}/{id}/fields", self.list), &json!({ "Title": state }));
                scene.history.changed(&id, &state);
            }
            _ => scene.delete(&self.list),
        }
    }
}
