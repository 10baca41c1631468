//! Sign-in of a user on another device (RFC 8628).
//!
//! See [the flow as Microsoft has it][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code

use std::fmt;
use std::time::Duration;

use connector_sdk::{Code, Error, Result, Secret, Transport};
use jiff::{SignedDuration, Timestamp};
use oauth2::EmptyExtraDeviceAuthorizationFields as NothingElse;
use oauth2::{
    DeviceAccessTokenRequest, DeviceAuthorizationRequest, DeviceAuthorizationResponse, DeviceAuthorizationUrl,
    HttpRequest,
};
use serde::Deserialize;
use serde_json::json;

use crate::claims::{self, Capability};
use crate::client::{Extra, client, client_at, scopes};
use crate::draft::Draft;
use crate::id_token::{self, ExpectedClaims};
use crate::oauth_http::OauthHttp;
use crate::sealed::Sealer;
use crate::token_http::unwritable;
use crate::token_response::{TokenResponse, number};
use crate::{Checked, Failure, GrantContext, TokenSet, address};

/// Polling interval when none is given, and the increment by `slow_down` (RFC 8628 3.2 and 3.5).
const STEP: Duration = Duration::from_secs(5);

/// A device code that awaits its user.
#[derive(Clone)]
pub struct DeviceCode {
    device_code: Secret,
    /// Code that the user types.
    pub user_code: String,
    /// Address where the user types the code.
    pub verification_uri: String,
    /// Instructions for the user, in the service's words.
    pub message: Option<String>,
    /// Time at which the code expires.
    pub expires_at: Timestamp,
    /// Time to wait before each poll.
    pub interval: Duration,
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("verification_uri", &self.verification_uri)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A device code as it is kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SealedCode {
    device_code: Secret,
    user_code: String,
    verification_uri: String,
    #[serde(default)]
    message: Option<String>,
    expires_at: Timestamp,
    interval: u64,
}

impl DeviceCode {
    /// Serializes the code **with its secrets**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        let DeviceCode { device_code, user_code, verification_uri, message, expires_at, interval } = self;
        Sealer::with_secrets()
            .secret("deviceCode", &Some(device_code.clone()))
            .put("userCode", user_code)
            .put("verificationUri", verification_uri)
            .put("message", message)
            .put("expiresAt", expires_at)
            // In milliseconds, at most some minutes.
            .put("interval", &u64::try_from(interval.as_millis()).unwrap_or(u64::MAX))
            .into_secret()
    }

    /// Deserializes what [`to_sealed_json`](DeviceCode::to_sealed_json) wrote.
    ///
    /// # Errors
    /// `not_connected` when it is something else; the content is not quoted.
    pub fn from_sealed_json(sealed: &Secret) -> Result<DeviceCode> {
        let read: SealedCode = serde_json::from_str(sealed.expose()).map_err(|_| {
            Error::new(Code::NotConnected, "the stored sign-in cannot be read").with_hint("Start the sign-in again.")
        })?;
        let SealedCode { device_code, user_code, verification_uri, message, expires_at, interval } = read;
        let interval = Duration::from_millis(interval);
        Ok(DeviceCode { device_code, user_code, verification_uri, message, expires_at, interval })
    }
}

/// Result of a poll.
#[derive(Debug)]
pub enum DevicePoll {
    /// The user has not finished. Poll again after the interval.
    Pending,
    /// As [`Pending`](DevicePoll::Pending), and the interval has grown.
    SlowDown,
    /// The user has signed in.
    Done(Box<TokenSet>),
}

#[derive(Deserialize)]
struct DeviceCodeResponse {
    device_code: Secret,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    message: Option<String>,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    interval: Option<f64>,
}

/// Requests a device code.
///
/// # Errors
/// `invalid_input` when the service's device endpoint is not known; whatever the service refuses with.
pub async fn begin(
    transport: &dyn Transport,
    connection: &Checked,
    given: GrantContext<'_>,
) -> Result<DeviceCode, Failure> {
    let url = connection.authority.device_url();
    let url = url.ok_or_else(|| {
        Error::invalid("/tokenUrl", "is not of Microsoft Entra's form, so the device endpoint is not known")
    })?;
    let claims = claims::merge(Some(Capability), None, given.claims)?;
    let extra = Extra::proof(connection, &url, &given)?.and("claims", claims);
    let client = client(connection)?.set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
    let request = client.exchange_device_code().add_scopes(scopes(&connection.scope));
    let request = extra.add_to(request, DeviceAuthorizationRequest::add_extra_param);
    let draft = Draft::default();
    let request = draft.of(request.request_async::<_, NothingElse>(&draft))?;
    let begun: DeviceCodeResponse = OauthHttp::new(transport, connection).send(request).await?;
    // People follow this link: it must not lead astray.
    if address::read(&begun.verification_uri).is_err() {
        return Err(Error::protocol("the sign-in service sends its user to an address that is not https").into());
    }
    let plain = |text: String| text.chars().filter(|c| !c.is_control()).take(1_000).collect::<String>();
    let seconds = begun.expires_in.unwrap_or(900.0).clamp(0.0, 86_400.0);
    Ok(DeviceCode {
        device_code: begun.device_code,
        user_code: plain(begun.user_code),
        verification_uri: plain(begun.verification_uri),
        message: begun.message.map(plain),
        expires_at: given.now.saturating_add(SignedDuration::from_secs(seconds as i64)).unwrap_or(given.now),
        interval: begun.interval.map_or(STEP, |seconds| Duration::from_secs_f64(seconds.clamp(1.0, 300.0))),
    })
}

/// Polls once whether the user has signed in. The caller waits `code.interval` before each poll.
///
/// # Errors
/// `not_connected` when the code is over or the user said no; whatever the service refuses with.
pub async fn poll(
    transport: &dyn Transport,
    connection: &Checked,
    code: &mut DeviceCode,
    given: GrantContext<'_>,
) -> Result<DevicePoll, Failure> {
    if given.now >= code.expires_at {
        return Err(Error::new(Code::NotConnected, "the code was not used in time")
            .with_hint("Start the sign-in again.")
            .into());
    }
    let request = poll_request(connection, code, &given)?;
    let answer: TokenResponse = match OauthHttp::new(transport, connection).send(request).await {
        Ok(answer) => answer,
        Err(Failure::Refused(refusal)) if refusal.error == "authorization_pending" => return Ok(DevicePoll::Pending),
        Err(Failure::Refused(refusal)) if refusal.error == "slow_down" => {
            code.interval += STEP;
            return Ok(DevicePoll::SlowDown);
        }
        Err(failure) => return Err(failure),
    };
    let mut tokens = answer.read(given.now)?;
    let client_id = connection.client_id.as_deref().unwrap_or_default();
    let expected =
        ExpectedClaims { authority: &connection.authority, client_id, nonce: None, issuer: None, now: Some(given.now) };
    tokens.identity = id_token::identity(&answer, &expected)?;
    tokens.fill_defaults(connection);
    Ok(DevicePoll::Done(Box::new(tokens)))
}

fn poll_request(connection: &Checked, code: &DeviceCode, given: &GrantContext<'_>) -> Result<HttpRequest> {
    let url = connection.authority.token_url();
    let extra = Extra::proof(connection, &url, given)?;
    // `oauth2` makes its own type of such an answer from JSON only.
    let begun: DeviceAuthorizationResponse<NothingElse> = serde_json::from_value(json!({
        "device_code": code.device_code.expose(),
        "user_code": code.user_code,
        "verification_uri": code.verification_uri,
        "expires_in": 0,
    }))
    .map_err(unwritable)?;
    let client = client_at(connection, &url)?;
    let request = client.exchange_device_access_token(&begun).set_time_fn(Default::default);
    let request = extra.add_to(request, DeviceAccessTokenRequest::add_extra_param);
    let draft = Draft::default();
    draft.of(request.request_async(&draft, |_| std::future::pending(), None))
}

#[cfg(test)]
mod tests;
