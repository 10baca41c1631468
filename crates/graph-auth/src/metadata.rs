//! Discovery documents of OpenID providers (OpenID Connect Discovery 1.0).

use bytes::Bytes;
use connector_sdk::{Result, Transport};
use http::Request;
use http::header::ACCEPT;
use serde::Deserialize;

use crate::address;
use crate::json_body::read_what_fits;
use crate::token_http::{send, unwritable};

/// Returns whether the provider promises to name itself in each callback (RFC 9207), which shows that no other one has
/// responded. A provider that publishes nothing promises nothing.
///
/// # Errors
/// `unavailable` when it does not answer.
pub(crate) async fn names_itself(transport: &dyn Transport, issuer: &str) -> Result<bool> {
    #[derive(Deserialize)]
    struct Metadata {
        issuer: String,
        #[serde(default)]
        authorization_response_iss_parameter_supported: bool,
    }
    let Ok(base) = address::read_base(issuer) else { return Ok(false) };
    let url = format!("{}/.well-known/openid-configuration", base.as_str().trim_end_matches('/'));
    let request = Request::get(url).header(ACCEPT, "application/json").body(Bytes::new()).map_err(unwritable)?;
    let (head, body) = send(transport, request).await?;
    let metadata = head.status.is_success().then(|| read_what_fits::<Metadata>(&body)).flatten();
    Ok(metadata.is_some_and(|known| known.issuer == issuer && known.authorization_response_iss_parameter_supported))
}
