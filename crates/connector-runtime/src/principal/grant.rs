//! Grants: what a principal may do.

use connector_sdk::{Effect, Error, Issue, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Patterns, Rule, Rules};

/// Maximum number of patterns, exceptions and domains of a grant, each.
const MAX_LISTED: usize = 200;

/// Access to things of one kind that the host keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// None: they are hidden.
    #[default]
    None,
    /// They may be seen.
    Read,
    /// They may be seen, made, changed and removed.
    Write,
}

/// Which of the entries about calls may be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// None.
    #[default]
    None,
    /// Those of the principal itself, and of those that it made.
    Own,
    /// All.
    All,
}

/// What a principal may do. By default it reaches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Grant {
    /// Connections that it reaches.
    pub connections: Patterns,
    /// Actions and triggers that it reaches, such as `outlook.*`.
    pub actions: Patterns,
    /// What must come before a run.
    pub rules: Rules,
    /// Actions that agents get as tools of their own, of those that it reaches: at most 128 are listed.
    #[serde(skip_serializing_if = "Patterns::is_empty")]
    pub tools: Patterns,
    /// Access to watches.
    pub watches: Access,
    /// Access to destinations.
    pub destinations: Access,
    /// Whether it may make, reconnect and remove connections.
    pub connect: bool,
    /// Whether it may answer the approvals of others.
    pub approve: bool,
    /// Which entries of the audit log it may read.
    pub audit: Reach,
    /// Whether it may make and revoke keys. No other right implies it.
    pub keys: bool,
    /// Whether it may read the metrics.
    pub metrics: bool,
    /// Whether it may use settings that reach resources of the machine, such as files of tokens.
    pub admin: bool,
    /// Time at which it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

impl Grant {
    /// Returns the owner's: everything.
    pub fn everything() -> Grant {
        Grant {
            connections: Patterns::everything(),
            actions: Patterns::everything(),
            rules: Rules::everything(),
            tools: Patterns::default(),
            watches: Access::Write,
            destinations: Access::Write,
            connect: true,
            approve: true,
            audit: Reach::All,
            keys: true,
            metrics: true,
            admin: true,
            expires: None,
        }
    }

    /// Returns the rule for an action and an effect. An action that the grant does not reach is denied.
    pub fn rule(&self, action: &str, effect: Effect) -> Rule {
        if self.actions.has(action) { self.rules.rule(action, effect) } else { Rule::Deny }
    }

    /// Checks what a grant must be to be given at this time.
    ///
    /// # Errors
    /// `invalid_input` with every violation: a list that is too long, an exception without actions, or an end that has
    /// passed.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        let mut issues = Vec::new();
        let lists = [
            ("/connections", self.connections.0.len()),
            ("/actions", self.actions.0.len()),
            ("/tools", self.tools.0.len()),
            ("/rules/exceptions", self.rules.exceptions.len()),
            ("/rules/recipients", self.rules.recipients.as_ref().map_or(0, Vec::len)),
        ];
        for (pointer, length) in lists {
            if length > MAX_LISTED {
                issues.push(Issue::new(pointer, format!("has {length} entries; at most {MAX_LISTED} are possible")));
            }
        }
        for (at, exception) in self.rules.exceptions.iter().enumerate() {
            let pointer = format!("/rules/exceptions/{at}/actions");
            match exception.actions.0.len() {
                0 => issues.push(Issue::new(pointer, "is empty, so the exception is about no action")),
                1..=MAX_LISTED => {}
                more => {
                    issues.push(Issue::new(pointer, format!("has {more} entries; at most {MAX_LISTED} are possible")))
                }
            }
        }
        if self.expires.is_some_and(|end| end <= now) {
            issues.push(Issue::new("/expires", "has passed"));
        }
        if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
    }
}
