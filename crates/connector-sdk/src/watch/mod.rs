//! Following a list by its changes: what triggers share.
//!
//! The first round reads all that is there, because Graph cannot begin a round in the middle; what is older than the
//! trigger does not fire. What comes after the first round has changed after it, whatever times it carries: a file that
//! is moved in keeps its old ones. When the position is lost, the round begins again: what fired before has the same
//! event id and is dropped, and nothing is invented. Ids are not remembered for ever, so what is older than the last
//! complete round by more than a day does not fire then.

mod beginning;
mod departures;
mod follow;
mod since;

pub use self::beginning::{Beginning, parse_since};
pub use self::departures::{Departed, departed, departures};
pub use self::follow::{Cursor, Followed, follow, page, since_again};
pub use self::since::Since;
