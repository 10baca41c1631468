//! The command `tenon sandbox`.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use connector_sdk::{Code, Error};
use graph_sandbox::{Perturbations, Sandbox, Server};
use serde_json::json;

use crate::failure::CliResult;
use crate::output::Screen;
use crate::render::{HEADING, QUIET};
use crate::sandbox::VARIABLE;
use crate::signals::{self, Stop};

/// Serve a Microsoft Graph in memory on this machine, to try things and to test
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(short, long, default_value_t = 0)]
    port: u16,
    /// Vary the answers as other servers would send them: a seed, and optionally the names of perturbations
    ///
    /// `7` stands for all perturbations that change no outcome, drawn with the seed 7; `7:links,order` for two of them.
    /// The groups are `lossless`, `lossy` (something is reported in parts, twice or not at all) and `all`. A wrong name
    /// lists those that there are.
    #[arg(long, value_name = "SEED[:NAME,...]")]
    perturb: Option<Perturbations>,
}

/// Serves the sandbox until Ctrl-C.
pub(crate) async fn sandbox(args: SandboxArgs, screen: &Screen) -> CliResult {
    // Loopback alone: it knows no secrets, and takes orders from whoever reaches it.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::new();
    let perturbations = args.perturb.unwrap_or_else(Perturbations::none);
    sandbox.perturb(perturbations.clone());
    let server = sandbox.serve(address).await.map_err(|error| {
        Error::new(Code::Unavailable, format!("the sandbox cannot listen on {address}"))
            .caused_by(error)
            .with_hint("Name another port with --port, or none to take any free one.")
    })?;
    announce(&server, &perturbations, screen)?;
    let stop = signals::stopped().await?;
    server.shutdown().await;
    // Stopping it is the way to end it; only a stop by somebody else is told.
    match stop {
        Stop::Interrupt => Ok(()),
        Stop::Terminate | Stop::Hangup => Err(crate::failure::Failure::Stopped(stop)),
    }
}

fn announce(server: &Server, perturbations: &Perturbations, screen: &Screen) -> CliResult {
    let url = server.url();
    if !screen.is_readable() {
        let endpoints = ["faults", "requests", "deliver", "expire-delta-tokens", "clock"]
            .map(|name| format!("{url}/sandbox/{name}"));
        let mut all = json!({ "url": url, "env": { VARIABLE: url }, "control": endpoints });
        if !perturbations.is_empty() {
            all["perturb"] = perturbations.to_string().into();
        }
        return screen.value(&all);
    }
    let post = |path: &str, body: &str| format!("  curl {url}/sandbox/{path} -d '{body}'\n");
    let mut out = format!("{HEADING}The sandbox is at {url}{HEADING:#} until Ctrl-C. In another terminal:\n\n");
    out.push_str(&format!("  export {VARIABLE}={url}\n  tenon run outlook.list_emails --connection sandbox\n\n"));
    if !perturbations.is_empty() {
        out.push_str(&format!(
            "Answers are perturbed. To repeat the same perturbations:\n\n  tenon sandbox --perturb {perturbations}\n\n"
        ));
        for (name, _, summary) in perturbations.list() {
            out.push_str(&format!("  {name:18}  {QUIET}{summary}{QUIET:#}\n"));
        }
        out.push('\n');
    }
    out.push_str("Make requests fail:\n");
    out.push_str(&post(
        "faults",
        r#"{"fault": {"kind": "throttle", "retryAfter": 2}, "path": "/messages", "times": 1}"#,
    ));
    out.push_str(&post("faults", r#"{"limit": {"perSecond": 200}}"#));
    out.push_str(&format!("  curl {url}/sandbox/faults            {QUIET}# the rules and what they did{QUIET:#}\n"));
    out.push_str(&format!("  curl -X DELETE {url}/sandbox/faults  {QUIET}# no more faults{QUIET:#}\n"));
    out.push_str("A new mail arrives:\n");
    out.push_str(&post(
        "deliver",
        &json!({ "mailbox": crate::sandbox::USER, "message": { "subject": "Hello" } }).to_string(),
    ));
    out.push_str(&format!("Requests received:\n  curl {url}/sandbox/requests\n"));
    screen.text(&out)
}
