//! Two versions of the descriptor of an action, a trigger, a picklist or a dynamic schema.

use serde_json::Value;

use super::schema::Direction;
use super::{Change, bulk, permissions, schema};
use crate::finding::Level;
use crate::rule::Rule;

pub(super) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    found.extend(effect(old, new));
    found.extend(list(old, new));
    found.extend(real_time(old, new));
    found.extend(sentence("undo", "how it can be undone", old, new));
    found.extend(sentence("misses", "what it may miss", old, new));
    found.extend(permissions::changes(old, new));
    if let (Some(before), Some(after)) = (old.get("input"), new.get("input")) {
        let (inputs, changes) = bulk::inputs(before, after);
        found.extend(changes);
        found.extend(schema::changes(Direction::Input, "/input", &inputs.0, &inputs.1));
    }
    if let (Some(before), Some(after)) = (old.get("output"), new.get("output")) {
        let outputs = bulk::outputs(before, after);
        found.extend(schema::changes(Direction::Output, "/output", outputs.0, outputs.1));
    }
    if let (Some(before), Some(after)) = (old.get("event"), new.get("event")) {
        found.extend(schema::changes(Direction::Output, "/event", before, after));
    }
    found
}

fn effect(old: &Value, new: &Value) -> Option<Change> {
    let (before, after) = (old.get("effect")?.as_str()?, new.get("effect")?.as_str()?);
    if before == after {
        return None;
    }
    let message = format!("the effect was \"{before}\" and is \"{after}\"");
    let change = |level| Change::new(level, Rule::EffectChanged, "/effect", &*message);
    Some(match (before, after) {
        // What only read may have been run without asking, and as often as anybody liked.
        ("read", _) => change(Level::Breaking).help("offer it as an action of another name"),
        (_, "read") => change(Level::Compatible),
        _ => change(Level::Risky),
    })
}

fn list(old: &Value, new: &Value) -> Option<Change> {
    let (before, after) = (old.get("list")?.as_bool()?, new.get("list")?.as_bool()?);
    let message = match (before, after) {
        (true, false) => "the output was a list whose items are returned one by one, and is one value",
        (false, true) => "the output was one value, and is a list whose items are returned one by one",
        _ => return None,
    };
    Some(Change::new(Level::Breaking, Rule::BehaviourChanged, "/list", message))
}

fn real_time(old: &Value, new: &Value) -> Option<Change> {
    let is = |document: &Value| document.get("realTime").and_then(Value::as_bool).unwrap_or_default();
    let (level, message) = match (is(old), is(new)) {
        // Watches in real time are polled from then on.
        (true, false) => (Level::Risky, "Graph notified of its events, and no longer does"),
        (false, true) => (Level::Compatible, "Graph notifies of its events now"),
        _ => return None,
    };
    Some(Change::new(level, Rule::BehaviourChanged, "/realTime", message))
}

fn sentence(name: &str, meaning: &str, old: &Value, new: &Value) -> Option<Change> {
    let text = |document: &Value| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let (before, after) = (text(old), text(new));
    // An action that says how it is undone promises something; a trigger that says what it misses admits something.
    let promises = name == "undo";
    let level = match (&before, &after) {
        (None, Some(_)) if promises => Level::Compatible,
        (Some(_), None) if !promises => Level::Compatible,
        _ => Level::Risky,
    };
    (before != after).then(|| {
        let message = match (before, after) {
            (None, _) => format!("it says now {meaning}"),
            (_, None) => format!("it no longer says {meaning}"),
            _ => format!("it says in another way {meaning}"),
        };
        Change::new(level, Rule::BehaviourChanged, &format!("/{name}"), message)
    })
}
