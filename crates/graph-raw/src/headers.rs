//! The headers that a caller may set.

use connector_sdk::Issue;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::hidden;
use crate::vocabulary::Header;

/// Headers that the connection or the transport owns. One that a caller sets would send another
/// credential, another length or another host than the ones that were checked.
const OWNED: &[(&str, &str)] = &[
    ("authorization", "the connection signs the request"),
    ("host", "the connection decides where the request goes"),
    ("cookie", "cookies are not sent"),
    ("cookie2", "cookies are not sent"),
    ("set-cookie", "cookies are not sent"),
    ("content-length", "it is counted for you"),
    ("content-encoding", "the body is sent as it is"),
    ("accept-encoding", "the transport decides what it can decode"),
    ("transfer-encoding", "the transport decides it"),
    ("connection", "the transport decides it"),
    ("keep-alive", "the transport decides it"),
    ("te", "the transport decides it"),
    ("trailer", "the transport decides it"),
    ("upgrade", "the transport decides it"),
    ("http2-settings", "the transport decides it"),
    ("expect", "the transport decides it"),
    ("via", "it is for proxies"),
    ("forwarded", "it is for proxies"),
    ("max-forwards", "it is for proxies"),
    // A method inside a header would pass a write off as a read.
    ("x-http-method", "give the method as the method"),
    ("x-http-method-override", "give the method as the method"),
    ("x-method-override", "give the method as the method"),
];

const OWNED_PREFIXES: &[(&str, &str)] = &[
    ("proxy-", "it is for proxies"),
    ("x-forwarded-", "it is for proxies"),
    ("x-ms-forwarded-", "it is for proxies"),
    ("sec-", "it is for browsers"),
];

/// Headers as they will be sent. The media type of the body stands apart, because the body carries it.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) map: HeaderMap,
    pub(crate) content_type: Option<String>,
}

/// Checks `headers`, which stand at the JSON Pointer `at`, and reports every violation.
pub(crate) fn check(headers: &[Header], at: &str, issues: &mut Vec<Issue>) -> Checked {
    let mut checked = Checked::default();
    for (i, header) in headers.iter().enumerate() {
        let name = HeaderName::from_bytes(header.key.as_bytes());
        let text = header.value.trim_matches(' ');
        let value = Some(text)
            .filter(|text| text.chars().all(|c| (' '..='~').contains(&c)))
            .and_then(|text| HeaderValue::from_str(text).ok());
        match &name {
            Err(_) => issues.push(Issue::new(
                format!("{at}/{i}/key"),
                "is not a header name: letters, digits and hyphens make one; spaces, colons and control characters do not",
            )),
            Ok(name) => {
                if let Some(why) = owned(name.as_str()) {
                    issues.push(Issue::new(format!("{at}/{i}/key"), format!("`{name}` cannot be set: {why}")));
                }
            }
        }
        if value.is_none() {
            issues.push(Issue::new(
                format!("{at}/{i}/value"),
                "contains a character that a header cannot carry: only visible ASCII characters and spaces can be sent",
            ));
        }
        let (Ok(name), Some(mut value)) = (name, value) else { continue };
        if name == http::header::CONTENT_TYPE {
            let text = value.to_str().unwrap_or_default().to_owned();
            if checked.content_type.replace(text).is_some() {
                issues.push(Issue::new(format!("{at}/{i}/key"), "`content-type` stands there twice"));
            }
            continue;
        }
        value.set_sensitive(hidden::is_secret(name.as_str()));
        checked.map.append(name, value);
    }
    checked
}

fn owned(name: &str) -> Option<&'static str> {
    // Some servers read an underscore as a hyphen.
    let name = name.replace('_', "-");
    let exact = OWNED.iter().find(|(owned, _)| *owned == name);
    exact.or_else(|| OWNED_PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix))).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(headers: &[(&str, &str)]) -> Vec<String> {
        let headers: Vec<Header> =
            headers.iter().map(|(key, value)| Header { key: (*key).into(), value: (*value).into() }).collect();
        let mut issues = Vec::new();
        check(&headers, "/headers", &mut issues);
        issues.into_iter().map(|issue| issue.pointer).collect()
    }

    #[test]
    fn what_belongs_to_the_connection_is_refused_in_any_spelling() {
        for (name, _) in OWNED {
            for spelling in [
                (*name).to_owned(),
                name.to_uppercase(),
                name.replace('-', "_"),
                format!("{}{}", name[..1].to_uppercase(), &name[1..]),
            ] {
                assert_eq!(pointers(&[(&spelling, "x")]), ["/headers/0/key"], "{spelling}");
            }
        }
        for (prefix, _) in OWNED_PREFIXES {
            assert_eq!(
                pointers(&[(&format!("{}Anything", prefix.to_uppercase()), "x")]),
                ["/headers/0/key"],
                "{prefix}"
            );
        }
    }

    #[test]
    fn names_and_values_that_would_split_a_message_are_refused() {
        for name in [
            "",
            " ",
            "a b",
            "a:",
            ":path",
            "a\r\nb",
            "a\0",
            "ä",
            "Authorization ",
            " Host",
            "Host\t",
            "(x)",
            "a,b",
            "a;b",
            "a/b",
            "\u{212A}ey",
        ] {
            assert_eq!(pointers(&[(name, "x")]), ["/headers/0/key"], "{name:?}");
        }
        for value in
            ["a\r\nHost: evil", "a\nb", "a\rb", "\0", "a\u{7f}", "\u{1b}[31m", "ä", "a\u{2028}b", "\r\n", "a\u{0}"]
        {
            assert_eq!(pointers(&[("x-a", value)]), ["/headers/0/value"], "{value:?}");
        }
    }

    #[test]
    fn every_violation_is_reported() {
        let found = pointers(&[
            ("Host", "a\r\nb"),
            ("Prefer", "x"),
            ("a b", "ä"),
            ("content-type", "a/b"),
            ("Content-Type", "c/d"),
        ]);
        assert_eq!(
            found,
            ["/headers/0/key", "/headers/0/value", "/headers/2/key", "/headers/2/value", "/headers/4/key"]
        );
    }

    #[test]
    fn the_usual_headers_pass_and_repeat() {
        let headers = [
            ("Prefer", "a=1"),
            ("prefer", "b=2"),
            ("ConsistencyLevel", "eventual"),
            ("If-Match", "W/\"1\""),
            ("X-Api-Key", "k"),
        ];
        let headers: Vec<Header> =
            headers.iter().map(|(key, value)| Header { key: (*key).into(), value: (*value).into() }).collect();
        let mut issues = Vec::new();
        let checked = check(&headers, "/headers", &mut issues);
        assert!(issues.is_empty(), "{issues:?}");
        assert_eq!(checked.map.get_all("prefer").iter().count(), 2);
        assert!(checked.map["x-api-key"].is_sensitive() && !checked.map["if-match"].is_sensitive());
    }
}
