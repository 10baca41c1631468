//! `delete_authentication_method`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, ScopeCase, Scopes, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{
    AUTHENTICATOR_METHODS_DELETE, EMAIL_METHODS_DELETE, FIDO2_METHODS_DELETE, HELLO_METHODS_DELETE,
    OATH_METHODS_DELETE, PASS_METHODS_DELETE, PHONE_METHODS_DELETE,
};
use crate::vocabulary::UserId;

/// Delete a sign-in method of a user. The default method must be deleted last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example", "methodType": "phone", "methodId": "3179e48a-750b-4051-897c-87b9720928f7" })]))]
pub struct DeleteAuthenticationMethod {
    /// The user.
    user: UserId,
    /// The kind of method.
    method_type: MethodType,
    /// Its id.
    #[schemars(length(min = 1, max = 200))]
    method_id: String,
}

/// The kind of method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum MethodType {
    /// A phone number.
    Phone,
    /// An email address, for resetting the password.
    Email,
    /// Microsoft Authenticator.
    Authenticator,
    /// A security key.
    Fido2,
    /// A code from another app.
    SoftwareOath,
    /// A temporary access pass.
    TemporaryAccessPass,
    /// Windows Hello for Business.
    WindowsHello,
}

const CASES: &[ScopeCase] = &[
    ScopeCase::instead("`methodType` is `phone`", PHONE_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `email`", EMAIL_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `authenticator`", AUTHENTICATOR_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `fido2`", FIDO2_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `software_oath`", OATH_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `temporary_access_pass`", PASS_METHODS_DELETE),
    ScopeCase::instead("`methodType` is `windows_hello`", HELLO_METHODS_DELETE),
];

impl MethodType {
    fn scopes(self) -> Scopes {
        match self {
            MethodType::Phone => PHONE_METHODS_DELETE,
            MethodType::Email => EMAIL_METHODS_DELETE,
            MethodType::Authenticator => AUTHENTICATOR_METHODS_DELETE,
            MethodType::Fido2 => FIDO2_METHODS_DELETE,
            MethodType::SoftwareOath => OATH_METHODS_DELETE,
            MethodType::TemporaryAccessPass => PASS_METHODS_DELETE,
            MethodType::WindowsHello => HELLO_METHODS_DELETE,
        }
    }

    fn collection(self) -> &'static str {
        match self {
            MethodType::Phone => "phoneMethods",
            MethodType::Email => "emailMethods",
            MethodType::Authenticator => "microsoftAuthenticatorMethods",
            MethodType::Fido2 => "fido2Methods",
            MethodType::SoftwareOath => "softwareOathMethods",
            MethodType::TemporaryAccessPass => "temporaryAccessPassMethods",
            MethodType::WindowsHello => "windowsHelloForBusinessMethods",
        }
    }
}

impl Action for DeleteAuthenticationMethod {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_authentication_method", "Delete authentication method", Effect::Delete)
        .by_input()
        .cases(CASES)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let request =
            Request::delete(format!("/users/{{user}}/authentication/{}/{{method}}", self.method_type.collection()));
        Ok(request
            .path_param("user", self.user.0)
            .path_param("method", self.method_id)
            .with_scopes(self.method_type.scopes())
            .deleted())
    }
}
