//! The other objects of the directory, and the tenant itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An object of the directory: a user, a group, a device and so on, as `@odata.type` says. It has the
/// properties of its kind.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct DirectoryObject {
    /// The id.
    pub id: String,
    /// The kind of object, such as `#microsoft.graph.user`.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// When it was deleted, for those that can be restored.
    pub deleted_date_time: Option<String>,
}

/// A role that is active in the tenant; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/directoryrole
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "directoryRole"))]
pub struct DirectoryRole {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// What it allows.
    pub description: Option<String>,
    /// The template that it was made of.
    pub role_template_id: Option<String>,
}

/// The definition of a role; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/unifiedroledefinition
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "unifiedRoleDefinition"))]
pub struct RoleDefinition {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// What it allows.
    pub description: Option<String>,
    /// Whether Microsoft made it.
    pub is_built_in: Option<bool>,
    /// Whether it can be given to anybody.
    pub is_enabled: Option<bool>,
    /// The id that a built-in role has in every tenant.
    pub template_id: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Where it can be given.
    pub resource_scopes: Option<Vec<String>>,
    /// What it allows, one by one.
    pub role_permissions: Option<Vec<Map<String, Value>>>,
}

/// A role, given to somebody; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/unifiedroleassignment
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "unifiedRoleAssignment"))]
pub struct RoleAssignment {
    /// The id.
    pub id: String,
    /// Who has it.
    pub principal_id: Option<String>,
    /// The role.
    pub role_definition_id: Option<String>,
    /// Where: `/` is the whole tenant.
    pub directory_scope_id: Option<String>,
    /// Where within an app, for roles that apps define.
    pub app_scope_id: Option<String>,
}

/// An administrative unit; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/administrativeunit
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "administrativeUnit"))]
pub struct AdministrativeUnit {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// `Public`, or `HiddenMembership`.
    pub visibility: Option<String>,
    /// `Assigned` or `Dynamic`.
    pub membership_type: Option<String>,
    /// The rule of a dynamic unit.
    pub membership_rule: Option<String>,
    /// `On` or `Paused`.
    pub membership_rule_processing_state: Option<String>,
    /// Whether only administrators of the unit can change its members' objects.
    pub is_member_management_restricted: Option<bool>,
}

/// A device that is known to the directory; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/device
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "device"))]
pub struct Device {
    /// The id.
    pub id: String,
    /// The id that the device itself knows.
    pub device_id: Option<String>,
    /// The name.
    pub display_name: Option<String>,
    /// Whether it may sign in.
    pub account_enabled: Option<bool>,
    /// The operating system.
    pub operating_system: Option<String>,
    /// The version of the operating system.
    pub operating_system_version: Option<String>,
    /// Whether it meets the rules of the tenant.
    pub is_compliant: Option<bool>,
    /// Whether it is managed.
    pub is_managed: Option<bool>,
    /// Kind of join, such as `AzureAd`.
    pub trust_type: Option<String>,
    /// When it was last seen, roughly.
    pub approximate_last_sign_in_date_time: Option<String>,
    /// When it was registered.
    pub registration_date_time: Option<String>,
}

/// The tenant; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/organization
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "organization"))]
pub struct Organization {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The kind of tenant, such as `AAD`.
    pub tenant_type: Option<String>,
    /// The country, as two letters.
    pub country_letter_code: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The street.
    pub street: Option<String>,
    /// The preferred language.
    pub preferred_language: Option<String>,
    /// Addresses for technical notifications.
    pub technical_notification_mails: Option<Vec<String>>,
    /// The domains.
    pub verified_domains: Option<Vec<Map<String, Value>>>,
    /// When it was created.
    pub created_date_time: Option<String>,
}

/// A domain of the tenant; its id is its name; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/domain
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "domain"))]
pub struct Domain {
    /// The id.
    pub id: String,
    /// `Managed` or `Federated`.
    pub authentication_type: Option<String>,
    /// Whether new users get it.
    pub is_default: Option<bool>,
    /// Whether the tenant began with it.
    pub is_initial: Option<bool>,
    /// Whether it is below no other one.
    pub is_root: Option<bool>,
    /// Whether it is proven to belong to the tenant.
    pub is_verified: Option<bool>,
    /// Whether its DNS is managed by others.
    pub is_admin_managed: Option<bool>,
    /// What it is used for.
    pub supported_services: Option<Vec<String>>,
}

/// Who can see an administrative unit and its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum UnitVisibility {
    /// Everybody.
    Public,
    /// Members and administrators.
    HiddenMembership,
}

/// How members come into an administrative unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum MembershipType {
    /// They are added one by one.
    Assigned,
    /// They follow from a rule.
    Dynamic,
}
