//! `list_list_items`

use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Query, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{Columns, ListItem, ListPlace};

/// List the items of a list, with the values of their columns.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "query": { "filter": "fields/State eq 'Planned'" } }),
    json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "columns": ["Title", "Quantity"], "allowUnindexed": true,
        "query": { "filter": "startswith(fields/Title, 'B')", "orderby": "fields/Title" } }),
]))]
pub struct ListListItems {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
    /// Which columns.
    #[serde(flatten)]
    columns: Columns,
    /// OData query options. In `filter` and `orderby` a column is `fields/Title`, and has to have an index; see
    /// `allowUnindexed`.
    query: Option<Query>,
    /// Filter and sort by columns without an index too. Graph warns that this may fail on lists with more than 5000
    /// items.
    #[serde(default)]
    allow_unindexed: bool,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListListItems {
    type Output = List<ListItem>;
    const SPEC: Spec = Spec::new("list_list_items", "List items of a list", Effect::Read).scopes(SITES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ListItem>>> {
        let mut query = self.query.unwrap_or_default();
        let expand = query.expand.get_or_insert_default();
        match expand.iter().any(|part| part.trim().starts_with("fields")) {
            true if self.columns.columns.is_some() => {
                return Err(Error::invalid("/query/expand", "`fields` come by `columns`: leave them out here"));
            }
            true => {}
            false => expand.push(self.columns.expand()),
        }
        query.top.get_or_insert(self.pages.page_size(200));
        let list = query.apply(self.place.request(Method::GET, "/items"));
        let list =
            if self.allow_unindexed { list.prefer("HonorNonIndexedQueriesWarningMayFailRandomly") } else { list };
        Ok(list.pages(self.pages.paging()?).or_else(|error| {
            Plan::fail(match error.message().contains("not indexed") {
                true => error.with_hint(
                    "Set `allowUnindexed` to filter and sort by the column all the same, or give it an index.",
                ),
                false => error,
            })
        }))
    }
}
