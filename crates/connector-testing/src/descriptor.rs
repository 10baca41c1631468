//! The descriptors of connectors that are written in Rust.

use connector_sdk::{Connector, Spec};
use serde_json::{Map, Value};

pub use connector_schemas::descriptor::{Connection, ConnectorDescriptor, Descriptor, Needs};

use crate::Result;

/// Stands first in every generated file.
pub(crate) const COMMENT: &str = "Written by `cargo xtask schemas` from the sources; change those.";

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
        real_time: spec.real_time,
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
