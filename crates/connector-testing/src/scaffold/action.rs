//! A new action.

use graph_metadata::{Model, Table};

use super::kind::Kind;
use super::request::{self, Described, RequestLine};
use super::{ConnectorCrate, Draft, fill, names, permissions, vocabulary};
use crate::Result;
use crate::checkout::Checkout;

const ACTION: &str = include_str!("templates/action.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const TRANSCRIPTS: [(&str, &str); 2] = [
    ("reads_what_was_selected", include_str!("templates/transcript.json.txt")),
    ("not_found", include_str!("templates/not_found.json.txt")),
];
const TYPE: &str = include_str!("templates/type.rs.txt");

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

/// Drafts an action that sends a request, as Microsoft's metadata and table of permissions describe it: its input and
/// output, its permissions and those that the connector requests for it, and two transcripts.
///
/// # Errors
/// Those of [`action`], and when the metadata does not know the request or it has to be written by hand.
pub fn action_of_request(
    checkout: &Checkout,
    of: &ConnectorCrate,
    subject: Option<&str>,
    name: &str,
    line: &RequestLine,
    (model, table): (&Model, &Table),
) -> Result<Draft> {
    let module = Kind::Action.module(checkout, of, subject)?;
    let described = line.describe(model, table)?;
    let mut draft = Draft::of(of);
    Kind::Action.list(&mut draft, checkout, &module, name)?;
    let output = described.ty.as_deref().map(names::capital);
    let file = format!("{}/{}/{name}.rs", draft.sources, module.replace("::", "/"));
    let mut source = request::source(&described, name, output.as_deref());
    if let (Some(output), Some(ty)) = (&output, &described.ty) {
        describe_output(&mut draft, checkout, output, (ty, described.has_id), &mut source)?;
    }
    draft.create(checkout, file, source)?;
    draft.add_transcripts(checkout, &of.connector, name, request::transcripts(&described))?;
    request_permissions(&mut draft, checkout, &described)?;
    draft.graph_type = described.ty;
    Ok(draft)
}

/// Describes an output or an event by a type of the vocabulary that names a type of Graph.
pub(super) fn describe_output(
    draft: &mut Draft,
    checkout: &Checkout,
    output: &str,
    (ty, has_id): (&str, bool),
    source: &mut String,
) -> Result<()> {
    let fields = if has_id { "\n    /// The id.\n    pub id: String,\n" } else { "" };
    let text = fill(TYPE, &[("Type", output), ("type", ty), ("page", &ty.to_lowercase()), ("fields", fields)]);
    vocabulary::add_type(draft, checkout, output, &text, source)
}

// What a request needs at least is requested by the connector's connections, unless something of it is already.
pub(super) fn request_permissions(draft: &mut Draft, checkout: &Checkout, described: &Described) -> Result<()> {
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
