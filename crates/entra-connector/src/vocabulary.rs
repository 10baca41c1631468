//! The words that the directory's actions share, each with its description and bounds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The object id of a group.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "uuid"))]
pub struct GroupId(pub String);

/// The object id of something in the directory: a user, a group, a device, a service principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "uuid"))]
pub struct ObjectId(pub String);

/// A user: its object id or user principal name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 320))]
pub struct UserId(pub String);

/// A user, as Graph returns it; see [the user resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/user
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id.
    pub id: String,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The main email address.
    pub mail: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub surname: Option<String>,
    /// The job title.
    pub job_title: Option<String>,
    /// Where the office is.
    pub office_location: Option<String>,
    /// The mobile phone number.
    pub mobile_phone: Option<String>,
    /// The business phone numbers; the directory keeps one.
    pub business_phones: Option<Vec<String>>,
    /// The preferred language, such as `en-US`.
    pub preferred_language: Option<String>,
}

/// Whether a user is a member or a guest of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum UserType {
    /// A member.
    Member,
    /// A guest.
    Guest,
}
