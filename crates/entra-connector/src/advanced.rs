//! Advanced queries: what the directory answers only from its index.
//!
//! `$search`, `$count`, `ne`, `not`, `endsWith` and some sorts need the header `ConsistencyLevel: eventual`, most
//! of them `$count=true` too, on every page; see [advanced queries][1]. Lists of directory objects go through
//! here, so that nobody has to know. Plain queries stay plain, because the index lags behind changes. What
//! needs the index for another reason (some properties do), Graph says, and then it is asked again.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/aad-advanced-queries

use connector_sdk::{Count, Error, List, Pages, Plan, Query, Request, Result};

/// The most objects that a page can have.
const PAGE: u32 = 999;

/// Lists objects of the directory. `request` has no query options yet.
///
/// # Errors
/// `invalid_input` for a search without a property, and for what [`Pages::paging`] refuses.
pub fn list<T: Send + 'static>(request: Request, query: Option<Query>, pages: &Pages) -> Result<Plan<List<T>>> {
    let mut query = query.unwrap_or_default();
    check_search(&query)?;
    let paging = pages.paging()?;
    query.top.get_or_insert(pages.page_size(PAGE));
    if needs_index(&query) {
        return Ok(from_index(query, request).pages(paging));
    }
    let again = from_index(query.clone(), request.clone()).pages(paging.clone());
    let plan = query.apply(request).pages(paging);
    Ok(plan.or_else(
        move |error| if error.has_upstream_code("Request_UnsupportedQuery") { again } else { Plan::fail(error) },
    ))
}

/// Lists a collection that takes no page size and is small, such as the directory's roles.
///
/// # Errors
/// As [`list`].
pub fn list_small<T: Send + 'static>(request: Request, query: Option<Query>, pages: &Pages) -> Result<Plan<List<T>>> {
    let query = query.unwrap_or_default();
    check_search(&query)?;
    let request = if needs_index(&query) { from_index(query, request) } else { query.apply(request) };
    Ok(request.pages(pages.paging()?))
}

/// The request, which also counts if that is asked for: only the index counts.
pub fn counted(request: Request, count: Count) -> Request {
    match count.asked() {
        Some(_) => request.consistency_eventual().query("$count", true),
        None => request,
    }
}

/// The request, asked of the index.
pub fn from_index(mut query: Query, request: Request) -> Request {
    query.count = Some(true);
    query.apply(request.consistency_eventual())
}

fn check_search(query: &Query) -> Result<()> {
    match &query.search {
        Some(search) if !search.contains(':') => Err(Error::invalid(
            "/query/search",
            "a search of the directory names a property, as in `displayName:adele`",
        )),
        _ => Ok(()),
    }
}

/// A search for words in a property, quoted.
pub fn clause(property: &str, words: &str) -> String {
    // Quotes would end the clause; a search by words does not see them anyway.
    format!("\"{property}:{}\"", words.replace(['"', '\\'], " ").trim())
}

/// Whether only the index answers this.
pub fn needs_index(query: &Query) -> bool {
    let sorts = query.orderby.as_deref().map(|orderby| {
        orderby
            .split(',')
            .any(|order| !matches!(order.split_whitespace().next(), Some("displayName" | "userPrincipalName")))
    });
    query.search.is_some()
        || query.count == Some(true)
        || query.filter.as_deref().is_some_and(filter_needs_index)
        || sorts.is_some_and(|unusual| unusual || query.filter.is_some())
}

// Looks at the words of an expression that do not stand in quotes.
fn filter_needs_index(filter: &str) -> bool {
    let outside: String = filter.split('\'').step_by(2).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let mut words = outside.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '$');
    words.any(|word| matches!(word, "ne" | "not" | "endswith" | "all" | "$count"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn needs(query: Value) -> bool {
        needs_index(&serde_json::from_value(query).unwrap())
    }

    #[test]
    fn plain_queries_stay_plain() {
        for query in [
            json!({}),
            json!({ "filter": "accountEnabled eq true and startsWith(displayName,'Ad')" }),
            json!({ "filter": "displayName eq 'All that is not ne endsWith'" }),
            json!({ "filter": "displayName eq 'O''Neil ne x'" }),
            json!({ "orderby": "displayName desc" }),
        ] {
            assert!(!needs(query.clone()), "{query}");
        }
    }

    #[test]
    fn what_needs_the_index_is_recognised() {
        for query in [
            json!({ "search": "displayName:ad" }),
            json!({ "count": true }),
            json!({ "filter": "department ne 'Sales'" }),
            json!({ "filter": "NOT(displayName eq 'x')" }),
            json!({ "filter": "endsWith(mail,'@contoso.example')" }),
            json!({ "filter": "assignedLicenses/$count eq 0" }),
            json!({ "filter": "startsWith(displayName,'A')", "orderby": "displayName" }),
            json!({ "orderby": "createdDateTime desc" }),
        ] {
            assert!(needs(query.clone()), "{query}");
        }
    }
}
