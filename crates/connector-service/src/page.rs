//! The pages that a browser sees. They load nothing, run nothing, and tell nobody where they came from.

use axum::body::Body;
use axum::response::Response;
use connector_runtime::{DeviceStatus, Error, OfferedConnection};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, html};
use url::Url;

/// Headers of every page. A page in a frame could be clicked unseen; an address that is sent along could hold a code.
static HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Sends the browser to another address.
pub(crate) fn redirect(to: &Url) -> Response {
    let mut response = with_headers(Response::default());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // A URL is ASCII.
    if let Ok(to) = HeaderValue::from_str(to.as_str()) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// Sends the browser on from a page of ours, so that its address is gone, and cookies for the next page count.
pub(crate) fn onward(to: &str) -> Response {
    let text = html! { p { "You are signed in. " a href=(to) { "Go on" } "." } };
    page(StatusCode::OK, "Signed in", Some(to), &text)
}

/// Tells that the connection is signed in.
pub(crate) fn connected() -> Response {
    page(StatusCode::OK, "Signed in", None, &html! { p { "The connection is signed in. You can close this page." } })
}

/// Tells what an administrator has done.
pub(crate) fn consented() -> Response {
    let text = html! {
        p { "Microsoft has answered the question for an administrator's consent. Sign in again to use what was granted." }
        p { "You can close this page." }
    };
    page(StatusCode::OK, "Consent of an administrator", None, &text)
}

/// Offers to sign in to a connection. Its form is sent to where the page is from.
pub(crate) fn offer(offered: &OfferedConnection) -> Response {
    let permissions = &offered.permissions;
    let asked = permissions.asked.as_ref().unwrap_or(&permissions.minimum);
    let text = html! {
        p { (offered.by) " asks you to connect an account: the connection " strong { (offered.name) } " of " (offered.connector) "." }
        @if !asked.is_empty() {
            p { "Microsoft will ask you for these permissions:" }
            ul { @for name in asked { li { code { (name) } } } }
        }
        form method="post" { button type="submit" { "Sign in" } }
        p { small { "Do not go on if you did not expect this link. It can be used once, until " (format!("{:.0}", offered.expires)) "." } }
    };
    let mut response = page(StatusCode::OK, "Connect an account", None, &text);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    );
    // With none at all, the form would come from nowhere, and be refused.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Sends the browser to begin its sign-in.
pub(crate) fn to_sign_in(path: &str) -> Response {
    page(StatusCode::OK, "Sign in", Some(path), &html! { p { a href=(path) { "Go on to sign in" } "." } })
}

/// Shows the code that somebody types on another device.
pub(crate) fn device(device: &DeviceStatus) -> Response {
    let text = html! {
        p { "Open " a href=(device.verification_uri) rel="noreferrer" { (device.verification_uri) } " and type this code:" }
        p { strong { (device.user_code) } }
        p { "The connection is signed in when you have done so. You can close this page." }
    };
    page(StatusCode::OK, "Sign in with a code", None, &text)
}

/// Tells why a sign-in has failed.
pub(crate) fn failed(error: &Error, back: Option<&Url>) -> Response {
    let text = html! {
        p { (error.message()) }
        p { (error.advice()) }
        @if let Some(upstream) = error.upstream() {
            @if let Some(message) = &upstream.message { p { small { (message) } } }
        }
        @if let Some(back) = back { p { a href=(back) { "Go back" } } }
    };
    let status = StatusCode::from_u16(error.code().http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, "The sign-in has failed", None, &text)
}

fn page(status: StatusCode, title: &str, onward: Option<&str>, text: &Markup) -> Response {
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(to) = onward { meta http-equiv="refresh" content=(format!("0;url={to}")); }
                title { (title) " – Tenon" }
            }
            body { main { h1 { (title) } (text) } }
        }
    };
    let mut response = with_headers(Response::new(Body::from(whole.into_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn with_headers(mut response: Response) -> Response {
    for (name, value) in &HEADERS {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use connector_runtime::Code;
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn what_others_say_is_escaped() {
        let error = Error::new(Code::NotConnected, "<script>alert(1)</script>").with_hint("\"'&<b>");
        let back: Url = "https://app.example/?a=1&b='\"<x>".parse().unwrap();
        let body = failed(&error, Some(&back)).into_body().collect().await.unwrap().to_bytes();
        let text = std::str::from_utf8(&body).unwrap();
        assert!(!text.contains("<script") && !text.contains("<b>") && !text.contains("<x>"), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("?a=1&amp;b="), "{text}");
    }
}
