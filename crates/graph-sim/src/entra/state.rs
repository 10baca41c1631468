//! What the sign-in service remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::accounts::Accounts;
use super::apps::{App, seeds};

/// Everything that changes.
pub(crate) struct State {
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) accounts: Accounts,
    /// What users have consented to, by client id and object id.
    pub(crate) consents: HashMap<(String, String), BTreeSet<String>>,
    sequence: u64,
}

impl State {
    pub(crate) fn seeded() -> State {
        State {
            apps: seeds::all().into_iter().map(|app| (app.client_id.clone(), app)).collect(),
            accounts: Accounts::seeded(),
            consents: HashMap::new(),
            sequence: 0,
        }
    }

    /// The next number: what has a smaller one happened before. Times would not do, because the clock may stand still.
    pub(crate) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}
