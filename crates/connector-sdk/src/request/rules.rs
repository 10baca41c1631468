//! Rules of a request: whether it may be repeated, what it changes, what it is for.

use std::borrow::Cow;

use super::Request;
use crate::scopes::Scopes;
use crate::{ByteRange, ExpectedContent, Secret};

impl Request {
    /// Marks the request as idempotent, though its method is not.
    pub fn idempotent(mut self) -> Request {
        self.repeatable = true;
        self
    }

    /// Marks the request as changing nothing that anybody would miss, though its method does: a search that is a
    /// `POST`, or a session that ends by itself. So it may also be sent twice.
    pub fn read_only(mut self) -> Request {
        self.read_only = true;
        self.idempotent()
    }

    /// Declares secrets that the body holds: they are removed from what a server says when it refuses the request. A
    /// secret header is marked as sensitive instead.
    pub fn hide(mut self, secrets: impl IntoIterator<Item = Secret>) -> Request {
        self.secrets.extend(secrets);
        self
    }

    /// Adds permissions of a later request of the plan, so that they are checked before this one is sent.
    pub(crate) fn add_ahead(&mut self, scopes: Scopes) {
        self.ahead.push(scopes);
    }

    /// Marks the request as cleanup of what the plan opened: it may still be sent after the run's deadline.
    pub(crate) fn mark_cleanup(&mut self) {
        self.cleanup = true;
    }

    /// Marks the response as a page of a list, which the reader checks by itself.
    pub(crate) fn for_page(mut self) -> Request {
        self.page = true;
        self
    }

    /// Sets the JSON Pointer of the input that the link came from: a link that leads elsewhere is then an error of the
    /// input, not of Graph.
    pub(crate) fn given_at(mut self, pointer: impl Into<Cow<'static, str>>) -> Request {
        self.given_at = Some(pointer.into());
        self
    }

    /// Sets the index of the input, of many, that the request is sent for.
    pub(crate) fn set_item(&mut self, index: usize) {
        self.item = Some(index);
    }

    /// Returns whether the request leaves Graph, without a token; see [`Request::external`].
    pub fn is_external(&self) -> bool {
        self.external
    }

    /// Returns whether the request may be sent again after its response was lost.
    pub fn is_idempotent(&self) -> bool {
        self.repeatable
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
        self.given_at.as_deref()
    }
    /// Returns the index in `items`, from 0, of the input that the request is sent for.
    pub fn item_index(&self) -> Option<usize> {
        self.item
    }
    /// Returns whether the body and the response stay out of traces and previews.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }
    /// Returns the secrets that the body holds; see [`Request::hide`].
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
    /// Returns whether the request accesses somebody else's mailbox, where other permissions count.
    pub fn is_shared(&self) -> bool {
        self.shared
    }
    /// Returns the permissions that replace those of the action's specification.
    pub fn scope_override(&self) -> Option<Scopes> {
        self.under
    }
    /// Returns the name of the object that may have been created a moment ago, see [`Request::expect_lag`].
    pub fn expects_lag(&self) -> Option<&str> {
        self.fresh.as_deref()
    }
    /// Returns the permissions that are needed besides those of the action.
    pub fn extra_scopes(&self) -> &[Scopes] {
        &self.needs
    }
    /// Returns the permissions that later requests of the plan need.
    pub fn ahead(&self) -> &[Scopes] {
        &self.ahead
    }
    /// Returns the range of the content that is requested.
    pub fn wanted_range(&self) -> Option<ByteRange> {
        self.part
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
