//! What the sign-in service remembers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::json;

use super::accounts::Accounts;
use super::apps::{App, seeds};
use super::errors::Failure;
use super::grant::{Code, Device, Grant, Refresh};
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

    /// What a user, or an administrator for everybody, has consented to.
    pub(crate) fn consented(&self, client_id: &str, oid: &str) -> BTreeSet<String> {
        let user = self.consents.get(&(client_id.to_owned(), oid.to_owned()));
        user.into_iter().chain(self.admin_consents.get(client_id)).flatten().cloned().collect()
    }

    /// Whether a reason that concerns an app stands.
    pub(crate) fn provoked(&self, reason: &Provoke) -> bool {
        self.provoked.iter().any(|(_, provoked)| provoked == reason)
    }

    /// Whether the account may sign in.
    pub(crate) fn check_account(&self, oid: &str) -> Result<(), Failure> {
        for (_, reason) in &self.provoked {
            match reason {
                Provoke::UserDisabled(user) if user == oid => {
                    return Err(Failure::new(50_057, "The user account is disabled."));
                }
                Provoke::BlockedByPolicy(user) if user == oid => {
                    let text = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
                    return Err(Failure::new(53_003, text));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a grant is still good.
    pub(crate) fn check_grant(&self, grant: &Grant) -> Result<(), Failure> {
        let oid = &grant.account.oid;
        self.check_account(oid)?;
        for (_, reason) in self.provoked.iter().filter(|(number, _)| *number > grant.number) {
            return Err(match reason {
                Provoke::MfaRequired(user) if user == oid => Failure::new(
                    50_076,
                    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
                ),
                Provoke::MfaEnrolment(user) if user == oid => {
                    let text = "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multifactor authentication to access '00000003-0000-0000-c000-000000000000'.";
                    let policy = json!({ "access_token": { "polids": { "essential": true, "values": ["5eed0000-0000-4000-8000-0000000000c1"] } } });
                    Failure { claims: Some(Box::new(policy)), ..Failure::new(50_079, text) }
                }
                Provoke::PasswordChanged(user) if user == oid => Failure::new(
                    50_173,
                    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
                ),
                Provoke::RefreshTokensExpired(user) if user == oid => Failure::new(
                    700_082,
                    "The refresh token has expired due to inactivity. The token was inactive for 90.00:00:00.",
                ),
                _ => continue,
            });
        }
        Ok(())
    }
}
