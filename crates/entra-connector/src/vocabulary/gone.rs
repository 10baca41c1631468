//! Users and groups that are gone, with what the recycle bin still knows of them.

use connector_sdk::{Event, Json, Removed, Turns};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// What is asked of a deleted user.
pub const DELETED_USER_FIELDS: &str = "id,deletedDateTime,displayName,userPrincipalName,mail,givenName,surname,jobTitle,department,\
    companyName,employeeId,officeLocation,mobilePhone,businessPhones,preferredLanguage,userType";

/// What is asked of a deleted group.
pub const DELETED_GROUP_FIELDS: &str = "id,deletedDateTime,displayName,description,mail,mailNickname,mailEnabled,securityEnabled,groupTypes,visibility,createdDateTime";

/// A deleted user. Properties that the recycle bin no longer keeps are absent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedUser {
    /// The id.
    pub id: String,
    /// `changed`: the user was deleted and can be restored; `deleted`: the user is gone for good.
    pub reason: Option<String>,
    /// When the user was deleted.
    pub deleted_date_time: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The name to sign in with. Graph may have put the id before it, so that the name is free.
    pub user_principal_name: Option<String>,
    /// The main email address.
    pub mail: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub surname: Option<String>,
    /// The job title.
    pub job_title: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The company.
    pub company_name: Option<String>,
    /// The number that the organisation knows the user by.
    pub employee_id: Option<String>,
    /// Where the office is.
    pub office_location: Option<String>,
    /// The mobile phone number.
    pub mobile_phone: Option<String>,
    /// The business phone numbers; the directory keeps one.
    pub business_phones: Option<Vec<String>>,
    /// The preferred language, such as `en-US`.
    pub preferred_language: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
}

/// A deleted group. Properties that the recycle bin does not keep are absent: it keeps Microsoft 365 groups, and only
/// some others.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedGroup {
    /// The id.
    pub id: String,
    /// `changed`: the group was deleted and can be restored; `deleted`: it is gone for good.
    pub reason: Option<String>,
    /// When the group was deleted.
    pub deleted_date_time: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The email address.
    pub mail: Option<String>,
    /// The part of the email address before the `@`.
    pub mail_nickname: Option<String>,
    /// Whether it had an email address.
    pub mail_enabled: Option<bool>,
    /// Whether it could be given permissions.
    pub security_enabled: Option<bool>,
    /// `Unified` for a group of Microsoft 365, `DynamicMembership` where a rule decided.
    pub group_types: Option<Vec<String>>,
    /// `Public`, `Private` or `HiddenMembership`.
    pub visibility: Option<String>,
    /// When the group was created.
    pub created_date_time: Option<String>,
}

/// As a trigger tells it, for so many times that it went, with what is known of it. Gone for good after it could be
/// restored is another event.
pub fn gone<E>(removed: &Removed, known: Option<&Json>, turn: u32) -> Event<E> {
    let reason = removed.reason.as_deref();
    let id = Turns::event_id(&format!("{} {}", removed.id, reason.unwrap_or_default()), turn);
    let mut data = json!({ "id": removed.id, "reason": reason }).to_string();
    // It goes by the id that the changes have, and where the answer came from is no part of the object. The rest stays
    // as it was sent.
    let rest = known.and_then(|known| known.with_changes(&[("id", None), ("reason", None), ("@odata.context", None)]));
    if let Some(rest) = rest.as_ref().map(Json::as_str).filter(|rest| *rest != "{}") {
        data.pop();
        data = data + "," + rest.trim_start_matches('{');
    }
    Event::new(id, Json::trusted(data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn what_is_asked_is_described() {
        for (fields, schema) in [
            (DELETED_USER_FIELDS, connector_sdk::schema::output::<DeletedUser>("T")),
            (DELETED_GROUP_FIELDS, connector_sdk::schema::output::<DeletedGroup>("T")),
        ] {
            let described = schema["properties"].as_object().unwrap();
            assert_eq!(described.len(), fields.split(',').count() + 1, "the reason besides");
            fields.split(',').for_each(|name| assert!(described.contains_key(name), "{name}"));
        }
    }

    #[test]
    fn what_is_known_stands_beside_id_and_reason() {
        let removed = Removed::new("A", "changed".to_owned());
        let told = |known: Option<Value>| {
            let known = known.map(|known| Json::of(&known).unwrap());
            let event: Event<DeletedUser> = gone(&removed, known.as_ref(), 1);
            (event.id, event.data.json().read::<Value>().unwrap())
        };
        let bare = ("A changed".to_owned(), json!({ "id": "A", "reason": "changed" }));
        assert_eq!(told(None), bare);
        assert_eq!(told(Some(json!(7))), bare);
        let (id, data) =
            told(Some(json!({ "@odata.context": "x", "id": "a", "reason": 1, "displayName": "Adele", "mail": null })));
        assert_eq!(
            (id, data),
            (bare.0, json!({ "id": "A", "reason": "changed", "displayName": "Adele", "mail": null }))
        );
    }
}
