//! The browser of whoever signs in: where it begins, where it returns to, and what it sees in the end.
//!
//! A sign-in is bound to the browser by a cookie. Its name has a part of the hash of the state, so that a browser with
//! several sign-ins keeps them apart.

use axum::response::Response;
use connector_runtime::Resumed;
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use crate::call::Call;
use crate::page;
use crate::route::Answer;
use crate::site::{self, CALLBACK, CONNECTED};

/// Time for which a browser keeps the cookie, in seconds: that of a sign-in.
const LIFETIME: u32 = 600;

/// Opens the link of a sign-in: sets the cookie, and sends the browser to the sign-in service.
pub(crate) async fn open(call: Call) -> Answer {
    let opened = match call.host.connections().open_sign_in_link(call.param("token")).await {
        Ok(opened) => opened,
        Err(error) => return Ok(page::failed(&error, None)),
    };
    let mut response = page::redirect(&opened.url);
    let state = opened.url.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned());
    set_cookie(&call, &mut response, &cookie_name(&state.unwrap_or_default()), &hex::encode(opened.browser), LIFETIME);
    Ok(response)
}

/// Finishes a sign-in with what the sign-in service sent along.
pub(crate) async fn finish(call: Call) -> Answer {
    let param = |wanted: &str| {
        let mut all = form_urlencoded::parse(call.raw_query.as_bytes());
        all.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    // Nobody waits for an administrator.
    if param("admin_consent").is_some() && param("code").is_none() && param("error").is_none() {
        return Ok(page::consented());
    }
    let name = cookie_name(&param("state").unwrap_or_default());
    // Without the cookie it is another browser, and no sign-in has these bytes.
    let browser = cookie(&call.headers, &name).unwrap_or([0; 32]);
    let mut response = match call.host.connections().resume(&call.raw_query, &browser).await {
        Ok(Resumed { outcome: Ok(_), back, .. }) => {
            page::onward(allowed(&call, back).as_ref().map_or(CONNECTED, Url::as_str))
        }
        Ok(Resumed { outcome: Err(error), back, .. }) => page::failed(&error, allowed(&call, back).as_ref()),
        Err(error) => page::failed(&error, None),
    };
    set_cookie(&call, &mut response, &name, "", 0);
    Ok(response)
}

/// Tells that the connection is signed in.
pub(crate) async fn connected(_: Call) -> Answer {
    Ok(page::connected())
}

// Whoever answers now may allow less than whoever began it.
fn allowed(call: &Call, back: Option<Url>) -> Option<Url> {
    let own = site::callback(call).ok();
    back.filter(|back| site::may_return(&call.site, own.as_ref(), back))
}

fn cookie_name(state: &str) -> String {
    format!("tenon-sign-in-{}", &hex::encode(Sha256::digest(state))[..16])
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<[u8; 32]> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    let mut browser = [0; 32];
    hex::decode_to_slice(value, &mut browser).ok().map(|()| browser)
}

fn set_cookie(call: &Call, response: &mut Response, name: &str, value: &str, seconds: u32) {
    let is_https = call.site.url.as_ref().is_some_and(|url| url.starts_with("https:"));
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path={CALLBACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let value = "0a".repeat(32);
        headers.append(header::COOKIE, format!("a=b; tenon-sign-in-1={value};c").parse().unwrap());
        headers.append(header::COOKIE, "tenon-sign-in-2=xyz; tenon-sign-in-3=0a0a".parse().unwrap());
        assert_eq!(cookie(&headers, "tenon-sign-in-1"), Some([10; 32]));
        for odd in ["tenon-sign-in-2", "tenon-sign-in-3", "sign-in-1", "b", "c", ""] {
            assert_eq!(cookie(&headers, odd), None, "{odd}");
        }
        assert_ne!(cookie_name("a"), cookie_name("b"));
    }
}
