//! What holds for a request: how it may be repeated, what it changes, what it is for.

use std::borrow::Cow;

use super::Request;
use crate::scopes::Scopes;
use crate::{ByteRange, Expected, Secret};

impl Request {
    /// Says that sending it twice means the same as sending it once, though the method does not.
    pub fn repeatable(mut self) -> Request {
        self.repeatable = true;
        self
    }

    /// Says that it changes nothing that anybody would miss, though the method does: a search that is a `POST`, or
    /// a session that ends by itself. So it may also be sent twice.
    pub fn read_only(mut self) -> Request {
        self.read_only = true;
        self.repeatable()
    }

    /// Names secrets that its body holds: they are taken out of what a server says when it refuses it. A secret header
    /// is marked as sensitive instead.
    pub fn hide(mut self, secrets: impl IntoIterator<Item = Secret>) -> Request {
        self.secrets.extend(secrets);
        self
    }

    /// Adds what a later request of the plan needs, so that it is checked before this one leaves.
    pub(crate) fn before(mut self, scopes: Scopes) -> Request {
        self.ahead.push(scopes);
        self
    }

    /// Marks it as the end of what the plan opened: it may still be sent when the run's time is over.
    pub(crate) fn cleaning_up(mut self) -> Request {
        self.cleanup = true;
        self
    }

    /// Says that it is answered with a page of a list, which the reader checks by itself.
    pub(crate) fn for_page(mut self) -> Request {
        self.page = true;
        self
    }

    /// Says that its link came from the caller, as the input at this JSON Pointer: one that leads elsewhere is an error
    /// of the input then, not of Graph.
    pub(crate) fn given_at(mut self, pointer: impl Into<Cow<'static, str>>) -> Request {
        self.given_at = Some(pointer.into());
        self
    }

    /// Says for which of many inputs it is sent.
    pub(crate) fn for_item(mut self, index: usize) -> Request {
        self.item = Some(index);
        self
    }

    /// Whether it leaves Graph, without a token; see [`Request::external`].
    pub fn is_external(&self) -> bool {
        self.external
    }

    /// Whether a lost answer may be answered by sending it again.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }
    /// Whether it changes nothing; see [`Request::read_only`].
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }
    /// Whether it closes what the plan opened; see [`Plan::finally`](crate::Plan::finally).
    pub fn is_cleanup(&self) -> bool {
        self.cleanup
    }
    /// Whether it is answered with a page of a list, whose reader asks again where it cannot be read.
    pub fn is_page(&self) -> bool {
        self.page
    }
    /// Where in the input its link was given, if the caller gave it.
    pub fn link_given_at(&self) -> Option<&str> {
        self.given_at.as_deref()
    }
    /// For which of many inputs it is sent: the place in `items`, from 0.
    pub fn item_index(&self) -> Option<usize> {
        self.item
    }
    /// Whether its body and its answer stay out of traces and previews.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }
    /// The secrets that its body holds; see [`Request::hide`].
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
    /// Whether it goes to somebody else's mailbox, where other permissions count.
    pub fn is_shared(&self) -> bool {
        self.shared
    }
    /// What it needs instead of what its action's card says.
    pub fn is_under(&self) -> Option<Scopes> {
        self.under
    }
    /// The name of the object that may have been made a moment ago, see [`Request::fresh`].
    pub fn made_recently(&self) -> Option<&str> {
        self.fresh.as_deref()
    }
    /// What it needs besides what its action needs.
    pub fn needs_too(&self) -> &[Scopes] {
        &self.needs
    }
    /// What the rest of the plan is known to need.
    pub fn ahead(&self) -> &[Scopes] {
        &self.ahead
    }
    /// Which part of the content it asks for.
    pub fn wanted_part(&self) -> Option<ByteRange> {
        self.part
    }
    /// What the file must be that its answer is stored as.
    pub fn expected(&self) -> Option<&Expected> {
        self.expected.as_ref()
    }
    /// What speaks against it.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
