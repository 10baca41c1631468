//! What has happened in Graph, as those know who did it.

use std::collections::BTreeMap;

/// What happened to a thing in the place that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// It was made there, moved there, or restored.
    Came,
    /// It is another now.
    Changed,
    /// It was deleted, or moved elsewhere.
    Went,
}

/// One thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Thing {
    /// It was made after the beginning.
    pub(crate) new: bool,
    /// It is there now.
    pub(crate) here: bool,
    /// How it is now; of one that is gone, how it went.
    pub(crate) state: String,
    /// It will not come back.
    pub(crate) ended: bool,
    /// How often it went, ever.
    pub(crate) gone: usize,
    /// Graph tells that it went as often as what it is a part of changes, also to whoever did not know it.
    pub(crate) is_part: bool,
    /// It was there when all had been heard last.
    pub(crate) was_here: bool,
    /// What has happened since then, and how it was afterwards.
    pub(crate) deeds: Vec<(What, String)>,
}

impl Thing {
    /// How often one of these has happened since all had been heard last.
    pub(crate) fn count(&self, which: &[What]) -> usize {
        self.deeds.iter().filter(|(what, _)| which.contains(what)).count()
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) things: BTreeMap<String, Thing>,
    /// How many changes were made.
    pub(crate) changes: usize,
}

impl History {
    /// Something was there before anybody watched.
    pub(crate) fn was_there(&mut self, id: &str, here: bool, state: String) {
        self.things.insert(id.to_owned(), Thing { here, was_here: here, state, ..Thing::default() });
    }

    pub(crate) fn made(&mut self, id: &str, state: &str) {
        self.things.insert(id.to_owned(), Thing { new: true, ..Thing::default() });
        self.note(id, What::Came, Some(state), true);
    }

    pub(crate) fn came(&mut self, id: &str) {
        self.note(id, What::Came, None, true);
    }

    pub(crate) fn changed(&mut self, id: &str, state: &str) {
        self.note(id, What::Changed, Some(state), true);
    }

    /// It is as a filter wants it now, and was not before.
    pub(crate) fn met(&mut self, id: &str, state: &str) {
        self.note(id, What::Came, Some(state), true);
    }

    /// It is as a filter does not want it now.
    pub(crate) fn unmet(&mut self, id: &str, state: &str) {
        self.note(id, What::Went, Some(state), false);
    }

    pub(crate) fn went(&mut self, id: &str) {
        self.note(id, What::Went, None, false);
    }

    /// Something that was gone is gone for good, and known no longer.
    pub(crate) fn ended(&mut self, id: &str) {
        if let Some(thing) = self.things.get_mut(id) {
            thing.ended = true;
            // It goes once more, in another way, which may be told.
            thing.deeds.push((What::Went, thing.state.clone()));
            thing.gone += 1;
            self.changes += 1;
        }
    }

    /// Somebody changed what is elsewhere now.
    pub(crate) fn changed_elsewhere(&mut self, id: &str, state: &str) {
        if let Some(thing) = self.things.get_mut(id) {
            state.clone_into(&mut thing.state);
            self.changes += 1;
        }
    }

    fn note(&mut self, id: &str, what: What, state: Option<&str>, here: bool) {
        let thing = self.things.get_mut(id).unwrap_or_else(|| panic!("nothing is known of {id}"));
        thing.here = here;
        thing.gone += usize::from(what == What::Went);
        if let Some(state) = state {
            state.clone_into(&mut thing.state);
        }
        thing.deeds.push((what, thing.state.clone()));
        self.changes += 1;
    }

    /// The things that are there, or that are not.
    pub(crate) fn ids(&self, here: bool) -> Vec<String> {
        self.things.iter().filter(|(_, thing)| thing.here == here && !thing.ended).map(|(id, _)| id.clone()).collect()
    }

    /// Somebody begins to watch: what has happened so far was there before.
    pub(crate) fn begin(&mut self) {
        self.settle();
        for thing in self.things.values_mut() {
            thing.new = false;
            // That a part went before may be told yet.
            if !thing.is_part {
                thing.gone = 0;
            }
        }
    }

    /// All has been heard.
    pub(crate) fn settle(&mut self) {
        for thing in self.things.values_mut() {
            thing.was_here = thing.here;
            thing.deeds.clear();
        }
    }
}
