//! `search_people`

use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Query, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{Mailbox, Person};

/// Search the people who matter to a user: contacts, colleagues and those with whom mail was exchanged, the most
/// relevant first. Misspelt names are found too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "search": "megan", "limit": 5 })]))]
pub struct SearchPeople {
    /// To whom they matter.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// A part of a name or an address. Without it, the most relevant people come.
    #[schemars(length(min = 1, max = 200))]
    search: Option<String>,
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchPeople {
    type Output = List<Person>;
    const SPEC: Spec = Spec::new("search_people", "Search people", Effect::Read)
        .delegated(&["People.Read", "People.Read.All"])
        .application(&["People.Read.All"])
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Person>>> {
        let mut query = self.query.unwrap_or_default();
        if self.search.is_some() && query.search.is_some() {
            return Err(Error::invalid("/query/search", "`search` and `query.search` are the same; give one of them"));
        }
        query.search = query.search.or(self.search);
        query.top.get_or_insert(self.pages.page_size(100));
        Ok(query.apply(self.mailbox.root(cx)?.get("/people")).pages(self.pages.paging()?))
    }
}
