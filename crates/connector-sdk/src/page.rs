//! Lists and changes, page by page.
//!
//! Items are emitted as their pages arrive, so a list of any length passes in flat memory. A page
//! is read once: its envelope is parsed, its items stay slices of the buffer they arrived in.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{DeltaPage, Error, Json, Link, PageGuard, Plan, Removed, Request, Response, Result, without_bom};

/// A page of a collection.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page {
    /// Items as Graph sent them.
    pub items: Vec<Json>,
    /// Link to the next page.
    pub next: Option<Link>,
    /// Link to the next changes, on the last page of a delta query.
    pub delta: Option<Link>,
    /// Total number of items, if the request asked for it.
    pub count: Option<u64>,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// `protocol` when the answer is not a collection.
    pub fn read(response: &Response) -> Result<Page> {
        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow)]
            value: Vec<&'a RawValue>,
            #[serde(rename = "@odata.nextLink", borrow)]
            next: Option<Cow<'a, str>>,
            #[serde(rename = "@odata.deltaLink", borrow)]
            delta: Option<Cow<'a, str>>,
            // A number that is written as a text, or that says that nobody knows, costs no page.
            #[serde(rename = "@odata.count")]
            count: Option<Value>,
        }
        let envelope: Envelope<'_> = serde_json::from_slice(without_bom(&response.body))
            .map_err(|error| Error::protocol("the answer is not a collection").caused_by(error))?;
        Ok(Page {
            items: envelope.value.into_iter().map(|raw| Json::slice_of(&response.body, raw)).collect(),
            next: link(envelope.next),
            delta: link(envelope.delta),
            count: envelope.count.and_then(|count| count.as_u64().or_else(|| count.as_str()?.parse().ok())),
        })
    }
}

// An empty link is none.
fn link(text: Option<Cow<'_, str>>) -> Option<Link> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Link::new(text.into_owned()))
}

/// Limit and start of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// Maximum number of items; all when absent.
    pub limit: Option<u64>,
    /// Position to continue from.
    pub from: Option<PageToken>,
}

impl Paging {
    /// Creates a limit and a start: all items without `limit`, the beginning without `from`.
    pub fn new(limit: Option<u64>, from: Option<PageToken>) -> Paging {
        Paging { limit, from }
    }
}

/// Position in a list: a page, and the number of its items that were already emitted.
///
/// It prints as opaque text.
///
/// ```
/// use connector_sdk::{Link, PageToken};
///
/// let token = PageToken::at(Link::new("https://graph.microsoft.com/v1.0/users?$skiptoken=2"));
/// assert_eq!(PageToken::from_text(&token.to_text(), "pageToken").unwrap(), token);
/// assert!(PageToken::from_text("2", "pageToken").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken {
    // `None` is the first page, which has no link: the same input makes the same request again.
    link: Option<Link>,
    skip: usize,
}

impl PageToken {
    /// Returns the position at the beginning of the page that `link` leads to.
    pub fn at(link: Link) -> PageToken {
        PageToken { link: Some(link), skip: 0 }
    }

    /// Returns the position after `skip` items of the page that `link` leads to.
    pub(crate) fn within(link: Link, skip: usize) -> PageToken {
        PageToken { link: Some(link), skip }
    }

    /// Returns the position after this many items, in a list that is paged by offset and has no links.
    pub fn behind(items: u64) -> PageToken {
        PageToken { link: None, skip: usize::try_from(items).unwrap_or(usize::MAX) }
    }

    /// Returns the offset in a list that has no links; `None` for a position in one that has.
    pub fn counted(&self) -> Option<u64> {
        self.link.is_none().then_some(self.skip as u64)
    }

    /// Returns the token as text.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {}", self.skip, self.link.as_ref().map_or("", Link::as_str)))
    }

    /// Parses a token that an earlier page returned.
    ///
    /// # Errors
    /// `invalid_input` at `/{property}` for any other text.
    pub fn from_text(text: &str, property: &str) -> Result<PageToken> {
        let read = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (skip, link) = text.split_once(' ')?;
            Some(PageToken {
                link: Some(link).filter(|link| !link.is_empty()).map(Link::new),
                skip: skip.parse().ok()?,
            })
        };
        read().ok_or_else(|| {
            Error::invalid(
                format!("/{property}"),
                "this is not a page token; give the `nextPageToken` of an earlier page as it is",
            )
        })
    }
}

/// Output of an action that lists: the items, and the token to continue with.
///
/// The items themselves are emitted by [`Plan::emit`]; the executor puts them in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// Token to continue with; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Total number of items, if the input asked for it. The schema of a list has the property where its input can ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Number of pages that were read. Not a part of the output; for plans that report it.
    #[serde(skip)]
    pub pages: u64,
    /// Number of items that were emitted. Not a part of the output either.
    #[serde(skip)]
    pub handed_out: u64,
    #[serde(skip)]
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// Creates the output of a list that was emitted completely.
    pub fn end() -> List<T> {
        List { next_page_token: None, total: None, pages: 0, handed_out: 0, items: std::marker::PhantomData }
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "The items, each as Graph sent it." },
                "nextPageToken": { "type": "string", "description": "Token of the next page: give it as `pageToken`. Absent at the end of the list." }
            },
            "required": ["items"]
        })
    }
}

/// A list that always reports the total number of items, as far as Graph does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Counted<T>(pub List<T>);

impl<T: JsonSchema> JsonSchema for Counted<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Counted{}", List::<T>::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = List::<T>::json_schema(generator);
        let total =
            json!({ "type": "integer", "minimum": 0, "description": "Total number of items, as far as Graph knows." });
        if let Some(properties) = schema.ensure_object().get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("total".into(), total);
        }
        schema
    }
}

/// Output of an action that lists changes: new and changed items, removals, and the token to continue with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes<T> {
    /// Removed items.
    pub removed: Vec<Removed>,
    /// Token for the next changes.
    pub delta_token: String,
    #[serde(skip)]
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T: JsonSchema> JsonSchema for Changes<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ChangesOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        let removed = generator.subschema_for::<Removed>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "What is new or has changed, each as Graph sent it." },
                "removed": { "type": "array", "items": removed, "description": "The object that was removed." },
                "deltaToken": { "type": "string", "description": "Token for the changes after these: give it as `deltaToken`." }
            },
            "required": ["items", "removed", "deltaToken"]
        })
    }
}

impl Request {
    /// Lists a collection: this page and the following ones, each with the same headers.
    ///
    /// ```
    /// use connector_sdk::{List, Paging, Request, Response, ScriptedRun};
    ///
    /// let page = r#"{"value":[{"id":"1"},{"id":"2"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/p2"}"#;
    /// let mut scripted = ScriptedRun::new([Response::new(200, page)]);
    /// let plan = Request::get("/users").pages(Paging::new(Some(2), None));
    /// let list: List<serde_json::Value> = scripted.run(plan).unwrap();
    /// assert_eq!(scripted.emitted.len(), 2);
    /// assert!(list.next_page_token.is_some());
    /// ```
    pub fn pages<T: Send + 'static>(self, paging: Paging) -> Plan<List<T>> {
        self.pages_at_most(paging, None)
    }

    /// Lists a collection as [`Request::pages`] does, but reads at most `pages` pages and at least one.
    pub fn pages_at_most<T: Send + 'static>(self, paging: Paging, pages: Option<u64>) -> Plan<List<T>> {
        let (first, skip) = self.begin(paging.from);
        walk(first, skip, Walk { most_pages: pages, ..Walk::new(paging.limit) })
    }

    /// Lists the items of a collection that `keep` accepts: for what Graph cannot filter by. All items are read, and
    /// the limit counts those that are kept.
    pub fn pages_where<T: Send + 'static>(
        self,
        paging: Paging,
        keep: impl Fn(&Json) -> bool + Send + 'static,
    ) -> Plan<List<T>> {
        let (first, skip) = self.begin(paging.from);
        walk(first, skip, Walk { keep: Some(Box::new(keep)), ..Walk::new(paging.limit) })
    }

    /// Reads a list to its end without emitting its items: `take` folds each page into `state`.
    pub fn fold_pages<S: Send + 'static>(
        self,
        state: S,
        take: impl FnMut(&mut S, Page) -> Result<()> + Send + 'static,
    ) -> Plan<S> {
        fold(self, state, take, PageGuard::default())
    }

    /// Lists changes to the end, and returns the token for the next ones.
    pub fn changes<T: Send + 'static>(self) -> Plan<Changes<T>> {
        changes(self, Vec::new(), Walk::new(None))
    }

    /// Lists changes since an earlier call: `token` is its `deltaToken`. Without it, this request begins.
    ///
    /// # Errors
    /// `invalid_input` at `/deltaToken` for a text that is no token.
    pub fn changes_since<T: Send + 'static>(self, token: Option<&str>) -> Result<Plan<Changes<T>>> {
        let request = match token {
            None => self,
            Some(token) if is_link(token) => self.at(Link::new(token)).given_at("/deltaToken"),
            Some(_) => {
                return Err(Error::invalid(
                    "/deltaToken",
                    "is not a delta token; give the `deltaToken` of an earlier answer as it is",
                ));
            }
        };
        Ok(request.changes().or_else(forgotten))
    }

    /// Lists the changes at an address that the caller gave, absolute or relative, as the input at `pointer`: a delta
    /// or next link, or where a delta query begins. The headers and rules of this request apply to it.
    pub fn changes_at<T: Send + 'static>(self, address: &str, pointer: &'static str) -> Plan<Changes<T>> {
        self.at(Link::new(address)).given_at(pointer).changes().or_else(forgotten)
    }

    /// Returns the request to begin with, for the page that a token names or else this one, and the number of its items
    /// that were emitted before.
    pub(crate) fn begin(self, from: Option<PageToken>) -> (Request, usize) {
        match from {
            Some(PageToken { link: Some(link), skip }) => (self.next_page(link).given_at("/pageToken"), skip),
            Some(PageToken { link: None, skip }) => (self, skip),
            None => (self, 0),
        }
    }

    /// Returns the same request for the page that a link leads to: the headers stay, the query is the link's.
    pub fn at(&self, link: Link) -> Request {
        self.next_page(link)
    }
}

// Graph may have written it as a relative link.
pub(crate) fn is_link(token: &str) -> bool {
    token.starts_with("https://") || token.starts_with("http://") || token.contains("token=")
}

// Says what to do where Graph does not know a token any more.
pub(crate) fn forgotten<T>(error: Error) -> Plan<T> {
    Plan::fail(if error.is_resync() {
        error.with_hint(
            "The delta token is no longer known. Call again without it, and compare the result with what you have.",
        )
    } else {
        error
    })
}

type Keep = Box<dyn Fn(&Json) -> bool + Send>;

// What a walk over pages remembers.
pub(crate) struct Walk {
    pub(crate) left: Option<u64>,
    pages: u64,
    handed_out: u64,
    most_pages: Option<u64>,
    total: Option<u64>,
    pub(crate) guard: PageGuard,
    keep: Option<Keep>,
}

impl Walk {
    pub(crate) fn new(limit: Option<u64>) -> Walk {
        Walk {
            left: limit,
            pages: 0,
            handed_out: 0,
            most_pages: None,
            total: None,
            guard: PageGuard::default(),
            keep: None,
        }
    }
}

// Reads a page. One that is no JSON is asked for once more, as one is that was cut short on its way.
pub(crate) fn read<P: Send + 'static, T: Send + 'static>(
    request: Request,
    read: fn(&Response) -> Result<P>,
    go: impl FnOnce(P) -> Plan<T> + Send + 'static,
) -> Plan<T> {
    let request = request.for_page();
    let again = request.clone();
    Plan::call(request, move |response| match read(&response) {
        Ok(page) => go(page),
        Err(error) if response.json().is_ok() => Plan::fail(error),
        Err(_) => Plan::call(again, move |response| match read(&response) {
            Ok(page) => go(page),
            Err(error) => Plan::fail(error),
        }),
    })
}

fn walk<T: Send + 'static>(request: Request, skip: usize, mut state: Walk) -> Plan<List<T>> {
    let follow = request.clone();
    read(request, Page::read, move |page| {
        let mut items = page.items;
        let empty = items.is_empty();
        items.drain(..skip.min(items.len()));
        // Where the kept ones stood, so that a token can name the place of the next.
        let mut places = None;
        if let Some(keep) = &state.keep {
            let (at, kept): (Vec<usize>, Vec<Json>) =
                items.into_iter().enumerate().filter(|(_, item)| keep(item)).unzip();
            (places, items) = (Some(at), kept);
        }
        // Only the first page counts.
        state.total = state.total.or(page.count);
        state.pages += 1;
        state.handed_out += state.left.unwrap_or(u64::MAX).min(items.len() as u64);
        let mut end = List {
            next_page_token: None,
            total: state.total,
            pages: state.pages,
            handed_out: state.handed_out,
            items: std::marker::PhantomData,
        };
        if let Some(left) = &mut state.left {
            let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
            if items.len() > wanted {
                // The rest of this page is read again next time: nothing is lost between two calls.
                let next = places.map_or(wanted, |at: Vec<usize>| at[wanted]);
                items.truncate(wanted);
                end.next_page_token = Some(PageToken { link: follow.link().cloned(), skip: skip + next }.to_text());
                return Plan::emit_last(items, end);
            }
            *left -= items.len() as u64;
            if *left == 0 {
                end.next_page_token = page.next.map(|link| PageToken { link: Some(link), skip: 0 }.to_text());
                return Plan::emit_last(items, end);
            }
        }
        let Some(next) = page.next else {
            return Plan::emit_last(items, end);
        };
        if state.most_pages.is_some_and(|most| state.pages >= most) {
            end.next_page_token = Some(PageToken { link: Some(next), skip: 0 }.to_text());
            return Plan::emit_last(items, end);
        }
        if let Err(error) = state.guard.check(&items, empty, &next) {
            return Plan::fail(error);
        }
        Plan::emit(items, move || walk(follow.at(next), 0, state))
    })
}

fn fold<S: Send + 'static>(
    request: Request,
    mut state: S,
    mut take: impl FnMut(&mut S, Page) -> Result<()> + Send + 'static,
    mut guard: PageGuard,
) -> Plan<S> {
    let follow = request.clone();
    read(request, Page::read, move |mut page| {
        let next = page.next.take();
        let checked = next.iter().try_for_each(|next| guard.check(&page.items, page.items.is_empty(), next));
        match (checked.and_then(|()| take(&mut state, page)), next) {
            (Err(error), _) => Plan::fail(error),
            (Ok(()), Some(next)) => fold(follow.at(next), state, take, guard),
            (Ok(()), None) => Plan::done(state),
        }
    })
}

fn changes<T: Send + 'static>(request: Request, mut gone: Vec<Removed>, mut state: Walk) -> Plan<Changes<T>> {
    let follow = request.clone();
    read(request, DeltaPage::read, move |page| {
        let (link, more, empty) = (page.link.clone(), page.more, page.changes.is_empty());
        let (items, removed) = page.split();
        gone.extend(removed);
        if !more {
            let end = Changes { removed: gone, delta_token: link.as_str().to_owned(), items: std::marker::PhantomData };
            return Plan::emit_last(items, end);
        }
        if let Err(error) = state.guard.check(&items, empty, &link) {
            return Plan::fail(error);
        }
        Plan::emit(items, move || changes(follow.at(link), gone, state))
    })
}
