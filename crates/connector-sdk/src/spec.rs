//! The card of an action, a trigger or a picklist: what a reader must know before using it.

use serde::Serialize;

use crate::scopes::{AnyOf, Scopes};

/// What an action does to the world. Retry rules, previews and the hints for agents come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Makes something new; done twice, there are two.
    Create,
    /// Changes something that exists.
    Update,
    /// Takes something away: an object, or what is on a device.
    Delete,
    /// Reaches a person; it cannot be taken back.
    Send,
}

impl Effect {
    /// The stable name, such as `read`.
    pub const fn name(self) -> &'static str {
        match self {
            Effect::Read => "read",
            Effect::Create => "create",
            Effect::Update => "update",
            Effect::Delete => "delete",
            Effect::Send => "send",
        }
    }
    /// Whether it takes something away, so that a door asks before it lets an agent do it: what the
    /// [tools of MCP](https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations)
    /// call `destructiveHint`.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Effect::Delete)
    }
}

/// What it needs for some inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeCase {
    /// For which, as the end of a sentence that begins with "when", such as `revokeSessions is set`.
    pub when: &'static str,
    /// Whether it is needed besides the usual set; otherwise it is needed in its place.
    pub besides: bool,
    /// The permissions.
    #[serde(flatten)]
    pub scopes: Scopes,
}

impl ScopeCase {
    /// These in the place of the usual ones.
    pub const fn instead(when: &'static str, scopes: Scopes) -> ScopeCase {
        ScopeCase { when, besides: false, scopes }
    }
    /// These besides the usual ones.
    pub const fn besides(when: &'static str, scopes: Scopes) -> ScopeCase {
        ScopeCase { when, besides: true, scopes }
    }
}

/// The card of an action, a trigger or a picklist.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// The name, `snake_case`, unique within its connector and kind.
    pub name: &'static str,
    /// The name for people, such as `Send email`.
    pub title: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// What it needs for a usual input.
    pub scopes: Scopes,
    /// Whether there is no usual set: the input alone decides, and `scopes` names nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scopes_by_input: bool,
    /// What other inputs need.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub scope_cases: &'static [ScopeCase],
    /// Whether its output is a list whose items are handed out one by one.
    pub list: bool,
    /// Whether it also takes many inputs at once, as `items`.
    pub bulk: bool,
    /// Whether the many inputs are done one after the other, because they may be about one thing.
    #[serde(skip)]
    pub in_turn: bool,
    /// Whether a run with an idempotency key finds what an earlier run with the same key has done.
    pub resumes: bool,
    /// What brings back what an action takes away, and how long; `None` where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<&'static str>,
    /// What a trigger may miss where Graph no longer knows its place; `None` where it misses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misses: Option<&'static str>,
}

impl Spec {
    /// A card that needs nothing beyond a signed-in user, and that an app cannot use.
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
        }
    }
    /// Whether what it does to the world can be taken back: not when it reaches a person, nor when it takes away what
    /// no recycle bin keeps.
    pub const fn is_irreversible(&self) -> bool {
        match self.effect {
            Effect::Send => true,
            Effect::Delete => self.undo.is_none(),
            Effect::Read | Effect::Create | Effect::Update => false,
        }
    }
    /// Says what brings back what it takes away, and how long, in a sentence. Without this call nothing does.
    pub const fn undo(mut self, how: &'static str) -> Spec {
        self.undo = Some(how);
        self
    }
    /// The same under another name, for a connector that offers what is another one's.
    pub const fn named(mut self, name: &'static str, title: &'static str) -> Spec {
        self.name = name;
        self.title = title;
        self
    }
    /// What it needs, where several things need the same.
    pub const fn scopes(mut self, scopes: Scopes) -> Spec {
        self.scopes = scopes;
        self
    }
    /// What a signed-in user needs: any one, the least privileged first.
    pub const fn delegated(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.delegated = AnyOf(any);
        self
    }
    /// What a signed-in user needs for somebody else's mailbox.
    pub const fn shared(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.shared = AnyOf(any);
        self
    }
    /// What a signed-in app needs. Without this call an app cannot do it.
    pub const fn application(mut self, any: &'static [&'static str]) -> Spec {
        self.scopes.application = Some(AnyOf(any));
        self
    }
    /// What some inputs need.
    pub const fn cases(mut self, cases: &'static [ScopeCase]) -> Spec {
        self.scope_cases = cases;
        self
    }
    /// Says that the input alone decides what a user or an app needs: there is no usual set.
    pub const fn by_input(mut self) -> Spec {
        self.scopes = Scopes::NONE;
        self.scopes_by_input = true;
        self
    }
    /// Every set that an input may need: of each of its parts, any one. `shared`: in somebody else's data. A set that
    /// who is signed in cannot have is left out.
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
    /// Says that it lists: its items are handed out one by one and can be streamed.
    pub const fn list(mut self) -> Spec {
        self.list = true;
        self
    }
    /// Says that it also takes many inputs at once, as `items`, and tells the fate of each.
    pub const fn bulk(mut self) -> Spec {
        self.bulk = true;
        self
    }
    /// As [`Spec::bulk`], and one input is done before the next one begins: for what looks first where it
    /// may write, so that two at once would take the same place.
    pub const fn bulk_in_turn(mut self) -> Spec {
        self.bulk = true;
        self.in_turn = true;
        self
    }
    /// Says that a run with an idempotency key finds what an earlier run with the same key has done, so
    /// that it may be repeated when nobody knows what became of the first.
    pub const fn resumes(mut self) -> Spec {
        self.resumes = true;
        self
    }
    /// Says what a trigger may miss where Graph no longer knows its place, such as `users that changed`: each time that
    /// happens, the next event tells the gap.
    pub const fn misses(mut self, what: &'static str) -> Spec {
        self.misses = Some(what);
        self
    }
}
