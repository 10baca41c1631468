//! Changes since an earlier call, a few pages at a time.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;

use crate::changes::{forgotten, is_link};
use crate::page_walk::{Walk, read};
use crate::{Changes, DeltaPage, Error, Link, PageToken, Pages, Plan, Removed, Request, Result};

/// Output of an action that lists changes page by page: new and changed items, removals, and the tokens to continue
/// with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PagedChanges<T> {
    /// Removed items.
    pub removed: Vec<Removed>,
    /// Token to continue with at once; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Token for what follows: the rest of these changes, or else the next ones.
    pub delta_token: String,
    #[serde(skip)]
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T: JsonSchema> JsonSchema for PagedChanges<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("PagedChangesOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Changes::<T>::json_schema(generator);
        let next = json!({ "type": "string", "description": "Token of the next page of these changes: give it as `pageToken`. Absent on the last page." });
        if let Some(properties) = schema.get_mut("properties").and_then(|properties| properties.as_object_mut()) {
            properties.insert("nextPageToken".to_owned(), next);
        }
        schema
    }
}

impl Request {
    /// Lists changes since an earlier call, as many as `pages` allows: new, changed and removed items. `token` is the
    /// `deltaToken` of that call; without it, this request begins. Where there are more, the output's `nextPageToken`
    /// leads on, and so does its `deltaToken`, so that whoever keeps only that one misses nothing.
    ///
    /// # Errors
    /// `invalid_input` at `/deltaToken` and `/pageToken` for a text that is no token, or when both are there.
    pub fn changes_by_page<T: Send + 'static>(
        self,
        token: Option<&str>,
        pages: &Pages,
    ) -> Result<Plan<PagedChanges<T>>> {
        let paging = pages.paging()?;
        let (request, skip) = match (token, paging.from) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid("/pageToken", "`pageToken` and `deltaToken` exclude each other"));
            }
            (None, from) => self.begin(from),
            (Some(token), None) if is_link(token) => (self.at(Link::new(token)).given_at("/deltaToken"), 0),
            (Some(token), None) => match PageToken::from_text(token, "deltaToken") {
                Ok(place) if place.counted().is_none() => {
                    let (request, skip) = self.begin(Some(place));
                    (request.given_at("/deltaToken"), skip)
                }
                _ => {
                    return Err(Error::invalid(
                        "/deltaToken",
                        "is not a delta token; give the `deltaToken` of an earlier answer as it is",
                    ));
                }
            },
        };
        Ok(part(request, skip, Vec::new(), Walk::new(paging.limit)).or_else(forgotten))
    }
}

fn part<T: Send + 'static>(
    request: Request,
    skip: usize,
    mut gone: Vec<Removed>,
    mut state: Walk,
) -> Plan<PagedChanges<T>> {
    let follow = request.clone();
    read(request, DeltaPage::read, move |mut page| {
        let empty = page.changes.is_empty();
        page.changes.drain(..skip.min(page.changes.len()));
        let came = page.changes.len();
        let wanted = state.left.map_or(came, |left| usize::try_from(left).unwrap_or(usize::MAX).min(came));
        page.changes.truncate(wanted);
        state.left = state.left.map(|left| left - wanted as u64);
        let (link, more) = (page.link.clone(), page.more || wanted < came);
        let (items, removed) = page.split();
        gone.extend(removed);
        let end = |next_page_token: Option<String>| PagedChanges {
            removed: Vec::new(),
            delta_token: next_page_token.clone().unwrap_or_else(|| link.as_str().to_owned()),
            next_page_token,
            items: std::marker::PhantomData,
        };
        if !more {
            return Plan::emit_last(items, PagedChanges { removed: gone, ..end(None) });
        }
        if state.left == Some(0) {
            // The rest of this page is read again next time: nothing is lost between two calls.
            let place = if wanted < came {
                here(&follow).map(|here| PageToken::within(Some(here), skip + wanted))
            } else {
                Ok(PageToken::at(link.clone()))
            };
            return match place {
                Ok(place) => Plan::emit_last(items, PagedChanges { removed: gone, ..end(Some(place.to_text())) }),
                Err(error) => Plan::fail(error),
            };
        }
        if let Err(error) = state.guard.check(&items, empty, &link) {
            return Plan::fail(error);
        }
        Plan::emit(items, move || part(follow.at(link), 0, gone, state))
    })
}

// The page that was asked for, by its address: a token must lead there without the rest of the input.
fn here(request: &Request) -> Result<Link> {
    match request.link() {
        Some(link) => Ok(link.clone()),
        None => Ok(Link::new(request.path_and_query()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, Response, ScriptedRun};

    fn page(items: &str, link: &str) -> Response {
        Response::new(200, format!(r#"{{"value":[{items}],"@odata.{link}"}}"#))
    }

    const NEXT: &str = r#"nextLink":"https://graph.microsoft.com/v1.0/me/x/delta?$skiptoken=2"#;
    const DELTA: &str = r#"deltaLink":"https://graph.microsoft.com/v1.0/me/x/delta?$deltatoken=9"#;

    fn list(token: Option<&str>, pages: &Pages, script: Vec<Response>) -> (PagedChanges<()>, Vec<String>, Vec<String>) {
        let mut stage = ScriptedRun::new(script);
        let plan = Request::get("/me/x/delta").query("$select", "a").changes_by_page(token, pages).unwrap();
        let end = stage.run(plan).unwrap();
        (
            end,
            stage.emitted.iter().map(|item: &Json| item.as_str().to_owned()).collect(),
            stage.sent.iter().map(|sent| sent.url.clone()).collect(),
        )
    }

    fn most(limit: u64) -> Pages {
        Pages { limit: Some(limit), ..Pages::default() }
    }

    #[test]
    fn a_part_says_where_the_rest_is_and_nothing_is_lost() {
        let first = || page(r#"{"id":"1"},{"id":"2","@removed":{"reason":"deleted"}},{"id":"3"}"#, NEXT);
        let last = || page(r#"{"id":"4"}"#, DELTA);
        let (end, items, _) = list(None, &most(2), vec![first()]);
        assert_eq!((items.len(), end.removed.len()), (1, 1), "what is gone counts too");
        assert_eq!(end.next_page_token.as_ref(), Some(&end.delta_token));
        // By either token, and without what else the input said.
        let on = Pages { page_token: end.next_page_token.clone(), fetch_all: true, ..Pages::default() };
        for (token, pages) in
            [(None, on), (Some(end.delta_token.as_str()), Pages { fetch_all: true, ..Pages::default() })]
        {
            let (end, items, sent) = list(token, &pages, vec![first(), last()]);
            assert_eq!(items, [r#"{"id":"3"}"#, r#"{"id":"4"}"#]);
            assert_eq!((sent[0].as_str(), end.next_page_token), ("/me/x/delta?$select=a", None));
            assert!(end.delta_token.ends_with("deltatoken=9"));
        }
        let (end, items, _) = list(None, &most(3), vec![first()]);
        assert_eq!((items.len(), end.next_page_token.is_some()), (2, true));
        let (end, items, _) = list(None, &most(4), vec![first(), last()]);
        assert_eq!((items.len(), end.next_page_token), (3, None), "the end is the end");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let refuse = |token: Option<&str>, page: Option<&str>| {
            let pages = Pages { page_token: page.map(str::to_owned), ..Pages::default() };
            Request::get("/me/x/delta")
                .changes_by_page::<()>(token, &pages)
                .err()
                .map(|error| error.violations()[0].pointer.clone())
        };
        assert_eq!(refuse(Some("nonsense"), None).as_deref(), Some("/deltaToken"));
        assert_eq!(refuse(None, Some("nonsense")).as_deref(), Some("/pageToken"));
        let token = PageToken::at(Link::new("https://graph.microsoft.com/v1.0/me/x/delta")).to_text();
        assert_eq!(refuse(Some("$deltatoken=1"), Some(&token)).as_deref(), Some("/pageToken"));
        assert_eq!(refuse(Some(&token), None), None);
    }
}
