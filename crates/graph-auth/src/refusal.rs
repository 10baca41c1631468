//! Refusals of the sign-in service.

use std::fmt;
use std::time::Duration;

use connector_sdk::{Code, Error, Redactor, Retry, Secret, Upstream};
use http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize, Serializer};

use crate::Reason;
use crate::json_body::read_what_fits;

/// Maximum length of the first line of a description, which is shown to people, in characters.
const SHOWN: usize = 400;

/// Standard errors that do not say who must act (RFC 6749 5.2, RFC 8628 3.5).
const STANDARD: [&str; 2] = ["invalid_request", "authorization_pending"];

/// Failure of a flow to end with a token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Failure {
    /// The sign-in service responded, and refused.
    Refused(Box<Refusal>),
    /// Another error: the network, a broken protocol, a bad input.
    Failed(Error),
}

impl Failure {
    /// Returns the reason of the refusal; `None` when it was not the service that refused.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Failure::Refused(refusal) => Some(refusal.reason),
            Failure::Failed(_) => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Failed(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Refused(refusal) => refusal.into_error(),
            Failure::Failed(error) => error,
        }
    }
}

/// A refusal (RFC 6749 5.2, with what Microsoft adds).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Refusal {
    /// Reason of the refusal.
    pub reason: Reason,
    /// Address of the refused request; `None` for a refusal that came back through the browser.
    pub address: Option<String>,
    /// HTTP status; 400 for a refusal that came back through the browser.
    pub status: u16,
    /// Standard error, such as `invalid_grant`.
    pub error: String,
    /// Microsoft's refinement of the error, such as `consent_required`.
    pub suberror: Option<String>,
    /// Microsoft's error numbers (`AADSTS…`), the most specific first.
    pub numbers: Vec<u32>,
    /// First line of the description, without anything secret that the request held.
    pub description: Option<String>,
    /// Claims that a new sign-in must request (JSON), where the service named them.
    pub claims: Option<String>,
    /// Microsoft's id of the request.
    pub trace_id: Option<String>,
    /// Id that connects the requests of one sign-in.
    pub correlation_id: Option<String>,
    /// Time to wait before the next attempt.
    pub retry_after: Option<Duration>,
}

/// RefusalBody of a refusal, as a token endpoint or a callback has it: the error type of the `oauth2` client.
///
/// It may hold what the request held in secret, so it shows nothing of itself: [`Refusal`] does, without
/// that.
#[derive(Default, Deserialize)]
pub(crate) struct RefusalBody {
    #[serde(default)]
    pub(crate) error: String,
    #[serde(default)]
    pub(crate) error_description: Option<String>,
    #[serde(default)]
    pub(crate) error_codes: Vec<u32>,
    #[serde(default)]
    pub(crate) suberror: Option<String>,
    #[serde(default)]
    pub(crate) claims: Option<String>,
    #[serde(default)]
    pub(crate) trace_id: Option<String>,
    #[serde(default)]
    pub(crate) correlation_id: Option<String>,
}

impl fmt::Display for RefusalBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a refusal")
    }
}

impl fmt::Debug for RefusalBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefusalBody").finish_non_exhaustive()
    }
}

impl Serialize for RefusalBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl oauth2::ErrorResponse for RefusalBody {}

impl Refusal {
    /// Reads a response that is not a success. `secrets` is what the request held and must not come back.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8], secrets: &[Secret]) -> Refusal {
        Refusal::new(status, headers, read_what_fits(body).unwrap_or_default(), secrets)
    }

    /// Creates a refusal from a body that was read already.
    pub(crate) fn new(status: StatusCode, headers: &HeaderMap, body: RefusalBody, secrets: &[Secret]) -> Refusal {
        let mut refusal = Refusal::of(status, body, secrets);
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        refusal.retry_after = header("retry-after").and_then(seconds);
        refusal.trace_id =
            refusal.trace_id.or_else(|| header("x-ms-request-id").map(|id| clean(id, &redactor(secrets))));
        refusal
    }

    /// Sets the address of the refused request. The query is left out: it may hold what is secret.
    pub(crate) fn at(mut self, uri: &Uri) -> Refusal {
        self.address =
            uri.host().map(|_| uri.to_string()).map(|uri| uri.split('?').next().unwrap_or_default().to_owned());
        self
    }

    /// Creates a refusal that came back through the browser.
    pub(crate) fn of_callback(body: RefusalBody) -> Refusal {
        Refusal::of(StatusCode::BAD_REQUEST, body, &[])
    }

    fn of(status: StatusCode, body: RefusalBody, secrets: &[Secret]) -> Refusal {
        let redactor = redactor(secrets);
        let text = |text: Option<String>| text.map(|text| clean(&text, &redactor)).filter(|text| !text.is_empty());
        let description = text(body.error_description);
        // A standard name is no secret, even where a short secret happens to be a part of it.
        let standard = Reason::of_error(&body.error, None).is_some() || STANDARD.contains(&body.error.as_str());
        let error = if standard { body.error } else { clean(&body.error, &redactor) };
        let suberror = text(body.suberror);
        let mut numbers = body.error_codes;
        if numbers.is_empty() {
            numbers.extend(description.as_deref().and_then(number));
        }
        let known = numbers.iter().find_map(|number| Reason::of_number(*number));
        let reason = match status {
            StatusCode::TOO_MANY_REQUESTS => Reason::Throttled,
            // A refusal in a fault's clothes is still a refusal, but only if it says so by number.
            status if status.is_server_error() => known.unwrap_or(Reason::Passing),
            StatusCode::REQUEST_TIMEOUT => Reason::Passing,
            _ => known.or_else(|| Reason::of_error(&error, suberror.as_deref())).unwrap_or(Reason::Refused),
        };
        Refusal {
            reason,
            address: None,
            status: status.as_u16(),
            error,
            suberror,
            numbers,
            description,
            // They are sent, so that they are whole or not there.
            claims: body.claims.filter(|claims| {
                redactor.text(claims) == *claims && serde_json::from_str::<serde_json::Map<_, _>>(claims).is_ok()
            }),
            trace_id: text(body.trace_id),
            correlation_id: text(body.correlation_id),
            retry_after: None,
        }
    }

    /// Returns the name of the refusal: Microsoft's number, else the standard error.
    pub fn name(&self) -> Option<String> {
        let number = self.numbers.first().map(|number| format!("AADSTS{number}"));
        number.or_else(|| Some(self.error.clone()).filter(|error| !error.is_empty()))
    }

    /// Converts the refusal into the error that every interface prints.
    pub fn into_error(self) -> Error {
        let name = self.name();
        let said = match (&name, &self.description) {
            // Microsoft's descriptions begin with the number.
            (Some(name), Some(description)) if description.starts_with(name.as_str()) => format!(": {description}"),
            (Some(name), Some(description)) => format!(" ({name}: {description})"),
            (Some(name), None) => format!(" ({name})"),
            (None, _) => format!(" (status {})", self.status),
        };
        let mut what = self.reason.what().to_owned();
        let mut hint = self.reason.hint();
        if let (Some(address), 404, Reason::Refused) = (&self.address, self.status, self.reason) {
            what = format!("there is nothing that gives tokens at {address}");
            hint = "Check the connection's cloud, tenant and authority.";
        }
        let retry = match (self.reason.is_passing(), self.retry_after) {
            (false, _) => Retry::Never,
            (true, Some(after)) => Retry::After(after),
            (true, None) => Retry::Later,
        };
        let inner = [Some(self.error).filter(|error| name.as_ref() != Some(error) && !error.is_empty()), self.suberror];
        let mut upstream = Upstream::new(self.status);
        upstream.code = name;
        upstream.inner_codes = inner.into_iter().flatten().collect();
        upstream.message = self.description;
        upstream.request_id = self.trace_id;
        upstream.client_request_id = self.correlation_id;
        Error::new(self.reason.code(), format!("{what}{said}")).with_hint(hint).retry(retry).with_upstream(upstream)
    }
}

/// Converts the error of a lost or failed request to the sign-in service.
///
/// A request for a token changes nothing at Graph, so that it may be repeated: a lost answer is a fault that
/// passes.
pub(crate) fn lost(error: Error) -> Error {
    let error = error.context("while talking to the sign-in service");
    if error.code() == Code::OutcomeUnknown { error.with_code(Code::Unavailable).retry(Retry::Later) } else { error }
}

// `AADSTS700082: The refresh token has expired …`
fn number(description: &str) -> Option<u32> {
    let rest = &description[description.find("AADSTS")? + "AADSTS".len()..];
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

// Whole or decimal seconds, rounded up. A date would need a clock; the sign-in service sends none.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds.ceil()))
}

fn redactor(secrets: &[Secret]) -> Redactor {
    Redactor::new(secrets.iter().map(Secret::expose))
}

// The first line, without control characters, without secrets, and not endless. A secret may be spelled over several
// lines.
fn clean(text: &str, redactor: &Redactor) -> String {
    let mut line: String =
        redactor.text(text).lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    // Entra puts its ids on the same line when the text has lost its line breaks.
    if let Some(at) = line.find(" Trace ID:") {
        line.truncate(at);
    }
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use connector_sdk::Actor;

    fn read(status: u16, body: &str) -> Refusal {
        Refusal::read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes(), &[])
    }

    #[test]
    fn an_answer_of_entra_keeps_its_number_and_ids() {
        let body = r#"{"error":"invalid_grant","error_description":"AADSTS50076: Due to a configuration change you must use multi-factor authentication.\r\nTrace ID: t\r\nCorrelation ID: c",
            "error_codes":[50076],"trace_id":"t-1","correlation_id":"c-1","suberror":"basic_action","claims":"{\"access_token\":{}}"}"#;
        let refusal = read(400, body);
        assert_eq!((refusal.reason, refusal.claims.as_deref()), (Reason::Interaction, Some("{\"access_token\":{}}")));
        let error = refusal.into_error();
        assert_eq!((error.code(), error.code().actor()), (Code::NotConnected, Actor::User));
        assert!(error.advice().contains("Reconnect"));
        let said = error.upstream().unwrap();
        assert_eq!(said.code.as_deref(), Some("AADSTS50076"));
        assert_eq!(said.inner_codes, ["invalid_grant", "basic_action"]);
        assert_eq!(
            said.message.as_deref(),
            Some("AADSTS50076: Due to a configuration change you must use multi-factor authentication.")
        );
        assert_eq!((said.request_id.as_deref(), said.client_request_id.as_deref()), (Some("t-1"), Some("c-1")));
    }

    #[test]
    fn the_number_is_found_in_the_text_too() {
        let refusal = read(
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired. Trace ID: x"}"#,
        );
        assert_eq!((refusal.reason, refusal.numbers.as_slice()), (Reason::SecretExpired, [7_000_222].as_slice()));
        assert_eq!(refusal.description.as_deref(), Some("AADSTS7000222: The provided client secret keys are expired."));
    }

    #[test]
    fn without_a_number_the_standard_error_counts() {
        for (status, body, reason) in [
            (400, r#"{"error":"invalid_grant"}"#, Reason::SignInAgain),
            (400, r#"{"error":"invalid_grant","suberror":"consent_required"}"#, Reason::Consent),
            (400, r#"{"error":"invalid_grant","error_codes":[1]}"#, Reason::SignInAgain),
            (400, r#"{"error":"interaction_required"}"#, Reason::Interaction),
            (401, r#"{"error":"invalid_client"}"#, Reason::SecretWrong),
            (400, r#"{"error":"temporarily_unavailable"}"#, Reason::Passing),
            (503, "<html>busy</html>", Reason::Passing),
            (429, "", Reason::Throttled),
            (404, "not here", Reason::Refused),
            (400, r#"{"error":5}"#, Reason::Refused),
        ] {
            assert_eq!(read(status, body).reason, reason, "{status} {body}");
        }
    }

    #[test]
    fn where_nothing_is_the_address_is_named() {
        let uri = Uri::from_static("https://login.example/no-tenant/oauth2/v2.0/token?x=canary");
        let error = read(404, "<html>").at(&uri).into_error();
        assert_eq!(
            error.to_string(),
            "there is nothing that gives tokens at https://login.example/no-tenant/oauth2/v2.0/token (status 404)"
        );
        assert!(error.advice().contains("authority"), "{error}");
        let error = read(400, r#"{"error":"invalid_grant"}"#).at(&uri).into_error();
        assert!(!error.to_string().contains("login.example"), "{error}");
    }

    #[test]
    fn a_fault_may_be_tried_again_and_a_refusal_not() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "1.5".parse().unwrap());
        headers.insert("x-ms-request-id", "r-1".parse().unwrap());
        let error = Refusal::read(StatusCode::SERVICE_UNAVAILABLE, &headers, b"", &[]).into_error();
        assert_eq!(error.retryability(), Retry::After(Duration::from_secs(2)));
        assert_eq!(error.upstream().unwrap().request_id.as_deref(), Some("r-1"));
        assert_eq!(read(400, r#"{"error":"invalid_grant"}"#).into_error().retryability(), Retry::Never);
    }

    #[test]
    fn what_was_sent_in_secret_does_not_come_back() {
        let secret = Secret::new("can+ary~secret");
        let body = br#"{"error":"invalid_client can+ary~secret","error_description":"bad can+ary~secret and can%2Bary%7Esecret","trace_id":"can+ary~secret"}"#;
        let refusal = Refusal::read(StatusCode::BAD_REQUEST, &HeaderMap::new(), body, std::slice::from_ref(&secret));
        let shown = format!("{refusal:?} {:?}", refusal.clone().into_error());
        assert!(!shown.contains("ary~secret") && !shown.contains("ary%7Esecret"), "{shown}");
        assert_eq!(refusal.into_error().upstream().unwrap().message.as_deref(), Some("bad [redacted] and [redacted]"));
    }

    #[test]
    fn no_spelling_of_what_was_sent_comes_back() {
        let text = "cAn+ary~secret/of.the?flow";
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let json: String = text.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let base64 = STANDARD.encode(format!("client_secret={text}"));
        let lines: String =
            base64.as_bytes().chunks(40).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect();
        let spellings = [
            text.to_owned(),
            text.to_uppercase(),
            hex.to_uppercase(),
            hex,
            percent,
            json,
            URL_SAFE.encode(text),
            base64,
            lines,
        ];
        for spelling in spellings {
            let body = serde_json::json!({
                "error": spelling, "error_description": format!("bad {spelling}, sorry"), "suberror": spelling, "trace_id": spelling,
                "correlation_id": spelling, "claims": serde_json::json!({ "x": spelling }).to_string(),
            });
            let mut headers = HeaderMap::new();
            headers
                .extend(spelling.parse().ok().map(|value| (http::HeaderName::from_static("x-ms-request-id"), value)));
            let refusal =
                Refusal::read(StatusCode::BAD_REQUEST, &headers, body.to_string().as_bytes(), &[Secret::new(text)]);
            assert!(refusal.description.as_deref().is_some_and(|text| text.contains("[redacted]")), "{refusal:?}");
            let shown = format!("{refusal:?} {:?}", refusal.clone().into_error()).to_lowercase().replace("\\\\", "\\");
            for line in spelling.lines() {
                assert!(!shown.contains(&line.to_lowercase()), "{line} is in {shown}");
            }
        }
    }

    #[test]
    fn a_short_secret_does_not_hide_the_standard_error() {
        let secret = Secret::new("in");
        for error in ["invalid_grant", "authorization_pending"] {
            let body = format!(r#"{{"error":"{error}","error_description":"in"}}"#);
            assert_eq!(
                Refusal::read(
                    StatusCode::BAD_REQUEST,
                    &HeaderMap::new(),
                    body.as_bytes(),
                    std::slice::from_ref(&secret)
                )
                .error,
                error
            );
        }
    }

    #[test]
    fn a_long_description_is_cut() {
        let refusal = read(400, &format!(r#"{{"error":"x","error_description":"{}"}}"#, "é".repeat(10_000)));
        assert_eq!(refusal.description.unwrap().chars().count(), SHOWN + 1);
    }

    #[test]
    fn a_lost_answer_may_be_asked_for_again() {
        let error = lost(Error::new(Code::OutcomeUnknown, "the answer was lost"));
        assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Later));
        assert_eq!(lost(Error::protocol("x")).code(), Code::Protocol);
    }
}
