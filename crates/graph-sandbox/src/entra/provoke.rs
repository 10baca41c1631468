//! Reasons why sign-ins fail, on demand.

use serde::{Deserialize, Serialize};

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
