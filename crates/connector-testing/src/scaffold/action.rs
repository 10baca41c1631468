//! A new action that reads the signed-in user.

use super::{ConnectorCrate, Draft, Kind, fill, names, vocabulary};
use crate::Result;
use crate::checkout::Checkout;

const ACTION: &str = include_str!("templates/action.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const TRANSCRIPTS: [(&str, &str); 2] = [
    ("reads_what_was_selected", include_str!("templates/transcript.json.txt")),
    ("not_found", include_str!("templates/not_found.json.txt")),
];

/// Drafts an action that reads the signed-in user: its file, its list lines and two transcripts.
///
/// `subject` is the folder of the connector that the action belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such subject, or the name is taken or not a name.
pub fn action(checkout: &Checkout, of: &ConnectorCrate, subject: Option<&str>, name: &str) -> Result<Draft> {
    let module = Kind::Action.module(checkout, of, subject)?;
    let mut draft = Draft::of(of);
    Kind::Action.list(&mut draft, checkout, &module, name)?;
    let (ty, title) = (names::pascal(name), names::title(name));
    let mut source = fill(ACTION, &[("name", name), ("Type", &ty), ("Title", &title)]);
    vocabulary::add_type(&mut draft, checkout, "User", USER, &mut source)?;
    draft.create(checkout, format!("{}/{}/{name}.rs", of.sources, module.replace("::", "/")), source)?;
    for (case, text) in TRANSCRIPTS {
        draft.create(checkout, format!("tests/transcripts/{}/{name}/{case}.json", of.connector), text.to_owned())?;
    }
    Ok(draft)
}
