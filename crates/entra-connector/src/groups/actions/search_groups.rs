//! `search_groups`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Query, Request, Result, Select, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// Search groups by one property: exactly, by how it begins, or by words in it. The value may hold any character.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "field": "displayName", "operator": "search", "value": "team" }), json!({ "field": "mailNickname", "operator": "startsWith", "value": "sg-" })]))]
pub struct SearchGroups {
    /// The property to compare.
    field: Field,
    /// How to compare with the value.
    operator: Operator,
    /// Value to search for.
    #[schemars(length(min = 1, max = 256))]
    value: String,
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

/// A property of a group that can be searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Field {
    /// The name that is shown.
    DisplayName,
    /// The email address.
    Mail,
    /// The part of the email address before the `@`.
    MailNickname,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::DisplayName => "displayName",
            Field::Mail => "mail",
            Field::MailNickname => "mailNickname",
        }
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
    /// Words in it begin with this.
    Search,
}

impl Action for SearchGroups {
    type Output = List<Group>;
    const SPEC: Spec = Spec::new("search_groups", "Search groups", Effect::Read).scopes(GROUPS_SEE).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Group>>> {
        let field = self.field.name();
        let text = odata::string(&self.value);
        let select = self.select.names(GROUP_FIELDS).map(|names| vec![names]);
        let mut query = Query::default().with_select(select).with_count(self.count.asked());
        match self.operator {
            Operator::Equals => query.filter = Some(format!("{field} eq {text}")),
            Operator::StartsWith => query.filter = Some(format!("startsWith({field},{text})")),
            Operator::Search => query.search = Some(advanced::clause(field, &self.value)),
        }
        advanced::list(Request::get("/groups"), Some(query), &self.pages)
    }
}
