//! Descriptors: what a connector is, as JSON for readers that do not know Rust.

use connector_sdk::{Connector, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Result;

/// Stands first in every generated file.
pub(crate) const COMMENT: &str = "Written by `cargo xtask schemas` from the sources; change those.";

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

/// A connector with all that it lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The connector itself.
    pub connector: ConnectorDescriptor,
    /// The fields of its connections.
    pub connection: Map<String, Value>,
    /// Its actions, in the order of its list.
    pub actions: Vec<Descriptor>,
    /// Its triggers.
    pub triggers: Vec<Descriptor>,
    /// Its picklists.
    pub picklists: Vec<Descriptor>,
    /// Its dynamic schemas.
    pub dynamic_schemas: Vec<Descriptor>,
}

impl Description {
    /// Describes a connector.
    ///
    /// # Errors
    /// When a schema is not an object, or the connection has parts that a descriptor does not know.
    pub fn of(connector: &Connector) -> Result<Description> {
        let card = |spec: &Spec, input: Value| descriptor(connector.name, spec, input);
        let actions = connector.actions.iter().map(|action| {
            let output = object(action.output_schema())?;
            Ok(Descriptor { output: Some(output), ..card(action.spec(), action.input_schema())? })
        });
        let triggers = connector.triggers.iter().map(|trigger| {
            let event = object(trigger.event_schema())?;
            Ok(Descriptor { event: Some(event), ..card(trigger.spec(), trigger.input_schema())? })
        });
        let picklists = connector.picklists.iter().map(|picklist| card(picklist.spec(), picklist.input_schema()));
        let dynamic_schemas =
            connector.dynamic_schemas.iter().map(|dynamic| card(dynamic.spec(), dynamic.input_schema()));
        Ok(Description {
            connector: ConnectorDescriptor {
                comment: Some(COMMENT.to_owned()),
                name: connector.name.to_owned(),
                title: connector.title.to_owned(),
                about: connector.about.to_owned(),
                connection: serde_json::from_value(serde_json::to_value(&connector.connection)?)?,
                actions: connector.actions.iter().map(|action| action.spec().name.to_owned()).collect(),
                triggers: connector.triggers.iter().map(|trigger| trigger.spec().name.to_owned()).collect(),
                picklists: connector.picklists.iter().map(|picklist| picklist.spec().name.to_owned()).collect(),
                dynamic_schemas: connector
                    .dynamic_schemas
                    .iter()
                    .map(|dynamic| dynamic.spec().name.to_owned())
                    .collect(),
            },
            connection: object(graph_auth::connection_schema(connector.title, &connector.connection))?,
            actions: actions.collect::<Result<_>>()?,
            triggers: triggers.collect::<Result<_>>()?,
            picklists: picklists.collect::<Result<_>>()?,
            dynamic_schemas: dynamic_schemas.collect::<Result<_>>()?,
        })
    }
}

fn descriptor(connector: &str, spec: &Spec, input: Value) -> Result<Descriptor> {
    Ok(Descriptor {
        comment: Some(COMMENT.to_owned()),
        name: spec.name.to_owned(),
        connector: connector.to_owned(),
        title: spec.title.to_owned(),
        effect: spec.effect.name().to_owned(),
        undo: spec.undo.map(str::to_owned),
        list: spec.list,
        misses: spec.misses.map(str::to_owned),
        scopes: serde_json::from_value(serde_json::to_value(spec.scopes)?)?,
        scopes_by_input: spec.scopes_by_input,
        scope_cases: serde_json::from_value(serde_json::to_value(spec.scope_cases)?)?,
        input: object(input)?,
        output: None,
        event: None,
    })
}

fn object(schema: Value) -> Result<Map<String, Value>> {
    match schema {
        Value::Object(object) => Ok(object),
        other => Err(format!("a schema is not an object: {other}").into()),
    }
}
