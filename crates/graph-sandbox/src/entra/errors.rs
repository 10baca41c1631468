//! The errors of the sign-in service.
//!
//! Shape and numbers: <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::accounts::Account;
use super::apps::App;
use crate::{Clock, reply};

/// Why a sign-in or a token request is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    /// The AADSTS number; 0 for a provider that has none.
    pub(crate) number: u32,
    /// The `error` of RFC 6749.
    pub(crate) error: &'static str,
    pub(crate) message: String,
    pub(crate) suberror: Option<&'static str>,
    /// The claims that a new sign-in must ask for, as JSON.
    pub(crate) claims: Option<Box<Value>>,
}

impl Failure {
    /// A refusal with a number of [`row`].
    pub(crate) fn new(number: u32, message: impl Into<String>) -> Failure {
        let (error, suberror) = row(number);
        Failure { number, error, message: message.into(), suberror, claims: None }
    }

    pub(crate) fn missing(parameter: &str) -> Failure {
        Failure::new(900_144, format!("The request body must contain the following parameter: '{parameter}'."))
    }

    /// `error_description`: with the number, and what Microsoft's support asks for.
    pub(crate) fn describe(&self, clock: &Clock) -> String {
        let timestamp = clock.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        self.described(&reply::guid(), &reply::guid(), &timestamp)
    }

    fn described(&self, trace: &str, correlation: &str, timestamp: &str) -> String {
        match self.number {
            0 => self.message.clone(),
            number => {
                format!(
                    "AADSTS{number}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                    self.message
                )
            }
        }
    }

    /// The same refusal in the words of RFC 6749 alone.
    pub(crate) fn standard(self) -> Failure {
        let error = match self.error {
            "interaction_required" => "invalid_grant",
            "unauthorized_client" => "invalid_client",
            other => other,
        };
        Failure { number: 0, error, suberror: None, claims: None, message: self.message }
    }

    /// The answer of a token endpoint.
    pub(crate) fn response(&self, clock: &Clock, headers: &HeaderMap) -> Response<Bytes> {
        let status = match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        if self.number == 0 {
            return reply::json(status, &json!({ "error": self.error, "error_description": self.message }));
        }
        let trace = reply::guid();
        let correlation =
            headers.get("client-request-id").and_then(|id| id.to_str().ok()).map_or_else(reply::guid, str::to_owned);
        let timestamp = clock.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let description = self.described(&trace, &correlation, &timestamp);
        let mut body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [self.number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = suberror.into();
        }
        if let Some(claims) = &self.claims {
            // a string of JSON, not JSON
            body["claims"] = claims.to_string().into();
        }
        reply::json(status, &body)
    }
}

/// `error` and `suberror` of a number.
fn row(number: u32) -> (&'static str, Option<&'static str>) {
    match number {
        70_000 | 70_008 | 50_020 | 50_034 | 50_057 | 54_005 | 501_481 | 700_005 | 700_082 | 700_084 => {
            ("invalid_grant", None)
        }
        50_173 => ("invalid_grant", Some("bad_token")),
        50_076 => ("invalid_grant", Some("basic_action")),
        53_003 => ("invalid_grant", Some("message_only")),
        65_001 => ("invalid_grant", Some("consent_required")),
        50_079 | 50_158 => ("interaction_required", None),
        50_058 => ("login_required", None),
        65_004 | 90_094 => ("access_denied", None),
        50_011 | 500_112 | 650_053 | 700_021 | 700_023 | 700_024 | 700_027 | 700_025 | 700_211 | 700_212 | 700_213
        | 7_000_112 | 50_027 | 7_000_215 | 7_000_216 | 7_000_218 | 7_000_222 => ("invalid_client", None),
        700_016 => ("unauthorized_client", None),
        70_003 => ("unsupported_grant_type", None),
        700_054 => ("unsupported_response_type", None),
        70_011 | 1_002_012 | 28_000 => ("invalid_scope", None),
        500_011 => ("invalid_resource", None),
        70_016 => ("authorization_pending", None),
        70_020 => ("expired_token", None),
        70_018 => ("bad_verification_code", None),
        70_019 => ("authorization_declined", None),
        90_033 => ("temporarily_unavailable", None),
        _ => ("invalid_request", None),
    }
}

/// The sign-in service is not answering as it should, and it passes by itself.
pub(crate) fn transient(clock: &Clock, headers: &HeaderMap) -> Response<Bytes> {
    Failure::new(90_033, "A transient error has occurred. Please try again.").response(clock, headers)
}

/// The account belongs to another tenant.
pub(crate) fn elsewhere(account: &Account, app: &App) -> Failure {
    let (user, id, name) = (&account.user_principal_name, &app.client_id, &app.name);
    let text = format!(
        "User account '{user}' from identity provider 'live.com' does not exist in tenant 'Sandbox' and cannot access the application '{id}'({name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Microsoft Entra user account."
    );
    Failure::new(50_020, text)
}

/// The user has not consented.
pub(crate) fn no_consent(client_id: &str, name: &str) -> Failure {
    let text = format!(
        "The user or administrator has not consented to use the application with ID '{client_id}' named '{name}'. Send an interactive authorization request for this user and resource."
    );
    Failure::new(65_001, text)
}
