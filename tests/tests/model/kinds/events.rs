//! Events of a calendar.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, known, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

struct Events;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["subject"]));
    Watch { kind: "events", make: || Box::new(Events), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("outlook.new_event", Rule::New, none),
        watch("outlook.new_or_updated_event", Rule::Changed, none),
        watch("outlook.deleted_event", Rule::Gone, any),
    ]
}

impl Kind for Events {
    fn properties(&self) -> &'static [&'static str] {
        &["subject"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        known(world, history, "/me/events?$filter=type eq 'singleInstance'&$select=subject&$top=20", true, |item| {
            text(&item["subject"])
        });
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..3 => {
                let days = scene.chance.below(20) as i64 + 1;
                let day = |hours| {
                    (scene.world.sandbox.clock().now() + jiff::SignedDuration::from_hours(24 * days + hours))
                        .to_string()
                };
                let at = |hours| json!({ "dateTime": day(hours).trim_end_matches('Z'), "timeZone": "UTC" });
                let event = json!({ "subject": "new", "start": at(0), "end": at(1) });
                scene.make("/me/events", &event, "new");
            }
            3..7 => scene.patch("/me/events", "subject"),
            _ => scene.delete("/me/events"),
        }
    }
}
