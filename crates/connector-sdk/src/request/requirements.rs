//! Permissions that a request needs.

use super::Request;
use crate::scopes::{AnyOf, Scopes};
use crate::{Error, Result};

/// Permissions that a request needs, besides or instead of those of the action's specification.
///
/// The builder methods of [`Request`] and [`Plan::require`](crate::Plan::require) set them.
#[derive(Debug, Clone, Default)]
pub struct Requirements {
    shared: bool,
    scope_override: Option<Scopes>,
    extra: Vec<Scopes>,
    ahead: Vec<Scopes>,
}

impl Requirements {
    /// Returns whether the request accesses somebody else's mailbox, where other permissions count.
    pub fn is_shared(&self) -> bool {
        self.shared
    }
    /// Returns the permissions that replace those of the action's specification.
    pub fn scope_override(&self) -> Option<Scopes> {
        self.scope_override
    }
    /// Returns the permissions that are needed besides those of the action.
    pub fn extra_scopes(&self) -> &[Scopes] {
        &self.extra
    }
    /// Returns the permissions that later requests of the plan need.
    pub fn ahead(&self) -> &[Scopes] {
        &self.ahead
    }

    /// Returns every permission set of which one must be granted before the request is sent, given the permissions that
    /// the action declares: its own, and those that the rest of the plan is known to need.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and an app cannot do it, or a user and only an app can.
    pub fn required(&self, scopes: &Scopes, application: bool) -> Result<Vec<AnyOf>> {
        let own = self.scope_override.as_ref().unwrap_or(scopes);
        let mut all: Vec<AnyOf> = Vec::with_capacity(1 + self.extra.len() + self.ahead.len());
        for scopes in std::iter::once(own).chain(&self.extra).chain(&self.ahead) {
            let any = scopes.of_caller(application, self.shared).ok_or_else(|| cannot(application))?;
            if !any.0.is_empty() && !all.contains(&any) {
                all.push(any);
            }
        }
        Ok(all)
    }
}

fn cannot(application: bool) -> Error {
    if application {
        Error::invalid("", "this cannot be done by an app")
            .with_hint("Use a connection with which a user signs in: Graph has no application permission for it.")
    } else {
        Error::invalid("", "this cannot be done by a user, only by an app")
            .with_hint("Use a connection with which an app signs in: Graph has no delegated permission for it.")
    }
}

/// Permissions.
impl Request {
    /// Marks the request as accessing somebody else's mailbox, so that `scopes.shared` counts.
    pub fn shared(mut self) -> Request {
        self.requirements.shared = true;
        self
    }

    /// Replaces the permissions of the action's specification by these, unless they were replaced before.
    pub fn with_scopes(mut self, scopes: Scopes) -> Request {
        self.override_scopes(scopes);
        self
    }

    pub(crate) fn override_scopes(&mut self, scopes: Scopes) {
        self.requirements.scope_override.get_or_insert(scopes);
    }

    /// Adds permissions that the request needs besides. Declare those of a later request of the plan with
    /// [`Plan::require`](crate::Plan::require).
    pub fn require(mut self, scopes: Scopes) -> Request {
        self.requirements.extra.push(scopes);
        self
    }

    /// Adds permissions of a later request of the plan, so that they are checked before this one is sent.
    pub(crate) fn add_ahead(&mut self, scopes: Scopes) {
        self.requirements.ahead.push(scopes);
    }
}
