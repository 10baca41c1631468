//! The command `tenon describe`.

mod schema;
mod text;

use clap::Args;
use connector_runtime::Host;
use connector_sdk::{Code, Connector, Error, Result, Spec, dynamic_schema, nearest};
use serde::Serialize;
use serde_json::Value;

use crate::build_host::{self, Needs};
use crate::connection_arg::ConnectionArg;
use crate::failure::CliResult;
use crate::input::{InputArgs, Sources};
use crate::output::Screen;

/// Describe an action, a trigger, a picklist, a dynamic schema or a connector
///
/// A property whose schema only Graph knows, such as the columns of a list, is resolved when the values that it depends
/// on are given: --connection NAME --set site=root --set list=Customers.
#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// Its name, such as outlook.send_email or outlook
    name: String,
    #[command(flatten)]
    on: ConnectionArg,
    #[command(flatten)]
    input: InputArgs,
}

/// Description of an action, a trigger, a picklist or a dynamic schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    kind: &'static str,
    id: String,
    #[serde(flatten)]
    spec: &'static Spec,
    input: Value,
    /// Schema of an action's output.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Value>,
    /// Schema of the data of a trigger's event.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Value>,
    /// Names of the dynamic schemas, which are resolved only for given values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unresolved: Vec<String>,
}

/// Runs `tenon describe`.
pub(crate) async fn describe(args: DescribeArgs, screen: &Screen) -> CliResult {
    let resolves = args.input.is_given();
    let needs = if resolves { build_host::needs(&args.on, false) } else { Needs::Nothing };
    let host = build_host::host(needs)?;
    if !args.name.contains('.') && host.connectors().any(|connector| connector.name == args.name) {
        return of_connector(&host, &args.name, screen);
    }
    let mut description = find(&host, &args.name)?;
    if resolves {
        resolve(&host, &args, &mut description).await?;
    }
    if screen.is_readable() {
        return screen.text(&text::text(&description, screen.width()));
    }
    screen.value(&description)
}

async fn resolve(host: &Host, args: &DescribeArgs, it: &mut Description) -> Result<()> {
    let input = args.input.gather(|| it.input.clone(), &mut Sources::default())?.value;
    if it.unresolved.is_empty() {
        return Ok(());
    }
    let connection = build_host::connection(host, &args.on, &args.name).await?;
    let resolved = host.resolve(&args.name, &connection, &input).await?;
    it.input = resolved.input;
    it.unresolved.clear();
    for (part, schema) in [(&mut it.output, &resolved.output), (&mut it.event, &resolved.output)] {
        if let Some(part) = part {
            part.clone_from(schema);
        }
    }
    Ok(())
}

fn find(host: &Host, name: &str) -> Result<Description> {
    let describe = |kind, spec: &'static Spec, input: Value, output: Option<Value>, event: Option<Value>| {
        let schemas = [Some(&input), output.as_ref(), event.as_ref()];
        let mut unresolved: Vec<String> =
            schemas.into_iter().flatten().flat_map(dynamic_schema::names).map(str::to_owned).collect();
        unresolved.sort_unstable();
        unresolved.dedup();
        Description { kind, id: name.to_owned(), spec, input, output, event, unresolved }
    };
    if let Ok(action) = host.action(name) {
        return Ok(describe("action", action.spec(), action.input_schema(), Some(action.output_schema()), None));
    }
    if let Ok(trigger) = host.trigger(name) {
        return Ok(describe("trigger", trigger.spec(), trigger.input_schema(), None, Some(trigger.event_schema())));
    }
    if let Ok(list) = host.picklist(name) {
        return Ok(describe("picklist", list.spec(), list.input_schema(), None, None));
    }
    if let Ok(dynamic) = host.dynamic_schema(name) {
        return Ok(describe("dynamic schema", dynamic.spec(), dynamic.input_schema(), None, None));
    }
    let error = Error::new(
        Code::UnknownAction,
        format!("there is no action, trigger, picklist, dynamic schema or connector called `{name}`"),
    );
    let known: Vec<String> = host.connectors().flat_map(names).collect();
    Err(match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.with_hint(format!("Did you mean `{near}`?")),
        None => error,
    })
}

fn names(connector: &Connector) -> Vec<String> {
    let specs = (connector.actions.iter().map(|action| action.spec()))
        .chain(connector.triggers.iter().map(|trigger| trigger.spec()))
        .chain(connector.picklists.iter().map(|list| list.spec()))
        .chain(connector.dynamic_schemas.iter().map(|dynamic| dynamic.spec()));
    specs.map(|spec| format!("{}.{}", connector.name, spec.name)).chain([connector.name.to_owned()]).collect()
}

fn of_connector(host: &Host, name: &str, screen: &Screen) -> CliResult {
    let connector = host.connector(name)?;
    #[derive(Serialize)]
    struct FullDescription<'a> {
        kind: &'static str,
        name: &'a str,
        title: &'a str,
        description: &'a str,
        connection: &'a connector_sdk::ConnectionSpec,
        #[serde(rename = "connectionSchema")]
        connection_schema: Value,
        actions: Vec<String>,
        triggers: Vec<String>,
        picklists: Vec<String>,
        #[serde(rename = "dynamicSchemas")]
        dynamic_schemas: Vec<String>,
    }
    let id = |spec: &Spec| format!("{}.{}", connector.name, spec.name);
    let whole = FullDescription {
        kind: "connector",
        name: connector.name,
        title: connector.title,
        description: connector.about,
        connection: &connector.connection,
        connection_schema: host.connection_schema(connector.name)?,
        actions: connector.actions.iter().map(|action| id(action.spec())).collect(),
        triggers: connector.triggers.iter().map(|trigger| id(trigger.spec())).collect(),
        picklists: connector.picklists.iter().map(|list| id(list.spec())).collect(),
        dynamic_schemas: connector.dynamic_schemas.iter().map(|dynamic| id(dynamic.spec())).collect(),
    };
    if screen.is_readable() {
        return screen.text(&text::connector(connector, &whole.connection_schema, screen.width()));
    }
    screen.value(&whole)
}
