//! Examples of the texts that an input takes, for each property that takes one.
//!
//! In this order: what the type says itself; what the examples of the whole input hold at this place; what the
//! description names (such as `this`); what Graph keeps under this name everywhere. A choice, a moment, an address or a
//! number needs none: its type says how it is written.

use serde_json::{Map, Value, json};

/// Adds an example to each text property of an input.
pub(super) fn add(schema: &mut Value) {
    let whole: Vec<Value> = schema.get("examples").and_then(Value::as_array).cloned().unwrap_or_default();
    below(schema, &whole.iter().collect::<Vec<_>>());
}

// `shown` are the examples of what this schema describes.
fn below(schema: &mut Value, shown: &[&Value]) {
    let Value::Object(object) = schema else { return };
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (name, property) in properties {
            let shown: Vec<&Value> = shown.iter().filter_map(|value| value.get(name)).collect();
            exemplify(name, property, &shown);
        }
    }
    if let Some(items) = object.get_mut("items") {
        let elements: Vec<&Value> = shown.iter().filter_map(|value| value.as_array()).flatten().collect();
        below(items, &elements);
    }
    if let Some(values @ Value::Object(_)) = object.get_mut("additionalProperties") {
        let values_shown: Vec<&Value> =
            shown.iter().filter_map(|value| value.as_object()).flat_map(Map::values).collect();
        below(values, &values_shown);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for choice in object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            below(choice, shown);
        }
    }
}

fn exemplify(name: &str, property: &mut Value, shown: &[&Value]) {
    if let Value::Object(object) = property {
        let list = object.get("items").is_some_and(is_text);
        if (list || wants_example(object)) && !object.contains_key("examples") {
            let whole = shown
                .iter()
                .find(|value| if list { value.is_array() } else { value.is_string() })
                .map(|value| (**value).clone());
            let told = || {
                let text = from_description(object).or_else(|| known(name).map(str::to_owned))?;
                Some(if list { json!([text]) } else { text.into() })
            };
            let own = || object.get("items").is_some_and(|items| items.get("examples").is_some());
            if let Some(example) = whole.or_else(|| if own() { None } else { told() }) {
                object.insert("examples".to_owned(), json!([example]));
            }
        }
    }
    below(property, shown);
}

/// Returns whether a schema takes a text whose form its type does not say.
pub(crate) fn wants_example(schema: &Map<String, Value>) -> bool {
    let is_string = |kind: &Value| kind.as_str() == Some("string");
    let takes_text = schema
        .get("type")
        .is_some_and(|kind| is_string(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_string)));
    takes_text
        && !["enum", "const", "format", "x-secret", "x-file", "x-moment"].iter().any(|key| schema.contains_key(*key))
}

fn is_text(schema: &Value) -> bool {
    schema.as_object().is_some_and(wants_example)
}

// The first code after "such as", or after a colon.
fn from_description(schema: &Map<String, Value>) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    let code = ["such as `", "as in `", ": `"].iter().find_map(|mark| text.split_once(mark)).map(|(_, after)| after)?;
    code.split_once('`').map(|(code, _)| code.to_owned()).filter(|code| !code.is_empty() && !code.contains('…'))
}

// Values of the sandbox where it has the thing, else of the form that Graph gives it.
fn known(name: &str) -> Option<&'static str> {
    KNOWN.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|place| KNOWN[place].1)
}

// In the order of their names.
const KNOWN: [(&str, &str); 166] = [
    ("additionalFields", "id"),
    ("address", "adelev@contoso.example"),
    ("app", "Contoso Portal"),
    ("appId", "00000003-0000-0000-c000-000000000000"),
    ("application", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("assignCategories", "Red category"),
    ("assistantName", "Alex Wilber"),
    ("attendeeEmail", "adelev@contoso.example"),
    ("authorityUrl", "https://login.microsoftonline.com"),
    ("authorizeUrl", "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize"),
    ("base64", "SGVsbG8="),
    ("body", "See you at noon."),
    ("bodyContains", "invoice"),
    ("bodyOrSubjectContains", "invoice"),
    ("businessHomePage", "https://www.contoso.example"),
    ("businessPhones", "+49 30 5550100"),
    ("calendarGroupId", "AAMkAGI2TGuLAAAwAAAAAAB_7JQAAA="),
    ("calendarId", "AAMkAGI2TGuLAAAuAAAAAABZ7KCAAA="),
    ("categories", "Red category"),
    ("category", "Red category"),
    ("cc", "adelev@contoso.example"),
    ("certificateThumbprint", "3f2a9c0d5e7b41886a1fd0c35b9e7742d18c6a05f4e3b2917c60d8a5f1e2b3c4"),
    ("children", "Jim"),
    ("choices", "Planned"),
    ("city", "Seattle"),
    ("classification", "Confidential"),
    ("clientId", "11112222-bbbb-3333-cccc-4444dddd5555"),
    ("clientState", "8f2c0a1e5d"),
    ("columns", "Title"),
    ("comment", "Thank you"),
    ("company", "Contoso"),
    ("companyName", "Contoso"),
    ("completed", "2026-01-31T09:00:00Z"),
    ("contentId", "logo"),
    ("contentType", "application/pdf"),
    ("copyToFolder", "archive"),
    ("country", "Germany"),
    ("countryOrRegion", "Germany"),
    ("deltaToken", "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=X"),
    ("department", "Sales"),
    ("dependsOn", "1"),
    ("description", "What it is for"),
    ("destinationDrive", "b!t18F8ybsHUq1z3LTz8xvZqP8zaSWjkFNhsME-Fepo75dTf9vQKfeRblBZjoSQrd7"),
    ("destinationFolder", "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"),
    ("directoryScope", "/"),
    ("disabledPlans", "57ff2da0-773e-42df-b2af-ffb7a2317929"),
    ("displayName", "Project Falcon"),
    ("drive", "b!t18F8ybsHUq1z3LTz8xvZqP8zaSWjkFNhsME-Fepo75dTf9vQKfeRblBZjoSQrd7"),
    ("due", "2026-01-31T09:00:00Z"),
    ("eTag", r#"W/"CQAAABYAAAA=""#),
    ("email", "adelev@contoso.example"),
    ("employeeId", "EMP-1041"),
    ("encryptionCertificate", "MIIC/TCCAeWgAwIBAgIQ…"),
    ("encryptionCertificateId", "tenon-2026"),
    ("end", "2026-01-31T10:00:00Z"),
    ("endBefore", "2026-02-28T09:00:00Z"),
    ("expiration", "2026-12-31T00:00:00Z"),
    ("externalMessage", "I am away until Monday."),
    ("federatedTokenFile", "/var/run/secrets/azure/tokens/azure-identity-token"),
    ("fields", "id"),
    ("file", "report.pdf"),
    ("filter", "startsWith(displayName,'A')"),
    ("filterIds", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("folderId", "AAMkAGI2TG93AAAuAAAAAABZ7JQAAA="),
    ("folderPath", "Documents/Reports"),
    ("from", "adelev@contoso.example"),
    ("givenName", "Adele"),
    ("graphUrl", "http://127.0.0.1:8080"),
    ("group", "fba318f2-9400-4cc8-879e-e1bb10c5b206"),
    ("headerContains", "X-Mailer"),
    ("hexColor", "#1F77B4"),
    ("homePhones", "+49 30 5550101"),
    ("id", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("idField", "id"),
    ("imAddresses", "adelev@contoso.example"),
    ("initials", "A.V."),
    ("initiatedBy", "adelev@contoso.example"),
    ("issuer", "https://id.contoso.example"),
    ("itemId", "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"),
    ("jobTitle", "Buyer"),
    ("joinMeetingId", "291 054 131 75"),
    ("key", "Reason"),
    ("list", "Tasks"),
    ("locationUri", "https://maps.contoso.example/room-12"),
    ("lookupColumn", "Title"),
    ("lookupList", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("macOsUnlockCode", "123456"),
    ("mailNickname", "falcon"),
    ("mailbox", "adelev@contoso.example"),
    ("manager", "Megan Bowen"),
    ("managerId", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("mentioned", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("message", "You are invited."),
    ("middleName", "Maria"),
    ("mobilePhone", "+49 30 5550100"),
    ("moveToFolder", "archive"),
    ("name", "report.pdf"),
    ("nameEndsWith", ".xlsx"),
    ("nickName", "Addie"),
    ("notes", "Owned by the sales team"),
    ("notificationUrl", "https://hooks.contoso.example/graph"),
    ("oauthProfile", "contoso-app"),
    ("officeLocation", "18/2111"),
    ("onPremisesImmutableId", "rPp3fHF6kUqOA+2jRiZBnA=="),
    ("options", "Approve"),
    ("organizer", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("organizerEmail", "adelev@contoso.example"),
    ("otherMails", "adele@fabrikam.example"),
    ("ownerId", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("owners", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("pageToken", "MCBodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20vdjEuMC91c2Vycz8kc2tpcHRva2VuPVg"),
    ("parentFolderId", "AAMkAGI2TG93AAAuAAAAAABZ7JQAAA="),
    ("parentId", "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"),
    ("path", "Documents/Budget.csv"),
    ("personalNotes", "Met at the fair"),
    ("phone", "5550100"),
    ("postalCode", "98052"),
    ("profession", "Engineer"),
    ("publicClientRedirectUris", "http://localhost"),
    ("range", "0-1023"),
    ("receivedBefore", "2026-02-28T09:00:00Z"),
    ("recipientContains", "contoso.example"),
    ("redirectUri", "http://localhost:8400/signed-in"),
    ("remove", "c7df2760-2c81-4ef7-b578-5b5392b571df"),
    ("resourceAppId", "00000003-0000-0000-c000-000000000000"),
    ("roleDefinitionId", "62e90394-69f5-4237-9190-012177145e10"),
    ("search", r#""subject:report""#),
    ("select", "id"),
    ("senderContains", "contoso.example"),
    ("senderName", "Adele Vance"),
    ("site", "root"),
    ("skipToken", "X"),
    ("skuId", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    ("spaRedirectUris", "https://app.contoso.example/signed-in"),
    ("spouseName", "Jo"),
    ("start", "2026-01-31T09:00:00Z"),
    ("startAfter", "2026-01-31T09:00:00Z"),
    ("startBefore", "2026-02-28T09:00:00Z"),
    ("state", "WA"),
    ("street", "1 Main Street"),
    ("streetAddress", "1 Main Street"),
    ("subject", "Lunch"),
    ("subjectContains", "invoice"),
    ("surname", "Vance"),
    ("table", "Table1"),
    ("team", "fba318f2-9400-4cc8-879e-e1bb10c5b206"),
    ("tenantId", "contoso.com"),
    ("text", "Hello"),
    ("timeZone", "Europe/Berlin"),
    ("to", "adelev@contoso.example"),
    ("tokenUrl", "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"),
    ("transactionId", "7e163156-7762-4beb-a1c6-729ea81755a7"),
    ("uniqueName", "falcon-team"),
    ("usageLocation", "DE"),
    ("user", "adelev@contoso.example"),
    ("userId", "adelev@contoso.example"),
    ("userPrincipalName", "adelev@contoso.example"),
    ("value", "Holiday"),
    ("videoTeleconferenceId", "123456789"),
    ("watchFields", "displayName"),
    ("webRedirectUris", "https://app.contoso.example/signed-in"),
    ("workbook", "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"),
    ("worksheet", "Sheet1"),
    ("yomiCompanyName", "コントソ"),
    ("yomiGivenName", "アデル"),
    ("yomiSurname", "バンス"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_example_wins() {
        let mut schema = json!({
            "properties": {
                "own": { "type": "string", "description": "Such as `other`.", "examples": ["mine"] },
                "city": { "type": ["string", "null"], "description": "The city, such as `Rome`." },
                "state": { "type": "string", "description": "The state." },
                "user": { "type": "string", "description": "Who, such as `x`." },
                "categories": { "type": "array", "items": { "type": "string" } },
                "day": { "type": "string", "format": "date" },
                "size": { "type": "string", "enum": ["a"] },
                "people": { "type": "array", "items": { "type": "object", "properties": { "email": { "type": "string" }, "nobodyKnows": { "type": "string" } } } }
            },
            "examples": [{ "user": "a@b.example" }, { "user": "c", "people": [{ "email": "p@q.example" }] }]
        });
        add(&mut schema);
        let found = |pointer: &str| schema.pointer(&format!("/properties/{pointer}/examples")).cloned();
        assert_eq!(found("own"), Some(json!(["mine"])));
        assert_eq!(found("city"), Some(json!(["Rome"])));
        assert_eq!(found("state"), Some(json!(["WA"])));
        assert_eq!(found("user"), Some(json!(["a@b.example"])));
        assert_eq!(found("categories"), Some(json!([["Red category"]])));
        assert_eq!(found("people/items/properties/email"), Some(json!(["p@q.example"])));
        assert_eq!([found("day"), found("size"), found("people/items/properties/nobodyKnows")], [None, None, None]);
    }

    #[test]
    fn names_stand_in_their_order() {
        assert!(KNOWN.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(known("appId"), Some("00000003-0000-0000-c000-000000000000"));
    }
}
