//! The description of the service.

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use crate::answer;
use crate::call::Call;
use crate::openapi::{Described, Kept, Version};
use crate::route::Answer;

/// Returns the names of the versions of OpenAPI.
pub(crate) fn versions() -> Vec<&'static str> {
    Version::ALL.iter().map(|(name, _)| *name).collect()
}

/// Describes what the caller reaches, in OpenAPI.
pub(crate) async fn show(call: Call) -> Answer {
    let connector = match call.query.get("connector") {
        Some(name) => Some(call.host.connector(name)?.name),
        None => None,
    };
    let version = call.query.one_of("version", Version::ALL.into_iter())?.unwrap_or(Version::V3_1);
    let described =
        Described { url: call.site.url.as_deref(), has_anonymous: call.site.has_anonymous, connector, version };
    answered(&call, &call.site.descriptions.get(&call.host, &described)?)
}

fn answered(call: &Call, kept: &Arc<Kept>) -> Answer {
    let has_it = answer::is_known(call, &kept.tag)?;
    let takes_gzip = call.header("accept-encoding")?.is_some_and(takes_gzip);
    let mut response = match (has_it, takes_gzip) {
        (true, _) => Response::default(),
        (false, true) => answer::json_text(kept.gzip.clone()),
        (false, false) => answer::json_text(kept.text.clone()),
    };
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else if takes_gzip {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    answer::tag(&mut response, &kept.tag);
    Ok(response)
}

// RFC 9110 12.5.3: `gzip;q=0` says that it is not wanted.
fn takes_gzip(accepted: &str) -> bool {
    let coding = |coding: &str| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)));
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !is_refused
    };
    accepted.split(',').any(coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        assert!(["gzip", "deflate, gzip;q=0.5, br", "*", "GZIP"].into_iter().all(takes_gzip));
        assert!(!["", "br", "gzip;q=0", "gzip; q=0.0, identity"].into_iter().any(takes_gzip));
    }
}
