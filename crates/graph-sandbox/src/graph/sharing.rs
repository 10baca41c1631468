//! Who something is shared with: files by permissions and links, calendars by permissions.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::drive::Drive;
use super::json::object;
use super::tenant::Tenant;

/// What people of the organisation may be given, and what others may be given.
const INSIDE: [&str; 6] = [
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
];
const OUTSIDE: [&str; 3] = ["freeBusyRead", "limitedRead", "read"];

/// A permission of somebody.
pub(crate) fn grant(tenant: &Tenant, address: &str, id: &str, role: &str) -> Map<String, Value> {
    let mut fields = object(json!({ "id": id, "roles": [role], "hasPassword": false }));
    match tenant.directory.user(address) {
        Some(user) => {
            let who =
                json!({ "id": user.text("id"), "displayName": user.text("displayName"), "email": user.text("mail") });
            let login = format!("i:0#.f|membership|{}", user.text("userPrincipalName").to_lowercase());
            let site = json!({ "id": user.key.to_string(), "displayName": user.text("displayName"), "email": user.text("mail"), "loginName": login });
            fields.insert("grantedToV2".into(), json!({ "user": who, "siteUser": site }));
            fields.insert("grantedTo".into(), json!({ "user": who }));
        }
        None => {
            fields.insert("invitation".into(), json!({ "email": address, "signInRequired": true }));
        }
    }
    fields
}

/// A permission by link.
pub(crate) fn link(drive: &Drive, item: u64, id: &str, kind: &str, scope: &str) -> Map<String, Value> {
    let is_folder = drive.items.get(item).is_some_and(|item| item.fields.contains_key("folder"));
    let origin = drive.web_url(drive.root);
    let (origin, place) = origin.split_once(".example/").unwrap_or((origin.as_str(), ""));
    let token = URL_SAFE_NO_PAD.encode(id.replace('-', ""));
    let url = format!(
        "{origin}.example/:{}:/g/{}/E{}",
        if is_folder { "f" } else { "t" },
        place.rsplit_once('/').map_or(place, |(place, _)| place),
        &token[..24]
    );
    object(json!({
        "id": id, "roles": [if kind == "edit" { "write" } else { "read" }], "shareId": format!("u!{}", URL_SAFE_NO_PAD.encode(&url)), "hasPassword": false,
        "grantedToIdentitiesV2": [], "link": { "scope": scope, "type": kind, "webUrl": url, "preventsDownload": false },
    }))
}

/// What somebody may do. People of the organisation have a name.
pub(crate) fn calendar_permission(address: &str, name: Option<&str>, role: &str) -> Map<String, Value> {
    let allowed = calendar_roles(name.is_some());
    object(json!({
        "id": STANDARD.encode(format!("cn={}", address.to_lowercase())), "isRemovable": true, "isInsideOrganization": name.is_some(),
        "role": role, "allowedRoles": allowed, "emailAddress": { "name": name.unwrap_or(address), "address": address },
    }))
}

/// The roles that somebody inside or outside of the organization may have in a calendar.
pub(crate) fn calendar_roles(inside: bool) -> &'static [&'static str] {
    if inside { &INSIDE } else { &OUTSIDE }
}
