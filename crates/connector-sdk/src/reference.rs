//! Microsoft's description of Graph, where a host has it.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Granted, Result, Sent, Subject};

/// Kind of account that permissions are looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Account {
    /// A user with a work or school account.
    Work,
    /// A user with a personal account.
    Personal,
    /// An app.
    App,
}

/// Permissions of which any one suffices for a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sufficient {
    /// Permissions that Microsoft names the least privileged.
    pub least: Vec<String>,
    /// All sufficient permissions, the least privileged first. Empty: such an account cannot send the request.
    pub all: Vec<String>,
}

impl Sufficient {
    /// Creates a set of permissions of which any one suffices, with the least privileged ones.
    pub fn new(least: Vec<String>, all: Vec<String>) -> Sufficient {
        Sufficient { least, all }
    }
}

/// Microsoft's description of Graph: its paths, and the permissions that they require.
///
/// It is read in memory and says the same throughout a run, so a plan that uses it stays a value.
pub trait Reference: fmt::Debug + Send + Sync {
    /// Returns the permissions of a request to `path`, such as `/groups/{id}`. `None` where the description says
    /// nothing about it.
    ///
    /// # Errors
    /// `invalid_input` when the description is not on this machine; at `/path` for a path that leads
    /// nowhere, with the nearest name; at `/method` for a method that the path does not take.
    fn permissions(&self, method: &str, path: &str, account: Account) -> Result<Option<Sufficient>>;

    /// Returns the properties of an entity of Graph, such as `user`, each with its JSON Schema. `None` where the
    /// description is not on this machine, or says nothing about it.
    fn properties(&self, entity: &str) -> Option<Map<String, Value>>;

    /// Returns warnings about a request: names that Graph does not have, and permissions that `granted` lacks. Empty
    /// where the description is not on this machine.
    fn doubts(&self, request: &Sent, who: &Subject, granted: Option<&Granted>) -> Vec<String>;
}
