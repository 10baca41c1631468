//! A new trigger.

use graph_metadata::{Model, Table};

use super::action::{describe_output, request_permissions};
use super::kind::Kind;
use super::request::{self, RequestLine};
use super::{ConnectorCrate, Draft, names};
use crate::Result;
use crate::checkout::Checkout;

/// Drafts a trigger for objects that are new in the list of a request, as Microsoft's metadata and table of permissions
/// describe it: its input and event, its permissions and those that the connector requests for it, and two transcripts.
///
/// `subject` is the folder of the connector that the trigger belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such subject, the name is taken or not a name, or the request lists no objects with an id and the
/// time of their creation.
pub fn trigger(
    checkout: &Checkout,
    of: &ConnectorCrate,
    subject: Option<&str>,
    name: &str,
    line: &RequestLine,
    (model, table): (&Model, &Table),
) -> Result<Draft> {
    let module = Kind::Trigger.module(checkout, of, subject)?;
    let described = line.describe(model, table)?;
    let ty = described.lists_objects("trigger")?.to_owned();
    let Some(created) = described.created else {
        return Err(format!(
            "a `{ty}` has no property that says when it was created: write the trigger by hand, as \
             docs/writing-a-connector.md shows"
        )
        .into());
    };
    let mut draft = Draft::of(of);
    Kind::Trigger.list(&mut draft, checkout, &module, name)?;
    let event = names::capital(&ty);
    let file = format!("{}/{}/{name}.rs", draft.sources, module.replace("::", "/"));
    let mut source = request::trigger_source(&described, name, &event, created);
    describe_output(&mut draft, checkout, &event, (&ty, described.has_id), &mut source)?;
    draft.create(checkout, file, source)?;
    draft.add_transcripts(checkout, &of.connector, name, request::trigger_transcripts(&described, created))?;
    request_permissions(&mut draft, checkout, &described)?;
    draft.graph_type = Some(ty);
    Ok(draft)
}
