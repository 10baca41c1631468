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

/// Whether a trigger says that it may miss a thing when its place is lost.
pub(crate) type Misses = fn(&Thing) -> bool;

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
    /// What was not told because Graph does not keep it, so that a gap had to be told instead.
    pub(crate) missed: usize,
    // Since all had been heard last: how many events were new, and how many gaps came with them.
    new: usize,
    gaps: usize,
    // A gap is still to be told, with the next event.
    owed: bool,
}

impl Heard {
    /// Notes an event. `about`: the thing that it is about; `state`: how it says that this is.
    pub(crate) fn event(&mut self, id: &str, about: &str, state: &str, gaps: usize) {
        self.gaps += gaps;
        if !self.ids.insert(id.to_owned()) {
            self.again += 1;
            return;
        }
        self.new += 1;
        let told = self.told.entry(about.to_owned()).or_default();
        told.since.push(state.to_owned());
        told.last = Some(state.to_owned());
        told.ever += 1;
    }

    pub(crate) fn events(&self) -> usize {
        self.ids.len()
    }

    /// Holds what was heard against what has happened. All has been heard. `misses`: a place was lost, and of
    /// which things the trigger says that it may miss them then; those that it has missed must be told as a gap.
    pub(crate) fn judge(&mut self, rule: Rule, history: &History, misses: Option<Misses>) -> Vec<(Fault, String)> {
        let mut faults = Vec::new();
        let mut missed = 0;
        let nothing = Thing::default();
        let about: BTreeSet<&String> = self.told.keys().chain(history.things.keys()).collect();
        let none = Told::default();
        for id in about {
            let told = self.told.get(id).unwrap_or(&none);
            let thing = history.things.get(id).unwrap_or(&nothing);
            let Some(fault) = fault(rule, told, thing, misses.is_some()) else { continue };
            if fault == Fault::Lost && misses.is_some_and(|misses| misses(thing)) {
                missed += 1;
            } else {
                faults.push((fault, format!("{id}: told {:?}, happened {thing:?}", told.since)));
            }
        }
        if self.owed && self.new > 0 {
            if self.gaps == 0 {
                faults.push((Fault::Lost, "a gap was not told with the next event".to_owned()));
            }
            self.owed = false;
        }
        self.missed += missed;
        self.owed |= missed > 0 && self.gaps == 0;
        (self.new, self.gaps) = (0, 0);
        self.told.values_mut().for_each(|told| told.since.clear());
        faults
    }
}

fn fault(rule: Rule, told: &Told, thing: &Thing, lost: bool) -> Option<Fault> {
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
        // What came and went unheard of may be found when a place is lost and the recycle bin is read.
        Rule::Gone if lost || thing.is_part => {
            ((thing.gone + times).saturating_sub(told.ever), thing.was_here && !thing.here && times == 0)
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

#[cfg(test)]
mod tests {
    use super::*;

    // What the oracle says of one thing that has changed twice and went, where this was told.
    fn verdict(rule: Rule, told: &[&str]) -> Option<Fault> {
        let mut history = History::default();
        history.was_there("known", true, "old".to_owned());
        let mut heard = Heard::default();
        assert_eq!(heard.judge(rule, &history, None), []);
        match rule {
            Rule::New => history.made("new", "first"),
            Rule::Changed => {
                history.changed("known", "one");
                history.changed("known", "two");
            }
            Rule::Gone => history.went("known"),
            Rule::Come => {
                history.went("known");
                history.settle();
                history.came("known");
            }
        }
        let about = if rule == Rule::New { "new" } else { "known" };
        told.iter().enumerate().for_each(|(at, state)| heard.event(&at.to_string(), about, state, 0));
        heard.judge(rule, &history, None).pop().map(|(fault, _)| fault)
    }

    #[test]
    fn what_is_told_wrongly_is_found() {
        for rule in [Rule::New, Rule::Gone, Rule::Come] {
            assert_eq!(
                [&[][..], &["x"], &["x", "x"]].map(|told| verdict(rule, told)),
                [Some(Fault::Lost), None, Some(Fault::Twice)]
            );
        }
        for (told, expected) in [
            (&["one", "two"][..], None),
            (&["two"], None),
            (&["one"], Some(Fault::Lost)),
            (&["old", "two"], Some(Fault::Invented)),
            (&["one", "two", "two"], Some(Fault::Twice)),
        ] {
            assert_eq!(verdict(Rule::Changed, told), expected, "{told:?}");
        }
        let mut heard = Heard::default();
        heard.event("1", "nobody", "x", 0);
        heard.event("1", "nobody", "x", 0);
        assert_eq!((heard.events(), heard.again), (1, 1));
        assert_eq!(heard.judge(Rule::Gone, &History::default(), None)[0].0, Fault::Invented);
    }

    #[test]
    fn what_is_missed_must_be_told_as_a_gap() {
        let mut history = History::default();
        for id in ["first", "second"] {
            history.was_there(id, true, String::new());
        }
        let mut heard = Heard::default();
        history.went("first");
        assert_eq!(heard.judge(Rule::Gone, &history, Some(|_| true)), []);
        assert_eq!(heard.missed, 1);
        history.settle();
        history.went("second");
        heard.event("1", "second", "", 0);
        assert_eq!(heard.judge(Rule::Gone, &history, None)[0].0, Fault::Lost, "the event came without the gap");
    }
}
