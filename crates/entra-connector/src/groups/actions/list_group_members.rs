//! `list_group_members`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Query, Request, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::found::ResultSet;
use crate::permissions::MEMBERS_READ;
use crate::vocabulary::{DirectoryObject, GroupId};

/// List the members of a group, directly or also through other groups; or those that are found by their name or
/// address. There is no limit on the number: pages are returned as they arrive. Version 1.0 of Graph leaves out members
/// that are service principals; a raw request to the beta version lists them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" }), json!({ "group": "17529cdf-5511-441a-8cbe-a1833164ed6e", "transitive": true, "type": "user", "query": { "select": ["displayName", "mail"] } }), json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "type": "user", "operator": "search", "value": "adele", "resultSet": "first" })]))]
#[schemars(transform = rules::only_with(&["field", "value"]))]
#[schemars(transform = rules::only_with(&["operator", "value"]))]
#[schemars(transform = rules::at_most_one(&["limit", "resultSet=first", "resultSet=all", "resultSet=stream"]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "resultSet=first", "resultSet=all", "resultSet=stream"]))]
#[schemars(transform = rules::at_most_one(&["fetchAll=true", "resultSet=first"]))]
pub struct ListGroupMembers {
    /// The group.
    group: GroupId,
    /// Also members of groups that are members.
    #[serde(default)]
    transitive: bool,
    /// Only objects of this kind.
    #[serde(default)]
    r#type: Kind,
    /// The property to search for `value`; the default is the display name. An address is taken as a user's, unless
    /// `type` is `group`.
    field: Option<Field>,
    /// How to compare; the default is `startsWith`.
    operator: Option<Operator>,
    /// Value to search for.
    #[schemars(length(min = 1, max = 256))]
    value: Option<String>,
    /// How much to return. `first` returns one member; `all` and `stream` return all members.
    #[serde(default)]
    result_set: ResultSet,
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
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

/// A property that members are found by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Field {
    /// The name that is shown.
    #[default]
    DisplayName,
    /// The main email address.
    Mail,
    /// The name to sign in with.
    UserPrincipalName,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::DisplayName => "displayName",
            Field::Mail => "mail",
            Field::UserPrincipalName => "userPrincipalName",
        }
    }

    // The kind of members that are asked for: a member of any kind has a name, and no address.
    fn of(self, kind: Kind) -> Result<Kind> {
        match (self, kind) {
            (Field::DisplayName, kind) => Ok(kind),
            (_, Kind::Any | Kind::User) => Ok(Kind::User),
            (Field::Mail, Kind::Group) => Ok(Kind::Group),
            (Field::Mail, _) => Err(Error::invalid("/field", "only users and groups have a `mail`")),
            (Field::UserPrincipalName, _) => Err(Error::invalid("/field", "only users have a `userPrincipalName`")),
        }
    }
}

/// How to compare with the value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Operator {
    /// It is this, ignoring case.
    Equals,
    /// It begins with this.
    #[default]
    StartsWith,
    /// Words in it begin with this.
    Search,
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
        let mut query = self.query.unwrap_or_default();
        let mut kind = self.r#type;
        match self.value {
            None if self.field.is_some() => return Err(Error::invalid("/value", "give the value to search for")),
            None if self.operator.is_some() => return Err(Error::invalid("/value", "give the value to search for")),
            None => {}
            Some(value) => {
                let field = self.field.unwrap_or_default();
                kind = field.of(kind)?;
                let (name, text) = (field.name(), odata::string(&value));
                let condition = match self.operator.unwrap_or_default() {
                    Operator::Equals => format!("{name} eq {text}"),
                    Operator::StartsWith => format!("startsWith({name},{text})"),
                    Operator::Search if query.search.is_some() => {
                        return Err(Error::invalid(
                            "/query/search",
                            "only one search is possible: leave it out, or choose another `operator`",
                        ));
                    }
                    Operator::Search => String::new(),
                };
                if condition.is_empty() {
                    query.search = Some(advanced::clause(name, &value));
                } else {
                    query.filter = Some(
                        query.filter.map_or_else(|| condition.clone(), |more| format!("{condition} and ({more})")),
                    );
                    // Only the index compares members.
                    query.count = Some(true);
                }
            }
        }
        if kind != Kind::Any {
            // Only the index answers by kind.
            query.count = Some(true);
        }
        let request =
            Request::get(format!("/groups/{{group}}/{relation}{}", kind.cast())).path_param("group", self.group.0);
        advanced::list(request, Some(query), &self.result_set.pages(self.pages)?)
    }
}
