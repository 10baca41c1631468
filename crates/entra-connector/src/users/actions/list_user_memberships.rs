//! `list_user_memberships`

use connector_sdk::{
    Action, Context, Count, Effect, List, Pages, Plan, Query, Request, Result, ScopeCase, Select, Spec,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::{GROUPS_OF_USER, MEMBERSHIPS_READ};
use crate::vocabulary::{DirectoryObject, UserId};

/// List what a user is a member of: groups, roles of the directory and administrative units, directly or also through
/// groups.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "pattif@contoso.example", "transitive": true }), json!({ "user": "pattif@contoso.example", "type": "directoryRole" })]))]
pub struct ListUserMemberships {
    /// The user.
    user: UserId,
    /// Also what the user belongs to through groups.
    #[serde(default)]
    transitive: bool,
    /// Only objects of this kind.
    #[serde(default)]
    r#type: Kind,
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

/// The kind of what a user belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Kind {
    /// All kinds.
    #[default]
    Any,
    /// Groups.
    Group,
    /// Roles of the directory.
    DirectoryRole,
    /// Administrative units.
    AdministrativeUnit,
}

impl Kind {
    fn cast(self) -> &'static str {
        match self {
            Kind::Any => "",
            Kind::Group => "/microsoft.graph.group",
            Kind::DirectoryRole => "/microsoft.graph.directoryRole",
            Kind::AdministrativeUnit => "/microsoft.graph.administrativeUnit",
        }
    }
    // Only the index answers by kind.
    fn counts(self) -> Option<bool> {
        (self != Kind::Any).then_some(true)
    }
}

impl Action for ListUserMemberships {
    type Output = List<DirectoryObject>;
    const SPEC: Spec = Spec::new("list_user_memberships", "List user memberships", Effect::Read)
        .scopes(MEMBERSHIPS_READ)
        .cases(&[ScopeCase::instead("`type` is `group`", GROUPS_OF_USER)])
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        let relation = if self.transitive { "transitiveMemberOf" } else { "memberOf" };
        let request =
            Request::get(format!("/users/{{user}}/{relation}{}", self.r#type.cast())).path_param("user", self.user.0);
        let request = if self.r#type == Kind::Group { request.with_scopes(GROUPS_OF_USER) } else { request };
        let select = self.select.names(&["id", "displayName"]).map(|names| vec![names]);
        let query = Query::default().with_select(select).with_count(self.r#type.counts().or(self.count.asked()));
        advanced::list(request, Some(query), &self.pages)
    }
}
