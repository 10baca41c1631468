//! The looks of one round: those that follow one another because each says that there is more.

use connector_sdk::{Json, PageGuard, Poll, Result};
use serde_json::Value;

/// After so many looks in a row that found nothing the round pauses, though there is said to be more. The beginning of
/// what is followed may well be as long, and so may be a list of empty pages.
const QUIET_LOOKS: u32 = 1_000;

/// What is known of the round that is going on.
#[derive(Debug, Default)]
pub(super) struct Round {
    guard: PageGuard,
    quiet: u32,
}

impl Round {
    /// Takes note of a look. Whether the next one follows at once.
    ///
    /// # Errors
    /// `protocol` where the round goes in circles.
    pub(super) fn goes_on(&mut self, poll: &Poll<(), Json>) -> Result<bool> {
        if !poll.more {
            *self = Round::default();
            return Ok(false);
        }
        let items: Vec<Json> = poll.events.iter().map(|event| event.data.json().clone()).collect();
        self.guard.check(&items, false, &place(&poll.cursor)).map_err(|error| {
            error.hint("Graph is going in circles. What was found is kept. Try again later; to begin anew, listen under another name.")
        })?;
        self.quiet = if poll.events.is_empty() { self.quiet + 1 } else { 0 };
        if self.quiet < QUIET_LOOKS {
            return Ok(true);
        }
        self.quiet = 0;
        tracing::warn!(looks = QUIET_LOOKS, "Graph says that there is more and brings nothing; the next look waits");
        Ok(false)
    }
}

// Where a cursor is: its links, beside which it may count or remember; the whole of one that has none.
fn place(cursor: &Json) -> Vec<String> {
    let mut links = Vec::new();
    if let Ok(value) = cursor.read::<Value>() {
        collect(&value, &mut links);
    }
    if links.is_empty() {
        links.push(cursor.as_str().to_owned());
    }
    links
}

fn collect(value: &Value, links: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => links.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, links)),
        Value::Object(members) => members.values().for_each(|member| collect(member, links)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Code, Event, Raw};

    use super::*;

    fn look(cursor: &Value, more: bool, ids: &[u32]) -> Poll<(), Json> {
        let event = |id: &u32| Event { id: id.to_string(), data: Raw::new(Json::of(&serde_json::json!({ "id": id })).unwrap()) };
        Poll { events: ids.iter().map(event).collect(), cursor: Json::of(cursor).unwrap(), more }
    }

    fn at(place: u32, looks: u32) -> Value {
        serde_json::json!({ "link": format!("https://graph.microsoft.com/v1.0/users/delta?$skiptoken={place}"), "look": looks })
    }

    #[test]
    fn a_circle_is_noticed_whatever_is_counted_beside_it() {
        let mut round = Round::default();
        for place in 0..3 {
            assert!(round.goes_on(&look(&at(place, place), true, &[])).unwrap());
        }
        assert_eq!(round.goes_on(&look(&at(1, 3), true, &[])).unwrap_err().code(), Code::Protocol);
        // The place where changes are waited for is the same, round after round.
        for _ in 0..3 {
            assert!(!round.goes_on(&look(&at(9, 0), false, &[])).unwrap());
        }
        assert!(round.goes_on(&look(&at(1, 0), true, &[])).unwrap(), "it is another round");
    }

    #[test]
    fn the_same_page_under_new_links_is_noticed() {
        let mut round = Round::default();
        assert!(round.goes_on(&look(&at(0, 0), true, &[1, 2])).unwrap());
        assert!(round.goes_on(&look(&at(1, 0), true, &[1, 2])).unwrap());
        assert_eq!(round.goes_on(&look(&at(2, 0), true, &[1, 2])).unwrap_err().code(), Code::Protocol);
    }

    #[test]
    fn a_round_that_finds_nothing_pauses_and_goes_on() {
        let mut round = Round::default();
        let pauses: Vec<u32> = (0..3_500).filter(|place| !round.goes_on(&look(&at(*place, 0), true, &[])).unwrap()).collect();
        assert_eq!(pauses, [999, 1_999, 2_999]);
        let busy = |round: &mut Round, place: u32| round.goes_on(&look(&at(place, 0), true, &[place])).unwrap();
        assert!((4_000..6_000).all(|place| busy(&mut round, place)));
    }

    #[test]
    fn a_cursor_without_links_is_its_own_place() {
        let mut round = Round::default();
        let row = |row: u32| serde_json::json!({ "row": row });
        assert!(round.goes_on(&look(&row(1), true, &[])).unwrap() && round.goes_on(&look(&row(2), true, &[])).unwrap());
        assert!(round.goes_on(&look(&row(1), true, &[])).is_err());
    }
}
