//! `create_user`

use connector_sdk::{Action, Context, Effect, Error, Fields, Json, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::USERS_WRITE;
use crate::references;
use crate::users::password::NewPassword;
use crate::vocabulary::{User, UserContent, UserId, custom_attributes};

/// Create a user. Give a password, or have one generated: it is returned once and kept nowhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true
})]))]
pub struct CreateUser {
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// The name to sign in with, at a verified domain of the tenant.
    #[schemars(extend("format" = "email", "maxLength" = 113))]
    user_principal_name: String,
    /// The part of the email address before the `@`.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: String,
    /// The first password.
    #[serde(flatten)]
    password: NewPassword,
    /// Make the user choose another password at the first sign-in; the default is to do so.
    #[serde(default = "yes")]
    force_change_password_next_sign_in: bool,
    /// Whether the user can sign in; the default is that it can.
    #[serde(default = "yes")]
    account_enabled: bool,
    /// What else is to be set.
    #[serde(flatten)]
    content: UserContent,
    /// The new manager.
    manager_id: Option<UserId>,
    /// Values of custom attributes, by their full names such as `extension_<appId>_costCenter`, or
    /// `extensionAttribute1` to `15`.
    #[serde(default)]
    custom_attributes: Map<String, Value>,
    /// Other properties of the user, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

fn yes() -> bool {
    true
}

/// The new user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// The user, as Graph returned it.
    user: Raw<User>,
    /// The password, if it was generated. It is shown this once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_password: Option<String>,
    /// Why the manager was not set, where that failed: code, message, hint and what Graph said. The user was created;
    /// set the manager with `assign_manager`.
    #[serde(skip_serializing_if = "Option::is_none")]
    manager_error: Option<Error>,
}

impl Action for CreateUser {
    type Output = Created;
    const SPEC: Spec = Spec::new("create_user", "Create user", Effect::Create).scopes(USERS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Created>> {
        let chosen = self.password.choose(cx)?;
        let manager = self.manager_id.map(|manager| references::user(cx, &manager.0, "managerId")).transpose()?;
        let profile = json!({
            "password": chosen.password.expose(), "forceChangePasswordNextSignIn": self.force_change_password_next_sign_in,
        });
        let required = json!({
            "accountEnabled": self.account_enabled, "displayName": self.display_name, "userPrincipalName": self.user_principal_name,
            "mailNickname": self.mail_nickname, "passwordProfile": profile,
        });
        let fields = Fields::of(&required)?
            .and_all(Fields::of(&self.content)?)
            .and_all(custom_attributes(self.custom_attributes, "customAttributes")?)
            .and(self.additional_properties);
        let create = Request::post("/users").json(fields).sensitive().hide([chosen.password]);
        // From here on nothing may keep the password back: it is in no other place.
        let (shown, name) = (chosen.shown, self.user_principal_name);
        Ok(Plan::call(create, move |answer| {
            let user = answer.json().unwrap_or_else(|_| Json::trusted("{}".to_owned()));
            set_manager(answer.id().unwrap_or(name), manager).map(|manager_error| Created {
                user: Raw::new(user),
                generated_password: shown,
                manager_error,
            })
        }))
    }
}

// The manager is a reference, which Graph sets by a request of its own. Why it was not set, if it was not.
fn set_manager(user: String, manager: Option<Value>) -> Plan<Option<Error>> {
    let Some(manager) = manager else { return Plan::done(None) };
    let set = Request::put("/users/{user}/manager/$ref").path_param("user", user).json(manager);
    set.accepted().map(|_| None).or_else(|error| Plan::done(Some(error)))
}
