//! `update_user`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Request, Result, Secret, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::USERS_WRITE;
use crate::references;
use crate::users::password::NewPassword;
use crate::vocabulary::{UserContent, UserId, custom_attributes};

/// Change a user. Absent properties stay as they are, null clears a property, and lists are replaced as a whole. Some
/// properties of administrators can be changed only by other administrators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example", "jobTitle": "Marketing Lead", "officeLocation": null }), json!({ "user": "c0e38b25-9595-4155-8c2c-195de4a7b58d", "managerId": "7a8275e9-5dda-410e-863b-b613c378660d", "customAttributes": { "extension_605a17c2d914422b89f744fd46953180_costCenter": "CC-7" } })]))]
#[schemars(transform = rules::something_beside(&["user", "clearEmptyFields"]))]
pub struct UpdateUser {
    /// The user.
    user: UserId,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: Option<String>,
    /// The name to sign in with, at a verified domain of the tenant.
    #[schemars(extend("format" = "email", "maxLength" = 113))]
    user_principal_name: Option<String>,
    /// The part of the email address before the `@`.
    #[schemars(length(min = 1, max = 64))]
    mail_nickname: Option<String>,
    /// Whether the user can sign in.
    account_enabled: Option<bool>,
    /// A new password.
    password: Option<Secret>,
    /// Generate the password and return it. It is shown this once and kept nowhere.
    #[serde(default)]
    generate_password: bool,
    /// Make the user choose another password at the next sign-in.
    force_change_password_next_sign_in: Option<bool>,
    /// What else is to change.
    #[serde(flatten)]
    content: UserContent,
    /// The new manager; null removes the manager.
    #[serde(default)]
    manager_id: Edit<UserId>,
    /// Values of custom attributes by their full names, such as `extension_<appId>_costCenter` or
    /// `extensionAttribute1`. Null clears.
    #[serde(default)]
    custom_attributes: Map<String, Value>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the user, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    force_change_password_next_sign_in: Option<bool>,
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Graph made the change.
    updated: bool,
    /// The password, if it was generated. It is shown this once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_password: Option<String>,
}

impl Action for UpdateUser {
    type Output = Outcome;
    const SPEC: Spec = Spec::new("update_user", "Update user", Effect::Update).scopes(USERS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        let manager = self.manager_id.try_map(|manager| references::user(cx, &manager.0, "managerId"))?;
        let chosen = match (&self.password, self.generate_password) {
            (None, false) => None,
            _ => Some(NewPassword::of(self.password, self.generate_password).choose(cx)?),
        };
        let (password, shown) = chosen.map(|chosen| (chosen.password, chosen.shown)).unzip();
        let profile = PasswordProfile {
            password: password.as_ref().map(|password| password.expose().to_owned()),
            force_change_password_next_sign_in: self.force_change_password_next_sign_in,
        };
        let profile = (profile.password.is_some() || profile.force_change_password_next_sign_in.is_some())
            .then(|| json!(profile));
        let clear = self.clear_empty_fields;
        let fields = Fields::of(&self.content)?
            .with("displayName", self.display_name)
            .with("userPrincipalName", self.user_principal_name)
            .with("mailNickname", self.mail_nickname)
            .with("accountEnabled", self.account_enabled)
            .with("passwordProfile", profile)
            .and_all(custom_attributes(
                Fields::default().and(self.custom_attributes).clear_empty(clear).into_map(),
                "customAttributes",
            )?)
            .and(self.additional_properties)
            .clear_empty(clear);
        let fields = if manager.is_keep() { fields.not_empty()? } else { fields };
        let manager = match manager {
            Edit::Keep => None,
            Edit::Clear => Some(Request::delete("/users/{user}/manager/$ref").path_param("user", self.user.0.as_str())),
            Edit::Set(manager) => {
                Some(Request::put("/users/{user}/manager/$ref").path_param("user", self.user.0.as_str()).json(manager))
            }
        };
        let shown = shown.flatten();
        let generated = shown.is_some();
        let done =
            |plan: Plan<connector_sdk::Accepted>| plan.map(|_| Outcome { updated: true, generated_password: shown });
        let change = Request::patch("/users/{user}")
            .path_param("user", self.user.0)
            .json(&fields)
            .sensitive()
            .hide(password)
            .idempotent();
        Ok(match (fields.is_empty(), manager) {
            (true, Some(manager)) => done(manager.accepted()),
            (_, None) => done(change.accepted()),
            // A generated password is in no other place, so nothing may fail after it was set.
            (false, Some(manager)) if generated => done(manager.accepted().and_then(move |_| {
                change.accepted().or_else(|error| {
                    Plan::fail(error.context("while changing the other properties; the manager was changed"))
                })
            })),
            // The manager is a reference, which Graph changes by a request of its own.
            (false, Some(manager)) => done(change.accepted().and_then(move |_| {
                manager.accepted().or_else(|error| {
                    Plan::fail(error.context("while changing the manager; the other properties were changed"))
                })
            })),
        })
    }
}
