//! Requests: a template and its values, never a finished URL.
//!
//! What is sent stands here; [`RequestOptions`] say how the executor treats it, [`Requirements`] which permissions it
//! needs.
//!
//! Values are encoded once, at the end; logs print templates, so that no address or id reaches them;
//! the conformance check reads templates.

mod options;
mod requirements;
mod target;

use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

pub use self::options::{RequestOptions, RetryRule};
pub use self::requirements::Requirements;
pub use self::target::{ApiVersion, Target};
use crate::body::Body;
use crate::path::{Path, Segment};
use crate::{Error, Link, Result, literal};

/// Characters that are percent-encoded in a query value.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'!')
    .remove(b',')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'/')
    .remove(b':')
    .remove(b'\'');

/// Initial capacity for a body of the usual size, in bytes, so that it need not grow while it is serialized.
const USUAL_BODY: usize = 1536;

/// A request to Graph, not yet sent.
///
/// ```
/// let request = connector_sdk::Request::get("/me/messages").query("$filter", "subject eq 'A & B'");
/// assert_eq!(request.path_and_query().unwrap(), "/me/messages?$filter=subject%20eq%20'A%20%26%20B'");
/// ```
#[derive(Clone)]
#[must_use = "a request is sent only as part of a plan"]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Target of the request.
    pub target: Target,
    /// API version; the connection's when absent. A link brings its own.
    pub version: Option<ApiVersion>,
    /// Query options, not encoded.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Headers. Never `Authorization`: only the pipeline sets that.
    pub headers: HeaderMap,
    /// Body of the request.
    pub body: Body,
    // Whether the target is outside Graph.
    external: bool,
    options: RequestOptions,
    requirements: Requirements,
    // What a builder method could not accept.
    fault: Option<Error>,
}

impl Request {
    /// Creates a request with any method. `template` begins with a slash; variables stand in braces.
    pub fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Request {
        let path = Path { template: template.into(), values: Vec::new() };
        Request::to(method, Target::Path(path))
    }

    fn to(method: Method, target: Target) -> Request {
        Request {
            options: RequestOptions::of(&method),
            method,
            target,
            version: None,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            external: false,
            requirements: Requirements::default(),
            fault: None,
        }
    }

    /// Creates a `GET` request.
    pub fn get(template: impl Into<Cow<'static, str>>) -> Request {
        Request::new(Method::GET, template)
    }
    /// Creates a `POST` request.
    pub fn post(template: impl Into<Cow<'static, str>>) -> Request {
        Request::new(Method::POST, template)
    }
    /// Creates a `PUT` request.
    pub fn put(template: impl Into<Cow<'static, str>>) -> Request {
        Request::new(Method::PUT, template)
    }
    /// Creates a `PATCH` request.
    pub fn patch(template: impl Into<Cow<'static, str>>) -> Request {
        Request::new(Method::PATCH, template)
    }
    /// Creates a `DELETE` request.
    pub fn delete(template: impl Into<Cow<'static, str>>) -> Request {
        Request::new(Method::DELETE, template)
    }
    /// Creates a `GET` request for a link that Graph returned.
    pub fn follow(link: Link) -> Request {
        Request::to(Method::GET, Target::Link(link))
    }

    /// Creates a `GET` request for a link outside Graph, such as the monitor of a copy in SharePoint, without a token.
    ///
    /// It is sent only where [`Link::elsewhere`] allows, no credential goes with it, and a redirect is not
    /// followed: it is a response like a success, whose `Location` the plan may read.
    pub fn external(link: Link) -> Request {
        Request { external: true, ..Request::follow(link) }
    }

    /// Creates a request whose URL the user wrote: a path below the API version (`/me/joinedTeams?$top=5`), or an
    /// absolute URL, which is followed only as a [`Link`] is.
    ///
    /// # Errors
    /// `invalid_input` at `/{property}` for anything that could leave the API: another host in any
    /// spelling, dot segments also in encoded form, backslashes, control characters, a fragment.
    pub fn literal(method: Method, url: &str, property: &str) -> Result<Request> {
        if url.starts_with("https://") || url.starts_with("http://") {
            return Ok(Request::to(method, Target::Link(Link::new(url))).given_at(format!("/{property}")));
        }
        literal::check(url, property)?;
        Ok(Request::to(method, Target::Literal(url.to_owned())))
    }

    /// Sets the variable `name` to a value: one segment, encoded when the request is sent.
    ///
    /// ```
    /// let request = connector_sdk::Request::get("/users/{user}").path_param("user", "a/b?c");
    /// assert_eq!(request.path_and_query().unwrap(), "/users/a%2Fb%3Fc");
    /// assert_eq!(request.template(), "/users/{user}");
    /// ```
    pub fn path_param(self, name: &'static str, value: impl Into<String>) -> Request {
        self.value(name, Segment::Plain(value.into()))
    }

    /// Sets the variable `name` to an Exchange id, in either of its spellings.
    ///
    /// Ids of messages, events and contacts come with `/` and `+`. Percent-encoding does not help,
    /// because Graph decodes before it routes; the URL-safe spelling (`-` and `_`) names the same item.
    ///
    /// ```
    /// let request = connector_sdk::Request::get("/me/messages/{message}").exchange_id("message", "AAMk/b+c");
    /// assert_eq!(request.path_and_query().unwrap(), "/me/messages/AAMk-b_c");
    /// ```
    pub fn exchange_id(self, name: &'static str, id: impl Into<String>) -> Request {
        self.value(name, Segment::Item(id.into()))
    }

    /// Sets the variable `name` to several segments, such as a file's path in a drive.
    pub fn path_segments(self, name: &'static str, path: impl Into<String>) -> Request {
        self.value(name, Segment::Several(path.into()))
    }

    fn value(mut self, name: &'static str, value: Segment) -> Request {
        if let Target::Path(path) = &mut self.target {
            path.values.push((name.into(), value));
        }
        self
    }

    /// Adds a query option. Its value is encoded when the request is sent.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Request {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query option, if there is a value.
    pub fn query_opt(self, name: &'static str, value: Option<impl ToString>) -> Request {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a header whose name and value are known to be valid.
    pub fn header(mut self, name: &'static str, value: &'static str) -> Request {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Adds a preference ([RFC 7240](https://www.rfc-editor.org/rfc/rfc7240)), such as `IdType="ImmutableId"`.
    pub fn prefer(mut self, preference: impl AsRef<str>) -> Request {
        match HeaderValue::from_str(preference.as_ref()) {
            Ok(value) => {
                self.headers.append("prefer", value);
            }
            Err(_) => {
                self.fault = Some(Error::invalid("", "a preference contains characters that a header cannot carry"))
            }
        }
        self
    }

    /// Sets `If-Match`: the request succeeds only if what it changes still has this version.
    pub fn if_match(mut self, etag: Option<&str>) -> Request {
        let Some(etag) = etag else { return self };
        match HeaderValue::from_str(etag) {
            Ok(value) => {
                self.headers.insert(http::header::IF_MATCH, value);
            }
            Err(_) => {
                self.fault = Some(Error::invalid("/eTag", "a version contains characters that a header cannot carry"))
            }
        }
        self
    }

    /// Makes the request an advanced query of the directory; see [advanced query capabilities][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/aad-advanced-queries
    pub fn consistency_eventual(self) -> Request {
        self.header("consistencylevel", "eventual")
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: impl Serialize) -> Request {
        let mut text = Vec::with_capacity(USUAL_BODY);
        match serde_json::to_writer(&mut text, &body) {
            Ok(()) => self.body = Body::Json(text.into()),
            Err(error) => self.fault = Some(Error::bug("a body could not be written as JSON").caused_by(error)),
        }
        self
    }

    /// Sets any body.
    pub fn body(mut self, body: Body) -> Request {
        self.body = body;
        self
    }

    /// Uses the beta version of the API.
    pub fn beta(mut self) -> Request {
        self.version = Some(ApiVersion::Beta);
        self
    }

    /// Uses this version of the API, whatever version the connection has chosen.
    pub fn version(mut self, version: ApiVersion) -> Request {
        self.version = Some(version);
        self
    }

    /// Makes the request fail with this error when it is its turn, which ends the plan.
    pub fn fail_with(mut self, error: Error) -> Request {
        self.fault = Some(error);
        self
    }

    /// Checks that the request can be sent, or returns the first reason why not.
    ///
    /// # Errors
    /// What [`Path::render`] refuses, and what a builder method could not accept.
    pub fn check(&self) -> Result<()> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        if let Target::Path(path) = &self.target {
            path.render()?;
        }
        Ok(())
    }

    /// Returns the path and query below the API version, encoded. For a link, returns the whole link.
    ///
    /// # Errors
    /// As [`Request::check`].
    pub fn path_and_query(&self) -> Result<String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut out = match &self.target {
            Target::Path(path) => path.render()?,
            Target::Literal(path) => path.clone(),
            Target::Link(link) => link.as_str().to_owned(),
        };
        for (name, value) in &self.query {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.extend(utf8_percent_encode(name, QUERY));
            out.push('=');
            out.extend(utf8_percent_encode(value, QUERY));
        }
        Ok(out)
    }

    /// Returns what may be logged: the template, or what precedes the query.
    pub fn template(&self) -> &str {
        match &self.target {
            Target::Path(path) => path.template(),
            Target::Literal(path) => path.split('?').next().unwrap_or_default(),
            Target::Link(_) => "(link)",
        }
    }

    /// Returns whether the request leaves Graph, without a token; see [`Request::external`].
    pub fn is_external(&self) -> bool {
        self.external
    }

    /// Returns the options: what the executor has to know besides what is sent.
    pub fn options(&self) -> &RequestOptions {
        &self.options
    }

    /// Returns the permissions that the request needs.
    pub fn requirements(&self) -> &Requirements {
        &self.requirements
    }

    /// Returns the link that the request follows, if it follows one.
    pub fn link(&self) -> Option<&Link> {
        match &self.target {
            Target::Link(link) => Some(link),
            _ => None,
        }
    }

    /// Returns a request for the page that `link` leads to, with the same headers and rules.
    pub(crate) fn next_page(&self, link: Link) -> Request {
        let link = match self.path_and_query() {
            Ok(address) => link.after(&address),
            Err(_) => link,
        };
        let mut next = Request { target: Target::Link(link), query: Vec::new(), body: Body::Empty, ..self.clone() };
        next.options.link_given_at = None;
        next
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template())
    }
}
