use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::schema::rules;
use connector_sdk::{Error, Permissions, SignInMethod};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::connection_schema;
use crate::settings::Settings;
use crate::testing::{CERTIFICATE, KEY};

fn spec() -> ConnectionSpec {
    let choice = |account_type, label| AccountChoice::new(account_type, label);
    let types = vec![choice(AccountType::Common, "Common"), choice(AccountType::Tenant, "Tenant-specific")];
    ConnectionSpec::new(SignInSpec::usual(Permissions::NONE, Permissions::NONE), types).api_version()
}

// Two values for each field, both of which may be right.
fn values(name: &str) -> Vec<Value> {
    match name {
        "accountType" => vec![json!("tenant"), json!("common")],
        "tenantId" => vec![json!("contoso.com"), json!("6babcaad-604b-40ac-a9d7-9fd97c0b779f")],
        "clientId" => vec![json!("11112222-bbbb-3333-cccc-4444dddd5555")],
        "certificate" => vec![json!(CERTIFICATE), json!(format!("{CERTIFICATE}\n{KEY}"))],
        "privateKey" => vec![json!(KEY)],
        "certificateThumbprint" => vec![json!("ab".repeat(32))],
        "secretExpires" => vec![json!("2027-01-31")],
        "clientAuthStyle" => vec![json!("basic")],
        "cloud" => vec![json!("global"), json!("china")],
        "graphUrl" | "authorityUrl" | "redirectUri" => vec![json!("http://localhost:1")],
        "authorizeUrl" => vec![json!("http://localhost:1/contoso.com/oauth2/v2.0/authorize")],
        "tokenUrl" => vec![json!("http://localhost:1/contoso.com/oauth2/v2.0/token")],
        "issuer" => vec![json!("https://id.contoso.com")],
        "extraParameters" => vec![json!({ "prompt": "login" })],
        "scopes" => vec![json!("User.Read"), json!(["User.Read", "Mail.Send"])],
        "apiVersion" => vec![json!("beta"), json!("v1.0")],
        _ => vec![json!("text"), json!("megan@contoso.com")],
    }
}

fn judged(method: SignInMethod, mut settings: Map<String, Value>) -> Result<(), Error> {
    settings.insert("method".into(), method.name().into());
    serde_json::from_value::<Settings>(settings.into()).unwrap().check(&spec()).map(|_| ())
}

// What is missing or in the way, and not what a value is.
fn is_about_presence(error: &Error) -> bool {
    error
        .violations()
        .iter()
        .any(|issue| issue.message.contains("is needed") || issue.message.contains("cannot be combined"))
}

proptest! {
    // The form refuses nothing that a sign-in takes, and what it takes lacks nothing.
    #[test]
    fn the_form_and_the_check_agree(
        way in 0usize..7,
        chosen in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 24),
    ) {
        let method = SignInMethod::ALL[way];
        let schema = connection_schema("Test", &spec());
        let alternative = &schema["oneOf"][way];
        prop_assert_eq!(&alternative["properties"]["method"]["const"], method.name());
        let names: Vec<&String> = alternative["properties"].as_object().unwrap().keys().filter(|name| *name != "method" && *name != "oauthProfile").collect();
        let mut settings = Map::new();
        for (name, (given, value)) in names.into_iter().zip(&chosen) {
            if *given {
                settings.insert(name.clone(), value.get(&values(name)).clone());
            }
        }
        let mut filled = Value::Object(settings.clone());
        filled["method"] = method.name().into();
        let taken = jsonschema::is_valid(&schema, &filled);
        match judged(method, settings) {
            Ok(()) => prop_assert!(taken, "the form refuses {filled}"),
            Err(error) if is_about_presence(&error) => {
                // Only the text of a certificate tells whether its key is in it.
                let key_alone = filled.get("certificate").is_some() && error.violations().iter().any(|issue| issue.pointer == "/privateKey" || issue.pointer == "/certificate");
                let endpoint = error.violations().iter().any(|issue| issue.pointer.ends_with("Url"));
                prop_assert!(!taken || key_alone || endpoint, "the form takes {filled}: {error:?}");
            }
            Err(_) => {}
        }
    }
}

#[test]
fn fields_stand_in_the_order_of_a_form() {
    let schema = connection_schema("Outlook", &spec().app_needs_user());
    let ways: Vec<&str> = schema["oneOf"].as_array().unwrap().iter().filter_map(|way| way["title"].as_str()).collect();
    assert_eq!(ways.len(), SignInMethod::ALL.len());
    let app = &schema["oneOf"][2];
    let names: Vec<&str> = app["properties"].as_object().unwrap().keys().map(String::as_str).take(6).collect();
    assert_eq!(names, ["method", "accountType", "tenantId", "userId", "clientId", "clientSecret"]);
    assert_eq!(app["required"], json!(["method", "userId"]));
    assert_eq!(app["properties"]["clientSecret"]["x-secret"], true);
    assert_eq!(app["properties"]["clientSecret"]["type"], "string");
    assert_eq!(app["properties"]["accountType"]["enum"], json!(["tenant"]));
    let meanings = |way: &Value| -> Vec<String> {
        way["properties"]["accountType"]["x-enum-descriptions"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(meanings(app), ["tenant"]);
    assert_eq!(meanings(&schema["oneOf"][0]), ["common", "tenant"]);
    for (place, way) in schema["oneOf"].as_array().unwrap().iter().enumerate() {
        let told = way["properties"]["scopes"]["description"].as_str().map(|text| text.contains("`.default`"));
        let is_app = SignInMethod::ALL[place].is_application();
        assert!(told.is_none_or(|told| told == is_app), "{way}");
    }
    let user = &schema["oneOf"][0]["properties"]["accountType"];
    assert_eq!(user["x-enum-titles"], json!({ "common": "Common", "tenant": "Tenant-specific" }));
    let tenant = schema["oneOf"][0]["allOf"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule.get(rules::NEEDED_WITH).is_some())
        .unwrap();
    let told = rules::breach(tenant, &json!({ "accountType": "tenant", "clientId": "x" })).unwrap();
    assert_eq!(told.0, "tenantId");
}

#[test]
fn a_thumbprint_of_a_users_app_needs_its_key_and_a_key_its_certificate() {
    let schema = connection_schema("Test", &spec());
    let thumbprint = "ab".repeat(32);
    for method in ["authorization_code", "device_code"] {
        for (more, fits) in [
            (json!({ "certificateThumbprint": thumbprint }), false),
            (json!({ "privateKey": KEY }), false),
            (json!({ "certificateThumbprint": thumbprint, "privateKey": KEY }), true),
            (json!({ "certificate": CERTIFICATE, "privateKey": KEY }), true),
            (json!({ "certificateThumbprint": thumbprint, "oauthProfile": "contoso-app" }), true),
        ] {
            let mut filled = json!({ "method": method, "clientId": "11112222-bbbb-3333-cccc-4444dddd5555" });
            filled.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            assert_eq!(jsonschema::is_valid(&schema, &filled), fits, "{filled}");
        }
    }
}
