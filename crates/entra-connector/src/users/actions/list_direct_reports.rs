//! `list_direct_reports`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User, UserId};

/// List the direct reports of a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "meganb@contoso.example", "select": ["displayName"] })]))]
pub struct ListDirectReports {
    /// The user.
    user: UserId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
    /// Whether to count.
    #[serde(flatten)]
    count: Count,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDirectReports {
    type Output = List<User>;
    const SPEC: Spec = Spec::new("list_direct_reports", "List direct reports", Effect::Read).scopes(USERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<User>>> {
        let request = Request::get("/users/{user}/directReports").path_param("user", self.user.0);
        let request = request.query_opt("$select", self.select.names(USER_FIELDS));
        Ok(advanced::counted(request, self.count).pages(self.pages.paging()?))
    }
}
