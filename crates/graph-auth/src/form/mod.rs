//! The form of a connection: the fields of each sign-in method, as a JSON Schema.

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::schema::{self, rules};
use connector_sdk::{AccountType, SignInMethod};
use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::settings::Settings;

// The fields in the order of a form: what is asked first stands first.
const CREDENTIAL: [&str; 6] =
    ["clientSecret", "secretExpires", "clientAuthStyle", "certificate", "certificateThumbprint", "privateKey"];
const SERVICE: [&str; 6] = ["cloud", "graphUrl", "authorityUrl", "authorizeUrl", "tokenUrl", "issuer"];

// An app has what its tenant granted, so there is nothing to choose.
const SCOPES_OF_APPS: &str = "With Microsoft Entra only `.default`, which is asked for anyway: an app has the \
                              permissions that its tenant granted. Leave it out, unless `issuer` names another service.";

/// Returns the schema of a connector's connections, with the conditions that the fields must meet.
///
/// One alternative of `oneOf` for each way to sign in, told apart by `method`. The fields stand in the order in which a
/// form asks for them; secrets have `x-secret`. What only [`Settings::check`] can tell, such as whether a certificate
/// can be read, is not in it.
///
/// ```
/// use connector_sdk::connection::{ConnectionSpec, SignInSpec};
/// use connector_sdk::{Permissions, SignInMethod};
///
/// let sign_in = SignInSpec::new(SignInMethod::ManagedIdentity, Permissions::NONE);
/// let schema = graph_auth::connection_schema("People", &ConnectionSpec::new(vec![sign_in], Vec::new()));
/// assert_eq!(schema["title"], "People connection");
/// assert_eq!(schema["oneOf"][0]["properties"]["method"]["const"], "managed_identity");
/// ```
pub fn connection_schema(title: &str, spec: &ConnectionSpec) -> Value {
    let settings = schema::input::<Settings>(title);
    let alternatives: Vec<Value> =
        spec.sign_ins.iter().map(|sign_in| alternative(&settings, spec, sign_in.method)).collect();
    json!({
        "$schema": schema::DIALECT,
        "title": format!("{title} connection"),
        "description": "How a connection signs in.",
        "type": "object",
        "required": ["method"],
        "oneOf": alternatives,
    })
}

fn alternative(settings: &Value, spec: &ConnectionSpec, method: SignInMethod) -> Value {
    let mut properties = Map::new();
    for name in fields(spec, method) {
        let Some(property) = settings["properties"].get(name) else { continue };
        let mut property = property.clone();
        match name {
            "method" => property = method_field(&property, method),
            "accountType" => property = account_type_field(property, spec, method),
            "scopes" if method.is_application() => {
                plainly(&mut property);
                property["description"] = SCOPES_OF_APPS.into();
            }
            _ => plainly(&mut property),
        }
        properties.insert(name.to_owned(), property);
    }
    let mut required = vec!["method"];
    match method {
        SignInMethod::WorkloadIdentity => required.push("federatedTokenFile"),
        SignInMethod::AccessToken => required.push("accessToken"),
        _ => {}
    }
    if method.is_application() && spec.app_needs_user {
        required.push("userId");
    }
    let whole = json!({
        "title": title(method),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let mut whole = Schema::try_from(whole).unwrap_or_default();
    conditions(&mut whole, method);
    whole.into()
}

fn title(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::AuthorizationCode => "A user, with a browser",
        SignInMethod::DeviceCode => "A user, with a code on another device",
        SignInMethod::ClientCredentials => "An app, with a client secret",
        SignInMethod::ClientCertificate => "An app, with a certificate",
        SignInMethod::WorkloadIdentity => "An app, with another issuer's token",
        SignInMethod::ManagedIdentity => "An app, as the machine that it runs on",
        SignInMethod::AccessToken => "A given token",
        _ => "Another way",
    }
}

fn fields(spec: &ConnectionSpec, method: SignInMethod) -> Vec<&'static str> {
    use SignInMethod as M;
    let mut names = vec!["method"];
    let named = |more: &[&'static str], names: &mut Vec<&'static str>| names.extend_from_slice(more);
    match method {
        M::AuthorizationCode => {
            named(&["accountType", "tenantId", "clientId"], &mut names);
            named(&CREDENTIAL, &mut names);
            named(&["scopes", "oauthProfile", "redirectUri", "extraParameters"], &mut names);
            named(&SERVICE, &mut names);
        }
        M::DeviceCode => {
            named(&["accountType", "tenantId", "clientId"], &mut names);
            named(&CREDENTIAL, &mut names);
            named(&["scopes", "oauthProfile", "cloud", "graphUrl", "authorityUrl", "tokenUrl", "issuer"], &mut names);
        }
        M::ClientCredentials | M::ClientCertificate | M::WorkloadIdentity => {
            named(&["accountType", "tenantId", "userId", "clientId"], &mut names);
            match method {
                M::ClientCredentials => named(&["clientSecret", "secretExpires", "clientAuthStyle"], &mut names),
                M::ClientCertificate => {
                    named(&["certificate", "certificateThumbprint", "privateKey", "secretExpires"], &mut names)
                }
                _ => named(&["federatedTokenFile"], &mut names),
            }
            named(&["scopes", "oauthProfile", "cloud", "graphUrl", "authorityUrl", "tokenUrl", "issuer"], &mut names);
        }
        M::ManagedIdentity => named(&["userId", "clientId", "tenantId", "cloud", "graphUrl"], &mut names),
        _ => named(&["accessToken", "userId", "tenantId", "cloud", "graphUrl"], &mut names),
    }
    if spec.api_version {
        names.push("apiVersion");
    }
    names
}

// A form has no field for null: what is not filled in is left out.
fn plainly(property: &mut Value) {
    let Value::Object(object) = property else { return };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            object.insert("type".into(), kind);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.shift_remove("default");
    }
    let several = object.get_mut("anyOf").and_then(Value::as_array_mut);
    if let Some(choices) = several {
        choices.retain(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.shift_remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}

fn method_field(property: &Value, method: SignInMethod) -> Value {
    json!({
        "title": property["title"],
        "description": property["x-enum-descriptions"].get(method.name()).unwrap_or(&property["description"]),
        "type": "string",
        "const": method.name(),
    })
}

// The connector's own account types, under the names that its users know. An app signs in to one tenant.
fn account_type_field(mut property: Value, spec: &ConnectionSpec, method: SignInMethod) -> Value {
    plainly(&mut property);
    let offered: Vec<_> = spec
        .account_types
        .iter()
        .filter(|choice| !method.is_application() || choice.account_type == AccountType::Tenant)
        .map(|choice| (serde_json::to_value(choice.account_type).unwrap_or_default(), choice.label))
        .collect();
    let Value::Object(object) = &mut property else { return property };
    if !offered.is_empty() {
        object.insert("enum".into(), offered.iter().map(|(value, _)| value.clone()).collect());
        let labels: Map<String, Value> = offered
            .iter()
            .filter_map(|(value, label)| Some((value.as_str()?.to_owned(), Value::from(*label))))
            .collect();
        object.insert("x-enum-titles".into(), labels.into());
        if let Some(Value::Object(meanings)) = object.get_mut("x-enum-descriptions") {
            meanings.retain(|name, _| offered.iter().any(|(value, _)| value.as_str() == Some(name)));
        }
    }
    property
}

fn conditions(schema: &mut Schema, method: SignInMethod) {
    use SignInMethod as M;
    match method {
        M::AuthorizationCode | M::DeviceCode => {
            rules::at_least_one(&["clientId", "oauthProfile"])(schema);
            rules::needed_with(&["tenantId", "accountType=tenant", "!tokenUrl", "!oauthProfile"])(schema);
            for proof in [
                &["clientSecret", "certificate"],
                &["clientSecret", "certificateThumbprint"],
                &["clientSecret", "privateKey"],
            ] {
                rules::at_most_one(proof)(schema);
            }
            keyed(schema);
        }
        M::ClientCredentials | M::ClientCertificate | M::WorkloadIdentity => {
            rules::at_least_one(&["tenantId", "tokenUrl", "oauthProfile"])(schema);
            rules::at_least_one(&["clientId", "oauthProfile"])(schema);
        }
        _ => {}
    }
    match method {
        M::ClientCredentials => rules::at_least_one(&["clientSecret", "oauthProfile"])(schema),
        M::ClientCertificate => {
            rules::at_least_one(&["certificate", "certificateThumbprint", "oauthProfile"])(schema);
            keyed(schema);
        }
        _ => {}
    }
}

// A certificate may hold its key; a thumbprint cannot, and a key alone says not whose it is.
fn keyed(schema: &mut Schema) {
    rules::needed_with(&["privateKey", "certificateThumbprint", "!certificate", "!oauthProfile"])(schema);
    rules::only_with(&["privateKey", "certificate", "certificateThumbprint", "oauthProfile"])(schema);
}

#[cfg(test)]
mod tests;
