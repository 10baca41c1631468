//! Options of a request: what the executor has to know besides what is sent.

use std::borrow::Cow;
use std::time::Duration;

use http::header::RANGE;
use http::{HeaderValue, Method};

use super::Request;
use crate::{ByteRange, ExpectedContent, Secret};

/// Retry rule of a request, where the caller decides and not the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct RetryRule {
    /// Maximum number of retries after the first attempt.
    pub max: u32,
    /// Delay before the first retry. `Retry-After` is waited for in any case.
    pub delay: Duration,
    /// Whether the delay doubles each time.
    pub exponential: bool,
    /// Whether every failure is retried, also those that are certain to fail again.
    pub all_errors: bool,
}

impl RetryRule {
    /// Creates a rule that retries at most `max` times what may succeed later, each time after `delay`.
    pub fn new(max: u32, delay: Duration) -> RetryRule {
        RetryRule { max, delay, exponential: false, all_errors: false }
    }
    /// Sets whether the delay doubles each time.
    pub fn with_exponential(mut self, exponential: bool) -> RetryRule {
        self.exponential = exponential;
        self
    }
    /// Sets whether every failure is retried.
    pub fn with_all_errors(mut self, all_errors: bool) -> RetryRule {
        self.all_errors = all_errors;
        self
    }
}

/// Options of a request: whether it may be repeated, what it is for, and what is known about its response.
///
/// The builder methods of [`Request`] set them.
#[derive(Debug, Clone)]
pub struct RequestOptions {
    idempotent: bool,
    read_only: bool,
    cleanup: bool,
    page: bool,
    pub(super) link_given_at: Option<Cow<'static, str>>,
    item_index: Option<usize>,
    retry: Option<RetryRule>,
    timeout: Option<Duration>,
    sensitive: bool,
    secrets: Vec<Secret>,
    // A name of the object that may have been created a moment ago.
    lagging: Option<String>,
    range: Option<ByteRange>,
    expected: Option<ExpectedContent>,
    warnings: Vec<String>,
}

impl RequestOptions {
    pub(super) fn of(method: &Method) -> RequestOptions {
        RequestOptions {
            // RFC 9110 9.2.2: sending these twice means the same as sending them once.
            idempotent: matches!(*method, Method::GET | Method::PUT | Method::DELETE | Method::HEAD | Method::OPTIONS),
            read_only: matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS),
            cleanup: false,
            page: false,
            link_given_at: None,
            item_index: None,
            retry: None,
            timeout: None,
            sensitive: false,
            secrets: Vec::new(),
            lagging: None,
            range: None,
            expected: None,
            warnings: Vec::new(),
        }
    }

    /// Returns whether the request may be sent again after its response was lost.
    pub fn is_idempotent(&self) -> bool {
        self.idempotent
    }
    /// Returns whether the request changes nothing; see [`Request::read_only`].
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }
    /// Returns whether the request closes what the plan opened; see [`Plan::finally`](crate::Plan::finally).
    pub fn is_cleanup(&self) -> bool {
        self.cleanup
    }
    /// Returns whether the response is a page of a list, whose reader asks again where it cannot be read.
    pub fn is_page(&self) -> bool {
        self.page
    }
    /// Returns the JSON Pointer of the input that the link came from, if the caller gave it.
    pub fn link_given_at(&self) -> Option<&str> {
        self.link_given_at.as_deref()
    }
    /// Returns the index in `items`, from 0, of the input that the request is sent for.
    pub fn item_index(&self) -> Option<usize> {
        self.item_index
    }
    /// Returns the retry rule, where the caller decides.
    pub fn retry(&self) -> Option<RetryRule> {
        self.retry
    }
    /// Returns the time limit of one attempt, where the caller decides.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }
    /// Returns whether the body and the response stay out of traces and previews.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }
    /// Returns the secrets that the body holds; see [`Request::hide`].
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
    /// Returns the name of the object that may have been created a moment ago; see [`Request::expect_lag`].
    pub fn expects_lag(&self) -> Option<&str> {
        self.lagging.as_deref()
    }
    /// Returns the range of the content that is requested.
    pub fn wanted_range(&self) -> Option<ByteRange> {
        self.range
    }
    /// Returns the expected size and hash of the downloaded file.
    pub fn expected(&self) -> Option<&ExpectedContent> {
        self.expected.as_ref()
    }
    /// Returns the warnings about the request.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// Options.
impl Request {
    /// Marks the request as idempotent, though its method is not.
    pub fn idempotent(mut self) -> Request {
        self.options.idempotent = true;
        self
    }

    /// Marks the request as changing nothing that anybody would miss, though its method does: a search that is a
    /// `POST`, or a session that ends by itself. So it may also be sent twice.
    pub fn read_only(mut self) -> Request {
        self.options.read_only = true;
        self.idempotent()
    }

    /// Sets the time limit of one attempt.
    pub fn timeout(mut self, time: impl Into<Option<Duration>>) -> Request {
        self.options.timeout = time.into();
        self
    }

    /// Sets the retry rule, where the caller decides.
    pub fn retry(mut self, rule: RetryRule) -> Request {
        self.options.retry = Some(rule);
        self
    }

    /// Keeps the body and the response out of traces and previews: they hold a password or the like.
    pub fn sensitive(mut self) -> Request {
        self.options.sensitive = true;
        self
    }

    /// Declares secrets that the body holds: they are removed from what a server says when it refuses the request. A
    /// secret header is marked as sensitive instead.
    pub fn hide(mut self, secrets: impl IntoIterator<Item = Secret>) -> Request {
        self.options.secrets.extend(secrets);
        self
    }

    /// Adds warnings to the request. It is sent all the same; a preview shows them.
    pub fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Request {
        self.options.warnings.extend(warnings);
        self
    }

    /// Marks the request as being about an object of the directory that may have been created a moment ago, by one of
    /// its names. While Graph says that there is no such object, it is sent again, within a bound.
    ///
    /// Objects that the same client has created, it knows without this call.
    pub fn expect_lag(mut self, name: impl Into<String>) -> Request {
        self.options.lagging = Some(name.into());
        self
    }

    /// Requests a range of the content, of a file that is stored.
    pub fn byte_range(mut self, range: ByteRange) -> Request {
        if let Ok(value) = HeaderValue::try_from(range.to_string()) {
            self.headers.insert(RANGE, value);
        }
        self.options.range = Some(range);
        self
    }

    /// Sets the expected size and hash of the downloaded file. One that differs is an error, and is not stored.
    pub fn expect(mut self, expected: ExpectedContent) -> Request {
        self.options.expected = Some(expected);
        self
    }

    /// Marks the request as cleanup of what the plan opened: it may still be sent after the run's deadline.
    pub(crate) fn mark_cleanup(&mut self) {
        self.options.cleanup = true;
    }

    /// Marks the response as a page of a list, which the reader checks by itself.
    pub(crate) fn for_page(mut self) -> Request {
        self.options.page = true;
        self
    }

    /// Sets the JSON Pointer of the input that the link came from: a link that leads elsewhere is then an error of the
    /// input, not of Graph.
    pub(crate) fn given_at(mut self, pointer: impl Into<Cow<'static, str>>) -> Request {
        self.options.link_given_at = Some(pointer.into());
        self
    }

    /// Sets the index of the input, of many, that the request is sent for.
    pub(crate) fn set_item(&mut self, index: usize) {
        self.options.item_index = Some(index);
    }
}
