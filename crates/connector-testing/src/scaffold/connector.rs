//! A new connector.

use super::{Draft, connector_crate, fill, lists, names};
use crate::Result;
use crate::checkout::Checkout;

const MANIFEST: &str = include_str!("templates/Cargo.toml.txt");
const LIB: &str = include_str!("templates/lib.rs.txt");
const CONNECTIONS: &str = include_str!("templates/connections.rs.txt");

/// Drafts a connector that lists nothing yet: its crate, and the lines that list it.
///
/// # Errors
/// When the name is taken or not a name, or a list cannot be found.
pub fn connector(checkout: &Checkout, name: &str) -> Result<Draft> {
    check_name(checkout, name)?;
    let package = format!("{}-connector", name.replace('_', "-"));
    let sources = format!("crates/{package}/src");
    let mut draft = Draft { package: package.clone(), sources, ..Draft::default() };
    let title = names::title(name);
    let manifest = fill(MANIFEST, &[("package", &package), ("Title", &title)]);
    draft.create(checkout, format!("crates/{package}/Cargo.toml"), manifest)?;
    self::sources(&mut draft, checkout, name, "")?;
    list(&mut draft, checkout, &package)?;
    Ok(draft)
}

/// Refuses a name that is no name, or that a connector of the project has: a program could not load both.
///
/// # Errors
/// Says what to do.
pub(super) fn check_name(project: &Checkout, name: &str) -> Result<()> {
    names::check(name)?;
    match connector_crate::package_of(project, name) {
        Ok(package) => Err(format!(
            "there is a connector `{name}` already, in crates/{package}: choose another name, or add to that connector \
             with `cargo xtask new action {name} …`. Nothing was written"
        )
        .into()),
        Err(_) => Ok(()),
    }
}

/// Adds the sources of a new connector. `tests` follows the list.
pub(super) fn sources(draft: &mut Draft, checkout: &Checkout, name: &str, tests: &str) -> Result<()> {
    let values = [("name", name), ("Title", &names::title(name))];
    for (file, text) in [("lib.rs", fill(LIB, &values) + tests), ("connections.rs", CONNECTIONS.to_owned())] {
        draft.create(checkout, format!("{}/{file}", draft.sources), text)?;
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
