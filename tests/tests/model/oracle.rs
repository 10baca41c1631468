//! What must be told, and what must not.
//!
//! Between two moments at which all had been heard, of each thing:

use std::collections::{BTreeMap, BTreeSet};

use super::history::{History, Thing, What};

/// What a trigger promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// What was made after the beginning is told once, ever. It must be told if it is there when all has been heard.
    New,
    /// What came or changed is told, in the end as it is now; no oftener than it came or changed.
    Changed,
    /// What was there and no longer is, is told; no oftener than it went.
    Gone,
    /// What was not there and now is, is told; no oftener than it came.
    Come,
}

/// How the promise was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Lost,
    Invented,
    Twice,
    /// The listener ended although nothing was wrong that does not pass.
    Ended,
}

#[derive(Debug, Default)]
struct Told {
    /// Since all had been heard last: the states in the order in which they were told.
    since: Vec<String>,
    last: Option<String>,
    ever: usize,
}

/// What a consumer has heard: each event id counts once.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    ids: BTreeSet<String>,
    told: BTreeMap<String, Told>,
    /// Events that came again with the same id.
    pub(crate) again: usize,
}

impl Heard {
    /// Notes an event. `about`: the thing that it is about; `state`: how it says that this is.
    pub(crate) fn event(&mut self, id: &str, about: &str, state: &str) {
        if !self.ids.insert(id.to_owned()) {
            self.again += 1;
            return;
        }
        let told = self.told.entry(about.to_owned()).or_default();
        told.since.push(state.to_owned());
        told.last = Some(state.to_owned());
        told.ever += 1;
    }

    pub(crate) fn events(&self) -> usize {
        self.ids.len()
    }

    /// Holds what was heard against what has happened. All has been heard.
    pub(crate) fn judge(&mut self, rule: Rule, history: &History) -> Vec<(Fault, String)> {
        let mut faults = Vec::new();
        let nothing = Thing::default();
        let about: BTreeSet<&String> = self.told.keys().chain(history.things.keys()).collect();
        let none = Told::default();
        for id in about {
            let told = self.told.get(id).unwrap_or(&none);
            let thing = history.things.get(id).unwrap_or(&nothing);
            if let Some(fault) = fault(rule, told, thing) {
                faults.push((fault, format!("{id}: told {:?}, happened {thing:?}", told.since)));
            }
        }
        self.told.values_mut().for_each(|told| told.since.clear());
        faults
    }
}

fn fault(rule: Rule, told: &Told, thing: &Thing) -> Option<Fault> {
    let (times, last) = (told.since.len(), told.last.as_deref());
    let (backed, required) = match rule {
        Rule::New => {
            return match (told.ever, thing.new) {
                (0, true) if thing.here => Some(Fault::Lost),
                (0, _) | (1, true) => None,
                (_, false) => Some(Fault::Invented),
                (_, true) => (times > 0).then_some(Fault::Twice),
            };
        }
        Rule::Changed => {
            let backed = thing.count(&[What::Came, What::Changed]);
            let known = |state: &String| thing.deeds.iter().any(|(_, was)| was == state);
            if backed > 0 && !told.since.iter().all(known) {
                return Some(Fault::Invented);
            }
            (backed, thing.here && backed > 0 && last != Some(thing.state.as_str()))
        }
        Rule::Gone => (thing.count(&[What::Went]), thing.was_here && !thing.here && times == 0),
        Rule::Come => (thing.count(&[What::Came]), !thing.was_here && thing.here && times == 0),
    };
    match () {
        () if required => Some(Fault::Lost),
        () if times <= backed => None,
        () if told.ever == times && backed == 0 => Some(Fault::Invented),
        () => Some(Fault::Twice),
    }
}
