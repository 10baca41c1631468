//! `find_permissions`

use connector_sdk::{Account, Action, Code, Context, Effect, Error, Plan, Result, Spec, Subject};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::batch_request::PartVerb;

/// List the permissions that a request needs, the least privileged first. The answer comes from Microsoft's table of
/// permissions on this machine, without any request. The host must have been given the table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "method": "PATCH", "path": "/groups/{id}" }),
    json!({ "method": "GET", "path": "/users/adele@contoso.com/messages?$top=5", "mode": "application" })
]))]
pub struct FindPermissions {
    /// The method of the request.
    method: PartVerb,
    /// Its path below the API version, such as `/groups/{id}`. It may contain ids or any text in their place; a query
    /// is ignored, and so is a host with the API version.
    #[schemars(length(min = 1, max = 4096))]
    path: String,
    /// Who signs in: `delegated` for a user with a work or school account, `personal` for a user with a personal
    /// account, `application` for an app. The default is the kind of this connection; a user counts as `delegated`.
    mode: Option<Mode>,
}

/// Who signs in.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Mode {
    /// A user with a work or school account.
    Delegated,
    /// An app.
    Application,
    /// A user with a personal account.
    Personal,
}

/// Permissions, of which any one suffices.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// Those that Microsoft names the least privileged.
    pub least: Vec<String>,
    /// All of them, the least privileged first.
    pub all: Vec<String>,
    /// Whether the table knows the request. If it does and no permissions are listed, such an account cannot send the
    /// request; if it does not, see Microsoft's page about the request.
    pub listed: bool,
}

impl Action for FindPermissions {
    type Output = Found;
    const SPEC: Spec = Spec::new("find_permissions", "Find permissions", Effect::Read).application(&[]);

    fn plan(self, cx: &Context) -> Result<Plan<Found>> {
        let account = match (self.mode, &*cx.who) {
            (Some(Mode::Application), _) | (None, Subject::App { .. }) => Account::App,
            (Some(Mode::Personal), _) => Account::Personal,
            (Some(Mode::Delegated) | None, _) => Account::Work,
        };
        let reference = cx.reference.as_ref().ok_or_else(|| {
            Error::new(
                Code::InvalidInput,
                "this host was given no description of Microsoft Graph, so nobody can answer",
            )
            .with_hint("The program that runs this host supplies it, from Microsoft's description of Graph.")
        })?;
        let found = reference.permissions(Method::from(self.method).as_str(), &self.path, account)?;
        let listed = found.is_some();
        let found = found.unwrap_or_default();
        Ok(Plan::done(Found { least: found.least, all: found.all, listed }))
    }
}
