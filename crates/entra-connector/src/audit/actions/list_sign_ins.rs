//! `list_sign_ins`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audit::span::Span;
use crate::permissions::SIGN_INS_READ;
use crate::vocabulary::{SignIn, UserId};

/// List sign-ins, the newest first. They appear some minutes after they happen, and are kept 30 days. The tenant needs
/// a P1 or P2 licence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example", "limit": 10 }), json!({ "status": "failure", "since": "2020-01-01T00:00:00Z" })]))]
pub struct ListSignIns {
    /// Only those of this user, by object id or user principal name.
    user: Option<UserId>,
    /// Only those to this app, by its client id or its name.
    #[schemars(length(min = 1, max = 256))]
    app: Option<String>,
    /// Only successful or only failed sign-ins.
    status: Option<SignInStatus>,
    /// When.
    #[serde(flatten)]
    span: Span,
    /// Another OData expression that must hold.
    #[schemars(length(min = 1, max = 4000), example = "clientAppUsed eq 'Browser'")]
    filter: Option<String>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

/// Whether a sign-in went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum SignInStatus {
    /// The sign-in succeeded.
    Success,
    /// The sign-in failed.
    Failure,
}

impl Action for ListSignIns {
    type Output = List<SignIn>;
    const SPEC: Spec = Spec::new("list_sign_ins", "List sign-ins", Effect::Read).scopes(SIGN_INS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<SignIn>>> {
        let mut conditions = self.span.conditions("createdDateTime")?;
        conditions.extend(self.user.map(|user| {
            let field = if user.0.contains('@') { "userPrincipalName" } else { "userId" };
            // Names are kept in small letters.
            format!("{field} eq {}", odata::string(&user.0.to_lowercase()))
        }));
        conditions.extend(self.app.map(|app| {
            let is_id = app.len() == 36 && app.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            format!("{} eq {}", if is_id { "appId" } else { "appDisplayName" }, odata::string(&app))
        }));
        conditions.extend(self.status.map(|status| match status {
            SignInStatus::Success => "status/errorCode eq 0".to_owned(),
            SignInStatus::Failure => "status/errorCode ne 0".to_owned(),
        }));
        conditions.extend(self.filter.map(|filter| format!("({filter})")));
        let filter = (!conditions.is_empty()).then(|| conditions.join(" and "));
        let request =
            Request::get("/auditLogs/signIns").query_opt("$filter", filter).query("$top", self.pages.page_size(999));
        Ok(request.query("$orderby", "createdDateTime desc").pages(self.pages.paging()?))
    }
}
