//! Contacts and their folders, as they lie in a mailbox.

use serde_json::{Map, Value, json};

use super::mailbox::Mailbox;
use super::store::Entity;

/// Adds a contact with what Outlook fills in.
pub(crate) fn add_contact(mailbox: &mut Mailbox, key: u64, folder: u64, now: &str, mut given: Map<String, Value>) {
    let name =
        |given: &Map<String, Value>, name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let full = format!("{} {}", name(&given, "givenName"), name(&given, "surname"));
    let filed = format!("{}, {}", name(&given, "surname"), name(&given, "givenName"));
    let mut fields = Map::new();
    let mut put = |name: &str, default: Value| {
        let value = given.remove(name).filter(|value| !value.is_null()).unwrap_or(default);
        fields.insert(name.to_owned(), value);
    };
    put("createdDateTime", now.into());
    put("lastModifiedDateTime", now.into());
    put("changeKey", Value::Null);
    put("categories", json!([]));
    put("parentFolderId", mailbox.folder_id(folder).into());
    put("birthday", Value::Null);
    put("fileAs", filed.trim_matches([',', ' ']).into());
    put("displayName", full.trim().into());
    for property in [
        "givenName",
        "initials",
        "middleName",
        "nickName",
        "surname",
        "title",
        "yomiGivenName",
        "yomiSurname",
        "yomiCompanyName",
        "generation",
        "jobTitle",
        "companyName",
        "department",
        "officeLocation",
        "profession",
        "businessHomePage",
        "assistantName",
        "manager",
        "mobilePhone",
        "spouseName",
    ] {
        put(property, Value::Null);
    }
    put("personalNotes", "".into());
    for property in ["imAddresses", "homePhones", "businessPhones", "children", "emailAddresses"] {
        put(property, json!([]));
    }
    for property in ["homeAddress", "businessAddress", "otherAddress"] {
        put(property, json!({}));
    }
    fields.extend(given.into_iter().filter(|(name, value)| !value.is_null() && !name.contains('@')));
    mailbox.contacts.insert(Entity::new(key, folder, 0, fields));
}

/// Adds a folder below `parent`, or beside the default one below 0.
pub(crate) fn add_contact_folder(mailbox: &mut Mailbox, key: u64, parent: u64, name: &str) {
    let mut fields = Map::new();
    let above = if parent == 0 { mailbox.root } else { parent };
    fields.insert("parentFolderId".into(), mailbox.folder_id(above).into());
    fields.insert("displayName".into(), name.into());
    mailbox.contact_folders.insert(Entity::new(key, parent, 0, fields));
}
