//! What everybody may see of a user, and what takes more.
//!
//! With `User.ReadBasic.All` only the [basic properties][1] of others can be read, and only by them can users be looked
//! for.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference#userreadbasicall

use connector_sdk::{Query, Request};

use crate::permissions::USERS_READ;

/// The basic properties.
const BASIC: [&str; 7] = ["id", "displayName", "givenName", "mail", "photo", "surname", "userPrincipalName"];

/// What stands in an expression and is no property.
const WORDS: [&str; 17] = [
    "and",
    "or",
    "not",
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "in",
    "asc",
    "desc",
    "true",
    "false",
    "null",
    "startswith",
    "endswith",
];

/// Says of a request for users what it takes, where these names are not all basic ones. It goes under the card
/// otherwise.
pub fn permit<'n>(request: Request, names: impl IntoIterator<Item = &'n str>) -> Request {
    if names.into_iter().all(is_basic) { request } else { request.with_scopes(USERS_READ) }
}

/// As [`permit`], for a list.
pub fn permit_list(request: Request, query: &Query) -> Request {
    let selected = query.select.iter().chain(&query.expand).flatten().map(String::as_str);
    let named = [&query.filter, &query.orderby, &query.search].into_iter().flatten().flat_map(|text| properties(text));
    permit(request, selected.chain(named).collect::<Vec<_>>())
}

fn is_basic(name: &str) -> bool {
    BASIC.iter().any(|basic| basic.eq_ignore_ascii_case(name.trim()))
}

// The names in a filter, an order or a search: what stands in quotes is a value, but for a search, whose clauses are
// quoted whole and begin with the name.
fn properties(text: &str) -> Vec<&str> {
    let is_name = |part: &&str| part.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if !text.contains('\'') && text.contains(':') {
        return text
            .split('"')
            .filter_map(|clause| clause.split_once(':'))
            .map(|(name, _)| name.trim())
            .filter(is_name)
            .collect();
    }
    let outside = text.split('\'').step_by(2);
    let parts = outside.flat_map(|part| part.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
    parts.filter(is_name).filter(|part| !WORDS.iter().any(|word| word.eq_ignore_ascii_case(part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes_more(query: serde_json::Value) -> bool {
        permit_list(Request::get("/users"), &serde_json::from_value(query).unwrap()).requirements().scope_override()
            == Some(USERS_READ)
    }

    #[test]
    fn what_is_looked_for_decides() {
        for basic in [
            serde_json::json!({}),
            serde_json::json!({ "select": ["id", "DisplayName"], "orderby": "displayName desc" }),
            serde_json::json!({ "filter": "startsWith(displayName,'the department of') and not (mail eq null)" }),
            serde_json::json!({ "search": "\"displayName:department\" OR \"mail:x\"" }),
        ] {
            assert!(!takes_more(basic.clone()), "{basic}");
        }
        for more in [
            serde_json::json!({ "select": ["id", "department"] }),
            serde_json::json!({ "filter": "department eq 'displayName'" }),
            serde_json::json!({ "filter": "accountEnabled eq true" }),
            serde_json::json!({ "orderby": "createdDateTime" }),
            serde_json::json!({ "search": "\"displayName:x\" OR \"department:x\"" }),
            serde_json::json!({ "expand": ["manager"] }),
        ] {
            assert!(takes_more(more.clone()), "{more}");
        }
    }
}
