//! Changes that were carried out, as errors list them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A change that was carried out, or may have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// The request: its method and template, such as `POST /me/events`.
    pub request: String,
    /// Id of the created object, where the answer named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The answer was lost, so it is not known whether this was carried out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}

/// Maximum number of changes that an error lists.
pub(crate) const LISTED: usize = 20;

/// Writes the changes that were carried out, as the end of an error's sentence.
pub(crate) fn write(changes: &[Change], more: usize, f: &mut impl fmt::Write) -> fmt::Result {
    let (certain, unknown): (Vec<_>, Vec<_>) = changes.iter().partition(|change| !change.unknown);
    for (what, changes, more) in [("carried out", certain, more), ("not known whether carried out", unknown, 0)] {
        for (place, change) in changes.iter().enumerate() {
            match place {
                0 => write!(f, "; {what}: {}", change.request)?,
                _ => write!(f, ", {}", change.request)?,
            }
            if let Some(id) = &change.id {
                write!(f, " (id {id})")?;
            }
        }
        if more > 0 {
            write!(f, " and {more} more")?;
        }
    }
    Ok(())
}
