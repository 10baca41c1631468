//! Pages of a collection, and positions in it.
//!
//! A page is read once: its envelope is parsed, its items stay slices of the buffer they arrived in.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Code, Error, Json, Link, Request, Response, Result, without_bom};

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
    /// `protocol` when the answer is not a collection; `unavailable` when it holds an error in spite of its status.
    pub fn read(response: &Response) -> Result<Page> {
        let envelope: Envelope<'_> =
            serde_json::from_slice(without_bom(&response.body)).map_err(|error| not_a_collection().caused_by(error))?;
        // What was sent before Graph failed is a part of the page, and nobody knows which.
        if envelope.failed {
            return Err(Error::new(Code::Unavailable, "the page holds an error: Graph failed while it sent the page"));
        }
        let items = envelope.value.ok_or_else(not_a_collection)?;
        Ok(Page {
            items: items.into_iter().map(|raw| Json::slice_of(&response.body, raw)).collect(),
            next: link(envelope.next),
            delta: link(envelope.delta),
            count: envelope.count.and_then(|count| count.as_u64().or_else(|| count.as_str()?.parse().ok())),
        })
    }
}

fn not_a_collection() -> Error {
    Error::protocol("the answer is not a collection")
}

// Around the items of a page. A link whose name has another case, or lacks `odata.` as OData 4.01 allows, must not be
// overlooked: the list would end there.
#[derive(Default)]
struct Envelope<'a> {
    value: Option<Vec<&'a RawValue>>,
    next: Option<Cow<'a, str>>,
    delta: Option<Cow<'a, str>>,
    // A number that is written as a text, or that says that nobody knows, costs no page.
    count: Option<Value>,
    failed: bool,
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Envelope<'de>, D::Error> {
        deserializer.deserialize_map(Properties)
    }
}

struct Properties;

impl<'de> Visitor<'de> for Properties {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a collection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Envelope<'de>, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(Name(name)) = map.next_key()? {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("value") {
                if envelope.value.replace(map.next_value()?).is_some() {
                    return Err(serde::de::Error::duplicate_field("value"));
                }
            } else if is("@odata.nextLink") || is("@nextLink") {
                envelope.next = map.next_value::<Option<Text<'_>>>()?.map(|Text(link)| link).or(envelope.next);
            } else if is("@odata.deltaLink") || is("@deltaLink") {
                envelope.delta = map.next_value::<Option<Text<'_>>>()?.map(|Text(link)| link).or(envelope.delta);
            } else if is("@odata.count") || is("@count") {
                envelope.count = map.next_value()?;
            } else if is("error") {
                envelope.failed |= map.next_value::<&RawValue>()?.get().starts_with('{');
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(envelope)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

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

    /// Returns the position after `skip` items of the page that `link` leads to; without a link, of the first page.
    pub(crate) fn within(link: Option<Link>, skip: usize) -> PageToken {
        PageToken { link, skip }
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

impl Request {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeltaPage;

    fn read(text: &str) -> Result<Page> {
        Page::read(&Response::new(200, text.to_owned()))
    }

    #[test]
    fn a_link_is_found_however_its_name_is_written() {
        for name in ["@odata.nextLink", "@odata.nextlink", "@ODATA.NEXTLINK", "@nextLink", r"@odata.next\u004cink"] {
            let page = read(&format!(r#"{{"{name}":"/v1.0/x?$skip=1","VALUE":[1],"@odata.count":"7"}}"#)).unwrap();
            assert_eq!((page.next, page.items.len(), page.count), (Some(Link::new("/v1.0/x?$skip=1")), 1, Some(7)));
        }
        let page = read(r#"{"value":[],"@odata.nextLink":"","@odata.deltalink":"/v1.0/x/delta?token=1"}"#).unwrap();
        assert_eq!((page.next, page.delta), (None, Some(Link::new("/v1.0/x/delta?token=1"))));
    }

    #[test]
    fn what_is_no_collection_is_no_empty_one() {
        let link = r#""@odata.deltaLink":"/v1.0/x/delta?token=1""#;
        for odd in [r#""value":null"#, r#""value":{}"#, r#""value":"none""#, r#""x":1"#, r#""value":[],"value":[1]"#] {
            let error = DeltaPage::read(&Response::new(200, format!("{{{odd},{link}}}"))).unwrap_err();
            assert_eq!(error.code(), Code::Protocol, "{odd}");
        }
        for odd in [r#"{"value":[],"@odata.nextLink":5}"#, "[]", "null", "", "<html>"] {
            assert_eq!(read(odd).unwrap_err().code(), Code::Protocol, "{odd}");
        }
        assert!(DeltaPage::read(&Response::new(200, r#"{"value":[],"@odata.nextLink":null}"#)).is_err());
    }

    #[test]
    fn a_page_that_breaks_off_with_an_error_is_none() {
        let page = r#"{"value":[{"id":"a"}],"error":{"code":"generalException","message":"m"}}"#;
        assert_eq!(read(page).unwrap_err().code(), Code::Unavailable);
        assert_eq!(read(r#"{"value":[{"id":"a"}],"error":null}"#).unwrap().items.len(), 1);
    }
}
