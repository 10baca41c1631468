//! Tests of connections, each with one cheap call.

use connector_sdk::{Error, Request, Result, Scopes, Subject};
use graph_client::TokenRequest;
use serde::{Deserialize, Serialize};

use super::Connections;
use super::connected::Connected;
use super::record::ConnectionRecord;

/// Report of a test of a connection.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// Whether the connection works.
    pub works: bool,
    /// Description of what was tried, in a sentence.
    pub tried: String,
    /// Name of the user who responded, or the app's roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// Error of a connection that does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

impl Connections {
    /// Tests a connection with one cheap call: a user reads itself; an app reads its default user, or else shows its
    /// roles.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name. What is wrong with one that exists is in the report.
    pub async fn test(&self, name: &str) -> Result<TestReport> {
        let connected = match self.connect(name).await {
            Err(error) if ConnectionRecord::load(&self.0.vault, name).await?.is_some() => {
                return Ok(TestReport {
                    works: false,
                    tried: "its settings".to_owned(),
                    found: None,
                    error: Some(error),
                });
            }
            connected => connected?,
        };
        let (tried, request) = match &*connected.who {
            Subject::User { .. } => {
                ("GET /me", Some(Request::get("/me").query("$select", "id,displayName,userPrincipalName")))
            }
            Subject::App { user: Some(user) } => (
                "GET /users/{user}",
                Some(
                    Request::get("/users/{user}")
                        .path_param("user", user.as_str())
                        .query("$select", "id,displayName,userPrincipalName"),
                ),
            ),
            // An app without a default user, or somebody that is not known here.
            _ => ("a token", None),
        };
        let found = match request {
            Some(request) => self.user_name(&connected, &request).await,
            None => connected.tokens.token(TokenRequest::Usual).await.map(|_| None),
        };
        Ok(match found {
            Ok(found) => TestReport {
                works: true,
                tried: tried.to_owned(),
                found: self.roles(name).await.or(found),
                error: None,
            },
            Err(error) => TestReport { works: false, tried: tried.to_owned(), found: None, error: Some(error) },
        })
    }

    async fn user_name(&self, connected: &Connected, request: &Request) -> Result<Option<String>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct User {
            user_principal_name: Option<String>,
            display_name: Option<String>,
        }
        let session = connected.session(Scopes::NONE);
        let user: User = connected.client.send(request, &session).await?.read()?;
        Ok(user.user_principal_name.or(user.display_name))
    }

    // An app without a default user is known by its roles.
    async fn roles(&self, name: &str) -> Option<String> {
        let (_, record) = ConnectionRecord::load(&self.0.vault, name).await.ok()??;
        let is_nobody = record.settings.is_application() && record.settings.user_id.is_none();
        let granted = record.tokens?.granted?;
        is_nobody.then(|| granted.join(" "))
    }
}
