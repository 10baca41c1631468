//! Links by which somebody signs in to a connection that was prepared for them, and the page that they lead to.

use axum::response::Response;
use connector_runtime::jiff::Timestamp;
use connector_runtime::{Error, NewConnection, SignInStep};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use super::sign_ins::{Asked, browser_address, in_body};
use crate::answer;
use crate::call::Call;
use crate::page;
use crate::route::Answer;
use crate::site;

/// A link to a page where somebody signs in to a connection.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectLink")]
pub(crate) struct Link {
    /// Address of the page. Whoever has it can sign in.
    url: String,
    /// Time at which the link ends by itself.
    expires: Timestamp,
    /// Address to which the browser returns. The app registration lists it.
    redirect_uri: String,
}

/// Prepares a connection, and returns a link to a page where somebody signs in to it.
pub(crate) async fn add(mut call: Call) -> Answer {
    let Asked { name, connector, settings, confirm_other, back } = call.read().await?;
    let own = site::callback(&call)?;
    browser_address(&call, back.as_ref())?;
    let new = NewConnection { confirm_other, ..NewConnection::new(name, connector, settings) };
    let link = call.host.connections().create_connect_link(new, back).await.map_err(in_body)?;
    let url = site::connect_link(&own, &link.token)?.into();
    Ok(answer::created(&Link { url, expires: link.expires, redirect_uri: own.into() })?)
}

/// Shows what a link leads to. Programs look at links too, so nothing is begun.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(match call.host.connections().offered_connection(call.param("token")).await {
        Ok(offered) => page::offer(&offered),
        Err(error) => page::failed(&error, None),
    })
}

/// Begins the sign-in that a link leads to.
pub(crate) async fn open(call: Call) -> Answer {
    Ok(match begun(call).await {
        Ok(response) => response,
        Err(error) => page::failed(&error, None),
    })
}

async fn begun(call: Call) -> Result<Response, Error> {
    let own = site::callback(&call)?;
    let token = call.param("token");
    let (step, back) = call.host.connections().open_connect_link(token, Some(own.clone())).await?;
    match step {
        SignInStep::Done(_) => Ok(page::connected()),
        SignInStep::Device(device) => Ok(page::device(&device.suspend().await?)),
        SignInStep::Browser(sign_in) => {
            let back = back.filter(|back| site::may_return(&call.site, Some(&own), back));
            let link = sign_in.suspend_with_link(back).await?;
            let next: Url = site::link(&own, &link.token)?;
            // The answer to a form must not lead to another origin, so that a page of ours does.
            Ok(page::to_sign_in(next.path()))
        }
    }
}
