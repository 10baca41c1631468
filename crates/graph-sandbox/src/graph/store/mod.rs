//! Where entities lie: sets ordered as Graph lists them, with a log of what changed.

mod delta;
mod ids;
mod log;
mod set;

pub(crate) use delta::{Change, DeltaToken, Round, Stage, round};
pub(crate) use ids::{ItemId, change_key, drive_item_id, folder_id, guid, hex, immutable_id, item_id, parse_item};
pub(crate) use log::What;
pub(crate) use set::{Entity, Set};
