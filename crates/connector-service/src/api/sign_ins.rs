//! Sign-ins: connections made, and made anew.

use connector_runtime::jiff::Timestamp;
use connector_runtime::{ConnectionInfo, DeviceStatus, Error, NewConnection, Reconnection, Settings, SignInStep};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::route::Answer;
use crate::site;

/// A connection that is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewConnection")]
pub(crate) struct Asked {
    /// Name of the connection.
    #[schemars(length(min = 1, max = 100))]
    pub(super) name: String,
    /// Connector that it is for.
    pub(super) connector: String,
    /// Settings of the sign-in. The connector's own `connectionSchema` says which of them each method takes.
    pub(super) settings: Settings,
    /// Whether an existing connection of this name may be given to another tenant or user.
    #[serde(default)]
    pub(super) confirm_other: bool,
    /// Address to which the browser goes in the end.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "uri"))]
    pub(super) back: Option<Url>,
}

/// A connection that is to be made anew.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Reconnection")]
pub(crate) struct AskedAnew {
    /// Settings of the sign-in, where they change. A secret that is left out is the stored one.
    #[serde(default)]
    settings: Option<Settings>,
    /// Whether the connection may be given to another tenant or user.
    #[serde(default)]
    confirm_other: bool,
    /// Address to which the browser goes in the end.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "uri"))]
    back: Option<Url>,
}

/// What is next of a sign-in.
#[derive(Serialize, JsonSchema)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[schemars(rename = "SignInStep")]
pub(crate) enum Begun {
    /// Nothing: the connection is signed in.
    Done {
        /// The connection.
        done: Box<ConnectionInfo>,
    },
    /// Somebody types a code on any device.
    Device {
        /// The code, and where it is typed.
        device: DeviceStatus,
        /// Id of the sign-in.
        id: String,
    },
    /// Somebody opens an address in a browser, and signs in.
    Browser {
        /// The address.
        browser: String,
        /// Id of the sign-in.
        id: String,
        /// Time at which the sign-in ends by itself.
        expires: Timestamp,
        /// Address to which the browser returns. The app registration lists it.
        redirect_uri: String,
    },
}

/// Makes a connection.
pub(crate) async fn connect(mut call: Call) -> Answer {
    let Asked { name, connector, settings, confirm_other, back } = call.read().await?;
    let redirect_uri = browser_address(&call, back.as_ref())?;
    let new = NewConnection { confirm_other, redirect_uri, ..NewConnection::new(name, connector, settings) };
    let step = call.host.connections().connect_new(new).await.map_err(in_body)?;
    answered(site::callback(&call), step, back, StatusCode::CREATED).await
}

/// Makes a connection anew, which keeps its name and its id.
pub(crate) async fn reconnect(mut call: Call) -> Answer {
    let AskedAnew { settings, confirm_other, back } = call.read().await?;
    let redirect_uri = browser_address(&call, back.as_ref())?;
    let with = Reconnection { settings, confirm_other, redirect_uri };
    let step = call.host.connections().reconnect(call.param("name"), with).await.map_err(in_body)?;
    answered(site::callback(&call), step, back, StatusCode::OK).await
}

/// Shows what became of a sign-in.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(answer::json(&call.host.connections().sign_in_status(call.param("id")).await?)?)
}

// An app needs no browser, so it is signed in also where none could return.
pub(super) fn browser_address(call: &Call, back: Option<&Url>) -> Result<Option<Url>, Problem> {
    let redirect_uri = site::callback(call).ok();
    match back {
        Some(back) if !site::may_return(&call.site, redirect_uri.as_ref(), back) => {
            Err(Error::invalid("/back", "is of an origin to which browsers do not return from here")
                .with_hint(
                    "Leave it out, or let whoever runs this service add its origin to those of return addresses.",
                )
                .into())
        }
        _ => Ok(redirect_uri),
    }
}

async fn answered(own: Result<Url, Error>, step: SignInStep, back: Option<Url>, status: StatusCode) -> Answer {
    match step {
        SignInStep::Done(done) => with_status(status, &Begun::Done { done }),
        SignInStep::Device(device) => {
            let device = device.suspend().await?;
            with_status(StatusCode::ACCEPTED, &Begun::Device { id: device.id.clone(), device })
        }
        SignInStep::Browser(sign_in) => {
            let own = own?;
            let redirect_uri = sign_in.redirect_uri().to_owned();
            if redirect_uri != own.as_str() {
                return Err(elsewhere(&redirect_uri, &own).into());
            }
            let link = sign_in.suspend_with_link(back).await?;
            let browser = site::link(&own, &link.token)?.into();
            let begun = Begun::Browser { browser, id: link.id, expires: link.expires, redirect_uri };
            with_status(StatusCode::ACCEPTED, &begun)
        }
    }
}

fn with_status(status: StatusCode, value: &Begun) -> Answer {
    let mut response = answer::json(value)?;
    *response.status_mut() = status;
    Ok(response)
}

// The browser would return to somebody who knows nothing of it.
fn elsewhere(redirect_uri: &str, own: &Url) -> Error {
    Error::invalid("/settings/redirectUri", format!("is `{redirect_uri}`, but browsers return to {own}"))
        .with_hint("Leave it out of the settings and of their app registration here, and list this address there.")
}

// What the host says of the settings is about a part of the body.
pub(super) fn in_body(error: Error) -> Error {
    let issues = error.violations().to_vec();
    if issues.is_empty() {
        return error;
    }
    let moved = issues.into_iter().map(|mut issue| {
        if issue.pointer != "/name" {
            issue.pointer.insert_str(0, "/settings");
        }
        issue
    });
    let moved = moved.collect();
    error.with_issues(moved)
}

#[cfg(test)]
mod tests {
    use connector_runtime::Issue;

    use super::*;

    #[test]
    fn what_is_wrong_with_the_settings_is_named_in_the_body() {
        let issues = vec![Issue::new("/name", "is no name"), Issue::new("/clientId", "is missing")];
        let error = in_body(Error::issues(issues));
        let pointers: Vec<&str> = error.violations().iter().map(|issue| &*issue.pointer).collect();
        assert_eq!(pointers, ["/name", "/settings/clientId"]);
    }
}
