//! Searches, page by page.
//!
//! Microsoft Search has no links to next pages: the same request is sent with another `from`, for as long
//! as Graph says that more is there.

use connector_sdk::{Error, Fields, Json, List, PageGuard, PageToken, Plan, Request, Response, Result, without_bom};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::vocabulary::{EntityType, SearchHit};

/// A search, and where it is.
#[derive(Debug)]
pub struct Search {
    /// The [request][1] without its place.
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/api/resources/searchrequest
    pub request: Fields,
    /// What it is for.
    pub kinds: Vec<EntityType>,
    /// How many come in a page.
    pub page: u32,
    /// Where the next page begins.
    pub from: u64,
    /// How many are still wanted; all when absent.
    pub left: Option<u64>,
    /// Ends what has no end.
    pub guard: PageGuard,
}

/// One page.
struct Found {
    hits: Vec<Json>,
    total: Option<u64>,
    more: bool,
}

impl Search {
    /// Reads the next page, and those behind it. `total` is what the first page said.
    pub fn next(mut self, total: Option<u64>) -> Plan<List<SearchHit>> {
        let size = self.left.map_or(u64::from(self.page), |left| left.min(u64::from(self.page)));
        let request = self.request.clone().with("from", Some(self.from)).with("size", Some(size));
        let ask = Request::post("/search/query").json(json!({ "requests": [request] })).idempotent();
        let ask = self.kinds.iter().fold(ask, |ask, kind| ask.require(kind.scopes()));
        Plan::call(ask, move |answer| {
            let mut found = match Found::read(&answer) {
                Ok(found) => found,
                Err(error) => return Plan::fail(error),
            };
            let total = total.or(found.total);
            // Graph may promise more and then bring nothing.
            let more = found.more && !found.hits.is_empty();
            found.hits.truncate(usize::try_from(size).unwrap_or(usize::MAX));
            // What a page leaves out, because the caller may not see it, counts among those that it is made of.
            self.from += size;
            self.left = self.left.map(|left| left.saturating_sub(found.hits.len() as u64));
            if more && self.left != Some(0) {
                if let Err(error) = self.guard.check(&found.hits, false, &self.from) {
                    return Plan::fail(error);
                }
                return Plan::emit(found.hits, move || self.next(total));
            }
            let mut end = List::end();
            (end.next_page_token, end.total) = (more.then(|| PageToken::behind(self.from).to_text()), total);
            Plan::emit_last(found.hits, end)
        })
    }
}

impl Found {
    fn read(answer: &Response) -> Result<Found> {
        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow)]
            value: Vec<&'a RawValue>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer<'a> {
            #[serde(borrow)]
            hits_containers: Option<Vec<Container<'a>>>,
        }
        // How many there are is a number, or a text, or not known.
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Container<'a> {
            #[serde(borrow)]
            hits: Option<Vec<&'a RawValue>>,
            total: Option<Value>,
            more_results_available: Option<Value>,
        }
        let number = |total: &Value| total.as_u64().or_else(|| total.as_str()?.parse().ok());
        let truth = |more: &Value| more == true || more.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let unreadable = |error| Error::protocol("the answer is not one to a search").caused_by(error);
        let envelope: Envelope<'_> = serde_json::from_slice(without_bom(&answer.body)).map_err(unreadable)?;
        let mut containers: Vec<Container<'_>> = Vec::new();
        for part in envelope.value {
            match serde_json::from_str::<Answer<'_>>(part.get()) {
                Ok(part) => containers.extend(part.hits_containers.into_iter().flatten()),
                // What has no hits loses none.
                Err(_) if !part.get().contains("hitsContainers") => {}
                Err(error) => return Err(unreadable(error)),
            }
        }
        let hits = containers.iter().flat_map(|container| container.hits.iter().flatten());
        Ok(Found {
            // A parser has just seen each of them.
            hits: hits.map(|raw| Json::trusted(answer.body.slice_ref(raw.get().as_bytes()))).collect(),
            total: containers.iter().map(|container| container.total.as_ref().and_then(number)).sum(),
            more: containers.iter().any(|container| container.more_results_available.as_ref().is_some_and(truth)),
        })
    }
}
