//! Series of events: they are made, changed and deleted; so are single occurrences of them.
//!
//! An occurrence lies in its series: a series in which one is changed or missing has changed.

use std::collections::HashMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, none, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

#[derive(Default)]
struct Series {
    // Whether what leaves is watched: then each occurrence is a thing of its own.
    occurrences: bool,
    // The occurrences that were taken out of each series.
    taken_out: HashMap<String, Vec<String>>,
}

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (text(&event["id"]), text(&event["subject"]));
    let make: fn() -> Box<dyn Kind> = match rule {
        Rule::Gone => || Box::new(Series { occurrences: true, ..Series::default() }),
        _ => || Box::new(Series::default()),
    };
    Watch { kind: "series", make, trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![
        watch("outlook.new_event", Rule::New, none),
        watch("outlook.new_or_updated_event", Rule::Changed, none),
        watch("outlook.deleted_event", Rule::Gone, any),
    ]
}

const OCCURRENCES: usize = 4;

impl Kind for Series {
    fn properties(&self) -> &'static [&'static str] {
        &["subject"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        for event in world.list("/me/events?$select=subject,type&$top=50") {
            // Only those that are made here are changed.
            let id = text(&event["id"]);
            history.was_there(&id, true, text(&event["subject"]));
            if let Some(thing) = history.things.get_mut(&id) {
                thing.ended = true;
            }
        }
    }

    fn change(&mut self, scene: &mut Scene<'_>) {
        match scene.chance.below(8) {
            0..2 => self.make(scene),
            2..4 if !self.occurrences => scene.patch("/me/events", "subject"),
            2..6 => {
                let Some((series, occurrence)) = self.occurrence(scene) else { return };
                let body = json!({ "subject": format!("exception {}", scene.history.changes) });
                scene.world.ask("PATCH", &format!("/me/events/{occurrence}"), &body);
                match self.occurrences {
                    true => scene.history.changed(&occurrence, ""),
                    false => changed_within(scene, &series),
                }
            }
            6 => {
                let Some((series, occurrence)) = self.occurrence(scene) else { return };
                scene.world.ask("DELETE", &format!("/me/events/{occurrence}"), &Value::Null);
                match self.occurrences {
                    true => {
                        went(scene, &occurrence);
                        self.taken_out.entry(series).or_default().push(occurrence);
                    }
                    false => changed_within(scene, &series),
                }
            }
            _ => {
                let Some(series) = series(scene) else { return };
                let all = if self.occurrences { instances(scene, &series) } else { Vec::new() };
                scene.world.ask("DELETE", &format!("/me/events/{series}"), &Value::Null);
                went(scene, &series);
                // They went with it; that they did is told by the series. So are those that were taken out of it shortly
                // before.
                let taken_out = self.taken_out.remove(&series).unwrap_or_default();
                for id in all.into_iter().chain(taken_out) {
                    if let Some(thing) = scene.history.things.get_mut(&id) {
                        (thing.here, thing.was_here, thing.ended) = (false, false, true);
                    }
                }
            }
        }
    }
}

impl Series {
    fn make(&self, scene: &mut Scene<'_>) {
        let days = scene.chance.below(20) as i64 + 1;
        let now = scene.world.sandbox.clock().now();
        let at = |hours| {
            let at = now + SignedDuration::from_hours(24 * days + hours);
            json!({ "dateTime": at.to_string().trim_end_matches('Z'), "timeZone": "UTC" })
        };
        let first = text(&at(0)["dateTime"]);
        let range = json!({ "type": "numbered", "startDate": &first[..10], "numberOfOccurrences": OCCURRENCES });
        let recurrence = json!({ "pattern": { "type": "daily", "interval": 2 }, "range": range });
        let event = json!({ "subject": "new", "start": at(0), "end": at(1), "recurrence": recurrence });
        scene.make("/me/events", &event, "new");
        if self.occurrences {
            let series = scene.history.things.iter().filter(|(_, thing)| thing.here && !thing.ended);
            let series: Vec<String> = series.map(|(id, _)| id.clone()).collect();
            let all: Vec<String> = series.iter().flat_map(|series| instances(scene, series)).collect();
            for id in all {
                if !scene.history.things.contains_key(&id) {
                    scene.history.made(&id, "");
                    if let Some(thing) = scene.history.things.get_mut(&id) {
                        thing.is_part = true;
                    }
                }
            }
        }
    }

    // An occurrence, with the series that it is of.
    fn occurrence(&self, scene: &mut Scene<'_>) -> Option<(String, String)> {
        let series = series(scene)?;
        let all = instances(scene, &series);
        Some((series, scene.chance.pick(&all)?))
    }
}

// One of the series; occurrences have a name of no letters.
fn series(scene: &mut Scene<'_>) -> Option<String> {
    let all: Vec<String> =
        scene.history.ids(true).into_iter().filter(|id| !scene.history.things[id].state.is_empty()).collect();
    scene.chance.pick(&all)
}

fn instances(scene: &Scene<'_>, series: &str) -> Vec<String> {
    let window = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2029-01-01T00:00:00Z";
    if scene.history.things.get(series).is_none_or(|thing| thing.state.is_empty()) {
        return Vec::new();
    }
    let list = scene.world.list(&format!("/me/events/{series}/instances?{window}&$select=id&$top=50"));
    list.iter().map(|event| text(&event["id"])).collect()
}

fn changed_within(scene: &mut Scene<'_>, series: &str) {
    let state = scene.history.things[series].state.clone();
    scene.history.changed(series, &state);
}

fn went(scene: &mut Scene<'_>, id: &str) {
    scene.history.went(id);
    if let Some(thing) = scene.history.things.get_mut(id) {
        thing.ended = true;
    }
}
