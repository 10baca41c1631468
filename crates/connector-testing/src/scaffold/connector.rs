//! A new connector.

use super::{Draft, action, connector_crate, fill, lists, names};
use crate::Result;
use crate::checkout::Checkout;

const MANIFEST: &str = include_str!("templates/Cargo.toml.txt");
const LIB: &str = include_str!("templates/lib.rs.txt");
const CONNECTIONS: &str = include_str!("templates/connections.rs.txt");
const VOCABULARY: &str = include_str!("templates/vocabulary.rs.txt");
const USER: &str = include_str!("templates/user.rs.txt");
const ACTIONS: &str = include_str!("templates/actions.rs.txt");

/// The action that a new connector begins with.
pub(super) const FIRST_ACTION: &str = "get_me";

/// Drafts a connector: its crate with a first action, and the lines that list it.
///
/// # Errors
/// When the name is taken or not a name, or a list cannot be found.
pub fn connector(checkout: &Checkout, name: &str) -> Result<Draft> {
    names::check(name)?;
    if connector_crate::package_of(checkout, name).is_ok() {
        return Err(format!("there is a connector `{name}` already").into());
    }
    let package = format!("{}-connector", name.replace('_', "-"));
    let sources = format!("crates/{package}/src");
    let mut draft = Draft { package: package.clone(), sources, ..Draft::default() };
    let title = names::title(name);
    let manifest = fill(MANIFEST, &[("package", &package), ("Title", &title)]);
    draft.create(checkout, format!("crates/{package}/Cargo.toml"), manifest)?;
    self::sources(&mut draft, checkout, name)?;
    action::add_files(&mut draft, checkout, name, "actions", FIRST_ACTION)?;
    list(&mut draft, checkout, &package)?;
    Ok(draft)
}

/// Adds the sources of a new connector, without its first action.
pub(super) fn sources(draft: &mut Draft, checkout: &Checkout, name: &str) -> Result<()> {
    let (title, kind) = (names::title(name), names::pascal(FIRST_ACTION));
    let values = [("name", name), ("Title", &title), ("action", FIRST_ACTION), ("Type", &kind)];
    let vocabulary = format!("{VOCABULARY}\n{USER}");
    for (file, text) in [
        ("lib.rs", LIB),
        ("connections.rs", CONNECTIONS),
        ("vocabulary.rs", vocabulary.as_str()),
        ("actions/mod.rs", ACTIONS),
    ] {
        draft.create(checkout, format!("{}/{file}", draft.sources), fill(text, &values))?;
    }
    Ok(())
}

/// How a list names a crate.
type Form = fn(&str) -> String;

// Wherever connectors are named, the new one is named as its neighbours are.
fn list(draft: &mut Draft, checkout: &Checkout, package: &str) -> Result<()> {
    let peers = connector_crate::packages(checkout)?;
    let path = |name: &str| format!("{name} = {{ path");
    let inherited = |name: &str| format!("{name}.workspace = true");
    let call = |name: &str| format!("{}::connector()", name.replace('-', "_"));
    let places: [(&str, Form); 5] = [
        ("Cargo.toml", path),
        ("xtask/Cargo.toml", inherited),
        ("xtask/src/connectors.rs", call),
        ("crates/tenon/Cargo.toml", inherited),
        ("crates/tenon/src/connectors.rs", call),
    ];
    for (file, form) in places {
        let text = draft.text(checkout, file)?;
        draft
            .change(file, lists::add_like(&text, package, &peers, &format!("the list of connectors in {file}"), form)?);
    }
    describe(draft, checkout, package, &peers)
}

// The table of crates has a line for each.
fn describe(draft: &mut Draft, checkout: &Checkout, package: &str, peers: &[String]) -> Result<()> {
    const PAGE: &str = "docs/ARCHITECTURE.md";
    let text = draft.text(checkout, PAGE)?;
    let is_peer = |line: &str| peers.iter().any(|peer| line.starts_with(&format!("| `{peer}` |")));
    let last = text.lines().rfind(|line| is_peer(line));
    let last = last.ok_or_else(|| format!("the table of crates in {PAGE} cannot be found"))?;
    let title = names::title(package.trim_end_matches("-connector").replace('-', "_").as_str());
    let line = format!("{last}\n| `{package}` | {title}. | `lib.rs` |");
    draft.change(PAGE, text.replacen(last, &line, 1));
    Ok(())
}
