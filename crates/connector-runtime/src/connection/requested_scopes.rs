//! Permissions that a sign-in requests, and those that it could request.

use connector_sdk::Result;
use graph_auth::{ScopeNames, Settings, scopes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Connections;

/// The permissions of a connector for a sign-in method, and those of them that are requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedScopes {
    /// Sign-in method.
    pub method: String,
    /// Permissions that are always requested.
    pub minimum: Vec<String>,
    /// Permissions that are requested when the connection names no scopes of its own.
    pub default: Vec<String>,
    /// Permissions that are requested only when the connection names them.
    pub optional: Vec<String>,
    /// Scopes that are requested. `None` for an app, which has what an administrator of its tenant granted, and for a
    /// given token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Vec<String>>,
    /// Notes for the owner of the connection, such as a corrected spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The permissions that a connection has, beside those that its sign-in requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionPermissions {
    /// Permissions of its connector, and those of them that its settings request.
    #[serde(flatten)]
    pub requested: RequestedScopes,
    /// Scopes or roles that its token carries, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<String>>,
    /// Permissions that are always requested, or that its settings request, and that its token lacks.
    pub lacking: Vec<String>,
}

impl Connections {
    /// Returns the permissions that a stored connection has, beside those that its sign-in requests.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub async fn permissions_of(&self, name: &str) -> Result<ConnectionPermissions> {
        let (_, record) = self.load(name).await?;
        let requested = self.permissions(&record.connector, &record.settings)?;
        let granted = record.tokens.and_then(|tokens| tokens.granted);
        let wanted = requested.asked.as_ref().unwrap_or(&requested.minimum);
        let has = |name: &String| {
            granted.as_ref().is_none_or(|granted| granted.iter().any(|one| one.eq_ignore_ascii_case(name)))
        };
        // Whether these were granted is in no token.
        let is_told = |name: &String| !["offline_access", "openid", "profile", "email"].contains(&name.as_str());
        let lacking = wanted.iter().filter(|name| is_told(name) && !has(name)).cloned().collect();
        Ok(ConnectionPermissions { requested, granted, lacking })
    }

    /// Returns the permissions that a connector requests with the method and the scopes of these settings, however
    /// incomplete they are otherwise.
    ///
    /// ```
    /// use connector_runtime::Host;
    /// use connector_sdk::SignInMethod;
    /// use graph_auth::{ScopeNames, Settings};
    ///
    /// let host = Host::builder().connector(outlook_connector::connector()).build().unwrap();
    /// let scopes = Some(ScopeNames::Text("Mail.Read".to_owned()));
    /// let settings = Settings { scopes, ..Settings::new(SignInMethod::DeviceCode) };
    /// let requested = host.connections().permissions("outlook", &settings).unwrap();
    /// assert!(requested.asked.unwrap().contains(&"Mail.Read".to_owned()));
    /// ```
    ///
    /// # Errors
    /// `unknown_action` for an unknown connector, with the nearest name.
    pub fn permissions(&self, connector: &str, settings: &Settings) -> Result<RequestedScopes> {
        let spec = self.spec(connector)?;
        let permissions = graph_auth::permissions(spec, settings.method).unwrap_or(connector_sdk::Permissions::NONE);
        let own = settings.scopes.as_ref().map(ScopeNames::names);
        let choice = scopes::choose(&permissions, own.as_deref());
        let is_asked = settings.method.asks_for_scopes();
        let minimum = names(permissions.minimum);
        let beside = |list: &[&str]| names(list).into_iter().filter(|name| !minimum.contains(name)).collect();
        Ok(RequestedScopes {
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
