//! What a caller wrote, made into a request, or every reason against it.

use connector_sdk::{Context, Error, Issue, Link, Request, Result};
use http::Method;
use percent_encoding::percent_decode_str;

use crate::body::Content;
use crate::headers::{self, Checked};
use crate::vocabulary::{Header, QueryParameter, Url, Version};

/// A request in the caller's words. The pointers of violations are those of the properties `url`,
/// `headers` and those that [`Content`] names.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) url: Url,
    pub(crate) version: Option<Version>,
    pub(crate) query: Vec<QueryParameter>,
    pub(crate) headers: Vec<Header>,
    pub(crate) content: Content,
}

impl Wanted {
    /// The request.
    ///
    /// # Errors
    /// `invalid_input` with every violation.
    pub(crate) fn request(self, method: Method, cx: &Context) -> Result<Request> {
        let mut issues = Vec::new();
        let target = target(method.clone(), &self.url.0, self.version, "/url", cx, &mut issues);
        let Checked { map, content_type } = headers::check(&self.headers, "/headers", &mut issues);
        let body = self.content.write(&method, content_type, cx, &mut issues);
        let mut request = finish(target, issues)?.body(body.body);
        for QueryParameter { key, value } in self.query {
            request = request.query(key, value);
        }
        request.headers = map;
        let doubts = cx.doubts(&request);
        let request = request.warn(doubts);
        Ok(match body.secrets {
            Some(secrets) => request.sensitive().hide(secrets),
            None => request,
        })
    }
}

/// What was built, if nothing speaks against it.
pub(crate) fn finish<T>(built: Option<T>, issues: Vec<Issue>) -> Result<T> {
    match built {
        Some(built) if issues.is_empty() => Ok(built),
        _ => Err(Error::issues(issues)),
    }
}

/// The bases of the connection's Graph: v1.0 and beta.
pub(crate) fn bases(cx: &Context) -> Vec<url::Url> {
    let base = cx.graph.trim_end_matches('/').trim_end_matches("v1.0");
    ["v1.0", "beta"].iter().filter_map(|version| url::Url::parse(&format!("{base}{version}")).ok()).collect()
}

/// A request to a URL that a caller wrote, which stands at the JSON Pointer `at`.
///
/// `None`, and at least one issue, for a URL that could leave the connection's Graph.
pub(crate) fn target(
    method: Method,
    url: &str,
    version: Option<Version>,
    at: &str,
    cx: &Context,
    issues: &mut Vec<Issue>,
) -> Option<Request> {
    let mut refuse = |why: &str| {
        issues.push(Issue::new(at, why));
        None
    };
    let absolute = url.starts_with("https://") || url.starts_with("http://");
    if absolute {
        if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\' || c == '#') {
            return refuse("contains a character that a URL does not have");
        }
        if Link::new(url).within(&bases(cx)).is_err() {
            return refuse(
                "leads outside this connection's Graph; give a path below the API version, such as /me/messages",
            );
        }
    }
    let path = decoded(url.split('?').next().unwrap_or_default());
    if path.trim_end_matches('/').rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("$batch")) {
        // Its parts would reach Graph unseen.
        return refuse("is a batch; use the action `batch_request`, which checks, splits and repeats its parts");
    }
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if !absolute && ["v1.0", "beta"].iter().any(|version| first.eq_ignore_ascii_case(version)) {
        return refuse(
            "begins with the API version, which is included already; leave it out, and set `apiVersion` for beta",
        );
    }
    match Request::literal(method, url, at.trim_start_matches('/')) {
        Ok(request) => Some(request.version(version.map_or(cx.version, Into::into))),
        Err(error) => {
            issues.extend(error.violations().iter().cloned());
            None
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issues(url: &str) -> Vec<Issue> {
        let mut issues = Vec::new();
        let request = target(Method::GET, url, None, "/url", &Context::user(), &mut issues);
        assert_eq!(request.is_none(), !issues.is_empty(), "{url:?}");
        issues
    }

    #[test]
    fn a_path_or_a_link_of_this_graph_is_taken() {
        for url in [
            "/me",
            "/me/messages?$filter=a eq 'b'",
            "/users/adele@contoso.com",
            "/@odata.id",
            "/me?redirect=https://evil.example/../x",
            "/me/drive/root:/a%20b/c.txt:/content",
            "/betas",
            "https://graph.microsoft.com/v1.0/me/messages?$skip=10",
            "https://graph.microsoft.com/beta/me",
        ] {
            assert!(issues(url).is_empty(), "{url}: {:?}", issues(url));
        }
    }

    #[test]
    fn nothing_leads_elsewhere() {
        let hosts = [
            "evil.example",
            "graph.microsoft.com.evil.example",
            "127.0.0.1",
            "[::1]",
            "[::ffff:7f00:1]",
            "0x7f.1",
            "graph.microsoft.com@evil.example",
            "evil.example:443",
        ];
        let mut hostile: Vec<String> = Vec::new();
        for host in hosts {
            for before in [
                "//",
                "https://",
                "http://",
                "HTTPS://",
                "https:/",
                "https:",
                "\\\\",
                "/\\",
                "\\/",
                "/\t/",
                "\t//",
                " //",
                "@",
                "",
                "/%2f",
                "/%5c",
                "/\u{2215}../",
                "ftp://",
                "///",
                "/.//",
                "/..//",
            ] {
                hostile.push(format!("{before}{host}/v1.0/me"));
            }
        }
        let dots = [
            "..",
            ".",
            "%2e%2e",
            "%2E%2e",
            ".%2e",
            "%252e%252e",
            "%25252e.",
            "\u{FF0E}\u{FF0E}",
            "\u{2024}\u{2024}",
            "\u{2025}",
            "%ef%bc%8e%ef%bc%8e",
        ];
        for dot in dots {
            for shape in ["/{}/me", "/me/{}", "/me/{}/x", "/me/{}?x", "/a/b/{}/{}/x", "/me%2f{}/x"] {
                hostile.push(shape.replace("{}", dot));
            }
        }
        for c in [
            "\r",
            "\n",
            "\r\nHost: evil",
            "\0",
            "\t",
            "\u{7f}",
            "\u{85}",
            "\\",
            "#",
            "#@evil",
            "%0d%0a",
            "%00",
            "%09",
            "%5c",
            "%250a",
        ] {
            hostile.push(format!("/me{c}"));
            hostile.push(format!("/{c}me"));
        }
        for link in [
            "https://graph.microsoft.com/v1.0.evil/me",
            "https://graph.microsoft.com/v1.0/../x",
            "https://graph.microsoft.com/v1.0/%2e%2e/x",
            "https://graph.microsoft.com/v2.0/me",
            "https://graph.microsoft.com:444/v1.0/me",
            "http://graph.microsoft.com/v1.0/me",
            "https://user@graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com\\@evil.example/v1.0/me",
            "https://graph.microsoft.com/v1.0/me\r\n",
            "https://graph.microsoft.us/v1.0/me",
            "https://graph.microsoft.com/v1.0/$batch",
            "https://graph.microsoft.com/v1.0/%24batch",
            "/$batch",
            "/%24Batch?x",
            "/$batch/",
            "/v1.0/me",
            "/Beta/me",
            "/v1%2e0/me",
            "me",
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            hostile.push(link.to_owned());
        }
        for url in &hostile {
            let found = issues(url);
            assert!(!found.is_empty(), "{url:?} was accepted");
            assert!(
                found.iter().all(|issue| issue.pointer == "/url" && !issue.message.is_empty()),
                "{url:?}: {found:?}"
            );
        }
    }
}
