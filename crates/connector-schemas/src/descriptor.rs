//! Descriptors: what a connector is, as JSON for readers in any language.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An action, a trigger, a picklist or a dynamic schema: what it is called, what it needs, what goes in and comes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Descriptor {
    /// Where this file comes from, for whoever opens it.
    #[serde(rename = "$comment", default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The name, unique within its connector and kind. It is also the name of the file.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub name: String,
    /// The name of the connector. It is also the name of the folder.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub connector: String,
    /// The name for people.
    #[schemars(length(min = 1))]
    pub title: String,
    /// What it does to the world. All but actions always read.
    #[schemars(extend("enum" = ["read", "create", "update", "delete", "send"]))]
    pub effect: String,
    /// How an action of the effect `delete` can be undone, and until when, in a sentence. Absent where it cannot be
    /// undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1))]
    pub undo: Option<String>,
    /// Whether its output is a list whose items are returned one by one.
    pub list: bool,
    /// What a trigger may miss when Graph no longer accepts its cursor; the next event reports the gap. Absent where
    /// nothing is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1))]
    pub misses: Option<String>,
    /// Whether Graph notifies of a trigger's events, so that a host need not wait for the next poll.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub real_time: bool,
    /// The permissions that it needs with a usual input.
    pub scopes: Needs,
    /// Whether there is no usual set of permissions: the input alone decides, and `scopes` names nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scopes_by_input: bool,
    /// What other inputs need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope_cases: Vec<ScopeCase>,
    /// The JSON Schema of its input.
    pub input: Map<String, Value>,
    /// The JSON Schema of an action's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    pub output: Option<Map<String, Value>>,
    /// The JSON Schema of a trigger's event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    pub event: Option<Map<String, Value>>,
}

/// The permissions that some inputs need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["when", "besides", "delegated", "application"]))]
pub struct ScopeCase {
    /// For which, as the end of a sentence that begins with "when".
    #[schemars(length(min = 1))]
    pub when: String,
    /// Whether they are needed besides the usual ones; otherwise they are needed in their place.
    pub besides: bool,
    /// When a user is signed in; null when a user cannot do it at all.
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read", "Mail.ReadWrite"]]))]
    pub delegated: Option<Vec<String>>,
    /// When a user is signed in and the mailbox, calendar or folder is somebody else's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read.Shared"]]))]
    pub shared: Vec<String>,
    /// When an app is signed in; null when an app cannot do it at all.
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read"]]))]
    pub application: Option<Vec<String>>,
}

impl ScopeCase {
    /// The permissions alone.
    pub fn needs(&self) -> Needs {
        Needs { delegated: self.delegated.clone(), shared: self.shared.clone(), application: self.application.clone() }
    }
}

/// Permissions, of which any one in each list suffices, the least privileged first. Names in one text, separated by
/// spaces, are needed together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["delegated", "application"]))]
pub struct Needs {
    /// When a user is signed in; null when a user cannot do it at all. An empty list: nothing beyond being signed in.
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read", "Mail.ReadWrite"]]))]
    pub delegated: Option<Vec<String>>,
    /// When a user is signed in and the mailbox, calendar or folder is somebody else's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read.Shared"]]))]
    pub shared: Vec<String>,
    /// When an app is signed in; null when an app cannot do it at all.
    #[schemars(extend("uniqueItems" = true, "examples" = [["Mail.Read"]]))]
    pub application: Option<Vec<String>>,
}

/// A connector: how to sign in, and the names of all that it lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectorDescriptor {
    /// Where this file comes from, for whoever opens it.
    #[serde(rename = "$comment", default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The name. It is also the name of the folder.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"))]
    pub name: String,
    /// The name for people.
    #[schemars(length(min = 1))]
    pub title: String,
    /// What it is for, in a sentence or two.
    #[schemars(length(min = 1))]
    pub about: String,
    /// How to sign in.
    pub connection: Connection,
    /// The names of its actions, in the order of its list.
    #[schemars(extend("uniqueItems" = true))]
    pub actions: Vec<String>,
    /// The names of its triggers.
    #[schemars(extend("uniqueItems" = true))]
    pub triggers: Vec<String>,
    /// The names of its picklists.
    #[schemars(extend("uniqueItems" = true))]
    pub picklists: Vec<String>,
    /// The names of its dynamic schemas: what properties take where only Graph knows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("uniqueItems" = true))]
    pub dynamic_schemas: Vec<String>,
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Connection {
    /// The ways to sign in, the preferred one first.
    #[schemars(length(min = 1))]
    pub sign_ins: Vec<SignIn>,
    /// The account types, under the names that its users know them by.
    #[schemars(length(min = 1))]
    pub account_types: Vec<AccountChoice>,
    /// Whether an app's connection must name its default user.
    #[serde(default)]
    pub app_needs_user: bool,
    /// Whether a connection may choose the version of the API.
    #[serde(default)]
    pub api_version: bool,
}

/// One way to sign in, with the permissions that it asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// The method.
    pub method: String,
    /// What it asks for.
    pub permissions: Permissions,
}

/// What a sign-in asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permissions {
    /// Always requested.
    pub minimum: Vec<String>,
    /// Requested unless the connection names its own.
    pub default: Vec<String>,
    /// Requested only when the connection names them.
    pub optional: Vec<String>,
}

/// An account type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountChoice {
    /// The type: whose accounts may sign in.
    #[schemars(extend("enum" = ["common", "tenant", "organizations", "consumers"]))]
    pub account_type: String,
    /// Its name for people.
    pub label: String,
}

/// Returns the schema of the descriptor of an action, a trigger, a picklist or a dynamic schema.
pub fn descriptor_schema() -> Value {
    connector_sdk::schema::input::<Descriptor>("Descriptor")
}

/// Returns the schema of a connector's own descriptor.
pub fn connector_schema() -> Value {
    connector_sdk::schema::input::<ConnectorDescriptor>("Connector descriptor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::is_permission;
    use crate::instance;

    fn examples<'a>(schema: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            found.extend(property["examples"].as_array().into_iter().flatten().map(|example| (name.as_str(), example)));
            examples(property, found);
            examples(&property["items"], found);
        }
    }

    #[test]
    fn examples_satisfy_their_schemas_and_name_permissions() {
        for schema in [descriptor_schema(), connector_schema()] {
            assert_eq!(instance::examples(&schema), []);
            let mut found = Vec::new();
            examples(&schema, &mut found);
            let scopes = found.iter().filter(|(name, _)| ["delegated", "shared", "application"].contains(name));
            for scope in scopes.flat_map(|(_, example)| example.as_array()).flatten() {
                assert!(is_permission(scope.as_str().unwrap()), "{scope}");
            }
        }
    }
}
