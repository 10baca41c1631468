//! Applications and service principals.

use connector_sdk::{Edit, Fields, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An application, as Graph returns it; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/application
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "application"))]
pub struct Application {
    /// The id.
    pub id: String,
    /// The client id.
    pub app_id: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// Who may sign in to it.
    pub sign_in_audience: Option<String>,
    /// The domain that vouches for it.
    pub publisher_domain: Option<String>,
    /// The unique name, if it has one.
    pub unique_name: Option<String>,
    /// When it was created.
    pub created_date_time: Option<String>,
    /// When it was deleted, for those that can be restored.
    pub deleted_date_time: Option<String>,
    /// Its URIs.
    pub identifier_uris: Option<Vec<String>>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// Web addresses, and settings of how tokens are issued.
    pub web: Option<Map<String, Value>>,
    /// Addresses of a single-page application.
    pub spa: Option<Map<String, Value>>,
    /// Addresses of an installed application.
    pub public_client: Option<Map<String, Value>>,
    /// The permissions that it asks for.
    pub required_resource_access: Option<Vec<Map<String, Value>>>,
    /// The roles that it knows.
    pub app_roles: Option<Vec<Map<String, Value>>>,
    /// Its secrets, without their text.
    pub password_credentials: Option<Vec<Map<String, Value>>>,
}

/// A service principal, as Graph returns it; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/serviceprincipal
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "servicePrincipal"))]
pub struct ServicePrincipal {
    /// The id.
    pub id: String,
    /// The client id of its application.
    pub app_id: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// Whether anybody can sign in to it.
    pub account_enabled: Option<bool>,
    /// Whether users need an assignment to sign in.
    pub app_role_assignment_required: Option<bool>,
    /// Such as `Application` or `ManagedIdentity`.
    pub service_principal_type: Option<String>,
    /// The URIs that it is known by.
    pub service_principal_names: Option<Vec<String>>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// The roles that its application knows.
    pub app_roles: Option<Vec<Map<String, Value>>>,
    /// The delegated permissions that its application knows.
    pub oauth2_permission_scopes: Option<Vec<Map<String, Value>>>,
    /// When it was deleted, for those that can be restored.
    pub deleted_date_time: Option<String>,
}

/// A secret of an application; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/passwordcredential
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "passwordCredential"))]
pub struct PasswordCredential {
    /// The id of the secret, by which it can be removed.
    pub key_id: Option<String>,
    /// Its name.
    pub display_name: Option<String>,
    /// The secret itself. Graph shows it this once.
    pub secret_text: Option<String>,
    /// Its first letters.
    pub hint: Option<String>,
    /// From when it is valid.
    pub start_date_time: Option<String>,
    /// Until when it is valid.
    pub end_date_time: Option<String>,
}

/// The definition of a directory extension; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/extensionproperty
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "extensionProperty"))]
pub struct ExtensionProperty {
    /// The id.
    pub id: String,
    /// The full name, by which values are read and set.
    pub name: Option<String>,
    /// What its values are.
    pub data_type: Option<String>,
    /// Whether an object can have many values.
    pub is_multi_valued: Option<bool>,
    /// The kinds of objects that can have it.
    pub target_objects: Option<Vec<String>>,
    /// The application that it belongs to.
    pub app_display_name: Option<String>,
    /// Whether it comes from an on-premises directory.
    pub is_synced_from_on_premises: Option<bool>,
}

/// A role of an application, given to somebody; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/approleassignment
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "appRoleAssignment"))]
pub struct AppRoleAssignment {
    /// The id.
    pub id: String,
    /// The role.
    pub app_role_id: Option<String>,
    /// Who has it.
    pub principal_id: Option<String>,
    /// The name of who has it.
    pub principal_display_name: Option<String>,
    /// `User`, `Group` or `ServicePrincipal`.
    pub principal_type: Option<String>,
    /// The service principal of the application.
    pub resource_id: Option<String>,
    /// The name of the application.
    pub resource_display_name: Option<String>,
    /// When it was given.
    pub created_date_time: Option<String>,
}

/// Delegated permissions that an application was granted; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/oauth2permissiongrant
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "oAuth2PermissionGrant"))]
pub struct PermissionGrant {
    /// The id.
    pub id: String,
    /// The service principal that acts.
    pub client_id: Option<String>,
    /// `AllPrincipals` or `Principal`.
    pub consent_type: Option<String>,
    /// The user on whose behalf, unless it is all of them.
    pub principal_id: Option<String>,
    /// The service principal of the API.
    pub resource_id: Option<String>,
    /// The permissions, separated by spaces.
    pub scope: Option<String>,
}

/// Who may sign in to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum SignInAudience {
    /// Accounts of this tenant.
    #[serde(rename = "AzureADMyOrg")]
    MyOrg,
    /// Accounts of any tenant.
    #[serde(rename = "AzureADMultipleOrgs")]
    MultipleOrgs,
    /// Accounts of any tenant, and personal accounts.
    #[serde(rename = "AzureADandPersonalMicrosoftAccount")]
    OrgsAndPersonal,
    /// Personal accounts.
    #[serde(rename = "PersonalMicrosoftAccount")]
    Personal,
}

/// The permissions that an application asks of one API.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct RequiredResourceAccess {
    /// The client id of the API; that of Microsoft Graph is `00000003-0000-0000-c000-000000000000`.
    #[schemars(extend("format" = "uuid"))]
    pub resource_app_id: String,
    /// The permissions.
    #[schemars(length(min = 1))]
    pub resource_access: Vec<ResourceAccess>,
}

/// One permission that an application asks for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ResourceAccess {
    /// The id of the permission.
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    /// `Scope` for a delegated permission, `Role` for an application permission.
    pub r#type: AccessType,
}

/// The kind of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum AccessType {
    /// A delegated permission.
    Scope,
    /// An application permission.
    Role,
}

/// What can be set of an application, when it is created and later. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationContent {
    /// Who may sign in to it. The default is accounts of this tenant.
    #[serde(default)]
    pub sign_in_audience: Edit<SignInAudience>,
    /// Where answers go to a web application. The list is replaced as a whole.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub web_redirect_uris: Edit<Vec<String>>,
    /// Where answers go to a single-page application. The list is replaced as a whole.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub spa_redirect_uris: Edit<Vec<String>>,
    /// Where answers go to an installed application. The list is replaced as a whole.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub public_client_redirect_uris: Edit<Vec<String>>,
    /// The permissions that it asks for. The list is replaced as a whole.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub required_resource_access: Edit<Vec<RequiredResourceAccess>>,
}

impl ApplicationContent {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `bug` when a value does not print.
    pub fn fields(self) -> Result<Fields> {
        // The list cannot be null, only empty.
        let uris = |uris: Edit<Vec<String>>| match uris {
            Edit::Keep => Edit::Keep,
            Edit::Clear => Edit::Set(json!({ "redirectUris": [] })),
            Edit::Set(uris) => Edit::Set(json!({ "redirectUris": uris })),
        };
        let access = match self.required_resource_access {
            Edit::Clear => Edit::Set(Vec::new()),
            other => other,
        };
        Fields::default()
            .edit("signInAudience", self.sign_in_audience)?
            .edit("web", uris(self.web_redirect_uris))?
            .edit("spa", uris(self.spa_redirect_uris))?
            .edit("publicClient", uris(self.public_client_redirect_uris))?
            .edit("requiredResourceAccess", access)
    }
}
