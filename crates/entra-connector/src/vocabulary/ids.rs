//! Ids of the directory's objects, each with the picklist that offers them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

// The length of an id with its hyphens.
const HYPHENATED: usize = 36;

/// A user: the object id or the user principal name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "users", "minLength" = 1, "maxLength" = 320))]
pub struct UserId(pub String);

/// A group: its object id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "groups", "format" = "uuid"))]
pub struct GroupId(pub String);

/// A member of the group: its object id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "group_members", "format" = "uuid"))]
pub struct MemberId(pub String);

/// The object id of something in the directory: a user, a group, a device, a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "uuid"))]
pub struct ObjectId(pub String);

/// Object id of the new member or owner: a user, a group, a device or a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "users", "format" = "uuid"))]
pub struct NewMemberId(pub String);

impl ObjectId {
    /// The id as the 16 bytes that it is, for lists of very many. `None` for what cannot be an object id.
    pub fn uuid(&self) -> Option<Uuid> {
        ObjectId::parse(&self.0)
    }

    /// Reads an id as Graph writes it, such as `c0e38b25-9595-4155-8c2c-195de4a7b58d`, ignoring case.
    pub fn parse(text: &str) -> Option<Uuid> {
        // Other spellings, such as in braces, are read by the library and refused by Graph.
        if text.len() == HYPHENATED { Uuid::try_parse(text).ok() } else { None }
    }
}

/// An application: its object id, which is not its client id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "applications", "format" = "uuid"))]
pub struct ApplicationId(pub String);

/// A service principal: its object id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "service_principals", "format" = "uuid"))]
pub struct ServicePrincipalId(pub String);

/// A directory role that is active in the tenant: its object id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "directory_roles", "format" = "uuid"))]
pub struct DirectoryRoleId(pub String);

/// A role: the id of its definition, which for built-in roles is that of its template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "role_definitions", "format" = "uuid"))]
pub struct RoleDefinitionId(pub String);

/// An administrative unit: its object id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "administrative_units", "format" = "uuid"))]
pub struct UnitId(pub String);

/// A device: its object id, which is not its device id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "devices", "format" = "uuid"))]
pub struct DeviceId(pub String);

/// A licence: the id of its SKU.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "skus", "format" = "uuid"))]
pub struct SkuId(pub String);

/// A service plan within a licence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "service_plans", "format" = "uuid"))]
pub struct ServicePlanId(pub String);

/// A custom attribute: the full name of a directory extension such as `extension_<appId>_costCenter`, or
/// `extensionAttribute1` to `extensionAttribute15`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "directory_extensions", "minLength" = 1, "maxLength" = 256))]
pub struct AttributeName(pub String);
