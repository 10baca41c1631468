//! What Microsoft says about Graph, where a host has it at hand.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Granted, Result, Sent, Who};

/// Whose permissions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// A user with a work or school account.
    Work,
    /// A user with a personal account.
    Personal,
    /// An app.
    App,
}

/// The permissions of which any one suffices for a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sufficient {
    /// Those that Microsoft names the least privileged.
    pub least: Vec<String>,
    /// All of them, the least privileged first. None: such an account cannot do it.
    pub all: Vec<String>,
}

/// Microsoft's own description of Graph: which addresses there are, and which permissions they take.
///
/// It is read in memory and says the same throughout a run, so a plan that looks into it stays a value.
pub trait Reference: fmt::Debug + Send + Sync {
    /// The permissions of a request to `path`, such as `/groups/{id}`. `None` where the description says
    /// nothing about it.
    ///
    /// # Errors
    /// `invalid_input` when the description is not on this machine; at `/path` for a path that leads
    /// nowhere, with the nearest name; at `/method` for a method that the path does not take.
    fn permissions(&self, method: &str, path: &str, account: Account) -> Result<Option<Sufficient>>;

    /// The properties of an entity of Graph, such as `user`, each with its JSON Schema. `None` where the
    /// description is not on this machine, or says nothing about it.
    fn properties(&self, entity: &str) -> Option<Map<String, Value>>;

    /// What speaks against a request: names that Graph does not have, and permissions that `granted` lacks.
    /// Nothing where the description is not on this machine.
    fn doubts(&self, request: &Sent, who: &Who, granted: Option<&Granted>) -> Vec<String>;
}
