//! `list_directory_audits`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audit::span::Span;
use crate::permissions::LOGS_READ;
use crate::vocabulary::{DirectoryAudit, UserId};

/// List the audit log of the directory, the newest entry first. An entry appears some minutes after the event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "category": "UserManagement", "limit": 5 })]))]
pub struct ListDirectoryAudits {
    /// Only this category, such as `UserManagement`.
    #[schemars(length(min = 1, max = 100))]
    category: Option<String>,
    /// Only this activity, such as `Add user`.
    #[schemars(length(min = 1, max = 200))]
    activity: Option<String>,
    /// Only what this user did, by object id or user principal name.
    initiated_by: Option<UserId>,
    /// When.
    #[serde(flatten)]
    span: Span,
    /// Another OData expression that must hold.
    #[schemars(length(min = 1, max = 4000), example = "result eq 'failure'")]
    filter: Option<String>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDirectoryAudits {
    type Output = List<DirectoryAudit>;
    const SPEC: Spec =
        Spec::new("list_directory_audits", "List directory audits", Effect::Read).scopes(LOGS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryAudit>>> {
        let mut conditions = self.span.conditions("activityDateTime")?;
        conditions.extend(self.category.map(|category| format!("category eq {}", odata::string(&category))));
        conditions.extend(self.activity.map(|activity| format!("activityDisplayName eq {}", odata::string(&activity))));
        conditions.extend(self.initiated_by.map(|user| {
            let field = if user.0.contains('@') { "userPrincipalName" } else { "id" };
            format!("initiatedBy/user/{field} eq {}", odata::string(&user.0))
        }));
        conditions.extend(self.filter.map(|filter| format!("({filter})")));
        let filter = (!conditions.is_empty()).then(|| conditions.join(" and "));
        let request = Request::get("/auditLogs/directoryAudits")
            .query_opt("$filter", filter)
            .query("$top", self.pages.page_size(999));
        Ok(request.query("$orderby", "activityDateTime desc").pages(self.pages.paging()?))
    }
}
