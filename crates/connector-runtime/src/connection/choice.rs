//! Which permissions a sign-in asks for, and which it could.

use connector_sdk::Result;
use graph_auth::{Scopes, Settings, scopes};
use serde::{Deserialize, Serialize};

use super::Connections;

/// The permissions of a connector for a way to sign in, and what of them is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asks {
    /// The way to sign in.
    pub method: String,
    /// Always asked for.
    pub minimum: Vec<String>,
    /// Asked for when the connection names no scopes of its own.
    pub default: Vec<String>,
    /// Asked for only when the connection names them.
    pub optional: Vec<String>,
    /// What is asked for. `None` for an app, which has what an administrator of its tenant granted, and for a
    /// token that is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Vec<String>>,
    /// Sentences for whoever makes the connection, such as a corrected spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Connections {
    /// What a connector asks for with the method and the scopes of these settings, however incomplete they
    /// are otherwise.
    ///
    /// # Errors
    /// `unknown_action` for an unknown connector, with the nearest name.
    pub fn permissions(&self, connector: &str, settings: &Settings) -> Result<Asks> {
        let spec = self.spec(connector)?;
        let permissions = graph_auth::permissions(spec, settings.method).unwrap_or(connector_sdk::Permissions::NONE);
        let own = settings.scopes.as_ref().map(Scopes::names);
        let choice = scopes::choose(&permissions, own.as_deref());
        let is_asked = settings.method.asks_for_scopes();
        let minimum = names(permissions.minimum);
        let beside = |list: &[&str]| names(list).into_iter().filter(|name| !minimum.contains(name)).collect();
        Ok(Asks {
            method: settings.method.name().to_owned(),
            default: beside(permissions.default),
            optional: beside(permissions.optional),
            minimum,
            asked: is_asked.then_some(choice.scopes),
            notes: if is_asked { choice.notes } else { Vec::new() },
        })
    }
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}
