//! Specifications of actions, triggers and picklists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scopes::{AnyOf, Scopes};

/// Effect of an action on the world. Retry rules, previews and the hints for agents come from it. Effects are ordered
/// from the weakest to the strongest.
///
/// ```
/// use connector_sdk::Effect;
///
/// assert!(Effect::Delete.is_destructive() && !Effect::Update.is_destructive());
/// assert_eq!(Effect::Read.name(), "read");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Creates something new; repeated, it creates two.
    Create,
    /// Changes something that exists.
    Update,
    /// Removes something: an object, or what is on a device.
    Delete,
    /// Reaches a person; it cannot be taken back.
    Send,
}

impl Effect {
    /// Returns the stable name, such as `read`.
    pub const fn name(self) -> &'static str {
        match self {
            Effect::Read => "read",
            Effect::Create => "create",
            Effect::Update => "update",
            Effect::Delete => "delete",
            Effect::Send => "send",
        }
    }
    /// Returns whether something is removed, so that an interface asks before it lets an agent do it: what the [tools
    /// of MCP](https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations) call `destructiveHint`.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Effect::Delete)
    }
}

/// Permissions that some inputs need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ScopeCase {
    /// Condition on the input, as the end of a sentence that begins with "when", such as `revokeSessions is set`.
    pub when: &'static str,
    /// Whether the permissions are needed besides the usual ones; otherwise they replace them.
    pub besides: bool,
    /// Permissions of these inputs.
    #[serde(flatten)]
    pub scopes: Scopes,
}

impl ScopeCase {
    /// Creates a case whose permissions replace the usual ones.
    pub const fn instead(when: &'static str, scopes: Scopes) -> ScopeCase {
        ScopeCase { when, besides: false, scopes }
    }
    /// Creates a case whose permissions are needed besides the usual ones.
    pub const fn besides(when: &'static str, scopes: Scopes) -> ScopeCase {
        ScopeCase { when, besides: true, scopes }
    }
}

/// The specification of an action, a trigger, a picklist or a dynamic schema: what a caller must know before using it.
///
/// ```
/// use connector_sdk::{Effect, Scopes, Spec};
///
/// const SPEC: Spec = Spec::new("delete_email", "Delete email", Effect::Delete)
///     .delegated(&["Mail.ReadWrite"])
///     .application(&["Mail.ReadWrite"])
///     .undo("The folder `Deleted Items` keeps it.");
/// assert_eq!(SPEC.scopes, Scopes::alike(&["Mail.ReadWrite"]));
/// assert!(!SPEC.is_irreversible());
/// ```
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Spec {
    /// Name in `snake_case`, unique within its connector and kind.
    pub name: &'static str,
    /// Display name, such as `Send email`.
    pub title: &'static str,
    /// Effect on the world.
    pub effect: Effect,
    /// Permissions that a usual input needs.
    pub scopes: Scopes,
    /// Whether there are no usual permissions: the input alone decides, and `scopes` names nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scopes_by_input: bool,
    /// Permissions that other inputs need.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub scope_cases: &'static [ScopeCase],
    /// Whether the output is a list whose items are emitted one by one.
    pub list: bool,
    /// Whether many inputs are accepted at once, as `items`.
    pub bulk: bool,
    /// Whether many inputs are processed one after the other, because they may be about one object.
    #[serde(skip)]
    pub in_turn: bool,
    /// Whether a run with an idempotency key finds what an earlier run with the same key has done.
    pub resumes: bool,
    /// Way to bring back what the action removes, and for how long; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<&'static str>,
    /// Events that a trigger may miss where Graph no longer knows its position; `None` where it misses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misses: Option<&'static str>,
    /// Whether Graph notifies of a trigger's events, so that a host need not wait for the next poll.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub real_time: bool,
}

impl Spec {
    /// Creates a specification that needs no permission beyond a signed-in user, and that an app cannot use.
    pub const fn new(name: &'static str, title: &'static str, effect: Effect) -> Spec {
        Spec {
            name,
            title,
            effect,
            scopes: Scopes { delegated: AnyOf::NONE, shared: AnyOf::NONE, application: None },
            scopes_by_input: false,
            scope_cases: &[],
            list: false,
            bulk: false,
            in_turn: false,
            resumes: false,
            undo: None,
            misses: None,
            real_time: false,
        }
    }
    /// Returns whether the effect cannot be taken back: it reaches a person, or removes what no recycle bin keeps.
    pub const fn is_irreversible(&self) -> bool {
        match self.effect {
            Effect::Send => true,
            Effect::Delete => self.undo.is_none(),
            Effect::Read | Effect::Create | Effect::Update => false,
        }
    }
    /// Sets how to bring back what the action removes, and for how long, in a sentence. Without this call nothing does.
    pub const fn undo(mut self, how: &'static str) -> Spec {
        self.undo = Some(how);
        self
    }
    /// Returns the specification under another name, for a connector that offers what is another one's.
    pub const fn named(mut self, name: &'static str, title: &'static str) -> Spec {
        self.name = name;
        self.title = title;
        self
    }
    /// Sets the permissions, where several actions need the same.
    pub const fn scopes(mut self, scopes: Scopes) -> Spec {
        self.scopes = scopes;
        self
    }
    /// Sets the permissions of a signed-in user: any one, the least privileged first.
    pub const fn delegated(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.delegated = AnyOf(any);
        self
    }
    /// Sets the permissions of a signed-in user for somebody else's mailbox.
    pub const fn shared(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.shared = AnyOf(any);
        self
    }
    /// Sets the permissions of an app. Without this call an app cannot do it.
    pub const fn application(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.application = Some(AnyOf(any));
        self
    }
    /// Sets the permissions that some inputs need.
    pub const fn cases(mut self, cases: &'static [ScopeCase]) -> Spec {
        self.scope_cases = cases;
        self
    }
    /// Declares that the input alone decides which permissions a user or an app needs: there are no usual ones.
    pub const fn by_input(mut self) -> Spec {
        self.scopes = Scopes::NONE;
        self.scopes_by_input = true;
        self
    }
    /// Returns every permission set that an input may need: of each of its parts, any one. `shared`: in somebody else's
    /// data. A set that the signed-in principal cannot have is left out.
    pub fn possible(&self, application: bool, shared: bool) -> Vec<Vec<AnyOf>> {
        let of = |scopes: &Scopes| scopes.of_caller(application, shared);
        let usual = of(&self.scopes);
        let mut sets: Vec<Vec<AnyOf>> =
            usual.filter(|_| !self.scopes_by_input).into_iter().map(|any| vec![any]).collect();
        for case in self.scope_cases {
            match (of(&case.scopes), case.besides) {
                (Some(any), false) => sets.push(vec![any]),
                (Some(any), true) => sets.extend(usual.map(|usual| vec![usual, any])),
                (None, _) => {}
            }
        }
        sets
    }
    /// Declares that the output is a list: its items are emitted one by one and can be streamed.
    pub const fn list(mut self) -> Spec {
        self.list = true;
        self
    }
    /// Declares that many inputs are accepted at once, as `items`; the output reports the result of each.
    ///
    /// ```
    /// use connector_sdk::{Action, Connector, Context, Deleted, Effect, Plan, Request, Response, Result};
    /// use connector_sdk::{ConnectionSpec, ScriptedRun, Spec};
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct DeleteUser { id: String }
    /// impl Action for DeleteUser {
    ///     type Output = Deleted;
    ///     const SPEC: Spec = Spec::new("delete_user", "Delete user", Effect::Delete).bulk();
    ///     fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
    ///         Ok(Request::delete("/users/{user}").path_param("user", self.id).deleted())
    ///     }
    /// }
    ///
    /// # let connection = ConnectionSpec::new(Vec::new(), Vec::new());
    /// let people = Connector::new("people", "People", "Removes users.", connection).action::<DeleteUser>();
    /// let items = json!({ "items": [{ "id": "u1" }, { "id": "u2" }] });
    /// let plan = people.find_action("delete_user").unwrap().plan(items, &Context::user()).unwrap();
    /// let mut scripted = ScriptedRun::new([Response::new(204, ""), Response::new(404, "")]);
    /// assert_eq!(scripted.run(plan).unwrap().as_str(), r#"{"succeeded":1,"failed":1,"skipped":0}"#);
    /// ```
    pub const fn bulk(mut self) -> Spec {
        self.bulk = true;
        self
    }
    /// Declares [`Spec::bulk`] with one input finished before the next one begins: for actions that first look where
    /// they may write, so that two at once would take the same place.
    pub const fn bulk_in_turn(mut self) -> Spec {
        self.bulk = true;
        self.in_turn = true;
        self
    }
    /// Declares that a run with an idempotency key finds what an earlier run with the same key has done, so that it may
    /// be repeated when the outcome of the first is unknown.
    pub const fn resumes(mut self) -> Spec {
        self.resumes = true;
        self
    }
    /// Sets what a trigger may miss where Graph no longer knows its position, such as `users that changed`: each time
    /// that happens, the next event reports the gap.
    pub const fn misses(mut self, what: &'static str) -> Spec {
        self.misses = Some(what);
        self
    }
    /// Says that Graph notifies of a trigger's events; [`Trigger::notification_resource`](crate::Trigger::notification_resource)
    /// names of what.
    pub const fn real_time(mut self) -> Spec {
        self.real_time = true;
        self
    }
}
