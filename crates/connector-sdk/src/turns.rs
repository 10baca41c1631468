//! Numbers of state changes: which change of a thing is new, and which is a repetition.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Maximum number of things that are remembered.
const MEMORY: usize = 5000;

/// The last state of things and the number of its changes: a part of a trigger's cursor, from which its event ids come.
///
/// A change that Graph reports once more leaves the state as it is, so it has the number that it had, and its event the
/// same id. A thing that is deleted, comes back and is deleted again has another number the second time. Since the
/// numbers are committed with the events, what is read again after a crash has the same ones.
///
/// Some thousands of things are remembered. What is not remembered gets a number that nothing forgotten has had: so a
/// change may have a second event id after so many others, and two changes never share one.
///
/// ```
/// use connector_sdk::Turns;
///
/// let mut gone = Turns::default();
/// assert_eq!(gone.turn("a", "deleted"), 1);
/// assert_eq!(gone.turn("a", "deleted"), 1, "told again");
/// gone.leave("a");
/// assert_eq!(gone.turn("a", "deleted"), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Turns {
    // The thing, its state and the number of the turn, in the order of their last turns.
    known: Vec<(u64, u64, u32)>,
    // The highest number of what is not remembered any more.
    forgotten: u32,
}

/// The form in a cursor: the list alone until something is forgotten, as it always was.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Known(Vec<(u64, u64, u32)>),
    All { known: Vec<(u64, u64, u32)>, forgotten: u32 },
}

impl From<Turns> for Stored {
    fn from(Turns { known, forgotten }: Turns) -> Self {
        if forgotten == 0 { Stored::Known(known) } else { Stored::All { known, forgotten } }
    }
}

impl From<Stored> for Turns {
    fn from(stored: Stored) -> Self {
        match stored {
            // Before the number was kept, a full list may have forgotten what had one turn.
            Stored::Known(known) => Turns { forgotten: u32::from(known.len() >= MEMORY), known },
            Stored::All { known, forgotten } => Turns { known, forgotten },
        }
    }
}

// The state of what has left its last one.
const NONE: u64 = 0;

impl Turns {
    /// Enters a state, and returns the number of the turn: the present one, if the thing is already in that state; else
    /// the next one. Numbers begin with 1, and after what is forgotten.
    pub fn turn(&mut self, thing: &str, state: &str) -> u32 {
        let (thing, state) = (hash(thing), hash(state));
        let known = self.known.iter().position(|(known, ..)| *known == thing);
        if let Some(at) = known
            && self.known[at].1 == state
        {
            return self.known[at].2;
        }
        let last = known.map_or(self.forgotten, |at| self.known.remove(at).2);
        let number = last.saturating_add(1);
        if self.known.len() >= MEMORY {
            // The lowest number is missed least, and of those the one that is there the longest.
            let least = (0..self.known.len()).min_by_key(|&at| self.known[at].2).unwrap_or(0);
            self.forgotten = self.forgotten.max(self.known.remove(least).2);
        }
        self.known.push((thing, state, number));
        number
    }

    /// Leaves the state, if there is one: the next turn has another number, even into the same state.
    pub fn leave(&mut self, thing: &str) {
        let thing = hash(thing);
        if let Some(known) = self.known.iter_mut().find(|(known, ..)| *known == thing) {
            known.1 = NONE;
        }
    }

    /// Returns whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns whether the thing is remembered.
    pub fn knows(&self, thing: &str) -> bool {
        let thing = hash(thing);
        self.known.iter().any(|(known, ..)| *known == thing)
    }

    /// Returns whether the thing is in this state.
    pub fn is_in(&self, thing: &str, state: &str) -> bool {
        let (thing, state) = (hash(thing), hash(state));
        self.known.iter().any(|(known, is, _)| (*known, *is) == (thing, state))
    }

    /// Returns the event id of a turn: `id` for the first one, and `id` with the number for later ones.
    pub fn event_id(id: &str, turn: u32) -> String {
        if turn == 1 { id.to_owned() } else { format!("{id} #{turn}") }
    }
}

// The first eight bytes of SHA-256: what goes into a stored hash is written out.
fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_comes_again_after_another_one_is_another_turn() {
        let mut turns = Turns::default();
        assert_eq!(
            [turns.turn("a", "x"), turns.turn("a", "y"), turns.turn("a", "y"), turns.turn("a", "x")],
            [1, 2, 2, 3]
        );
        assert!(turns.is_in("a", "x") && !turns.is_in("a", "y") && !turns.is_in("b", "x"));
        turns.leave("b");
        assert_eq!(turns.turn("b", "x"), 1, "what is not known has nothing to leave");
        let kept = serde_json::to_string(&turns).unwrap();
        let mut turns: Turns = serde_json::from_str(&kept).unwrap();
        assert_eq!((turns.turn("a", "x"), turns.turn("b", "z")), (3, 2), "a cursor keeps it");
        assert_eq!((Turns::event_id("a", 1), Turns::event_id("a", 2)), ("a".to_owned(), "a #2".to_owned()));
    }

    #[test]
    fn what_had_the_fewest_turns_is_forgotten_first() {
        let mut turns = Turns::default();
        turns.turn("often", "x");
        turns.turn("often", "y");
        for at in 0..MEMORY {
            turns.turn(&at.to_string(), "x");
        }
        assert_eq!(turns.known.len(), MEMORY);
        assert_eq!(turns.turn("often", "x"), 3);
    }

    #[test]
    fn no_number_comes_twice_however_much_is_forgotten() {
        let mut turns = Turns::default();
        let mut told = std::collections::HashSet::new();
        for round in 0..4 {
            for at in 0..MEMORY + 10 {
                let thing = at.to_string();
                let turn = turns.turn(&thing, "removed");
                assert!(told.insert((at, turn)), "thing {at} has turn {turn} again in round {round}");
                assert_eq!(turns.turn(&thing, "removed"), turn, "told again");
                turns.leave(&thing);
            }
            turns = serde_json::from_str(&serde_json::to_string(&turns).unwrap()).unwrap();
        }
    }

    #[test]
    fn a_cursor_of_an_earlier_version_is_read() {
        let mut turns: Turns = serde_json::from_str("[[1,2,7]]").unwrap();
        assert_eq!(serde_json::to_string(&turns).unwrap(), "[[1,2,7]]");
        assert_eq!(turns.turn("new", "x"), 1);
        let full = serde_json::to_string(&vec![(1_u64, 2_u64, 1_u32); MEMORY]).unwrap();
        let mut turns: Turns = serde_json::from_str(&full).unwrap();
        assert_eq!(turns.turn("perhaps forgotten", "x"), 2);
    }

    #[test]
    fn what_is_stored_stays_what_it_is() {
        assert_eq!(hash("abc"), 0xba78_16bf_8f01_cfea);
    }
}
