//! Reasons of refused sign-ins, and who must act.
//!
//! Microsoft warns that its error numbers may change, so they only refine what the standard `error` says;
//! see [the list of numbers][1] and [how to handle errors][2].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
//! [2]: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application

use connector_sdk::{Actor, Code};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reason of a refused sign-in. The names are stored and shown, so they are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The refresh token or the code is no longer valid: too old, used, or revoked.
    SignInAgain,
    /// Multifactor authentication, or another step that only the user can take.
    Interaction,
    /// The password changed or expired.
    Password,
    /// The user said no, or did not finish in time.
    Declined,
    /// The account does not exist here, or is of the wrong type.
    Account,
    /// A permission has no consent.
    Consent,
    /// Only an administrator may consent.
    AdminConsent,
    /// A policy of the tenant forbids it, or asks for a managed device.
    Policy,
    /// The account is disabled, locked or not assigned to the app.
    AccountBlocked,
    /// The app is disabled.
    AppDisabled,
    /// The tenant does not know the app.
    AppUnknown,
    /// There is no such tenant in this cloud, or the app may not sign in there.
    Tenant,
    /// The client secret or certificate expired.
    SecretExpired,
    /// The client secret, certificate or assertion is wrong or missing.
    SecretWrong,
    /// The app registration does not fit the sign-in method.
    Registration,
    /// A scope does not exist, or cannot be requested in this way.
    Scope,
    /// The request was refused for another reason.
    Refused,
    /// Too many requests.
    Throttled,
    /// The sign-in service has a passing fault.
    Passing,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 19] = [
        Reason::SignInAgain,
        Reason::Interaction,
        Reason::Password,
        Reason::Declined,
        Reason::Account,
        Reason::Consent,
        Reason::AdminConsent,
        Reason::Policy,
        Reason::AccountBlocked,
        Reason::AppDisabled,
        Reason::AppUnknown,
        Reason::Tenant,
        Reason::SecretExpired,
        Reason::SecretWrong,
        Reason::Registration,
        Reason::Scope,
        Reason::Refused,
        Reason::Throttled,
        Reason::Passing,
    ];

    // what it is called in an error, what happened, what to do
    const fn row(self) -> (Code, &'static str, &'static str) {
        use Reason as R;
        match self {
            R::SignInAgain => (
                Code::NotConnected,
                "the sign-in has ended",
                "Reconnect the connection: sign in again with the same account.",
            ),
            R::Interaction => (
                Code::NotConnected,
                "Microsoft asks the user for multifactor authentication or another step",
                "Reconnect the connection and complete multifactor authentication when asked. If it is not set up for the account yet, set it up first.",
            ),
            R::Password => (
                Code::NotConnected,
                "the user's password has changed or expired",
                "Reconnect the connection with the new password.",
            ),
            R::Declined => (
                Code::NotConnected,
                "the sign-in was not completed",
                "Start again and accept the permissions that are asked for.",
            ),
            R::Account => (
                Code::NotConnected,
                "this account cannot sign in here",
                "Sign in with an account of the right tenant and type, or correct the connection's `tenantId` or `accountType`. A guest must be invited first.",
            ),
            R::Consent => (
                Code::NotConnected,
                "a permission that the connection asks for has no consent",
                "Reconnect and accept the permissions, or let an administrator grant consent for the app.",
            ),
            R::AdminConsent => (
                Code::MissingScope,
                "an administrator must consent to the permissions",
                "Let an administrator open the connection's consent page, or approve the request under Enterprise applications, Admin consent requests; then reconnect.",
            ),
            R::Policy => (
                Code::Forbidden,
                "a policy of the tenant blocks the sign-in",
                "Ask an administrator which Conditional Access policy applies; the sign-in log shows it under the request id.",
            ),
            R::AccountBlocked => (
                Code::Forbidden,
                "the account is disabled, locked or not assigned to the app",
                "Ask an administrator to enable or unlock the account, or to assign it to the app; then reconnect.",
            ),
            R::AppDisabled => (
                Code::Forbidden,
                "the app is disabled in the tenant",
                "Ask an administrator to enable it under Enterprise applications, Properties, Enabled for users to sign in.",
            ),
            R::AppUnknown => (
                Code::Forbidden,
                "the tenant does not know the app",
                "Check `clientId`, `tenantId` and `cloud`. If they are right, an administrator of the tenant must consent to the app once.",
            ),
            R::Tenant => (
                Code::Forbidden,
                "the app cannot sign in at this tenant",
                "Check `tenantId`, `accountType` and `cloud`. A single-tenant app needs its tenant's id; an app needs one tenant, not `common`.",
            ),
            R::SecretExpired => (
                Code::Forbidden,
                "the app's client secret or certificate has expired",
                "Make a new one under App registrations, Certificates & secrets, and store its value in the connection. Users need not sign in again.",
            ),
            R::SecretWrong => (
                Code::Forbidden,
                "the app's client secret, certificate or assertion was not accepted",
                "Store the secret's value (not its id) in the connection, or the certificate that is registered for the app.",
            ),
            R::Registration => (
                Code::Forbidden,
                "the app registration does not allow this way to sign in",
                "Check the app registration: the redirect URI and its platform, public client flows, and the supported account types.",
            ),
            R::Scope => (
                Code::Rejected,
                "a scope was not accepted",
                "Check the names in `scopes`; they must be permissions of Microsoft Graph that the app may ask for.",
            ),
            R::Refused => (
                Code::Rejected,
                "the sign-in service refused the request",
                "Look the number up at https://login.microsoftonline.com/error.",
            ),
            R::Throttled => (
                Code::Throttled,
                "the sign-in service asks to slow down",
                "Nothing is wrong with the connection; try again later.",
            ),
            R::Passing => (
                Code::Unavailable,
                "the sign-in service has a passing fault",
                "Nothing is wrong with the connection; try again in a while.",
            ),
        }
    }

    /// Returns the error code.
    pub const fn code(self) -> Code {
        self.row().0
    }
    /// Returns what happened: a sentence without its full stop.
    pub const fn what(self) -> &'static str {
        self.row().1
    }
    /// Returns the advice: what to do about it.
    pub const fn hint(self) -> &'static str {
        self.row().2
    }
    /// Returns who must act.
    pub const fn actor(self) -> Actor {
        self.code().actor()
    }
    /// Returns whether trying again can help without anybody acting.
    pub const fn is_passing(self) -> bool {
        matches!(self, Reason::Throttled | Reason::Passing)
    }

    /// Returns whether the refusal may be lifted without the user signing in: an administrator consents or changes a
    /// policy, the app gets a new secret. Then trying again after a while can help.
    pub const fn may_be_lifted(self) -> bool {
        use Reason as R;
        !matches!(self, R::SignInAgain | R::Interaction | R::Password | R::Declined | R::Account)
    }

    /// Returns the reason for one of Microsoft's error numbers. `None`: the standard error must do.
    pub const fn of_number(number: u32) -> Option<Reason> {
        use Reason as R;
        Some(match number {
            // The grant: expired, used, revoked, of another tenant, or beyond the sign-in frequency.
            50058 | 50089 | 50173 | 50132 | 54005 | 70000 | 70008 | 70043 | 700005 | 700082 | 700084 | 50085
            | 50139 => R::SignInAgain,
            50072 | 50074 | 50076 | 50078 | 50079 | 50140 | 50158 | 50199 | 53004 | 700020 | 16000 | 16001 => {
                R::Interaction
            }
            50055 | 50056 | 50125 | 50126 | 50133 | 50135 | 50144 => R::Password,
            65004 | 70019 | 90120 | 70018 => R::Declined,
            50014 | 50020 | 50034 | 51004 | 90072 | 500208 | 16003 => R::Account,
            65001 | 90008 => R::Consent,
            90094 | 90095 | 90093 | 900941 => R::AdminConsent,
            50005
            | 50097
            | 50129
            | 50131
            | 50155
            | 50187
            | 53000..=53003
            | 53009..=53011
            | 530003
            | 530032
            | 530034
            | 530035
            | 500021
            | 500022
            | 500212
            | 500213 => R::Policy,
            50053 | 50057 | 50105 | 80012 => R::AccountBlocked,
            70001 | 7000112 | 1000031 => R::AppDisabled,
            700016 | 700011 | 500011 | 90099 | 650052 | 7000229 => R::AppUnknown,
            50002 | 50059 | 50128 | 50194 | 90002 | 90019 | 90038 | 90051 | 90124 | 90130 | 9001023 | 9002331
            | 9002332 | 9002346 => R::Tenant,
            7000222 => R::SecretExpired,
            50012
            | 50013
            | 50027
            | 50048
            | 500133
            | 70002
            | 700021
            | 700024
            | 700027
            | 700030
            | 700211..=700213
            | 70021
            | 7000215
            | 7000216
            | 7000218 => R::SecretWrong,
            50011
            | 65005
            | 650056
            | 650057
            | 70003..=70005
            | 700025
            | 700054
            | 7000114
            | 900971
            | 9002325..=9002327 => R::Registration,
            28002 | 28003 | 70011 | 700022 | 700023 | 1002012 | 650053 | 650054 | 650055 => R::Scope,
            50196 | 90055 => R::Throttled,
            50033 | 50087 | 50088 | 50166 | 70012 | 80001 | 80002 | 80005 | 80014 | 90006 | 90012 | 90024 | 90033
            | 90090 | 90091 => R::Passing,
            _ => return None,
        })
    }

    /// Returns the reason for a standard `error` (RFC 6749 4.1.2.1 and 5.2, RFC 8628 3.5, OpenID Connect Core 3.1.2.6),
    /// with Microsoft's `suberror`.
    pub(crate) fn of_error(error: &str, suberror: Option<&str>) -> Option<Reason> {
        use Reason as R;
        match suberror {
            Some("consent_required") => return Some(R::Consent),
            Some("user_password_expired") => return Some(R::Password),
            Some("basic_action" | "additional_action") => return Some(R::Interaction),
            Some("protection_policy_required" | "device_authentication_failed") => return Some(R::Policy),
            _ => {}
        }
        Some(match error {
            "invalid_grant" | "login_required" | "bad_verification_code" => R::SignInAgain,
            "interaction_required" | "account_selection_required" => R::Interaction,
            "access_denied" | "authorization_declined" | "expired_token" => R::Declined,
            "consent_required" => R::Consent,
            "invalid_client" => R::SecretWrong,
            "unauthorized_client" | "unsupported_grant_type" | "unsupported_response_type" => R::Registration,
            "invalid_scope" | "invalid_resource" | "invalid_target" => R::Scope,
            "temporarily_unavailable" | "server_error" => R::Passing,
            "slow_down" => R::Throttled,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_says_who_acts_and_what_to_do() {
        for reason in Reason::ALL {
            assert!(reason.hint().ends_with('.') && !reason.what().ends_with('.'), "{reason:?}");
            let expected = match reason {
                Reason::SignInAgain
                | Reason::Interaction
                | Reason::Password
                | Reason::Declined
                | Reason::Account
                | Reason::Consent => Actor::User,
                Reason::Throttled | Reason::Passing => Actor::Nobody,
                Reason::Scope | Reason::Refused => Actor::Caller,
                _ => Actor::Administrator,
            };
            assert_eq!(reason.actor(), expected, "{reason:?}");
            assert!(reason.may_be_lifted() || expected == Actor::User, "{reason:?}: who is no user can lift it");
        }
    }

    #[test]
    fn numbers_that_are_seen_in_practice() {
        for (number, reason) in [
            (50076, Reason::Interaction),
            (50079, Reason::Interaction),
            (50173, Reason::SignInAgain),
            (700082, Reason::SignInAgain),
            (70043, Reason::SignInAgain),
            (70000, Reason::SignInAgain),
            (50133, Reason::Password),
            (65001, Reason::Consent),
            (90094, Reason::AdminConsent),
            (53003, Reason::Policy),
            (7000112, Reason::AppDisabled),
            (700016, Reason::AppUnknown),
            (50059, Reason::Tenant),
            (90002, Reason::Tenant),
            (7000222, Reason::SecretExpired),
            (7000215, Reason::SecretWrong),
            (700027, Reason::SecretWrong),
            (50011, Reason::Registration),
            (70011, Reason::Scope),
            (90033, Reason::Passing),
        ] {
            assert_eq!(Reason::of_number(number), Some(reason), "{number}");
        }
        assert_eq!(Reason::of_number(1), None);
    }
}
