//! `reset_user_password`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::PASSWORDS_RESET;
use crate::users::password::NewPassword;
use crate::vocabulary::UserId;

/// Set a new password for a user: the given one, or a generated one, which is returned once. Who is signed in needs a
/// role of the directory that may reset the passwords of this user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "gradya@contoso.example", "generatePassword": true })]))]
pub struct ResetUserPassword {
    /// The user.
    user: UserId,
    /// The new password.
    #[serde(flatten)]
    password: NewPassword,
    /// Make the user choose another one at the next sign-in; the default is to do so.
    #[serde(default = "yes")]
    force_change_next_sign_in: bool,
    /// Ask for a second factor before the user may choose another one.
    #[serde(default)]
    force_change_with_mfa: bool,
}

fn yes() -> bool {
    true
}

/// The password was set.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reset {
    /// Graph made the change.
    updated: bool,
    /// The password, if it was generated. It is shown this once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl Action for ResetUserPassword {
    type Output = Reset;
    const SPEC: Spec =
        Spec::new("reset_user_password", "Reset user password", Effect::Update).scopes(PASSWORDS_RESET).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Reset>> {
        let chosen = self.password.choose(cx)?;
        let mut profile = json!({ "password": chosen.password.expose(), "forceChangePasswordNextSignIn": self.force_change_next_sign_in });
        if self.force_change_with_mfa {
            profile["forceChangePasswordNextSignInWithMfa"] = json!(true);
        }
        let request =
            Request::patch("/users/{user}").path_param("user", self.user.0).json(json!({ "passwordProfile": profile }));
        Ok(request
            .sensitive()
            .hide([chosen.password])
            .idempotent()
            .accepted()
            .map(|_| Reset { updated: true, password: chosen.shown }))
    }
}
