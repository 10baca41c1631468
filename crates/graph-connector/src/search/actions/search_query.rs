//! `search_query`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Counted, Effect, Error, Fields, PageGuard, Pages, Plan, Result, Spec, Subject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::search::search_request::Search;
use crate::vocabulary::{EntityType, Index, SearchHit, Sort};

/// Search mail, chats, calendars, files, lists, sites and people by words, as Microsoft Search does. The permissions
/// depend on the kinds of results. An app can search files, lists and sites only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": "budget", "entityTypes": ["driveItem"] }), json!({ "query": "subject:budget", "entityTypes": ["message"], "limit": 5 })]))]
#[schemars(transform = rules::at_most_one(&["from", "pageToken"]))]
pub struct SearchQuery {
    /// What to search for: words, and conditions in
    /// [KQL](https://learn.microsoft.com/en-us/sharepoint/dev/general-development/keyword-query-language-kql-syntax-reference),
    /// such as `budget filetype:xlsx`.
    #[schemars(length(min = 1, max = 4000))]
    query: String,
    /// Kinds of results. One search can combine only kinds that are kept in one place: messages of Outlook and Teams;
    /// files, lists, sites and external items; acronyms and bookmarks; events; people.
    #[schemars(length(min = 1, max = 12), extend("uniqueItems" = true))]
    entity_types: Vec<EntityType>,
    /// Index of the first result; the default is 0, which is the only one for messages and events.
    #[schemars(range(min = 0, max = 1_000_000))]
    from: Option<u32>,
    /// Number of results per request to Graph, at most 25 for messages and events. It does not change how many are
    /// returned: see `limit`.
    #[schemars(range(min = 1, max = 500))]
    size: Option<u32>,
    /// Only these properties of what is found; of list items also their columns.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 200)))]
    fields: Vec<String>,
    /// The order; the default is by relevance, and by time for messages and events. Only files, lists and sites can be
    /// sorted.
    #[serde(default)]
    #[schemars(length(max = 5))]
    sort: Vec<Sort>,
    /// Filters from the aggregations of an earlier search, each in Graph's syntax, such as `FileType:"token"`.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(min = 1, max = 2000)))]
    filters: Vec<String>,
    /// The connections to search, such as `/external/connections/tickets`; only for `externalItem`.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(min = 1, max = 400)))]
    content_sources: Vec<String>,
    /// Put the three most relevant messages first; only for `message`.
    #[serde(default)]
    top_results: bool,
    /// Where the content lies, such as `NAM`; an app must say it.
    #[schemars(length(min = 1, max = 100))]
    region: Option<String>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchQuery {
    type Output = Counted<SearchHit>;
    const SPEC: Spec =
        Spec::new("search_query", "Search Microsoft 365", Effect::Read).by_input().cases(EntityType::CASES).list();

    fn plan(self, cx: &Context) -> Result<Plan<Counted<SearchHit>>> {
        self.check(cx)?;
        let paging = self.pages.paging()?;
        let from = match (self.from, &paging.from) {
            (Some(_), Some(_)) => return Err(Error::invalid("/from", "`from` and `pageToken` exclude each other")),
            (from, None) => u64::from(from.unwrap_or_default()),
            (None, Some(token)) => {
                token.counted().ok_or_else(|| Error::invalid("/pageToken", "is not a token of a search"))?
            }
        };
        let most = self.largest_page();
        if let Some(size) = self.size.filter(|size| *size > most) {
            return Err(Error::invalid("/size", format!("is {size}; of these at most {most} come in a page")));
        }
        let some = |list: Vec<String>| (!list.is_empty()).then_some(json!(list));
        let sort: Vec<Value> =
            self.sort.iter().map(|by| json!({ "name": by.name, "isDescending": by.descending })).collect();
        let names: Vec<&str> = self.entity_types.iter().map(|kind| kind.name()).collect();
        let request = Fields::of(&json!({ "entityTypes": names, "query": { "queryString": self.query } }))?
            .with("fields", some(self.fields))
            .with("sortProperties", (!sort.is_empty()).then_some(json!(sort)))
            .with("aggregationFilters", some(self.filters))
            .with("contentSources", some(self.content_sources))
            .with("enableTopResults", self.top_results.then_some(true))
            .with("region", self.region);
        let search = Search {
            request,
            kinds: self.entity_types,
            page: self.size.unwrap_or(most.min(200)),
            from,
            left: paging.limit,
            guard: PageGuard::default(),
        };
        Ok(search.next(None).map(Counted))
    }
}

impl SearchQuery {
    fn largest_page(&self) -> u32 {
        self.entity_types.iter().map(|kind| kind.page()).min().unwrap_or(25)
    }

    // What Graph cannot do, or not together.
    fn check(&self, cx: &Context) -> Result<()> {
        let Some((first, others)) = self.entity_types.split_first() else {
            return Err(Error::invalid("/entityTypes", "say what to find"));
        };
        let place = |i: usize| format!("/entityTypes/{i}");
        for (i, other) in others.iter().enumerate() {
            if other.index() != first.index() {
                let why = format!(
                    "`{}` and `{}` are kept in different places, and Graph searches one place at a time: search twice",
                    first.name(),
                    other.name()
                );
                return Err(Error::invalid(place(i + 1), why));
            }
        }
        let without = |able: fn(EntityType) -> bool| self.entity_types.iter().position(|kind| !able(*kind));
        if matches!(*cx.who, Subject::App { .. }) {
            if let Some(i) = without(EntityType::is_for_apps) {
                return Err(Error::invalid(
                    place(i),
                    "an app can search files, lists and sites only; for this a user must sign in",
                ));
            }
            if self.region.is_none() {
                return Err(Error::invalid("/region", "an app searches one region: say which"));
            }
        }
        if let Some(i) = without(EntityType::is_sortable).filter(|_| !self.sort.is_empty()) {
            return Err(Error::invalid("/sort", format!("Graph cannot sort `{}`", self.entity_types[i].name())));
        }
        if matches!(first.index(), Index::Messages | Index::Calendars) && self.from.is_some_and(|from| from > 0) {
            return Err(Error::invalid(
                "/from",
                format!("a search for `{}` begins at 0; go on with `pageToken`", first.name()),
            ));
        }
        if !self.content_sources.is_empty() && !self.entity_types.contains(&EntityType::ExternalItem) {
            return Err(Error::invalid("/contentSources", "connections are searched for `externalItem` only"));
        }
        if self.top_results && self.entity_types != [EntityType::Message] {
            return Err(Error::invalid("/topResults", "it needs a search for `message` alone"));
        }
        Ok(())
    }
}
