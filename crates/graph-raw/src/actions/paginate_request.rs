//! `paginate_request`

use std::borrow::Cow;

use connector_sdk::{Action, Context, Effect, List, Plan, Result, Spec, odata};
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::compose::Wanted;
use crate::vocabulary::{Header, Item, QueryParameter, Url, Version};

/// How many items one answer collects when nothing is said: they are all in memory at once.
const COLLECTED: u64 = 10_000;

/// Read a collection page by page, with the same headers on every page, and return its items. A list that repeats its
/// pages ends with an error, and no page is read outside this connection's Graph.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/users", "query": [{ "key": "$select", "value": "displayName,mail" }, { "key": "$top", "value": "5" }], "maxItems": 8 }),
    json!({ "url": "/me/messages", "mode": "page" })
]))]
pub struct PaginateRequest {
    /// The path of a collection below the API version, such as `/users`, or a next link of an earlier answer.
    url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise. A full
    /// URL has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Query parameters of the first page; the following pages keep them. `$top` is the size of a page.
    #[serde(default)]
    query: Vec<QueryParameter>,
    /// Headers of every page. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// Maximum number of pages to read.
    #[schemars(range(min = 1))]
    max_pages: Option<u64>,
    /// Maximum number of items to return.
    #[schemars(range(min = 1))]
    max_items: Option<u64>,
    /// How much to read. `collect` gathers the items of all pages, at most 10,000 unless `maxItems` says otherwise;
    /// `stream` has no such limit, for callers that take items as they arrive; `page` reads one page.
    #[serde(default)]
    mode: Mode,
    /// The `nextPageToken` of an earlier answer, to go on from there with the other inputs unchanged.
    page_token: Option<String>,
}

/// How much to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Mode {
    /// All pages, into one answer.
    #[default]
    Collect,
    /// All pages, without a limit.
    Stream,
    /// One page.
    Page,
}

/// The items, handed out as their pages arrive, and where to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pages {
    #[serde(flatten)]
    list: List<Item>,
    pages: u64,
}

impl JsonSchema for Pages {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Pages".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<Item>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "The items, each as Graph sent it." },
                "nextPageToken": { "type": "string", "description": "Token of the next page: give it as `pageToken`. Absent at the end of the list." },
                "total": { "type": "integer", "minimum": 0, "description": "Total number of items, if `$count` asked for it." },
                "pages": { "type": "integer", "minimum": 1, "description": "Number of pages that were read." }
            },
            "required": ["items", "pages"]
        })
    }
}

impl Action for PaginateRequest {
    type Output = Pages;
    const SPEC: Spec = Spec::new("paginate_request", "Paginate request", Effect::Read).by_input().list();

    fn plan(self, cx: &Context) -> Result<Plan<Pages>> {
        let unlimited = self.max_items.is_none() && self.mode != Mode::Collect;
        let limit = self.max_items.or((!unlimited).then_some(COLLECTED));
        let paging = odata::paging(limit, self.page_token.as_deref(), unlimited)?;
        let most = if self.mode == Mode::Page { Some(1) } else { self.max_pages };
        let wanted = Wanted {
            url: self.url,
            version: self.api_version,
            query: self.query,
            headers: self.headers,
            ..Wanted::default()
        };
        let request = wanted.request(Method::GET, cx)?;
        Ok(request.pages_at_most(paging, most).map(|list| Pages { pages: list.pages, list }))
    }
}
