//! `tenon describe`

mod schema;
mod text;

use clap::Args;
use connector_runtime::{Host, nearest};
use connector_sdk::{Code, Connector, Error, Result, Spec};
use serde::Serialize;
use serde_json::Value;

use crate::assemble::{self, Memory};
use crate::errors::Done;
use crate::screen::Screen;

/// Describe an action, a trigger, a picklist or a connector
#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// Its name, such as outlook.send_email or outlook
    name: String,
}

/// All that is known of an action, a trigger or a picklist.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    kind: &'static str,
    id: String,
    #[serde(flatten)]
    spec: &'static Spec,
    input: Value,
    /// Of an action.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Value>,
    /// Of a trigger: the schema of an event's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Value>,
}

/// Describes it.
pub(crate) fn describe(args: &DescribeArgs, screen: &Screen) -> Done {
    let host = assemble::host(Memory::None)?;
    if !args.name.contains('.') && host.connectors().any(|connector| connector.name == args.name) {
        return of_connector(host.connector(&args.name)?, screen);
    }
    let description = find(&host, &args.name)?;
    if screen.is_readable() {
        return screen.text(&text::text(&description, screen.width()));
    }
    screen.value(&description)
}

fn find(host: &Host, name: &str) -> Result<Description> {
    let description = |kind, spec: &'static Spec, input| Description { kind, id: name.to_owned(), spec, input, output: None, event: None };
    if let Ok(action) = host.action(name) {
        return Ok(Description { output: Some(action.output_schema()), ..description("action", action.spec(), action.input_schema()) });
    }
    if let Ok(trigger) = host.trigger(name) {
        return Ok(Description { event: Some(trigger.event_schema()), ..description("trigger", trigger.spec(), trigger.input_schema()) });
    }
    if let Ok(list) = host.picklist(name) {
        return Ok(description("picklist", list.spec(), list.input_schema()));
    }
    let error = Error::new(Code::UnknownAction, format!("there is no action, trigger, picklist or connector called `{name}`"));
    let known: Vec<String> = host.connectors().flat_map(names).collect();
    Err(match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error,
    })
}

fn names(connector: &Connector) -> Vec<String> {
    let specs = (connector.actions.iter().map(|action| action.spec()))
        .chain(connector.triggers.iter().map(|trigger| trigger.spec()))
        .chain(connector.picklists.iter().map(|list| list.spec()));
    specs.map(|spec| format!("{}.{}", connector.name, spec.name)).chain([connector.name.to_owned()]).collect()
}

fn of_connector(connector: &Connector, screen: &Screen) -> Done {
    #[derive(Serialize)]
    struct Whole<'a> {
        kind: &'static str,
        name: &'a str,
        title: &'a str,
        description: &'a str,
        connection: &'a connector_sdk::ConnectionSpec,
        actions: Vec<String>,
        triggers: Vec<String>,
        picklists: Vec<String>,
    }
    let id = |spec: &Spec| format!("{}.{}", connector.name, spec.name);
    let whole = Whole {
        kind: "connector",
        name: connector.name,
        title: connector.title,
        description: connector.about,
        connection: &connector.connection,
        actions: connector.actions.iter().map(|action| id(action.spec())).collect(),
        triggers: connector.triggers.iter().map(|trigger| id(trigger.spec())).collect(),
        picklists: connector.picklists.iter().map(|list| id(list.spec())).collect(),
    };
    if screen.is_readable() {
        return screen.text(&text::connector(connector, screen.width()));
    }
    screen.value(&whole)
}
