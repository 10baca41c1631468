//! Paths that users write, checked for everything that could lead them out of the API.

use crate::{Error, Result};

/// Maximum number of percent-encoding layers that are decoded. Servers and proxies decode more than once; nobody
/// encodes so often.
const DEPTH: usize = 8;

/// Checks a path below the API version.
///
/// # Errors
/// `invalid_input` at `/{property}`; see [`Request::literal`](crate::Request::literal).
pub(crate) fn check(url: &str, property: &str) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::invalid(
            format!("/{property}"),
            format!("`{property}` {why}; give a path below the API version, such as /me/messages"),
        ))
    };
    if !url.starts_with('/') {
        return refuse("does not begin with a slash");
    }
    if url.chars().any(|c| c.is_control() || c == '\\' || (c.is_whitespace() && c != ' ')) {
        return refuse("contains a backslash or a control character");
    }
    let (path, _) = url.split_once('?').unwrap_or((url, ""));
    if url.contains('#') {
        return refuse("contains a fragment");
    }
    let Some(decoded) = decode(path) else {
        return refuse("is encoded again and again");
    };
    if decoded.chars().any(|c| c.is_control() || c == '\\') {
        return refuse("contains an encoded backslash or control character");
    }
    if path.contains("//") || decoded.starts_with("//") {
        return refuse("contains an empty segment");
    }
    // Also with the full-width and one-dot-leader forms that some software folds into dots.
    let dots = |part: &str| {
        let folded = part.replace(['\u{FF0E}', '\u{2024}', '\u{3002}'], ".").replace('\u{2025}', "..");
        matches!(folded.as_str(), "." | "..")
    };
    if decoded.split(['/', '\u{2215}', '\u{FF0F}']).any(dots) {
        return refuse("contains a dot segment");
    }
    Ok(())
}

// Decodes until nothing changes: a server may decode more often than we do.
fn decode(path: &str) -> Option<String> {
    let mut decoded = path.to_owned();
    for _ in 0..DEPTH {
        let next = percent_encoding::percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if next == decoded {
            return Some(decoded);
        }
        decoded = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::Request;

    #[test]
    fn a_hostile_literal_is_refused() {
        let good = [
            "/me",
            "/me/messages?$filter=a eq 'b'",
            "/users/adele@contoso.com",
            "/sites/root:/a%20b",
            "/me?redirect=https://evil.example/../x",
        ];
        for url in good {
            assert!(Request::literal(Method::GET, url, "url").is_ok(), "{url}");
        }
        let bad = [
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "/%2E./x",
            "/.%252e/x",
            "/a/%2e",
            "@evil.example/",
            "evil.example",
            "me",
            "",
            "/a\r\nHost: x",
            "/a\tb",
            "/a\0",
            "/%0d%0aHost",
            "/a#b",
            "/%5cevil",
            "/\u{FF0E}\u{FF0E}/x",
            "/%2f/evil",
            "ftp://evil",
            "javascript:x",
            "/a//b",
            "/%25252525252525252e%2e/x",
        ];
        for url in bad {
            let error =
                Request::literal(Method::GET, url, "url").err().unwrap_or_else(|| panic!("{url:?} was accepted"));
            assert_eq!(error.violations()[0].pointer, "/url");
        }
    }
}
