//! Sign-ins: connections made, and made anew.

use connector_runtime::{Error, NewConnection, Reconnection, Settings, SignInStep};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::route::Answer;
use crate::site;

/// A connection that is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    name: String,
    connector: String,
    settings: Settings,
    #[serde(default)]
    confirm_other: bool,
    #[serde(default)]
    back: Option<Url>,
}

/// A connection that is to be made anew.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedAnew {
    #[serde(default)]
    settings: Option<Settings>,
    #[serde(default)]
    confirm_other: bool,
    #[serde(default)]
    back: Option<Url>,
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
fn browser_address(call: &Call, back: Option<&Url>) -> Result<Option<Url>, Problem> {
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

async fn answered(own: Result<Url, Error>, step: SignInStep, back: Option<Url>, done: StatusCode) -> Answer {
    match step {
        SignInStep::Done(info) => with_status(done, &json!({ "done": info })),
        SignInStep::Device(device) => {
            let code = device.suspend().await?;
            with_status(StatusCode::ACCEPTED, &json!({ "device": code, "id": code.id }))
        }
        SignInStep::Browser(sign_in) => {
            let own = own?;
            let redirect_uri = sign_in.redirect_uri().to_owned();
            if redirect_uri != own.as_str() {
                return Err(elsewhere(&redirect_uri, &own).into());
            }
            let link = sign_in.suspend_with_link(back).await?;
            let url = site::link(&own, &link.token)?;
            let told = json!({ "browser": url, "id": link.id, "expires": link.expires, "redirectUri": redirect_uri });
            with_status(StatusCode::ACCEPTED, &told)
        }
    }
}

fn with_status(status: StatusCode, value: &Value) -> Answer {
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
fn in_body(error: Error) -> Error {
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
