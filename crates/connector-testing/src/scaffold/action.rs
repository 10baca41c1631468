//! A new action.

use graph_metadata::{Model, Table};

use super::kind::Kind;
use super::request::{self, Described, RequestLine};
use super::{ConnectorCrate, Draft, fill, names, permissions};
use crate::Result;
use crate::checkout::Checkout;

const ACTION: &str = include_str!("templates/action.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const TRANSCRIPT: &str = include_str!("templates/transcript.json.txt");
const NOT_FOUND: &str = include_str!("templates/not_found.json.txt");
const TYPE: &str = include_str!("templates/type.rs.txt");

/// Drafts an action of a connector: its file, its list lines and a transcript.
///
/// `subject` is the folder of the connector that the action belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such subject, or the name is taken or not a name.
pub fn action(checkout: &Checkout, of: &ConnectorCrate, subject: Option<&str>, name: &str) -> Result<Draft> {
    let module = Kind::Action.module(checkout, of, subject)?;
    let mut draft = Draft::of(of);
    Kind::Action.list(&mut draft, checkout, &module, name)?;
    add_files(&mut draft, checkout, &of.connector, &module, name)?;
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

// The type of an output or an event stands in the vocabulary, where the next action finds it. A vocabulary of several files is its
// authors' own; there the type stands beside the action unless they have it.
pub(super) fn describe_output(
    draft: &mut Draft,
    checkout: &Checkout,
    output: &str,
    (ty, has_id): (&str, bool),
    source: &mut String,
) -> Result<()> {
    let known = format!("pub struct {output} {{");
    let words = format!("{}/vocabulary", draft.sources);
    let fields = if has_id { "\n    /// The id.\n    pub id: String,\n" } else { "" };
    let page = ty.to_lowercase();
    let type_text = fill(TYPE, &[("Type", output), ("type", ty), ("page", &page), ("fields", fields)]);
    let one_file = format!("{words}.rs");
    if checkout.has(&one_file) {
        let text = draft.text(checkout, &one_file)?;
        if !text.contains(&known) {
            draft.change(&one_file, format!("{text}\n{type_text}"));
        }
        return Ok(());
    }
    for file in checkout.files(&words)? {
        if checkout.read(&file)?.contains(&known) {
            return Ok(());
        }
    }
    let import = format!("\nuse crate::vocabulary::{output};\n");
    *source = source.replace(&import, "").replace("use serde::Deserialize;", "use serde::{Deserialize, Serialize};");
    source.push_str(&format!("\n{type_text}"));
    Ok(())
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

// The action's own files, for a connector that is in the checkout or in the draft.
pub(super) fn add_files(
    draft: &mut Draft,
    checkout: &Checkout,
    connector: &str,
    module: &str,
    name: &str,
) -> Result<()> {
    let kind = names::pascal(name);
    let folder = draft.sources.clone();

    // The template reads a user; where the connector has that word, it is not said twice.
    let vocabulary = draft.text(checkout, &format!("{folder}/vocabulary.rs")).unwrap_or_default();
    let known = vocabulary.contains("pub struct User {");
    let (import, serialize, output) = if known {
        ("\nuse crate::vocabulary::User;\n", "", String::new())
    } else {
        ("", ", Serialize", format!("{USER}\n"))
    };
    let title = names::title(name);
    let values = [
        ("name", name),
        ("Type", &kind),
        ("Title", &title),
        ("import", import),
        ("serialize", serialize),
        ("output", &output),
    ];
    draft.create(checkout, format!("{folder}/{}/{name}.rs", module.replace("::", "/")), fill(ACTION, &values))?;
    for (case, text) in [("reads_what_was_selected", TRANSCRIPT), ("not_found", NOT_FOUND)] {
        draft.create(checkout, format!("tests/transcripts/{connector}/{name}/{case}.json"), text.to_owned())?;
    }
    Ok(())
}
