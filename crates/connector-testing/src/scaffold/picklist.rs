//! A new picklist.

use graph_metadata::{Model, Table};

use super::action::request_permissions;
use super::kind::Kind;
use super::request::{self, RequestLine};
use super::{ConnectorCrate, Draft};
use crate::Result;
use crate::checkout::Checkout;

/// Drafts a picklist of the objects that a request lists, as Microsoft's metadata and table of permissions describe it:
/// what the choices depend on, their labels, its permissions and those that the connector requests for it, and two
/// transcripts.
///
/// `subject` is the folder of the connector that the picklist belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such subject, the name is taken or not a name, or the request lists no objects with an id.
pub fn picklist(
    checkout: &Checkout,
    of: &ConnectorCrate,
    subject: Option<&str>,
    name: &str,
    line: &RequestLine,
    (model, table): (&Model, &Table),
) -> Result<Draft> {
    let module = Kind::Picklist.module(checkout, of, subject)?;
    let described = line.describe(model, table)?;
    described.lists_objects("picklist")?;
    let mut draft = Draft::of(of);
    Kind::Picklist.list(&mut draft, checkout, &module, name)?;
    let file = format!("{}/{}/{name}.rs", draft.sources, module.replace("::", "/"));
    draft.create(checkout, file.clone(), request::picklist_source(&described, name))?;
    draft.add_transcripts(checkout, &of.connector, name, request::picklist_transcripts(&described))?;
    request_permissions(&mut draft, checkout, &described)?;
    if described.label.is_none() {
        let what = described.ty.as_deref().unwrap_or("object");
        draft.remarks.push(format!(
            "No property of `{what}` looks like a name, so each choice is shown by its id: change the label in {file}."
        ));
    }
    Ok(draft)
}
