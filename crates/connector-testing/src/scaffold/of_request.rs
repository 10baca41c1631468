//! A new action, trigger or picklist that sends a request.

use graph_metadata::{Model, Table};

use super::request::{self, Described, RequestLine};
use super::{ConnectorCrate, Draft, Kind, Transcripts, fill, names, permissions, vocabulary};
use crate::Result;
use crate::checkout::Checkout;

const TYPE: &str = include_str!("templates/type.rs.txt");

/// Drafts an action, a trigger or a picklist that sends a request, as Microsoft's metadata and table of permissions
/// describe it: its input and output, its permissions and those that the connector requests for it, and two
/// transcripts.
///
/// `subject` is the folder of the connector that it belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such subject, the name is taken or not a name, the metadata does not know the request, or it has to
/// be written by hand. A trigger and a picklist need a request that lists objects with an id, and a trigger the time of
/// their creation.
pub fn of_request(
    kind: Kind,
    checkout: &Checkout,
    of: &ConnectorCrate,
    subject: Option<&str>,
    name: &str,
    line: &RequestLine,
    (model, table): (&Model, &Table),
) -> Result<Draft> {
    let module = kind.module(checkout, of, subject)?;
    let described = line.describe(model, table)?;
    let mut draft = Draft::of(of);
    kind.list(&mut draft, checkout, &module, name)?;
    let file = format!("{}/{}/{name}.rs", draft.sources, module.replace("::", "/"));
    let Written { mut source, transcripts, ty } = match kind {
        Kind::Action => action(&described, name),
        Kind::Trigger => trigger(&described, name)?,
        Kind::Picklist => {
            draft.remarks.extend(unlabelled(&described, &file));
            picklist(&described, name)?
        }
    };
    if let Some(ty) = &ty {
        describe_output(&mut draft, checkout, (ty, described.has_id), &mut source)?;
    }
    draft.create(checkout, file, source)?;
    draft.add_transcripts(checkout, &of.connector, name, transcripts)?;
    request_permissions(&mut draft, checkout, &described)?;
    draft.graph_type = ty;
    Ok(draft)
}

/// What is written of one kind.
struct Written {
    source: String,
    transcripts: Transcripts,
    /// The type of Graph that the vocabulary describes for it.
    ty: Option<String>,
}

fn action(described: &Described, name: &str) -> Written {
    let output = described.ty.as_deref().map(names::capital);
    Written {
        source: request::source(described, name, output.as_deref()),
        transcripts: request::transcripts(described),
        ty: described.ty.clone(),
    }
}

fn trigger(described: &Described, name: &str) -> Result<Written> {
    let ty = described.lists_objects("trigger")?;
    let Some(created) = described.created else {
        return Err(format!(
            "a `{ty}` has no property that says when it was created: write the trigger by hand, as \
             docs/writing-a-connector.md shows"
        )
        .into());
    };
    Ok(Written {
        source: request::trigger_source(described, name, &names::capital(ty), created),
        transcripts: request::trigger_transcripts(described, created),
        ty: Some(ty.to_owned()),
    })
}

fn picklist(described: &Described, name: &str) -> Result<Written> {
    described.lists_objects("picklist")?;
    Ok(Written {
        source: request::picklist_source(described, name),
        transcripts: request::picklist_transcripts(described),
        ty: None,
    })
}

fn unlabelled(described: &Described, file: &str) -> Option<String> {
    let what = described.ty.as_deref().unwrap_or("object");
    described.label.is_none().then(|| {
        format!(
            "No property of `{what}` looks like a name, so each choice is shown by its id: change the label in {file}."
        )
    })
}

// Describes an output or an event by a type of the vocabulary that names a type of Graph.
fn describe_output(
    draft: &mut Draft,
    checkout: &Checkout,
    (ty, has_id): (&str, bool),
    source: &mut String,
) -> Result<()> {
    let output = names::capital(ty);
    let fields = if has_id { "\n    /// The id.\n    pub id: String,\n" } else { "" };
    let text = fill(TYPE, &[("Type", &output), ("type", ty), ("page", &ty.to_lowercase()), ("fields", fields)]);
    vocabulary::add_type(draft, checkout, &output, &text, source)
}

// What a request needs at least is requested by the connector's connections, unless something of it is already.
fn request_permissions(draft: &mut Draft, checkout: &Checkout, described: &Described) -> Result<()> {
    let file = format!("{}/connections.rs", draft.sources);
    let mut text = draft.text(checkout, &file)?;
    let before = text.clone();
    for (list, all) in [("DELEGATED", &described.delegated), ("APPLICATION", &described.application)] {
        let Some(least) = all.first() else { continue };
        match permissions::request(&text, list, all) {
            Some(with) => text = with,
            None => draft.remarks.push(format!("Request `{least}` in {file}: it has no list `{list}`.")),
        }
    }
    if described.has_unknown_effect() {
        draft.remarks.push("`Effect::Update` is a guess: say in the spec what the request does.".to_owned());
    }
    if described.is_unknown_to_the_table() {
        draft.remarks.push(
            "Microsoft's table has no permissions for this request: look them up on its page, and add them to the spec."
                .to_owned(),
        );
    }
    if text != before {
        draft.change(&file, text);
    }
    Ok(())
}
