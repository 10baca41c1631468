//! The command `tenon scopes`.

use clap::Args;
use connector_runtime::Host;
use connector_sdk::{Error, Result};
use serde_json::Value;

use crate::build_host::{self, Needs};
use crate::failure::CliResult;
use crate::input::{InputArgs, Sources};
use crate::output::Screen;

/// Print the least permissions that actions need together, an input needs or requests take, and what a connection lacks
#[derive(Debug, Args)]
pub(crate) struct ScopesArgs {
    /// The actions, triggers or picklists; patterns such as 'outlook.list_*' too
    #[arg(required_unless_present = "requests", value_name = "ACTION")]
    names: Vec<String>,
    /// Ask about a request instead, such as 'PATCH /groups/{id}'; needs `tenon metadata fetch` once
    #[arg(short, long = "request", value_name = "REQUEST", conflicts_with = "names")]
    requests: Vec<String>,
    /// A stored connection, to learn what it lacks
    #[arg(short, long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    input: InputArgs,
}

/// Runs `tenon scopes`.
pub(crate) async fn scopes(args: ScopesArgs, screen: &Screen) -> CliResult {
    let needs = if args.connection.is_some() { Needs::Store } else { Needs::Nothing };
    let host = build_host::host(needs)?;
    let connection = args.connection.as_deref();
    if !args.requests.is_empty() {
        return screen.value(&host.needed_by(&args.requests, connection).await?);
    }
    if !args.input.is_given() {
        return screen.value(&host.needed(&args.names, connection).await?);
    }
    let [name] = args.names.as_slice() else {
        return Err(Error::invalid("", "an input is one action's: name one action with --input or --set").into());
    };
    let schema = schema(&host, name)?;
    let gathered = args.input.gather(|| schema, &mut Sources::default())?;
    screen.value(&host.needed_for(name, &gathered.value, connection).await?)
}

fn schema(host: &Host, name: &str) -> Result<Value> {
    host.action(name).map(|action| action.input_schema()).or_else(|unknown| {
        let trigger = host.trigger(name).map(|trigger| trigger.input_schema());
        trigger.or_else(|_| host.picklist(name).map(|picklist| picklist.input_schema())).map_err(|_| unknown)
    })
}
