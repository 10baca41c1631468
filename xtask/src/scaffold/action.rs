//! A new action.

use super::{Draft, fill, lists, names};
use crate::Result;
use crate::checkout::Checkout;

const ACTION: &str = include_str!("templates/action.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const TRANSCRIPT: &str = include_str!("templates/transcript.json.txt");

/// Drafts an action of a connector: its file, its list lines and a transcript.
///
/// `subject` is the folder of the connector that the action belongs to, for connectors that are divided by subject.
///
/// # Errors
/// When there is no such connector or subject, or the name is taken or not a name.
pub fn action(checkout: &Checkout, connector: &str, subject: Option<&str>, name: &str) -> Result<Draft> {
    let package = names::crate_of(checkout, connector)?;
    let connector = names::connector_of(checkout, &package)?;
    let module = module(checkout, &package, subject)?;
    let mut draft = Draft { package, ..Draft::default() };
    add(&mut draft, checkout, &connector, &module, name)?;
    Ok(draft)
}

// The module of the actions, as `mail::actions`.
fn module(checkout: &Checkout, package: &str, subject: Option<&str>) -> Result<String> {
    let subjects = names::subjects_of(checkout, package)?;
    match subject {
        None if subjects.is_empty() => Ok("actions".to_owned()),
        Some(subject) if subjects.iter().any(|known| known == subject) => Ok(format!("{subject}::actions")),
        Some(_) if subjects.is_empty() => {
            Err(format!("{package} is not divided by subject: leave --subject out").into())
        }
        _ => {
            Err(format!("{package} is divided by subject: name one with --subject, of {}", subjects.join(", ")).into())
        }
    }
}

fn add(draft: &mut Draft, checkout: &Checkout, connector: &str, module: &str, name: &str) -> Result<()> {
    names::check(name)?;
    let folder = format!("crates/{}/src", draft.package);
    let list = format!("{folder}/lib.rs");
    let text = draft.text(checkout, &list)?;
    if text.contains(&format!("actions::{name}::")) {
        return Err(format!("{list} lists an action {name} already").into());
    }
    add_files(draft, checkout, connector, module, name)?;

    let begin = format!(".action::<{module}::");
    let entry = format!("{begin}{name}::{}>()", names::pascal(name));
    draft.change(
        &list,
        lists::add(&text, &entry, &format!("the list of actions in {list}"), |line| line.starts_with(&begin))?,
    );

    let modules = format!("{folder}/{}/mod.rs", module.replace("::", "/"));
    let entry = format!("pub mod {name};");
    let text = draft.text(checkout, &modules)?;
    draft.change(
        &modules,
        lists::add(&text, &entry, &format!("the list of modules in {modules}"), |line| line.starts_with("pub mod "))?,
    );
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
    draft.create(checkout, format!("{folder}/{}/{name}.rs", module.replace("::", "/")), fill(ACTION, &values))?;
    draft.create(
        checkout,
        format!("tests/transcripts/{connector}/{name}/reads_what_was_selected.json"),
        TRANSCRIPT.to_owned(),
    )?;
    Ok(())
}
