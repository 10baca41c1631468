//! Sign-ins that fail on demand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Entra;
use super::errors::Failure;
use super::grant::Grant;
use super::state::State;
use crate::lock;

/// A reason why sign-ins fail. Users are named by user principal name or object id, apps by client id.
///
/// In JSON, as `POST /sandbox/provoke` takes it: `{"mfaRequired": "ada@contoso.com"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Provoke {
    /// The user must use multi-factor authentication: 50076 until the user signs in again.
    MfaRequired(String),
    /// The user must enrol for it: `interaction_required` with 50079 and claims, until a new sign-in.
    MfaEnrolment(String),
    /// A Conditional Access policy blocks the user: 53003.
    BlockedByPolicy(String),
    /// The user changed the password: 50173 until a new sign-in.
    PasswordChanged(String),
    /// The user's refresh tokens have expired: 700082 until a new sign-in.
    RefreshTokensExpired(String),
    /// The account is disabled: 50057.
    UserDisabled(String),
    /// The user withdrew the consent to an app: 65001 until consent is given again.
    ConsentWithdrawn {
        /// The client id.
        app: String,
        /// The user.
        user: String,
    },
    /// The app is disabled: 7000112.
    AppDisabled(String),
    /// The app's secrets have expired: 7000222.
    SecretExpired(String),
    /// Only an administrator may consent to the app: 90094.
    AdminConsentRequired(String),
}

impl Entra {
    pub(crate) fn provoke(&self, provoke: Provoke) {
        let oid = |name: String| self.account(&name).map_or(name, |account| account.oid);
        // users are remembered by object id
        let provoke = match provoke {
            Provoke::MfaRequired(user) => Provoke::MfaRequired(oid(user)),
            Provoke::MfaEnrolment(user) => Provoke::MfaEnrolment(oid(user)),
            Provoke::BlockedByPolicy(user) => Provoke::BlockedByPolicy(oid(user)),
            Provoke::PasswordChanged(user) => Provoke::PasswordChanged(oid(user)),
            Provoke::RefreshTokensExpired(user) => Provoke::RefreshTokensExpired(oid(user)),
            Provoke::UserDisabled(user) => Provoke::UserDisabled(oid(user)),
            Provoke::ConsentWithdrawn { app, user } => {
                let mut state = lock(&self.state);
                drop(state.admin_consents.remove(&app));
                drop(state);
                let key = (app.clone(), oid(user.clone()));
                lock(&self.state).consents.insert(key, BTreeSet::new());
                return;
            }
            about_an_app => about_an_app,
        };
        let mut state = lock(&self.state);
        let number = state.next();
        state.provoked.push((number, provoke));
    }

    pub(crate) fn relent(&self) {
        lock(&self.state).provoked.clear();
    }
}

impl State {
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
