//! The log of changes from which delta queries are answered.

use std::collections::HashMap;

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Created,
    Updated,
    /// It went; `soft` if it may come back.
    Removed {
        soft: bool,
    },
    /// A member was added to it or taken from it.
    Linked(u64),
    Unlinked(u64),
}

/// One change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) parent: u64,
    pub(crate) key: u64,
    pub(crate) what: What,
}

/// When an entity last changed in its container, and when it last came there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Story {
    pub(crate) last: usize,
    pub(crate) born: usize,
}

/// All changes of a set in their order.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Vec<Entry>,
    stories: HashMap<(u64, u64), Story>,
}

impl Log {
    pub(crate) fn record(&mut self, parent: u64, key: u64, what: What) {
        let at = self.entries.len();
        self.entries.push(Entry { parent, key, what });
        let story = self.stories.entry((parent, key)).or_insert(Story { last: at, born: at });
        story.last = at;
        if what == What::Created {
            story.born = at;
        }
    }

    /// How many changes there were; the place from which a later round goes on.
    pub(crate) fn now(&self) -> usize {
        self.entries.len()
    }

    /// The changes from `from` on, numbered.
    pub(crate) fn since(&self, from: usize) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().skip(from)
    }

    pub(crate) fn story(&self, parent: u64, key: u64) -> Option<Story> {
        self.stories.get(&(parent, key)).copied()
    }
}
