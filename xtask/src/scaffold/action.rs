//! A new action.

use super::{Draft, fill, lists, names};
use crate::Result;
use crate::checkout::Checkout;

const ACTION: &str = include_str!("templates/action.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const TRANSCRIPT: &str = include_str!("templates/transcript.json.txt");

/// Drafts an action of a connector: its file, its list lines and a transcript.
///
/// # Errors
/// When there is no such connector, or the name is taken or not a name.
pub fn action(checkout: &Checkout, connector: &str, name: &str) -> Result<Draft> {
    let package = names::crate_of(checkout, connector)?;
    let connector = names::connector_of(checkout, &package)?;
    let mut draft = Draft { package, ..Draft::default() };
    add(&mut draft, checkout, &connector, name)?;
    Ok(draft)
}

fn add(draft: &mut Draft, checkout: &Checkout, connector: &str, name: &str) -> Result<()> {
    names::check(name)?;
    add_files(draft, checkout, connector, name)?;
    let folder = format!("crates/{}/src", draft.package);

    let list = format!("{folder}/lib.rs");
    let entry = format!(".action::<actions::{name}::{}>()", names::pascal(name));
    let text = draft.text(checkout, &list)?;
    draft.change(
        &list,
        lists::add(&text, &entry, &format!("the list of actions in {list}"), |line| line.starts_with(".action::<"))?,
    );

    let modules = format!("{folder}/actions/mod.rs");
    let entry = format!("pub mod {name};");
    let text = draft.text(checkout, &modules)?;
    draft.change(
        &modules,
        lists::add(&text, &entry, &format!("the list of modules in {modules}"), |line| line.starts_with("pub mod "))?,
    );
    Ok(())
}

// The action's own files, for a connector that is in the checkout or in the draft.
pub(super) fn add_files(draft: &mut Draft, checkout: &Checkout, connector: &str, name: &str) -> Result<()> {
    let kind = names::pascal(name);
    let folder = format!("crates/{}/src", draft.package);

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
    draft.create(checkout, format!("{folder}/actions/{name}.rs"), fill(ACTION, &values))?;
    draft.create(
        checkout,
        format!("tests/transcripts/{connector}/{name}/reads_what_was_selected.json"),
        TRANSCRIPT.to_owned(),
    )?;
    Ok(())
}
