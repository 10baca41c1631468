//! `search_records`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::records::{FoundRecord, RecordPlace, ToFind};

/// Search for records of the kind that `object` names. It returns what the action of that kind returns, such as
/// `list_users`, and needs the same permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "object": "user", "search": "al" }), json!({ "object": "license" })]))]
pub struct SearchRecords {
    /// Kind of the records.
    object: ToFind,
    /// Where they are.
    #[serde(flatten)]
    place: RecordPlace,
    /// Words to search for, for kinds that can be searched by words.
    #[schemars(length(min = 1, max = 400))]
    search: Option<String>,
    /// OData query options, where the kind takes them.
    #[schemars(with = "Option<Query>")]
    query: Option<Map<String, Value>>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchRecords {
    type Output = Raw<List<FoundRecord>>;
    const SPEC: Spec =
        Spec::new("search_records", "Search records", Effect::Read).by_input().cases(ToFind::CASES).list();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<List<FoundRecord>>>> {
        let mut options = self.object.options(&self.place, self.search, self.query)?;
        let Pages { limit, page_token, fetch_all, .. } = self.pages;
        options.extend(limit.map(|limit| ("limit".to_owned(), limit.into())));
        options.extend(page_token.map(|token| ("pageToken".to_owned(), token.into())));
        options.extend(fetch_all.then(|| ("fetchAll".to_owned(), true.into())));
        Ok(self.object.behind().plan(&self.place, None, None, options, cx)?.map(Raw::new))
    }
}
