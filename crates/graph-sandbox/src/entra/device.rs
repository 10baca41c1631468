//! The [device code][1]: a user signs in on another device (RFC 8628).
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::apps::App;
use super::errors::{Failure, elsewhere};
use super::grant::{Decision, Device, Provider};
use super::params::Params;
use super::scopes::Asked;
use super::{Entra, pages};
use crate::clock::later;
use crate::{lock, reply};

const LIFE: Duration = Duration::from_secs(900);

impl Entra {
    /// `POST /{tenant}/oauth2/v2.0/devicecode`
    pub(crate) fn device_code(&self, origin: &str, segment: &str, request: &Request<Bytes>) -> Response<Bytes> {
        match self.begin_device(origin, segment, request) {
            Ok(body) => reply::json(StatusCode::OK, &body),
            Err(failure) => failure.response(&self.clock, request.headers()),
        }
    }

    fn begin_device(&self, origin: &str, segment: &str, request: &Request<Bytes>) -> Result<Value, Failure> {
        let form = Params::form(request)?;
        let authority = self.authority(segment)?;
        let app = self.app(form.need("client_id")?, segment)?;
        self.check_audience(&app, &authority)?;
        let asked = Asked::read(form.need("scope")?, origin)?;
        let user_code = user_code();
        let device_code = super::jwt::text(&reply::random::<48>());
        let device = Device {
            client_id: app.client_id,
            authority,
            asked,
            user_code: user_code.clone(),
            issued: self.clock.now(),
            decision: Decision::Pending,
        };
        lock(&self.state).devices.insert(device_code.clone(), device);
        let page = format!("{origin}/common/oauth2/deviceauth");
        let message = format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        );
        Ok(json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": page,
            "expires_in": LIFE.as_secs(),
            "interval": self.options.device_interval.as_secs(),
            "message": message,
        }))
    }

    /// `/common/oauth2/deviceauth`: the page where the user enters the code.
    pub(crate) fn device_page(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let result = Params::query(request).and_then(|query| {
            if request.method() != Method::POST {
                let others = lock(&self.state).accounts.others().to_vec();
                let accounts: Vec<_> = self.people().into_iter().chain(others).collect();
                return Ok(pages::device(&accounts, query.get("user_code")));
            }
            let form = Params::form(request)?;
            let code = form.need("user_code")?;
            if form.get("decision") == Some("accept") {
                self.approve_device(code, form.need("user")?)?;
                Ok(pages::message("You are signed in", "You may close this window and go on with your device."))
            } else {
                self.decline_device(code)?;
                Ok(pages::message("You have declined", "The device is not signed in."))
            }
        });
        result.unwrap_or_else(|failure| pages::error(&failure.describe(&self.clock)))
    }

    /// The user signs in with the code that a device shows.
    pub(crate) fn approve_device(&self, user_code: &str, user: &str) -> Result<(), Failure> {
        let account = self.account(user).ok_or_else(|| {
            Failure::new(50_034, format!("The user account '{user}' does not exist in the directory."))
        })?;
        let (client_id, authority, asked) = {
            let mut state = lock(&self.state);
            let device = waiting(&mut state.devices, user_code, self.clock.now())?;
            (device.client_id.clone(), device.authority.clone(), device.asked.clone())
        };
        let app = self.app(&client_id, "common")?;
        if !(authority.admits(&account.tid) && app.admits(&account.tid)) {
            return Err(elsewhere(&account, &app));
        }
        let grant = self.grant(Provider::Entra, &app, account, asked, false)?;
        waiting(&mut lock(&self.state).devices, user_code, self.clock.now())?.decision = Decision::Approved(grant);
        Ok(())
    }

    /// The user declines.
    pub(crate) fn decline_device(&self, user_code: &str) -> Result<(), Failure> {
        waiting(&mut lock(&self.state).devices, user_code, self.clock.now())?.decision = Decision::Declined;
        Ok(())
    }

    /// `grant_type=urn:ietf:params:oauth:grant-type:device_code`
    pub(crate) fn poll_device(&self, origin: &str, app: &App, form: &Params) -> Result<Value, Failure> {
        let code = form.need("device_code")?;
        let mut state = lock(&self.state);
        let unknown = || Failure::new(70_018, "Invalid verification code. The device_code was not recognized.");
        let device = state.devices.get(code).filter(|device| device.client_id == app.client_id).ok_or_else(unknown)?;
        if later(device.issued, LIFE) <= self.clock.now() {
            return Err(Failure::new(
                70_020,
                "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
            ));
        }
        let grant = match &device.decision {
            Decision::Pending => {
                return Err(Failure::new(
                    70_016,
                    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
                ));
            }
            Decision::Declined => {
                let declined = Failure::new(65_004, "User declined to consent to access the app.");
                return Err(Failure { error: "authorization_declined", ..declined });
            }
            Decision::Approved(grant) => grant.clone(),
        };
        // one use
        state.devices.remove(code);
        drop(state);
        self.redeem(origin, &grant, None, &Params::default())
    }
}

fn waiting<'a>(
    devices: &'a mut std::collections::HashMap<String, Device>,
    user_code: &str,
    now: Timestamp,
) -> Result<&'a mut Device, Failure> {
    let waits = |device: &&mut Device| {
        let same = device.user_code.eq_ignore_ascii_case(user_code.trim());
        same && matches!(device.decision, Decision::Pending) && later(device.issued, LIFE) > now
    };
    devices
        .values_mut()
        .find(waits)
        .ok_or_else(|| Failure::new(70_019, "The code that you entered has expired or does not exist."))
}

// Nine letters and digits that cannot be mistaken for one another.
fn user_code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    reply::random::<9>().iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect()
}
