//! The bare client: what one writes without us, and no more.

use bytes::Bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use xtask::Result;

use super::ours::TOKEN;

/// A client as reqwest makes it, with a place for as many idle connections as ours has.
pub(super) fn client() -> Result<reqwest::Client> {
    // Without a provider making the client would panic; another one that is installed already stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().pool_max_idle_per_host(64).build()?)
}

/// Posts JSON and reads the answer.
pub(super) async fn post(client: &reqwest::Client, url: String, body: Bytes, wanted: StatusCode) -> Result<()> {
    let answer = client
        .post(url)
        .header(AUTHORIZATION, format!("Bearer {}", *TOKEN))
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .send()
        .await?;
    let status = answer.status();
    answer.bytes().await?;
    if status == wanted { Ok(()) } else { Err(format!("the server answered {status}").into()) }
}

/// Gets a whole answer.
pub(super) async fn get(client: &reqwest::Client, url: &str) -> Result<Bytes> {
    let answer = client.get(url).header(AUTHORIZATION, format!("Bearer {}", *TOKEN)).send().await?;
    Ok(answer.error_for_status()?.bytes().await?)
}

/// Reads a list to its end, each page as a `serde_json::Value`, and counts its items.
pub(super) async fn list(client: &reqwest::Client, url: String) -> Result<usize> {
    let (mut next, mut count) = (Some(url), 0);
    while let Some(url) = next {
        let page: serde_json::Value = serde_json::from_slice(&get(client, &url).await?)?;
        count += page["value"].as_array().ok_or("a page has no items")?.iter().map(std::hint::black_box).count();
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    Ok(count)
}
