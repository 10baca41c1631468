//! What is watched, and how it changes.

mod contacts;
mod events;
mod files;
mod files_below;
mod filtered;
mod folders;
mod groups;
mod items;
mod mail;
mod members;
mod series;
mod users;

use serde_json::Value;

use super::chance::Chance;
use super::history::{History, Thing};
use super::oracle::{Misses, Rule};
use super::world::World;

/// A kind of thing, of which other programs make, change, move, delete and restore some.
pub(crate) trait Kind: Send {
    /// The properties of which one has changed where something has: a fragment has these.
    fn properties(&self) -> &'static [&'static str];
    /// Notes what is there already.
    fn begin(&mut self, world: &World, history: &mut History);
    /// Makes one change, or none where it cannot.
    fn change(&mut self, scene: &mut Scene<'_>);
}

/// Where changes are made.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) chance: &'a mut Chance,
    pub(crate) history: &'a mut History,
    /// What went may come back.
    pub(crate) returns: bool,
}

impl Scene<'_> {
    /// One of the things that are there, or that are not.
    fn one(&mut self, here: bool) -> Option<String> {
        let ids = self.history.ids(here);
        self.chance.pick(&ids)
    }

    /// How a thing may be next: not as it is now, but perhaps as it was before.
    fn state(&mut self, id: &str) -> String {
        let now = self.history.things.get(id).map(|thing| thing.state.clone()).unwrap_or_default();
        let again =
            ["one", "two", "three"].map(str::to_owned).into_iter().filter(|state| *state != now).collect::<Vec<_>>();
        match self.chance.one_in(2) {
            true => self.chance.pick(&again).unwrap_or_default(),
            false => format!("state {}", self.history.changes),
        }
    }

    /// A name that nothing else has.
    fn name(&self) -> String {
        format!("thing{}", self.history.changes)
    }

    fn make(&mut self, path: &str, body: &Value, state: &str) {
        let made = self.world.ask("POST", path, body);
        self.history.made(made["id"].as_str().unwrap_or_default(), state);
    }

    /// Changes a property of one of the things that are there.
    fn patch(&mut self, path: &str, property: &str) {
        let Some(id) = self.one(true) else { return };
        let state = self.state(&id);
        self.world.ask("PATCH", &format!("{path}/{id}"), &serde_json::json!({ property: state }));
        self.history.changed(&id, &state);
    }

    fn delete(&mut self, path: &str) {
        let Some(id) = self.one(true) else { return };
        self.world.ask("DELETE", &format!("{path}/{id}"), &Value::Null);
        self.history.went(&id);
    }
}

/// A trigger, and what it promises.
pub(crate) struct Watch {
    /// The name of the kind.
    pub(crate) kind: &'static str,
    /// Makes the kind.
    pub(crate) make: fn() -> Box<dyn Kind>,
    pub(crate) trigger: &'static str,
    pub(crate) input: fn() -> Value,
    pub(crate) rule: Rule,
    /// Reads from an event what it is about, and how that is.
    pub(crate) read: fn(&Value) -> (String, String),
    /// What its descriptor says that it may miss when its place is lost.
    pub(crate) misses: Misses,
    /// What it is not troubled with, because it is known to fail then.
    pub(crate) spared: &'static [Trouble],
}

/// What makes it hard to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Feeds with short and empty pages.
    ShortPages,
    /// Items that come twice.
    Repeats,
    /// Changes that are told again a round later.
    Replays,
    /// Changes that are told late.
    Late,
    /// Items of which only what changed is told.
    Fragments,
    /// Places that Graph no longer knows.
    LostPlaces,
    /// The clock of the machine jumps.
    MachineClock,
    /// What happens between two pages.
    Meanwhile,
    /// What went comes back.
    Returns,
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Notes what is in a list.
fn known(world: &World, history: &mut History, path: &str, here: bool, state: fn(&Value) -> String) {
    for item in world.list(path) {
        history.was_there(&text(&item["id"]), here, state(&item));
    }
}

/// Nothing is missed.
fn none(_: &Thing) -> bool {
    false
}

/// Anything may be missed.
fn any(_: &Thing) -> bool {
    true
}

/// What was deleted for good may be missed.
fn ended(thing: &Thing) -> bool {
    thing.ended
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Every trigger that is watched.
pub(crate) fn watches() -> Vec<Watch> {
    [
        mail::watches(),
        folders::watches(),
        filtered::watches(),
        events::watches(),
        series::watches(),
        contacts::watches(),
        users::watches(),
        groups::watches(),
        members::watches(),
        files::watches(),
        files_below::watches(),
        items::watches(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
