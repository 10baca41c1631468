//! `search_users`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Count, Effect, Error, List, Pages, Plan, Query, Request, Result, ScopeCase, Select, Spec, odata,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::basic;
use crate::found::ResultSet;
use crate::permissions::{USERS_READ, USERS_SEE};
use crate::vocabulary::{USER_FIELDS, User};

/// Search users by one property: exactly, by how it begins or ends, or by words in it. The value may hold any
/// character.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "field": "displayName", "operator": "search", "value": "adele" }), json!({ "field": "userPrincipalName", "operator": "endsWith", "value": "@contoso.example", "resultSet": "first" }), json!({ "field": "department", "operator": "equals", "value": "Retail", "resultSet": "all", "select": ["displayName"] })]))]
#[schemars(transform = rules::at_most_one(&["limit", "resultSet=first", "resultSet=all", "resultSet=stream"]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "resultSet=first", "resultSet=all", "resultSet=stream"]))]
#[schemars(transform = rules::at_most_one(&["fetchAll=true", "resultSet=first"]))]
pub struct SearchUsers {
    /// The property to compare.
    field: Field,
    /// How to compare with the value.
    operator: Operator,
    /// Value to search for.
    #[schemars(length(min = 1, max = 256))]
    value: String,
    /// How much to return. `first` returns one user; `all` and `stream` return all users.
    #[serde(default)]
    result_set: ResultSet,
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

/// A property of a user that can be searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Field {
    /// The name that is shown.
    DisplayName,
    /// The main email address.
    Mail,
    /// The name to sign in with.
    UserPrincipalName,
    /// The department.
    Department,
    /// The job title.
    JobTitle,
    /// The number that the organisation knows the user by.
    EmployeeId,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::DisplayName => "displayName",
            Field::Mail => "mail",
            Field::UserPrincipalName => "userPrincipalName",
            Field::Department => "department",
            Field::JobTitle => "jobTitle",
            Field::EmployeeId => "employeeId",
        }
    }
    fn has_endings(self) -> bool {
        matches!(self, Field::Mail | Field::UserPrincipalName)
    }
    fn has_words(self) -> bool {
        matches!(self, Field::DisplayName | Field::Mail | Field::UserPrincipalName)
    }
}

/// How to compare with the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Operator {
    /// It is this, ignoring case.
    Equals,
    /// It begins with this.
    StartsWith,
    /// It ends with this: `mail` and `userPrincipalName` only.
    EndsWith,
    /// Words in it begin with this: `displayName`, `mail` and `userPrincipalName` only.
    Search,
}

impl Action for SearchUsers {
    type Output = List<User>;
    const SPEC: Spec = Spec::new("search_users", "Search users", Effect::Read)
        .scopes(USERS_SEE)
        .cases(&[ScopeCase::instead("`field` or `select` names more than the basic properties", USERS_READ)])
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<User>>> {
        let pages = self.result_set.pages(self.pages)?;
        let field = self.field.name();
        let text = odata::string(&self.value);
        let names = self.select.names(USER_FIELDS);
        let request = basic::permit(Request::get("/users"), names.iter().flat_map(|all| all.split(',')).chain([field]));
        let mut query = Query::default().with_select(names.map(|names| vec![names])).with_count(self.count.asked());
        match self.operator {
            Operator::Equals => query.filter = Some(format!("{field} eq {text}")),
            Operator::StartsWith => query.filter = Some(format!("startsWith({field},{text})")),
            Operator::EndsWith if self.field.has_endings() => query.filter = Some(format!("endsWith({field},{text})")),
            Operator::Search if self.field.has_words() => query.search = Some(advanced::clause(field, &self.value)),
            Operator::EndsWith => {
                return Err(Error::invalid(
                    "/operator",
                    "Graph compares endings of `mail` and `userPrincipalName` only",
                ));
            }
            Operator::Search => {
                return Err(Error::invalid(
                    "/operator",
                    "Graph searches words in `displayName`, `mail` and `userPrincipalName` only",
                ));
            }
        }
        advanced::list(request, Some(query), &pages)
    }
}
