//! Permissions of arbitrary requests, by Microsoft's table.

use connector_sdk::{Account, Code, Error, Granted, Reference, Result, Sufficient};
use serde::Serialize;

use crate::Host;

/// Permissions that a request needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NeededBy {
    /// Request as it was given.
    pub request: String,
    /// Whether the table lists the request. If not, Microsoft's page about it may help.
    pub listed: bool,
    /// Permissions of a signed-in user with a work or school account.
    pub delegated: Suffices,
    /// Permissions of a signed-in user with a personal account.
    pub personal: Suffices,
    /// Permissions of an app.
    pub application: Suffices,
    /// Permissions that a connection lacks, if one was named and its token says what it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacking: Option<Vec<String>>,
}

/// Permissions of which any one suffices. Empty: such an account cannot send the request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Suffices {
    /// Permissions that Microsoft names the least privileged.
    pub least: Vec<String>,
    /// All sufficient permissions, the least privileged first.
    pub all: Vec<String>,
}

impl From<Sufficient> for Suffices {
    fn from(found: Sufficient) -> Suffices {
        Suffices { least: found.least, all: found.all }
    }
}

impl Host {
    /// Returns the permissions that requests need, each a method and a path such as `PATCH /groups/{id}`, and those of
    /// them that a stored connection lacks. Nothing is sent.
    ///
    /// # Errors
    /// `invalid_input` for what is no request, for a path or method that Graph does not have, and when
    /// Microsoft's table is not on this machine; `unknown_connection`.
    pub async fn needed_by(&self, requests: &[String], connection: Option<&str>) -> Result<Vec<NeededBy>> {
        let reference = self.0.reference.as_deref().ok_or_else(|| {
            Error::new(Code::InvalidInput, "this host was given no description of Microsoft Graph")
                .with_hint("Supply one when the host is built: `HostBuilder::reference`.")
        })?;
        let known = match connection {
            Some(name) => {
                let is_app = self.connections().settings(name).await?.1.is_application();
                self.connections().show(name).await?.granted.map(|granted| (Granted::new(granted), is_app))
            }
            None => None,
        };
        requests.iter().map(|request| needed(reference, request, known.as_ref())).collect()
    }
}

fn needed(reference: &dyn Reference, request: &str, known: Option<&(Granted, bool)>) -> Result<NeededBy> {
    let (method, path) = request.trim().split_once(char::is_whitespace).ok_or_else(|| {
        Error::new(Code::InvalidInput, format!("`{request}` is no request"))
            .with_hint("Write a method and a path below the API version, such as `PATCH /groups/{id}`.")
    })?;
    let method = method.to_ascii_uppercase();
    let find = |account| {
        reference.permissions(&method, path.trim(), account).map_err(|error| error.context(format!("(`{request}`)")))
    };
    let delegated = find(Account::Work)?;
    let listed = delegated.is_some();
    let (delegated, personal, application) = (
        delegated.unwrap_or_default(),
        find(Account::Personal)?.unwrap_or_default(),
        find(Account::App)?.unwrap_or_default(),
    );
    let lacking = known.filter(|_| listed).map(|(granted, is_app)| {
        let all = if *is_app { &application } else { &delegated };
        let least = if all.least.is_empty() { &all.all } else { &all.least };
        if all.all.iter().any(|name| granted.has(name)) { Vec::new() } else { least.clone() }
    });
    Ok(NeededBy {
        request: request.to_owned(),
        listed,
        delegated: delegated.into(),
        personal: personal.into(),
        application: application.into(),
        lacking,
    })
}
