//! The crate of a connector, in the project's checkout or outside it.

use crate::Result;
use crate::checkout::Checkout;

/// The crate of a connector: its names, and where its sources are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorCrate {
    /// Name of the package, such as `planner-connector`.
    pub package: String,
    /// Name of the connector, such as `planner`.
    pub connector: String,
    /// Folder of the sources in the checkout: `crates/planner-connector/src`, or `src` outside the project.
    pub sources: String,
}

impl ConnectorCrate {
    /// Finds the crate of a connector in the project's checkout.
    ///
    /// # Errors
    /// When there is none; the error lists those that there are.
    pub fn of_project(checkout: &Checkout, connector: &str) -> Result<ConnectorCrate> {
        let package = package_of(checkout, connector)?;
        let sources = format!("crates/{package}/src");
        Ok(ConnectorCrate { connector: connector_of(checkout, &sources)?, package, sources })
    }

    /// Finds the connector whose crate is the checkout itself.
    ///
    /// # Errors
    /// When the checkout is no crate, or its `connector()` function names no connector.
    pub fn standalone(checkout: &Checkout) -> Result<ConnectorCrate> {
        let manifest = checkout.read("Cargo.toml")?;
        let package = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let package = package.ok_or("Cargo.toml has no line `name = \"…\"`")?.to_owned();
        Ok(ConnectorCrate { connector: connector_of(checkout, "src")?, package, sources: "src".to_owned() })
    }

    /// Returns the subjects that the crate is divided by: its folders that have actions. None for a small connector.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn subjects(&self, checkout: &Checkout) -> Result<Vec<String>> {
        let files = checkout.files(&self.sources)?;
        let below = files.iter().filter_map(|file| file.strip_prefix(self.sources.as_str())?.strip_prefix('/'));
        Ok(below.filter_map(|file| subject(file)?.map(str::to_owned)).collect())
    }
}

/// Returns the package of a connector in the project: `outlook-connector` for `outlook`, `graph-raw` for `graph_raw`.
///
/// # Errors
/// When there is none; the error lists those that there are.
pub(super) fn package_of(checkout: &Checkout, connector: &str) -> Result<String> {
    let kebab = connector.replace('_', "-");
    let packages = packages(checkout)?;
    let found = [format!("{kebab}-connector"), kebab].into_iter().find(|name| packages.contains(name));
    found.ok_or_else(|| {
        format!("there is no connector `{connector}`; the connectors are in {}", packages.join(", ")).into()
    })
}

/// Returns the packages of the project that are connectors.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn packages(checkout: &Checkout) -> Result<Vec<String>> {
    let files = checkout.files("crates")?;
    let mut packages: Vec<String> = files.iter().filter_map(|file| crate_of(file).map(str::to_owned)).collect();
    packages.dedup();
    Ok(packages)
}

/// Returns the crate whose connector a file makes one, by what every connector declares:
/// `crates/x-connector/src/connections.rs`.
pub fn crate_of(file: &str) -> Option<&str> {
    file.strip_prefix("crates/")?.strip_suffix("/src/connections.rs").filter(|name| !name.contains('/'))
}

// The subject of a list of actions below the sources; a small connector has none.
fn subject(file: &str) -> Option<Option<&str>> {
    match file.strip_suffix("actions/mod.rs")? {
        "" => Some(None),
        subject => subject.strip_suffix('/').filter(|subject| !subject.contains('/')).map(Some),
    }
}

// The name of a connector, as its `connector()` function gives it.
fn connector_of(checkout: &Checkout, sources: &str) -> Result<String> {
    let file = format!("{sources}/lib.rs");
    let text = checkout.read(&file)?;
    let name =
        text.split_once("Connector::new(").and_then(|(_, rest)| rest.trim_start().strip_prefix('"')?.split_once('"'));
    name.map(|(name, _)| name.to_owned()).ok_or_else(|| format!("{file} has no `Connector::new(\"name\", …)`").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_its_crate_or_its_subject() {
        assert_eq!(crate_of("crates/x-connector/src/connections.rs"), Some("x-connector"));
        assert_eq!(crate_of("crates/x-connector/src/mail/connections.rs"), None);
        assert_eq!(crate_of("crates/x-connector/src/lib.rs"), None);
        assert_eq!(subject("actions/mod.rs"), Some(None));
        assert_eq!(subject("mail/actions/mod.rs"), Some(Some("mail")));
        assert_eq!(subject("mail/deep/actions/mod.rs"), None);
        assert_eq!(subject("my_actions/mod.rs"), None);
    }

    #[test]
    fn a_crate_of_its_own_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(folder.path());
        assert!(ConnectorCrate::standalone(&checkout).unwrap_err().to_string().contains("Cargo.toml"));
        checkout.write("Cargo.toml", "[package]\nname = \"my-planner\"\n").unwrap();
        checkout.write("src/lib.rs", "Connector::new(\n    \"planner\", …)").unwrap();
        checkout.write("src/tasks/actions/mod.rs", "").unwrap();
        let found = ConnectorCrate::standalone(&checkout).unwrap();
        assert_eq!((found.package.as_str(), found.connector.as_str()), ("my-planner", "planner"));
        assert_eq!(found.subjects(&checkout).unwrap(), ["tasks"]);
    }
}
