//! OData: the query options that every list takes, and safe encoding of values in filters.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema::rules;
use crate::{Error, PageToken, Paging, Request, Result};

/// OData [query options][1], as Graph takes them. Which ones a collection supports is Graph's decision.
///
/// [1]: https://learn.microsoft.com/en-us/graph/query-parameters
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct Query {
    /// Only items for which this OData expression is true.
    #[schemars(extend("x-odata" = "filter"))]
    pub filter: Option<String>,
    /// Only items that match this search. Quotes around it are added where they are missing.
    #[schemars(extend("x-odata" = "search"))]
    pub search: Option<String>,
    /// The order: a property, followed by `desc` for descending order.
    #[schemars(extend("x-odata" = "orderby"))]
    pub orderby: Option<String>,
    /// Only these properties of each item. The `id` is always included.
    pub select: Option<Vec<String>>,
    /// Related items to include with each item.
    #[schemars(extend("x-odata" = "expand"))]
    pub expand: Option<Vec<String>>,
    /// Count all items; the number is returned as `total`.
    pub count: Option<bool>,
    /// Number of items per request to Graph. It does not change how many are returned: see `limit`.
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
}

/// OData [query options][1] of a list that Graph cannot search.
///
/// [1]: https://learn.microsoft.com/en-us/graph/query-parameters
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct QueryWithoutSearch {
    /// Only items for which this OData expression is true.
    #[schemars(extend("x-odata" = "filter"))]
    pub filter: Option<String>,
    /// The order: a property, followed by `desc` for descending order.
    #[schemars(extend("x-odata" = "orderby"))]
    pub orderby: Option<String>,
    /// Only these properties of each item. The `id` is always included.
    pub select: Option<Vec<String>>,
    /// Related items to include with each item.
    #[schemars(extend("x-odata" = "expand"))]
    pub expand: Option<Vec<String>>,
    /// Count all items; the number is returned as `total`.
    pub count: Option<bool>,
    /// Number of items per request to Graph. It does not change how many are returned: see `limit`.
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
}

impl From<QueryWithoutSearch> for Query {
    fn from(query: QueryWithoutSearch) -> Query {
        let QueryWithoutSearch { filter, orderby, select, expand, count, top } = query;
        Query { filter, search: None, orderby, select, expand, count, top }
    }
}

impl Query {
    /// Sets the expression that items must satisfy.
    pub fn with_filter(mut self, filter: impl Into<Option<String>>) -> Query {
        self.filter = filter.into();
        self
    }
    /// Sets the order.
    pub fn with_orderby(mut self, orderby: impl Into<Option<String>>) -> Query {
        self.orderby = orderby.into();
        self
    }
    /// Sets the properties of each item.
    pub fn with_select(mut self, select: impl Into<Option<Vec<String>>>) -> Query {
        self.select = select.into();
        self
    }
    /// Sets the related items.
    pub fn with_expand(mut self, expand: impl Into<Option<Vec<String>>>) -> Query {
        self.expand = expand.into();
        self
    }
    /// Sets whether all items are counted.
    pub fn with_count(mut self, count: impl Into<Option<bool>>) -> Query {
        self.count = count.into();
        self
    }
    /// Sets the number of items per request to Graph.
    pub fn with_top(mut self, top: impl Into<Option<u32>>) -> Query {
        self.top = top.into();
        self
    }

    /// Applies the options to a request.
    pub fn apply(&self, mut request: Request) -> Request {
        request = request
            .query_opt("$filter", self.filter.as_deref())
            .query_opt("$search", self.search.as_deref().map(quoted_search))
            .query_opt("$orderby", self.orderby.as_deref())
            .query_opt("$select", self.select.as_deref().and_then(select))
            .query_opt("$expand", list(self.expand.as_deref()))
            .query_opt("$top", self.top);
        if self.count == Some(true) {
            request = request.query("$count", true);
        }
        request
    }
}

/// Returns the value of `$select` for these names, with `id` added, which the directory leaves out unless it is named.
/// `None` without a name.
///
/// ```
/// use connector_sdk::odata;
///
/// assert_eq!(odata::select(&["subject", "from"]).unwrap(), "id,subject,from");
/// assert_eq!(odata::select::<&str>(&[]), None);
/// ```
pub fn select<T: AsRef<str>>(names: &[T]) -> Option<String> {
    let names = each_once(names);
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    match names.is_empty() {
        true => None,
        false if has("id") || has("*") => Some(names.join(",")),
        false => Some(format!("id,{}", names.join(","))),
    }
}

// Graph refuses a name that stands there twice. A text may hold several.
fn each_once<T: AsRef<str>>(names: &[T]) -> Vec<&str> {
    let mut seen: Vec<&str> = Vec::with_capacity(names.len());
    for name in names.iter().flat_map(|name| name.as_ref().split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        if !seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            seen.push(name);
        }
    }
    seen
}

fn list(names: Option<&[String]>) -> Option<String> {
    names.filter(|names| !names.is_empty()).map(|names| names.join(","))
}

fn quoted_search(search: &str) -> String {
    let search = search.trim();
    if search.starts_with('"') { search.to_owned() } else { format!("\"{}\"", search.replace('"', "\\\"")) }
}

/// Reads the three paging properties of an action's input together: number of items, and where to continue.
///
/// The three properties stand in every action that lists; this reads them together.
pub fn paging(limit: Option<u64>, page_token: Option<&str>, fetch_all: bool) -> Result<Paging> {
    if fetch_all && limit.is_some() {
        return Err(Error::invalid("/fetchAll", "`fetchAll` and `limit` exclude each other"));
    }
    let from = page_token.map(|token| PageToken::from_text(token, "pageToken")).transpose()?;
    Ok(Paging { limit: (!fetch_all).then(|| limit.unwrap_or(DEFAULT_LIMIT)), from })
}

/// How much of a list to return, and from where: the three properties that stand in every action that
/// lists. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_most_one(&["limit", "fetchAll=true"]))]
#[non_exhaustive]
pub struct Pages {
    /// Maximum number of items; the default is 200.
    #[schemars(range(min = 1))]
    pub limit: Option<u64>,
    /// The `nextPageToken` of an earlier answer, to continue after that page.
    #[schemars(length(min = 1))]
    pub page_token: Option<String>,
    /// Return all items, without a limit.
    #[serde(default)]
    pub fetch_all: bool,
}

impl Pages {
    /// Returns at most this many items.
    pub fn at_most(limit: u64) -> Pages {
        Pages { limit: Some(limit), ..Pages::default() }
    }

    /// Returns all items.
    pub fn all() -> Pages {
        Pages { fetch_all: true, ..Pages::default() }
    }

    /// Returns the paging of a request.
    ///
    /// # Errors
    /// `invalid_input` when `limit` and `fetchAll` are both given, or the token is none.
    pub fn paging(&self) -> Result<Paging> {
        paging(self.limit, self.page_token.as_deref(), self.fetch_all)
    }

    /// Returns the page size to request: the number of wanted items, at most `most`.
    pub fn page_size(&self, most: u32) -> u32 {
        let wanted = if self.fetch_all { u64::MAX } else { self.limit.unwrap_or(DEFAULT_LIMIT) };
        u32::try_from(wanted).unwrap_or(most).min(most)
    }
}

/// Which properties of an object to return. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Select {
    /// Only these properties, as Graph names them. The `id` is always included.
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub select: Option<Vec<String>>,
    /// More properties, besides those that Graph returns by default.
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub additional_fields: Option<Vec<String>>,
}

impl Select {
    /// Creates a choice of only these properties, or of more than those that Graph returns by default.
    pub fn new(select: Option<Vec<String>>, additional_fields: Option<Vec<String>>) -> Select {
        Select { select, additional_fields }
    }

    /// Returns the names in `$select`, if there are any. `usual` are the properties that are returned by default.
    pub fn names(&self, usual: &[&str]) -> Option<String> {
        select(&wanted(self.select.as_deref(), self.additional_fields.as_deref(), usual)?)
    }
}

/// Which properties to return of a thing that has no id, such as settings. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SelectOfValue {
    /// Only these properties, as Graph names them.
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub select: Option<Vec<String>>,
    /// More properties, besides those that Graph returns by default.
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    pub additional_fields: Option<Vec<String>>,
}

impl SelectOfValue {
    /// Returns the names in `$select`, if there are any. `usual` are the properties that are returned by default.
    pub fn names(&self, usual: &[&str]) -> Option<String> {
        let names = wanted(self.select.as_deref(), self.additional_fields.as_deref(), usual)?;
        Some(each_once(&names).join(",")).filter(|names| !names.is_empty())
    }
}

fn wanted<'a>(chosen: Option<&'a [String]>, more: Option<&'a [String]>, usual: &[&'a str]) -> Option<Vec<&'a str>> {
    let given = |names: Option<&'a [String]>| names.unwrap_or_default().iter().map(String::as_str);
    match (given(chosen).len(), given(more).len()) {
        (0, 0) => None,
        (0, _) => Some(usual.iter().copied().chain(given(more)).collect()),
        _ => Some(given(chosen).chain(given(more)).collect()),
    }
}

/// Whether to count. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Count {
    /// Count all items; the number is returned as `total`.
    #[serde(default)]
    pub count: bool,
}

impl Count {
    /// Returns the choice as an option of [`Query`].
    pub fn asked(self) -> Option<bool> {
        self.count.then_some(true)
    }
}

/// Default number of items of a list.
pub const DEFAULT_LIMIT: u64 = 200;

/// Returns a text as an OData string literal: quoted, with quotes inside doubled.
///
/// ```
/// assert_eq!(connector_sdk::odata::string("O'Neil"), "'O''Neil'");
/// ```
pub fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_break_out_of_a_literal() {
        assert_eq!(string("O'Neil' or 1 eq 1"), "'O''Neil'' or 1 eq 1'");
    }

    #[test]
    fn options_are_written_once() {
        let query: Query = serde_json::from_str(
            r#"{"filter":"isRead eq false","select":["id","subject"],"search":"a \"b\"","count":true,"top":5}"#,
        )
        .unwrap();
        let request = query.apply(Request::get("/me/messages"));
        assert_eq!(
            request.path_and_query().unwrap(),
            "/me/messages?$filter=isRead%20eq%20false&$search=%22a%20%5C%22b%5C%22%22&$select=id,subject&$top=5&$count=true"
        );
    }

    #[test]
    fn additional_fields_come_besides_the_usual_ones() {
        let select = |text: &str| serde_json::from_str::<Select>(text).unwrap().names(&["id", "subject"]);
        assert_eq!(select("{}"), None);
        assert_eq!(select(r#"{"select":[],"additionalFields":[]}"#), None);
        assert_eq!(select(r#"{"select":["body"]}"#).unwrap(), "id,body");
        assert_eq!(select(r#"{"additionalFields":["headers"]}"#).unwrap(), "id,subject,headers");
        assert_eq!(select(r#"{"select":["body"],"additionalFields":["headers"]}"#).unwrap(), "id,body,headers");
        assert_eq!(select(r#"{"select":["body"],"additionalFields":["body"]}"#).unwrap(), "id,body");
    }

    #[test]
    fn the_id_comes_with_whatever_is_selected_and_no_name_stands_twice() {
        assert_eq!(select::<&str>(&[]), None);
        for (given, said) in [
            (vec!["mail"], "id,mail"),
            (vec!["mail", "id"], "mail,id"),
            (vec!["mail,ID", " mail ", ""], "mail,ID"),
            (vec!["*"], "*"),
        ] {
            assert_eq!(select(&given).unwrap(), said);
        }
        let settings: SelectOfValue = serde_json::from_str(r#"{"select":["timeZone","timeZone"]}"#).unwrap();
        assert_eq!(settings.names(&[]).unwrap(), "timeZone");
    }

    #[test]
    fn limit_and_everything_exclude_each_other() {
        assert_eq!(paging(None, None, false).unwrap().limit, Some(DEFAULT_LIMIT));
        assert_eq!(paging(None, None, true).unwrap().limit, None);
        assert!(paging(Some(1), None, true).is_err());
        assert!(paging(None, Some("nonsense!"), false).is_err());
    }
}
