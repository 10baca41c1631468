//! Examples of what depends on the kind of thing that an action is about: what to select, how to filter and order.
//!
//! Only what Graph takes for this kind. Where there is nothing, there is no example: better none than one that Graph
//! refuses.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::schema::Generate;

/// Examples for one type of Graph. An empty text stands for none, a comma between names.
struct Resource {
    kind: &'static str,
    filter: &'static str,
    orderby: &'static str,
    search: &'static str,
    expand: &'static str,
    select: &'static str,
    /// What does not come unless it is asked for, where Graph has such a property.
    additional: &'static str,
    /// The path of a link that follows its changes.
    changes: &'static str,
}

impl Resource {
    const NONE: Resource =
        Resource { kind: "", filter: "", orderby: "", search: "", expand: "", select: "", additional: "", changes: "" };
}

// What is said of nothing in particular.
const ANY: Resource = Resource {
    select: "displayName",
    additional: "createdDateTime",
    changes: "users/delta?$deltatoken=X",
    ..Resource::NONE
};

// In the order of their names.
const RESOURCES: [Resource; 28] = [
    Resource {
        kind: "administrativeUnit",
        filter: "startsWith(displayName,'O')",
        orderby: "displayName",
        search: "\"displayName:oslo\"",
        select: "displayName,description",
        additional: "visibility",
        ..Resource::NONE
    },
    Resource {
        kind: "application",
        filter: "startsWith(displayName,'T')",
        orderby: "displayName",
        search: "\"displayName:till\"",
        expand: "owners",
        select: "displayName,appId",
        additional: "notes",
        ..Resource::NONE
    },
    Resource { kind: "calendar", filter: "name eq 'Calendar'", select: "name,color", ..Resource::NONE },
    Resource {
        kind: "callRecording",
        select: "meetingId,createdDateTime",
        changes: "users/e633c93d-f077-40d2-8c68-2ae455ceb72e/onlineMeetings/getAllRecordings(meetingOrganizerUserId='e633c93d-f077-40d2-8c68-2ae455ceb72e')/delta?$deltatoken=X",
        ..Resource::NONE
    },
    Resource {
        kind: "callTranscript",
        select: "meetingId,createdDateTime",
        changes: "users/e633c93d-f077-40d2-8c68-2ae455ceb72e/onlineMeetings/getAllTranscripts(meetingOrganizerUserId='e633c93d-f077-40d2-8c68-2ae455ceb72e')/delta?$deltatoken=X",
        ..Resource::NONE
    },
    Resource {
        kind: "contact",
        filter: "emailAddresses/any(a:a/address eq 'robin@tailspintoys.example')",
        orderby: "displayName",
        select: "displayName,emailAddresses",
        additional: "fileAs",
        changes: "me/contacts/delta?$deltatoken=X",
        ..Resource::NONE
    },
    Resource { kind: "conversationThread", select: "topic,preview", ..Resource::NONE },
    Resource {
        kind: "device",
        filter: "operatingSystem eq 'Windows'",
        orderby: "displayName",
        search: "\"displayName:surface\"",
        select: "displayName,operatingSystem",
        additional: "isCompliant",
        ..Resource::NONE
    },
    Resource {
        kind: "directoryObject",
        filter: "startsWith(displayName,'A')",
        orderby: "displayName",
        search: "\"displayName:adele\"",
        select: "displayName,mail",
        additional: "createdDateTime",
        ..Resource::NONE
    },
    Resource {
        kind: "directoryRole",
        filter: "roleTemplateId eq '62e90394-69f5-4237-9190-012177145e10'",
        expand: "members",
        select: "displayName,roleTemplateId",
        ..Resource::NONE
    },
    Resource {
        kind: "driveItem",
        orderby: "name",
        expand: "thumbnails",
        select: "name,size",
        additional: "sharepointIds",
        changes: "me/drive/root/delta?token=X",
        ..Resource::NONE
    },
    Resource {
        kind: "event",
        filter: "importance eq 'high'",
        orderby: "start/dateTime",
        expand: "attachments",
        select: "subject,start",
        additional: "hideAttendees",
        changes: "me/calendarView/delta?$deltatoken=X",
        ..Resource::NONE
    },
    Resource {
        kind: "group",
        filter: "startsWith(displayName,'R')",
        orderby: "displayName",
        search: "\"displayName:retail\"",
        select: "displayName,mail",
        additional: "hasMembersWithLicenseErrors",
        changes: "groups/delta?$deltatoken=X",
        ..Resource::NONE
    },
    Resource { kind: "listItem", select: "webUrl,createdDateTime", ..Resource::NONE },
    Resource {
        kind: "mailFolder",
        filter: "displayName eq 'Invoices'",
        orderby: "displayName",
        expand: "childFolders",
        select: "displayName,unreadItemCount",
        ..Resource::NONE
    },
    Resource { kind: "mailboxFolder", select: "displayName,totalItemCount", ..Resource::NONE },
    Resource { kind: "mailboxItem", select: "type,size", ..Resource::NONE },
    Resource { kind: "mailboxSettings", select: "timeZone,language", additional: "userPurpose", ..Resource::NONE },
    Resource {
        kind: "managedDevice",
        filter: "complianceState eq 'noncompliant'",
        orderby: "deviceName",
        select: "deviceName,userPrincipalName",
        additional: "notes",
        ..Resource::NONE
    },
    Resource {
        kind: "message",
        filter: "isRead eq false",
        orderby: "receivedDateTime desc",
        search: "\"subject:report\"",
        expand: "attachments",
        select: "subject,from",
        additional: "internetMessageHeaders",
        changes: "me/mailFolders/inbox/messages/delta?$deltatoken=X",
    },
    Resource {
        kind: "oAuth2PermissionGrant",
        filter: "consentType eq 'AllPrincipals'",
        select: "clientId,scope",
        ..Resource::NONE
    },
    Resource {
        kind: "organization",
        select: "displayName,verifiedDomains",
        additional: "technicalNotificationMails",
        ..Resource::NONE
    },
    Resource {
        kind: "person",
        filter: "personType/class eq 'Person'",
        select: "displayName,jobTitle",
        ..Resource::NONE
    },
    Resource { kind: "room", filter: "capacity ge 8", select: "displayName,capacity", ..Resource::NONE },
    Resource {
        kind: "servicePrincipal",
        filter: "displayName eq 'Contoso Portal'",
        orderby: "displayName",
        search: "\"displayName:portal\"",
        expand: "owners",
        select: "displayName,appId",
        additional: "notes",
        ..Resource::NONE
    },
    Resource { kind: "site", select: "displayName,webUrl", additional: "siteCollection", ..Resource::NONE },
    Resource {
        kind: "unifiedRoleDefinition",
        filter: "isBuiltIn eq true",
        select: "displayName,isBuiltIn",
        ..Resource::NONE
    },
    Resource {
        kind: "user",
        filter: "startsWith(displayName,'A')",
        orderby: "displayName",
        search: "\"displayName:adele\"",
        select: "displayName,mail",
        additional: "department",
        changes: "users/delta?$deltatoken=X",
        ..Resource::NONE
    },
];

/// Gives the properties of an input that depend on what `Output` is an example of that.
pub(in crate::schema) fn add(schema: &mut Value, output: Generate) {
    let has = |name: &str| schema["properties"].get(name).is_some();
    if !["select", "additionalFields", "deltaToken", "query"].into_iter().any(has) {
        return;
    }
    let kind = kind_of(output);
    let place = RESOURCES.binary_search_by(|resource| resource.kind.cmp(kind.as_deref().unwrap_or_default()));
    let resource = place.map_or(&ANY, |place| &RESOURCES[place]);
    let or_any = |own: &'static str, any: &'static str| if own.is_empty() { any } else { own };
    let select = or_any(resource.select, ANY.select);
    let delta = format!("https://graph.microsoft.com/v1.0/{}", or_any(resource.changes, ANY.changes));
    show(schema, "/properties/select", &names(select));
    show(schema, "/properties/additionalFields", &names(or_any(resource.additional, ANY.additional)));
    show(schema, "/properties/deltaToken", &json!(delta));
    for (name, value) in [
        ("filter", json!(resource.filter)),
        ("orderby", json!(resource.orderby)),
        ("search", json!(resource.search)),
        ("expand", names(resource.expand)),
        ("select", names(select)),
    ] {
        for at in ["properties/query/properties", "properties/query/anyOf/0/properties"] {
            show(schema, &format!("/{at}/{name}"), &value);
        }
    }
}

fn names(list: &str) -> Value {
    list.split(',').filter(|name| !name.is_empty()).collect()
}

fn show(schema: &mut Value, at: &str, example: &Value) {
    let nothing = example.as_str() == Some("") || example.as_array().is_some_and(Vec::is_empty);
    let takes = |property: &Value| {
        let kind = if example.is_array() { "array" } else { "string" };
        let named = property.get("type");
        named.is_some_and(|is| is == kind || is.as_array().is_some_and(|all| all.iter().any(|one| one == kind)))
    };
    match schema.pointer_mut(at) {
        Some(property) if !nothing && takes(property) && property.get("examples").is_none() => {
            property["examples"] = json!([example]);
        }
        _ => {}
    }
}

// The type of Graph that an output is, or that the items of a list are of.
fn kind_of(output: Generate) -> Option<String> {
    let schema = output(SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true));
    let kind = |at: &str| schema.pointer(at)?.get("x-graph-type")?.as_str().map(str::to_owned);
    kind("").or_else(|| kind("/properties/items/items"))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;
    use crate::schema::generated;

    #[derive(serde::Serialize, JsonSchema)]
    #[schemars(extend("x-graph-type" = "calendar"))]
    struct Calendar {}

    #[derive(serde::Serialize, JsonSchema)]
    struct Calendars {
        #[allow(dead_code)]
        items: Vec<Calendar>,
    }

    #[test]
    fn kinds_stand_in_their_order() {
        assert!(RESOURCES.is_sorted_by_key(|resource| resource.kind));
    }

    #[test]
    fn a_list_shows_what_its_kind_takes_and_nothing_else() {
        let text = json!({ "type": ["string", "null"] });
        let mut schema = json!({ "properties": { "query": { "properties": {
            "filter": { "type": "string", "examples": ["mine"] },
            "orderby": text, "expand": { "type": "array" }, "select": { "type": "array" }
        } } } });
        add(&mut schema, generated::<Calendars>);
        let found = |name: &str| schema["properties"]["query"]["properties"][name].get("examples").cloned();
        assert_eq!(found("filter"), Some(json!(["mine"])));
        assert_eq!(found("select"), Some(json!([["name", "color"]])));
        assert_eq!([found("orderby"), found("expand")], [None, None]);
    }
}
