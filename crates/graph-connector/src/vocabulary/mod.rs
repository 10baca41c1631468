//! Words that the actions share, each with its description and bounds.

mod drive;
mod item;

pub use drive::{Drive, DriveId, Owner};
pub use item::{Conflict, DRIVE_ITEM_FIELDS, DriveItem, FolderPlace, ItemId, Place, drive_request};
