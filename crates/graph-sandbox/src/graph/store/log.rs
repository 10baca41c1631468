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

/// What is known of an entity in its container.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// When it last changed.
    pub(crate) last: usize,
    /// When it first came.
    pub(crate) first: usize,
    /// When it last came.
    pub(crate) born: usize,
    // When it came and went, in turn.
    turns: Vec<usize>,
}

impl Story {
    /// Whether it was there before the change of this number.
    pub(crate) fn was_there(&self, at: usize) -> bool {
        self.turns.partition_point(|turn| *turn < at) % 2 == 1
    }

    fn turn(&mut self, at: usize, there: bool) {
        if (self.turns.len() % 2 == 1) != there {
            self.turns.push(at);
        }
    }
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
        let story = self.stories.entry((parent, key)).or_insert_with(|| Story {
            last: at,
            first: at,
            born: at,
            turns: Vec::new(),
        });
        story.last = at;
        match what {
            What::Created => {
                story.born = at;
                story.turn(at, true);
            }
            What::Removed { .. } => story.turn(at, false),
            What::Updated | What::Linked(_) | What::Unlinked(_) => {}
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

    pub(crate) fn story(&self, parent: u64, key: u64) -> Option<&Story> {
        self.stories.get(&(parent, key))
    }
}
