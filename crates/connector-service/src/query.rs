//! The query of a request.

use std::time::Duration;

use connector_runtime::{Issue, parse_duration};

use crate::problem::Problem;
use crate::route::Param;

/// Names under which people send keys, without hyphens and underscores.
const SECRETS: &[&str] = &["key", "apikey", "token", "accesstoken", "bearer", "authorization"];

/// Beginning of every key.
const KEY_BEGINS: &str = "tnk_";

/// The parameters of a query. Each may be given once, and only those that the route has.
#[derive(Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// `invalid_input` with every parameter that the route does not have, or that is given twice.
    pub(crate) fn read(query: &str, known: &[Param]) -> Result<Query, Problem> {
        let mut all: Vec<(String, String)> = Vec::new();
        let mut issues = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !known.iter().any(|known| known.name == name) {
                let names: Vec<String> = known.iter().map(|known| format!("`{}`", known.name)).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                issues.push(issue(&name, format!("is no parameter of this path; it has {names}")));
            } else if all.iter().any(|(given, _)| *given == name) {
                issues.push(issue(&name, "is given twice"));
            } else {
                all.push((name.into_owned(), value.into_owned()));
            }
        }
        if issues.is_empty() { Ok(Query(all)) } else { Err(Problem::invalid(issues)) }
    }

    /// Checks that no key stands in the query: addresses are kept in logs, histories and proxies.
    ///
    /// # Errors
    /// `invalid_input` with what to do instead.
    pub(crate) fn check_secrets(query: &str) -> Result<(), Problem> {
        let is_secret = |name: &str, value: &str| {
            let name = name.to_ascii_lowercase().replace(['-', '_'], "");
            SECRETS.contains(&&*name) || value.starts_with(KEY_BEGINS)
        };
        let found = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| is_secret(name, value));
        let issues: Vec<Issue> = found
            .map(|(name, _)| {
                issue(
                    &name,
                    "keys are sent in the header `Authorization: Bearer tnk_…` and never in an address, which logs keep; replace a key that was sent here",
                )
            })
            .collect();
        if issues.is_empty() { Ok(()) } else { Err(Problem::invalid(issues)) }
    }

    /// Returns a parameter, unless it is absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    // An empty text is no number, no time and none of several words.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| &**value)
    }

    /// Returns a duration, such as `30s`.
    ///
    /// # Errors
    /// `invalid_input` for anything but a time with its unit.
    pub(crate) fn span(&self, name: &str) -> Result<Option<Duration>, Problem> {
        let Some(text) = self.given(name) else { return Ok(None) };
        parse_duration(text).map(Some).map_err(|_| wrong(name, "is no time with a unit, such as 30s, 5m or 1h30m"))
    }

    /// Returns a number between `least` and `most`.
    ///
    /// # Errors
    /// `invalid_input` for anything else.
    pub(crate) fn number(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.given(name) else { return Ok(None) };
        match text.parse().ok().filter(|number| (least..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(wrong(name, format!("is no whole number between {least} and {most}"))),
        }
    }

    /// Returns one of several words.
    ///
    /// # Errors
    /// `invalid_input` with the words for anything else.
    pub(crate) fn one_of<'a, T>(
        &self,
        name: &str,
        words: impl Iterator<Item = (&'a str, T)>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.given(name) else { return Ok(None) };
        let mut all = Vec::new();
        for (word, value) in words {
            if word == text {
                return Ok(Some(value));
            }
            all.push(word);
        }
        Err(wrong(name, format!("is none of {}", all.join(", "))))
    }
}

fn wrong(name: &str, message: impl Into<String>) -> Problem {
    Problem::invalid(vec![issue(name, message)])
}

// Pointers are about the body; a parameter has a name of its own.
fn issue(name: &str, message: impl Into<String>) -> Issue {
    Issue::new(format!("?{name}"), message.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request_id::RequestId;

    const KNOWN: &[Param] = &[Param::text("connection", ""), Param::text("deadline", ""), Param::text("limit", "")];

    #[test]
    fn no_key_stands_in_an_address() {
        for bad in ["key=a", "connection=b&api_key=a", "API-Key=", "access_token=x", "connection=tnk_1_2", "token"] {
            let refused = Query::check_secrets(bad).err().unwrap();
            let text = refused.into_members(RequestId::random()).to_string();
            assert!(text.contains("Authorization: Bearer") && !text.contains("tnk_1_2"), "{bad}: {text}");
        }
        for good in ["", "connection=key", "pageToken=x", "query=token"] {
            assert!(Query::check_secrets(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn only_known_parameters_are_taken_and_each_once() {
        let query = Query::read("connection=a%20b&deadline=1m30s", KNOWN).ok().unwrap();
        assert_eq!(query.get("connection"), Some("a b"));
        assert_eq!(query.span("deadline").ok().unwrap(), Some(Duration::from_secs(90)));
        assert_eq!(query.number("limit", 1, 10).ok().unwrap(), None);
        for bad in ["conection=a", "connection=a&connection=b"] {
            assert!(Query::read(bad, KNOWN).is_err(), "{bad}");
        }
        for bad in ["deadline=", "deadline=30", "deadline=-1s", "deadline=0s"] {
            assert!(Query::read(bad, KNOWN).ok().unwrap().span("deadline").is_err(), "{bad}");
        }
        for bad in ["limit=", "limit=0", "limit=11", "limit=-1", "limit=1.0", "limit=x"] {
            assert!(Query::read(bad, KNOWN).ok().unwrap().number("limit", 1, 10).is_err(), "{bad}");
        }
    }
}
