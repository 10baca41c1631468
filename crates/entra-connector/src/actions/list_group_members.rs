//! `list_group_members`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::MEMBERS_READ;
use crate::vocabulary::{DirectoryObject, GroupId};

/// List the members of a group, directly or also through other groups. Any number can be read: they are handed on as their pages arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" }), json!({ "group": "17529cdf-5511-441a-8cbe-a1833164ed6e", "transitive": true, "type": "user", "query": { "select": ["displayName", "mail"] } })]))]
pub struct ListGroupMembers {
    /// The group.
    group: GroupId,
    /// Also members of groups that are members.
    #[serde(default)]
    transitive: bool,
    /// Only objects of this kind.
    #[serde(default)]
    r#type: Kind,
    /// OData query options. What only the index of the directory answers is asked of it by itself.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

/// The kind of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Kind {
    /// All kinds.
    #[default]
    Any,
    /// Users.
    User,
    /// Groups.
    Group,
    /// Devices.
    Device,
    /// Service principals.
    ServicePrincipal,
}

impl Kind {
    fn cast(self) -> &'static str {
        match self {
            Kind::Any => "",
            Kind::User => "/microsoft.graph.user",
            Kind::Group => "/microsoft.graph.group",
            Kind::Device => "/microsoft.graph.device",
            Kind::ServicePrincipal => "/microsoft.graph.servicePrincipal",
        }
    }
}

impl Action for ListGroupMembers {
    type Output = List<DirectoryObject>;
    const SPEC: Spec = Spec::new("list_group_members", "List group members", Effect::Read).scopes(MEMBERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        let relation = if self.transitive { "transitiveMembers" } else { "members" };
        let request = Request::get(format!("/groups/{{group}}/{relation}{}", self.r#type.cast())).with("group", self.group.0);
        let mut query = self.query.unwrap_or_default();
        if self.r#type != Kind::Any {
            // Only the index answers by kind.
            query.count = Some(true);
        }
        advanced::list(request, Some(query), &self.pages)
    }
}
