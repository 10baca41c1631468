//! The addresses to which a token may go, and those to which bytes without a token may go.

use connector_sdk::{Error, Link, Request, Result, Target, is_loopback};
use http::{HeaderMap, Uri};
use url::Url;

use crate::Endpoint;

/// Headers that a request may not set: the pipeline sets them itself, or they would change what the request is.
const FORBIDDEN: [&str; 13] = [
    "authorization",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "cookie",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "http2-settings",
    "return-client-request-id",
];

/// Returns the absolute address of a request, certain to be below the endpoint's API.
///
/// # Errors
/// `invalid_input` and `protocol` for anything that would leave it.
pub(crate) fn address(request: &Request, endpoint: &Endpoint) -> Result<Uri> {
    let text = request.path_and_query()?;
    if let Target::Link(_) = request.target {
        // A relative link belongs to the version that was asked.
        let mut bases = endpoint.bases().to_vec();
        bases.sort_by_key(|base| base != endpoint.base(request.version));
        let within = Link::new(text).within(&bases);
        return within.and_then(|url| uri(&url)).map_err(|error| match request.options().link_given_at() {
            Some(pointer) => {
                Error::invalid(pointer, format!("{}: it must be one of this connection's Graph", error.message()))
            }
            None => error,
        });
    }
    let mut in_path = true;
    let strange = |byte: u8| {
        in_path = in_path && byte != b'?';
        byte == b'#' || byte.is_ascii_control() || (in_path && byte == b'\\')
    };
    if !text.starts_with('/') || text.bytes().any(strange) {
        return Err(outside("the path is not one below the API"));
    }
    let base = endpoint.base(request.version);
    let plain = is_plain(&text);
    let mut whole = String::with_capacity(base.path().len() + text.len());
    whole.push_str(base.path());
    whole.push_str(&text);
    if plain {
        return endpoint.at(whole).ok_or_else(too_long);
    }
    // It begins with the base's path, so it cannot name a host; and the host need not be parsed again.
    let url = base.join(&whole).map_err(|error| outside(&format!("its URL cannot be read: {error}")))?;
    // Compared after parsing, which resolves dot segments in every spelling.
    if is_graph_url(&url, endpoint) {
        url.as_str().parse().map_err(|_| too_long())
    } else {
        Err(outside("it would leave the API"))
    }
}

/// Returns whether a URL parser would leave a path and query exactly as they are: nothing to encode, and no segment
/// that begins with a dot in any spelling. Nearly all of ours are, and are not parsed.
fn is_plain(text: &str) -> bool {
    let (mut before, mut before_that, mut in_path) = (b'/', b'/', true);
    text.bytes().all(|byte| {
        in_path = in_path && byte != b'?';
        let dot = in_path && ((before == b'/' && byte == b'.') || (before_that == b'%' && before == b'2' && matches!(byte, b'e' | b'E')));
        let kept = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' | b'%' | b'/' | b'?'
            )
            // In a query it is encoded.
            || (in_path && byte == b'\'');
        (before_that, before) = (before, byte);
        kept && !dot
    })
}

fn outside(why: &str) -> Error {
    Error::invalid("", format!("the request was not sent, because {why}; the token was not sent"))
        .with_hint("Give a path below the API version, such as /me/messages.")
}

fn too_long() -> Error {
    Error::invalid("", "the URL is too long to be sent")
}

/// Converts a URL from a response into the form in which it is sent.
///
/// # Errors
/// `protocol` for one that is too long.
pub(crate) fn uri(url: &Url) -> Result<Uri> {
    url.as_str().parse().map_err(|_| Error::protocol("a link of an answer is too long to be sent"))
}

/// Parses the address of a request into a URL, for inspection.
///
/// # Errors
/// `protocol` when it is none.
pub(crate) fn url(uri: &Uri) -> Result<Url> {
    Url::parse(&uri.to_string()).map_err(|_| Error::protocol("an address is not an absolute URL"))
}

/// Returns whether the connection's token may go to an address: the same scheme, host and port, below `/v1.0/` or
/// `/beta/`.
pub(crate) fn is_graph(uri: &Uri, endpoint: &Endpoint) -> bool {
    let below = || endpoint.bases().iter().any(|base| below(uri.path(), base.path()));
    match is_plain(uri.path()) {
        true => endpoint.is_origin_of(uri) && below(),
        // What looks as if it were below may lead elsewhere.
        false => url(uri).is_ok_and(|url| is_graph_url(&url, endpoint)),
    }
}

/// Returns whether the connection's token may go to a URL, as [`is_graph`].
pub(crate) fn is_graph_url(url: &Url, endpoint: &Endpoint) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    plain && endpoint.bases().iter().any(|base| same_origin(url, base) && below(url.path(), base.path()))
}

fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

fn below(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
}

/// Refuses a URL that bytes without a token may not go to: an upload session, a download address, a redirect, the
/// monitor of a copy. Such a URL comes out of a response.
///
/// What [`Link::elsewhere`] allows; and a connection whose Graph is on this machine, a sandbox, may go
/// to this machine. Names are not resolved here: a public name that leads to a private address is not
/// noticed.
///
/// # Errors
/// `protocol`, with the reason.
pub(crate) fn check_external(url: &Url, endpoint: &Endpoint) -> Result<()> {
    let plain = url.username().is_empty() && url.password().is_none();
    if is_loopback(url) && plain && endpoint.is_loopback() && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    let hint = "The answer may have been tampered with. The token was not sent.";
    Link::new(url.as_str()).elsewhere(endpoint.bases()).map(|_| ()).map_err(|error| error.with_hint(hint))
}

/// Refuses headers that only the pipeline may set.
///
/// # Errors
/// `invalid_input`, naming the header.
pub(crate) fn check_headers(headers: &HeaderMap) -> Result<()> {
    for name in headers.keys() {
        let name = name.as_str();
        if FORBIDDEN.contains(&name) || name.starts_with("proxy-") {
            return Err(Error::invalid("", format!("the header `{name}` cannot be set; nothing was sent"))
                .with_hint("Leave it out: the connection signs the request, and the client frames it."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use connector_sdk::ApiVersion;
    use http::Method;

    use super::*;

    fn graph() -> Endpoint {
        Endpoint::new("https://graph.microsoft.com").unwrap()
    }

    #[test]
    fn addresses_stay_below_the_api() {
        let of = |request: Request| address(&request, &graph()).map(|url| url.to_string());
        assert_eq!(of(Request::get("/me").query("$top", 1)).unwrap(), "https://graph.microsoft.com/v1.0/me?$top=1");
        assert_eq!(of(Request::get("/me").beta()).unwrap(), "https://graph.microsoft.com/beta/me");
        let next = |request: Request, link: &str| of(request.at(Link::new(link))).unwrap();
        assert_eq!(next(Request::get("/me").beta(), "users?$skip=1"), "https://graph.microsoft.com/beta/users?$skip=1");
        assert_eq!(
            next(Request::get("/me/{x}").path_param("x", "a b"), "?$skip=1"),
            "https://graph.microsoft.com/v1.0/me/a%20b?$skip=1"
        );
        assert_eq!(
            next(Request::get("/me"), "https://GRAPH.microsoft.com/v1.0/a?b=c d|e"),
            "https://graph.microsoft.com/v1.0/a?b=c%20d|e"
        );
        assert_eq!(
            of(Request::literal(Method::GET, "/a b?x=y z", "url").unwrap()).unwrap(),
            "https://graph.microsoft.com/v1.0/a%20b?x=y%20z"
        );
        // `Target` is open, so a literal may not have gone through the checks of `Request::literal`.
        for hostile in [
            "",
            "me",
            "@evil.example/",
            ".evil.example/",
            ":444/me",
            "//evil.example",
            "/../../x",
            "/..",
            "/%2e%2e/x",
            "/.%2E/..",
            "/\\..\\..\\x",
            "/a#b",
            "/a\tb",
            "/a\nb",
            "\\evil",
        ] {
            let mut request = Request::get("/");
            request.target = Target::Literal(hostile.into());
            match of(request) {
                Err(error) => assert_eq!(error.code(), connector_sdk::Code::InvalidInput, "{hostile}"),
                Ok(url) => assert!(url.starts_with("https://graph.microsoft.com/v1.0//"), "{hostile}: {url}"),
            }
        }
        let base = graph().base(ApiVersion::V1).clone();
        assert!(!is_graph_url(&base, &graph()), "the base itself is nothing");
        for foreign in [
            "http://graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com:444/v1.0/me",
            "https://u@graph.microsoft.com/v1.0/me",
        ] {
            assert!(!is_graph_url(&Url::parse(foreign).unwrap(), &graph()), "{foreign}");
            assert!(!is_graph(&foreign.parse().unwrap(), &graph()), "{foreign}");
        }
    }

    #[test]
    fn what_is_not_parsed_is_what_a_parser_would_make_of_it() {
        let mut plain = 0;
        for text in [
            "/me",
            "/users/adele@contoso.com/messages?$filter=a%20eq%20%27b%27&$top=5",
            "/drive/root:/A%20b/c%23.txt:/range(address='it%27%27s')",
            "/me/messages//x",
            "/a?b=it's",
            "/a/../b",
            "/a/.b",
            "/a/%2e%2E/b",
            "/a/%2ex",
            "/a|b^c`{}\"<>",
            "/a?x=/../y",
            "/ä?ö=ü",
            "/a b?x=y z",
        ] {
            let url = graph().base(ApiVersion::V1).join(&format!("/v1.0{text}")).unwrap();
            if is_plain(text) {
                plain += 1;
                assert_eq!(graph().at(format!("/v1.0{text}")).unwrap().to_string(), url.as_str(), "{text}");
            }
            assert_eq!(is_graph(&uri(&url).unwrap(), &graph()), is_graph_url(&url, &graph()), "{text}");
        }
        assert_eq!(plain, 5);
        for hostile in [
            "https://graph.microsoft.com/v1.0/../x",
            "https://graph.microsoft.com/v1.0/%2e%2E/x",
            "https://u@graph.microsoft.com/v1.0/x",
        ] {
            assert!(!is_graph(&hostile.parse().unwrap(), &graph()), "{hostile}");
        }
    }

    #[test]
    fn nobody_is_sent_into_the_private_network() {
        let away = |url: &str, endpoint: &Endpoint| check_external(&Url::parse(url).unwrap(), endpoint).is_ok();
        for good in ["https://contoso.sharepoint.com/x?tempauth=1", "https://graph.microsoft.com/upload"] {
            assert!(away(good, &graph()), "{good}");
        }
        for bad in [
            "http://contoso.sharepoint.com/x",
            "ftp://contoso.sharepoint.com/x",
            "https://localhost/",
            "https://a.localhost./",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/meta",
            "https://100.100.100.200/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://user@contoso.sharepoint.com/",
            "https://[ff02::1]/",
        ] {
            assert!(!away(bad, &graph()), "{bad}");
        }
        let sandbox = Endpoint::new("http://127.0.0.1:8080").unwrap();
        assert!(away("http://127.0.0.1:9/upload", &sandbox));
        assert!(!away("http://10.0.0.1/upload", &sandbox));
        assert!(!away("http://evil.example/upload", &sandbox));
    }

    #[test]
    fn headers_of_the_pipeline_are_refused() {
        for name in [
            "Authorization",
            "Host",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Cookie",
            "Proxy-Authorization",
            "proxy-x",
            "TE",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name.parse::<http::HeaderName>().unwrap(), "x".parse().unwrap());
            let error = check_headers(&headers).unwrap_err();
            assert!(error.message().contains(&name.to_ascii_lowercase()), "{error}");
        }
        let mut headers = HeaderMap::new();
        for name in ["prefer", "consistencylevel", "if-match", "content-type", "accept-language", "client-request-id"] {
            headers.insert(name, "x".parse().unwrap());
        }
        assert!(check_headers(&headers).is_ok());
    }
}
