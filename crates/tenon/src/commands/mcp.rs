//! The command `tenon mcp`.

use std::sync::Arc;

use clap::Args;
use connector_runtime::{ApprovalBy, Grant, Pattern, Patterns, Principal, PrincipalId, Rules};
use connector_sdk::Result;
use connector_service::{Options, Service};

use super::keys::grant;
use super::until_stopped::until_stopped;
use crate::build_host::{self, Needs};
use crate::failure::CliResult;

/// Name by which approvals and the audit log know whoever speaks on standard input.
const NAME: &str = "mcp";

/// Serve one agent on standard input and output, over the Model Context Protocol
///
/// An MCP client starts this command; docs/agents.md has what to write into its configuration. The agent reads, unless
/// --allow says more. Nothing but messages is written to standard output, and it ends with its input.
#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// Connection that the agent reaches, or the beginning of names and `*`; may be repeated. Without one: all
    #[arg(short, long, value_name = "NAME", env = "TENON_CONNECTION")]
    connection: Vec<String>,
    /// Action that the agent reaches, or the beginning of names and `*`; may be repeated. Without one: all
    #[arg(short, long, value_name = "ID")]
    action: Vec<String>,
    /// What the agent may do beside reading: effects (create, update, send, delete), each with `=preview` or
    /// `=approval` where that must come first; `write` is create and update after a preview, send and delete after an approval
    #[arg(long, value_name = "EFFECT[=RULE]", value_delimiter = ',')]
    allow: Vec<String>,
    /// Actions that become tools of their own, beside the general ones: ids, or their beginnings and `*`
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    tools: Vec<String>,
}

/// Serves until the input ends.
pub(crate) async fn mcp(args: McpArgs) -> CliResult {
    let principal = principal(&args)?;
    let host = build_host::host(Needs::Network)?;
    let service = Service::new(host, Options::new())?;
    until_stopped(async { Ok(service.stdio(principal).await?) }).await
}

fn principal(args: &McpArgs) -> Result<Arc<Principal>> {
    let patterns = |texts: &[String]| -> Result<Patterns> {
        match texts.is_empty() {
            true => Ok(Patterns::everything()),
            false => Ok(Patterns(texts.iter().map(Pattern::new).collect::<Result<_>>()?)),
        }
    };
    // Whoever starts the command sits in front of the client.
    let mut rules = Rules { approvals: ApprovalBy::ClientOrConsole, ..Rules::default() };
    grant::allow(&mut rules, &args.allow)?;
    let grant = Grant {
        connections: patterns(&args.connection)?,
        actions: patterns(&args.action)?,
        tools: Patterns(args.tools.iter().map(Pattern::new).collect::<Result<_>>()?),
        rules,
        ..Grant::default()
    };
    Ok(Arc::new(Principal { id: PrincipalId::new(NAME)?, name: "agent on this machine".into(), grant, parent: None }))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use connector_runtime::Rule;
    use connector_sdk::Effect;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: McpArgs,
    }

    fn rule(options: &[&str], effect: Effect) -> Rule {
        let line = Line::try_parse_from([&["mcp"], options].concat()).unwrap();
        principal(&line.args).unwrap().rule("outlook.send_email", effect)
    }

    #[test]
    fn an_agent_reads_unless_more_is_allowed() {
        for effect in [Effect::Create, Effect::Update, Effect::Send, Effect::Delete] {
            assert_eq!(rule(&[], effect), Rule::Deny);
        }
        assert_eq!(rule(&[], Effect::Read), Rule::Allow);
        assert_eq!(rule(&["--allow", "write"], Effect::Create), Rule::AfterPreview);
        assert_eq!(rule(&["--allow", "write"], Effect::Send), Rule::AfterApproval);
        assert_eq!(rule(&["--allow", "write,send=preview"], Effect::Send), Rule::AfterPreview);
        assert_eq!(rule(&["--allow", "write"], Effect::Read), Rule::Allow);
        assert_eq!(rule(&["--action", "outlook.list_*"], Effect::Read), Rule::Deny);
    }
}
