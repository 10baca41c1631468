//! A rule: which requests fail, and how.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which requests fail, and how. In JSON, as `POST /sandbox/faults` takes it:
/// `{"fault": {"kind": "throttle", "retryAfter": 2}, "method": "GET", "path": "/messages", "nth": 2, "times": 1}`.
///
/// The parts of a `$batch` are requests like others; the batch itself fails only when `path` names `$batch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path and query contain this text, or match it whole when it has a `*`. Without
    /// it, every request but those of the sign-in service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// From which matching request on, counted from 1.
    #[serde(default = "first")]
    pub nth: u64,
    /// How often; without it, until the rules are cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// With which probability, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// The seed of the probability: the same seed fails the same requests.
    #[serde(default)]
    pub seed: u64,
}

fn first() -> u64 {
    1
}
fn always() -> f64 {
    1.0
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// 429. The same request, sent again before the time is over, is refused again and counted as early.
    Throttle {
        /// The header; without it, none is sent.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// 503, with or without the header.
    Unavailable {
        /// The header; without it, none is sent.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// 504. The work is not done.
    GatewayTimeout,
    /// The connection is dropped; the work is not done.
    ResetBefore,
    /// The connection is dropped after the work was done: the answer is lost.
    ResetAfter,
    /// 401 with a [claims challenge][1], until a token comes that was asked for with these claims.
    ///
    /// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
    ClaimsChallenge {
        /// The claims, an object with the member `access_token`.
        #[serde(default = "revoked")]
        claims: Value,
    },
    /// 401 without a challenge.
    Unauthorized,
    /// 410: the changes must be read anew.
    Gone,
    /// The answer comes later.
    Slow {
        /// How much later.
        millis: u64,
    },
    /// The body breaks off.
    Truncate {
        /// After so many bytes.
        bytes: usize,
    },
    /// 302 to the same path on another origin.
    Redirect {
        /// The origin, such as `https://evil.example`.
        origin: String,
    },
    /// The answer's `@odata.nextLink` leads astray; one is added where there is none.
    HostileNextLink {
        /// Where it leads.
        link: HostileLink,
    },
    /// Any other answer in Graph's shape.
    Status {
        /// The HTTP status.
        status: u16,
        /// Graph's error code.
        code: String,
        /// Graph's message.
        #[serde(default)]
        message: String,
    },
}

/// The forms of `Retry-After`. In JSON: `2`, `1.5`, `{"date": 30}`, `"soon"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// Whole seconds.
    Seconds(u64),
    /// Seconds with a fraction, which HTTP does not allow and which is seen.
    Decimal(f64),
    /// An HTTP date.
    Date {
        /// So many seconds from now.
        date: u64,
    },
    /// Any text.
    Text(String),
}

/// Where a hostile next link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostileLink {
    /// To another host, whose name begins with Graph's.
    OtherHost,
    /// To another port of the same host.
    OtherPort,
    /// To Graph's host without TLS.
    PlainHttp,
    /// Out of the version's path: `/v1.0.evil/`.
    OtherPath,
    /// To itself, for ever.
    Loop,
}

fn revoked() -> Value {
    serde_json::json!({ "access_token": { "nbf": { "essential": true, "value": "1604106651" } } })
}

impl Fault {
    /// 429 with `Retry-After` in seconds.
    pub fn throttle(seconds: u64) -> Fault {
        Fault::Throttle { retry_after: Some(RetryAfter::Seconds(seconds)) }
    }
    /// 503 without `Retry-After`.
    pub fn unavailable() -> Fault {
        Fault::Unavailable { retry_after: None }
    }
    /// A claims challenge as Graph sends it after sessions were revoked.
    pub fn claims_challenge() -> Fault {
        Fault::ClaimsChallenge { claims: revoked() }
    }
    /// An answer that comes later.
    pub fn slow(by: Duration) -> Fault {
        Fault::Slow { millis: u64::try_from(by.as_millis()).unwrap_or(u64::MAX) }
    }
}

impl Rule {
    /// Every request to Graph fails, until the rules are cleared.
    pub fn new(fault: Fault) -> Rule {
        Rule { fault, method: None, path: None, nth: first(), times: None, probability: always(), seed: 0 }
    }
    /// Only requests with this method.
    pub fn method(mut self, method: &str) -> Rule {
        self.method = Some(method.to_owned());
        self
    }
    /// Only requests whose path and query contain this text, or match it whole when it has a `*`.
    pub fn path(mut self, path: &str) -> Rule {
        self.path = Some(path.to_owned());
        self
    }
    /// From the `nth` matching request on, counted from 1.
    pub fn from_nth(mut self, nth: u64) -> Rule {
        self.nth = nth;
        self
    }
    /// So many times.
    pub fn times(mut self, times: u64) -> Rule {
        self.times = Some(times);
        self
    }
    /// Once.
    pub fn once(self) -> Rule {
        self.times(1)
    }
    /// With a probability from 0 to 1. The same seed fails the same requests.
    pub fn probability(mut self, probability: f64, seed: u64) -> Rule {
        (self.probability, self.seed) = (probability, seed);
        self
    }

    /// Whether the rule is about this request at all. `part`: it is a part of a `$batch`.
    pub(crate) fn is_about(&self, request: &Request<Bytes>, part: bool) -> bool {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let method = self.method.as_deref().is_none_or(|method| request.method().as_str().eq_ignore_ascii_case(method));
        method
            && match self.path.as_deref() {
                Some(pattern) if pattern.contains('*') => glob(pattern, path),
                Some(text) => path.contains(text),
                None if part => true,
                None => !is_sign_in(path) && !request.uri().path().ends_with("/$batch"),
            }
    }
}

/// Whether a path belongs to the sign-in service.
pub(crate) fn is_sign_in(path: &str) -> bool {
    ["/oauth2/", "/oidc/", "/.well-known/", "/discovery/v2.0/keys", "/adminconsent"]
        .iter()
        .any(|part| path.contains(part))
}

// `*` stands for any text. Greedy from the left with a way back, which is enough for one wildcard kind.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|head| text.strip_prefix(head)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    let mut rest = rest;
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(uri: &str) -> Request<Bytes> {
        Request::get(uri).body(Bytes::new()).unwrap()
    }

    #[test]
    fn what_a_rule_is_about() {
        let any = Rule::new(Fault::Gone);
        assert!(any.is_about(&get("/v1.0/me"), false));
        assert!(!any.is_about(&get("/common/oauth2/v2.0/token"), false));
        assert!(!any.is_about(&get("/v1.0/$batch"), false) && any.is_about(&get("/me"), true));
        assert!(any.clone().path("$batch").is_about(&get("/v1.0/$batch"), false));
        assert!(any.clone().path("/oauth2/v2.0/token").is_about(&get("/common/oauth2/v2.0/token"), false));
        assert!(!any.clone().method("POST").is_about(&get("/v1.0/me"), false));
        let pattern = any.path("/v1.0/users/*/messages*");
        assert!(pattern.is_about(&get("/v1.0/users/a/messages?$top=2"), false));
        assert!(!pattern.is_about(&get("/v1.0/users/a/events"), false));
    }

    #[test]
    fn a_rule_is_read_from_json() {
        let rule: Rule =
            serde_json::from_str(r#"{"fault":{"kind":"throttle","retryAfter":{"date":30}},"path":"/me","times":2}"#)
                .unwrap();
        let fault = Fault::Throttle { retry_after: Some(RetryAfter::Date { date: 30 }) };
        assert_eq!(rule, Rule::new(fault).path("/me").times(2));
        for (text, expected) in [
            ("2", RetryAfter::Seconds(2)),
            ("1.5", RetryAfter::Decimal(1.5)),
            ("\"soon\"", RetryAfter::Text("soon".to_owned())),
        ] {
            assert_eq!(serde_json::from_str::<RetryAfter>(text).unwrap(), expected);
        }
        assert!(serde_json::from_str::<Rule>(r#"{"fault":{"kind":"gone"},"pth":"/me"}"#).is_err());
        assert!(serde_json::from_str::<Rule>(r#"{"fault":{"kind":"gone_fishing"}}"#).is_err());
    }
}
