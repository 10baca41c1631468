//! What the sign-in service remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::accounts::Accounts;
use super::apps::{App, seeds};
use super::device::Device;
use super::grant::{Code, Refresh};
use super::provoke::Provoke;

/// Everything that changes.
pub(crate) struct State {
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) accounts: Accounts,
    /// What users have consented to, by client id and object id.
    pub(crate) consents: HashMap<(String, String), BTreeSet<String>>,
    /// What administrators have consented to for everybody, by client id.
    pub(crate) admin_consents: HashMap<String, BTreeSet<String>>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) refresh: HashMap<String, Refresh>,
    pub(crate) devices: HashMap<String, Device>,
    /// The numbers of grants that are over.
    pub(crate) ended: HashSet<u64>,
    /// The `jti` of client assertions that were used, and when they expire.
    pub(crate) assertions: HashMap<(String, String), i64>,
    /// Why sign-ins fail, each with its number.
    pub(crate) provoked: Vec<(u64, Provoke)>,
    sequence: u64,
}

impl State {
    pub(crate) fn seeded() -> State {
        State {
            apps: seeds::all().into_iter().map(|app| (app.client_id.clone(), app)).collect(),
            accounts: Accounts::seeded(),
            consents: HashMap::new(),
            admin_consents: HashMap::new(),
            codes: HashMap::new(),
            refresh: HashMap::new(),
            devices: HashMap::new(),
            ended: HashSet::new(),
            assertions: HashMap::new(),
            provoked: Vec::new(),
            sequence: 0,
        }
    }

    /// The next number: what has a smaller one happened before. Times would not do, because the clock may stand still.
    pub(crate) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}
