//! Names, and the forms that they take.

use crate::Result;
use crate::checkout::Checkout;

/// Refuses a name that is not `snake_case`.
///
/// # Errors
/// Says what a name looks like.
pub fn check(name: &str) -> Result<()> {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word) && !KEYWORDS.contains(&name) {
        return Ok(());
    }
    Err(format!("`{name}` is no name: take lower-case words with underscores between them, such as list_emails").into())
}

// What Rust does not allow as the name of a module, as far as somebody might think of it.
const KEYWORDS: [&str; 14] =
    ["as", "async", "await", "break", "continue", "crate", "do", "for", "in", "loop", "match", "move", "return", "use"];

/// `list_emails` as a type: `ListEmails`.
pub fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// `list_emails` for people: `List emails`.
pub fn title(name: &str) -> String {
    capital(&name.replace('_', " "))
}

/// `plannerTask` as a type: `PlannerTask`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The crate of a connector: `outlook-connector` for `outlook`, `graph-raw` for `graph_raw`.
///
/// # Errors
/// When there is none; the error lists those that there are.
pub fn crate_of(checkout: &Checkout, connector: &str) -> Result<String> {
    let kebab = connector.replace('_', "-");
    let crates = crates(checkout)?;
    let found = [format!("{kebab}-connector"), kebab].into_iter().find(|name| crates.contains(name));
    found.ok_or_else(|| {
        format!("there is no connector `{connector}`; the connectors are in {}", crates.join(", ")).into()
    })
}

/// The connector crates: those with a list of actions.
///
/// # Errors
/// When the folder cannot be read.
pub fn crates(checkout: &Checkout) -> Result<Vec<String>> {
    let folders = checkout.files("crates")?;
    let mut crates: Vec<String> = folders.iter().filter_map(|file| Some(actions(file)?.0.to_owned())).collect();
    crates.dedup();
    Ok(crates)
}

/// The subjects that a connector crate is divided by: its folders that have actions. None for a small connector.
///
/// # Errors
/// When the folder cannot be read.
pub fn subjects_of(checkout: &Checkout, package: &str) -> Result<Vec<String>> {
    let folders = checkout.files("crates")?;
    let subject = |file: &String| actions(file).filter(|(name, _)| *name == package)?.1.map(str::to_owned);
    Ok(folders.iter().filter_map(subject).collect())
}

/// The crate and the subject of a list of actions: `crates/x-connector/src/mail/actions/mod.rs`.
pub fn actions(file: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = file.strip_prefix("crates/")?.split_once("/src/")?;
    match rest.strip_suffix("actions/mod.rs")? {
        "" => Some((name, None)),
        subject => subject.strip_suffix('/').filter(|subject| !subject.contains('/')).map(|it| (name, Some(it))),
    }
}

/// The name of a connector, as its `connector()` function gives it.
///
/// # Errors
/// When the function names none.
pub fn connector_of(checkout: &Checkout, package: &str) -> Result<String> {
    let file = format!("crates/{package}/src/lib.rs");
    let text = checkout.read(&file)?;
    let name =
        text.split_once("Connector::new(").and_then(|(_, rest)| rest.trim_start().strip_prefix('"')?.split_once('"'));
    name.map(|(name, _)| name.to_owned()).ok_or_else(|| format!("{file} has no `Connector::new(\"name\", …)`").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_forms() {
        for good in ["list_emails", "get", "a1_b2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "List", "list-emails", "_x", "x_", "a__b", "1a", "match", "é", "a/b", "..", "a b"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!((pascal("list_emails").as_str(), title("list_emails").as_str()), ("ListEmails", "List emails"));
    }
}
