//! How people sign in, who was invited, and what is logged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A way in which a user can prove who they are, as `@odata.type` says; it has the properties of its kind.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "authenticationMethod"))]
pub struct AuthenticationMethod {
    /// The id.
    pub id: String,
    /// The kind of method, such as `#microsoft.graph.phoneAuthenticationMethod`.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
}

/// A pass with which a user signs in for a while; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/temporaryaccesspassauthenticationmethod
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "temporaryAccessPassAuthenticationMethod"))]
pub struct TemporaryAccessPass {
    /// The id.
    pub id: String,
    /// The pass. Graph shows it this once.
    pub temporary_access_pass: Option<String>,
    /// From when it is valid.
    pub start_date_time: Option<String>,
    /// Time for which it is valid, in minutes.
    pub lifetime_in_minutes: Option<i64>,
    /// Whether it can be used once only.
    pub is_usable_once: Option<bool>,
    /// Whether it can be used now.
    pub is_usable: Option<bool>,
    /// Why, or why not.
    pub method_usability_reason: Option<String>,
    /// When it was made.
    pub created_date_time: Option<String>,
}

/// An invitation of a guest; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/invitation
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "invitation"))]
pub struct Invitation {
    /// The id.
    pub id: String,
    /// Who was invited.
    pub invited_user_email_address: Option<String>,
    /// The name of the guest.
    pub invited_user_display_name: Option<String>,
    /// Where the guest accepts.
    pub invite_redeem_url: Option<String>,
    /// Where the guest goes after accepting.
    pub invite_redirect_url: Option<String>,
    /// Such as `PendingAcceptance`.
    pub status: Option<String>,
    /// Whether a mail was sent.
    pub send_invitation_message: Option<bool>,
    /// `Guest` or `Member`.
    pub invited_user_type: Option<String>,
    /// The user that was made.
    #[schemars(extend("x-graph-type" = "user"))]
    pub invited_user: Option<Map<String, Value>>,
}

/// A sign-in; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/signin
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "signIn"))]
pub struct SignIn {
    /// The id.
    pub id: String,
    /// When.
    pub created_date_time: Option<String>,
    /// Object id of the user.
    pub user_id: Option<String>,
    /// User principal name of the user.
    pub user_principal_name: Option<String>,
    /// Display name of the user.
    pub user_display_name: Option<String>,
    /// The client id of the app.
    pub app_id: Option<String>,
    /// The name of the app.
    pub app_display_name: Option<String>,
    /// The IP address.
    pub ip_address: Option<String>,
    /// The client software, such as `Browser` or `Mobile Apps and Desktop clients`.
    pub client_app_used: Option<String>,
    /// Result of the Conditional Access policies.
    pub conditional_access_status: Option<String>,
    /// Whether the sign-in was interactive.
    pub is_interactive: Option<bool>,
    /// State of its risk, such as `none` or `atRisk`.
    pub risk_state: Option<String>,
    /// Level of its risk, such as `low` or `high`.
    pub risk_level_aggregated: Option<String>,
    /// The result; `errorCode` is 0 for a success.
    pub status: Option<Map<String, Value>>,
    /// The device.
    pub device_detail: Option<Map<String, Value>>,
    /// The location.
    pub location: Option<Map<String, Value>>,
    /// The resource that was signed in to.
    pub resource_display_name: Option<String>,
    /// Correlation id, by which the entry is found in other logs.
    pub correlation_id: Option<String>,
}

/// Something that was done in the directory; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/directoryaudit
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "directoryAudit"))]
pub struct DirectoryAudit {
    /// The id.
    pub id: String,
    /// When.
    pub activity_date_time: Option<String>,
    /// What.
    pub activity_display_name: Option<String>,
    /// The category, such as `UserManagement`.
    pub category: Option<String>,
    /// Such as `Add`, `Update` or `Delete`.
    pub operation_type: Option<String>,
    /// `success` or `failure`.
    pub result: Option<String>,
    /// Why it failed.
    pub result_reason: Option<String>,
    /// The service.
    pub logged_by_service: Option<String>,
    /// The user or app that did it: `user` or `app`.
    pub initiated_by: Option<Map<String, Value>>,
    /// The objects that were changed.
    pub target_resources: Option<Vec<Map<String, Value>>>,
    /// Further details.
    pub additional_details: Option<Vec<Map<String, Value>>>,
    /// Correlation id, by which the entry is found in other logs.
    pub correlation_id: Option<String>,
}
