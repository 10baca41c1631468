//! Users: what Graph returns of them, and what can be set.

use connector_sdk::{Edit, Error, Fields, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What Graph returns of a user when nothing is selected.
pub const USER_FIELDS: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// A user, as Graph returns it; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/user
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "user"))]
pub struct User {
    /// The id.
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
    /// Whether the user can sign in. Returned only when it is selected, as are the properties below.
    pub account_enabled: Option<bool>,
    /// The department.
    pub department: Option<String>,
    /// The company.
    pub company_name: Option<String>,
    /// The number that the organisation knows the user by.
    pub employee_id: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    /// The country in which services are used, as two letters.
    pub usage_location: Option<String>,
    /// When the user was created.
    pub created_date_time: Option<String>,
    /// When the user was deleted, for those that can be restored.
    pub deleted_date_time: Option<String>,
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

/// What can be set of a user, when it is created and later. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserContent {
    /// The given name.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 64))]
    pub given_name: Edit<String>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 64))]
    pub surname: Edit<String>,
    /// The job title.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 128))]
    pub job_title: Edit<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 64))]
    pub department: Edit<String>,
    /// The company.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 64))]
    pub company_name: Edit<String>,
    /// Where the office is.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 128))]
    pub office_location: Edit<String>,
    /// The number that the organisation knows the user by.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 16))]
    pub employee_id: Edit<String>,
    /// The kind of employment, such as `Employee` or `Contractor`.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub employee_type: Edit<String>,
    /// The first day of work, as RFC 3339.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(extend("format" = "date-time"))]
    pub employee_hire_date: Edit<String>,
    /// The mobile phone number.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 64))]
    pub mobile_phone: Edit<String>,
    /// The business phone number; the directory keeps one.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 1))]
    pub business_phones: Edit<Vec<String>>,
    /// Street and number.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 1024))]
    pub street_address: Edit<String>,
    /// The city.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 128))]
    pub city: Edit<String>,
    /// The state or province.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 128))]
    pub state: Edit<String>,
    /// The postal code.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 40))]
    pub postal_code: Edit<String>,
    /// The country or region.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 128))]
    pub country: Edit<String>,
    /// The country in which services are used, as two letters (ISO 3166); licences need it.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(regex(pattern = r"^[A-Z]{2}$"))]
    pub usage_location: Edit<String>,
    /// The preferred language, such as `en-US`.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub preferred_language: Edit<String>,
    /// Other email addresses.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 250))]
    pub other_mails: Edit<Vec<String>>,
    /// Exceptions from the password rules, such as `DisablePasswordExpiration`.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub password_policies: Edit<String>,
    /// The id of the same user in an on-premises directory.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub on_premises_immutable_id: Edit<String>,
    /// Whether the user is a member or a guest.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub user_type: Edit<UserType>,
}

/// Names and values of custom attributes, as the directory takes them: `extensionAttribute1` to `15` lie
/// in a property of their own.
///
/// # Errors
/// `invalid_input` at `/{property}` for a name that is no custom attribute's.
pub fn custom_attributes(values: Map<String, Value>, property: &str) -> Result<Fields> {
    let mut numbered = Map::new();
    let mut plain = Map::new();
    for (name, value) in values {
        if is_numbered(&name) {
            numbered.insert(name, value);
        } else if is_extension(&name) {
            plain.insert(name, value);
        } else {
            return Err(Error::invalid(format!("/{property}/{}", connector_sdk::schema::escape(&name)), WRONG_NAME));
        }
    }
    let fields = Fields::default().and(plain);
    Ok(if numbered.is_empty() { fields } else { fields.with("onPremisesExtensionAttributes", Some(json!(numbered))) })
}

/// What is said of a name that is no custom attribute's.
pub const WRONG_NAME: &str = "this is not the name of a custom attribute; write `extension_<appId>_<name>`, or `extensionAttribute1` to `extensionAttribute15`";

/// Whether it is `extensionAttribute1` to `extensionAttribute15`.
pub fn is_numbered(name: &str) -> bool {
    let number = name.strip_prefix("extensionAttribute").and_then(|number| number.parse::<u8>().ok());
    number.is_some_and(|number| (1..=15).contains(&number) && name == format!("extensionAttribute{number}"))
}

/// Whether it is the full name of a directory extension.
pub fn is_extension(name: &str) -> bool {
    let rest = name.strip_prefix("extension_").and_then(|rest| rest.split_once('_'));
    rest.is_some_and(|(app, name)| {
        app.len() == 32
            && app.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_attributes_are_told_from_other_names() {
        for name in
            ["extension_605a17c2d914422b89f744fd46953180_costCenter", "extensionAttribute1", "extensionAttribute15"]
        {
            assert!(is_numbered(name) ^ is_extension(name), "{name}");
        }
        for name in [
            "extension_1_x",
            "extensionAttribute0",
            "extensionAttribute16",
            "extensionAttribute01",
            "displayName,manager",
            "",
        ] {
            assert!(!is_numbered(name) && !is_extension(name), "{name}");
        }
    }

    #[test]
    fn numbered_attributes_lie_in_a_property_of_their_own() {
        let values =
            json!({ "extensionAttribute2": "x", "extension_605a17c2d914422b89f744fd46953180_costCenter": null });
        let fields = custom_attributes(values.as_object().cloned().unwrap(), "attributes").unwrap();
        let expected = json!({
            "extension_605a17c2d914422b89f744fd46953180_costCenter": null, "onPremisesExtensionAttributes": { "extensionAttribute2": "x" },
        });
        assert_eq!(json!(fields), expected);
        let wrong = json!({ "jobTitle": "x" }).as_object().cloned().unwrap();
        assert_eq!(custom_attributes(wrong, "attributes").unwrap_err().violations()[0].pointer, "/attributes/jobTitle");
    }
}
