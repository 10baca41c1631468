//! Rules: what must come before a run.

use connector_sdk::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Domain, Patterns};

/// What must come before a run. Rules are ordered from the laxest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
// Closed: every interface must know each of them.
pub enum Rule {
    /// Nothing: it runs at once.
    Allow,
    /// A preview, which returns a confirmation: a guard against mistakes.
    AfterPreview,
    /// A preview, and then the approval of a person: a guard against a caller that was led astray.
    AfterApproval,
    /// It never runs.
    Deny,
}

impl Rule {
    /// Returns the stable name, such as `after_preview`.
    pub const fn name(self) -> &'static str {
        match self {
            Rule::Allow => "allow",
            Rule::AfterPreview => "after_preview",
            Rule::AfterApproval => "after_approval",
            Rule::Deny => "deny",
        }
    }
}

/// Who may answer an approval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalBy {
    /// The person in front of the client that asks, or somebody in the console.
    ClientOrConsole,
    /// Somebody in the console or on the command line. An answer that came through the client is not accepted.
    #[default]
    Console,
}

/// An exception to the rules: another rule for some actions, whatever their effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Actions that it is about. An action that several connectors offer has a name in each of them.
    pub actions: Patterns,
    /// Rule for these actions.
    pub rule: Rule,
}

/// Rules by effect, with exceptions by action. By default, reading is allowed and everything else is denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rules {
    /// Rule for what changes nothing.
    pub read: Rule,
    /// Rule for what creates.
    pub create: Rule,
    /// Rule for what changes something that exists.
    pub update: Rule,
    /// Rule for what reaches a person.
    pub send: Rule,
    /// Rule for what removes.
    pub delete: Rule,
    /// Exceptions, of which the first that reaches an action counts.
    pub exceptions: Vec<Exception>,
    /// Domains that may be sent to; `None`: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<Domain>>,
    /// Who may answer an approval.
    pub approvals: ApprovalBy,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            read: Rule::Allow,
            create: Rule::Deny,
            update: Rule::Deny,
            send: Rule::Deny,
            delete: Rule::Deny,
            exceptions: Vec::new(),
            recipients: None,
            approvals: ApprovalBy::Console,
        }
    }
}

impl Rules {
    /// Returns the rules that allow everything.
    pub fn everything() -> Rules {
        Rules {
            create: Rule::Allow,
            update: Rule::Allow,
            send: Rule::Allow,
            delete: Rule::Allow,
            approvals: ApprovalBy::ClientOrConsole,
            ..Rules::default()
        }
    }

    /// Returns the rules for somebody who may write with care: creating and updating after a preview, sending and
    /// deleting after an approval.
    pub fn guarded() -> Rules {
        Rules {
            create: Rule::AfterPreview,
            update: Rule::AfterPreview,
            send: Rule::AfterApproval,
            delete: Rule::AfterApproval,
            ..Rules::default()
        }
    }

    /// Returns the rule for an action and an effect.
    pub fn rule(&self, action: &str, effect: Effect) -> Rule {
        if let Some(exception) = self.exceptions.iter().find(|exception| exception.actions.has(action)) {
            return exception.rule;
        }
        match effect {
            Effect::Read => self.read,
            Effect::Create => self.create,
            Effect::Update => self.update,
            Effect::Delete => self.delete,
            Effect::Send => self.send,
            // What this version does not know is not allowed by it.
            _ => Rule::Deny,
        }
    }
}
