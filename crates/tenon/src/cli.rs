//! The command line: its commands.

use clap::{Parser, Subcommand};

use crate::commands::{
    actions, apply, approvals, audit, choices, completions, connect, connections, deliveries, describe, destinations,
    key, keys, listen, mcp, metadata, profiles, raw, run, sandbox, scopes, serve, validate, watch,
};
use crate::output::ScreenArgs;

const AFTER: &str = "\
Examples:
  tenon run outlook.list_emails --connection sandbox --set limit=5
  tenon preview outlook.send_email --connection sandbox --set to=megan@contoso.example --set subject=Hi --set body=Hello
  tenon raw GET /me --connection sandbox

On a pipe the output is JSON, on a terminal it is readable; --json makes it JSON everywhere.
`tenon exit-codes` lists the exit codes. Data is kept in TENON_HOME, else where the system keeps data of programs.
TENON_NOTIFICATION_URL is the https address below which notifications of Graph come to this machine; by it its subscriptions are known.";

/// Run, preview and listen to Microsoft Graph connectors.
#[derive(Debug, Parser)]
#[command(name = "tenon", version, about, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run an action
    Run(run::RunArgs),
    /// Show what an action would send, and send nothing
    Preview(run::PreviewArgs),
    /// Send any request to Microsoft Graph
    Raw(raw::RawArgs),
    /// List the connectors and what they offer
    Actions(actions::ActionsArgs),
    /// Describe an action, a trigger, a picklist, a dynamic schema or a connector
    Describe(describe::DescribeArgs),
    /// List the choices of a picklist
    Choices(choices::ChoicesArgs),
    /// Wait for the events of a trigger
    Listen(listen::ListenArgs),
    /// Make a connection: sign in, and keep it under a name
    Connect(Box<connect::ConnectArgs>),
    /// List, show, test, reconnect, export, import and remove connections, and change their secrets
    Connections(connections::ConnectionsArgs),
    /// Keep app registrations under names, to be shared by connections
    Profiles(profiles::ProfilesArgs),
    /// Print the least permissions that actions need together or requests take, and what a connection lacks
    Scopes(scopes::ScopesArgs),
    /// Download Microsoft's own description of Graph, for permissions and warnings
    Metadata(metadata::MetadataArgs),
    /// Show, change and move the key that seals what is stored
    Key(key::KeyArgs),
    /// Serve everything over HTTP, for other programs: the host as a service
    Serve(serve::ServeArgs),
    /// Serve one agent on standard input and output, over the Model Context Protocol
    Mcp(mcp::McpArgs),
    /// Make, list, show, change and revoke the API keys of the service
    Keys(keys::KeysArgs),
    /// List, show, approve and refuse the runs that wait for a person
    Approvals(approvals::ApprovalsArgs),
    /// Make, list, show, change and remove watches: triggers that `tenon serve` polls by itself
    Watch(Box<watch::WatchArgs>),
    /// Make, list, show, change, test and remove destinations: addresses that events are sent to
    Destinations(destinations::DestinationsArgs),
    /// List the deliveries that have failed, try them again, and send events again
    Deliveries(deliveries::DeliveriesArgs),
    /// Make the watches and destinations of a file, or change them so that they are as it says
    Apply(apply::ApplyArgs),
    /// List who did what, without any content
    Audit(audit::AuditArgs),
    /// Serve a Microsoft Graph in memory on this machine, to try things and to test
    Sandbox(sandbox::SandboxArgs),
    /// Validate the descriptors of a connector, in whatever language it is written
    Validate(validate::ValidateArgs),
    /// Print the completions for a shell
    Completions(completions::CompletionsArgs),
    /// List the exit codes
    ExitCodes,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
