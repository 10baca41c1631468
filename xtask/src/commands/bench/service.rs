//! Our side over HTTP: the service, with an action that does nothing.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{Grant, Patterns, Principal, PrincipalId};
use connector_sdk::{Action, ConnectionSpec, Connector, Context, Effect, Plan, Spec};
use connector_service::{Options, Service, Sockets};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use xtask::Result;

use super::ours;
use super::process::this;

/// The action that does nothing.
pub(super) const NOTHING: &str = "bench.nothing";

/// Does nothing, so that what is around it is what takes time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {
    /// A text that is read, and ignored.
    #[allow(dead_code, reason = "it is read")]
    text: String,
}

/// That nothing was done.
#[derive(Debug, Serialize, JsonSchema)]
struct Done {
    /// Always `true`.
    done: bool,
}

impl Action for Nothing {
    type Output = Done;
    const SPEC: Spec = Spec::new("nothing", "Do nothing", Effect::Read);

    fn plan(self, _: &Context) -> connector_sdk::Result<Plan<Done>> {
        Ok(Plan::done(Done { done: true }))
    }
}

/// A connector with it.
pub(super) fn connector() -> Connector {
    let connection = ConnectionSpec::new(Vec::new(), Vec::new());
    Connector::new("bench", "Bench", "Does nothing.", connection).action::<Nothing>()
}

/// A service whose callers need no key, over a host with a connection to the Graph at `graph`.
pub(super) fn service(graph: &str) -> Result<Service> {
    let grant =
        Grant { connections: Patterns::new([ours::CONNECTION])?, actions: Patterns::everything(), ..Grant::default() };
    let everybody = Principal { id: PrincipalId::new("bench")?, name: "bench".into(), grant, parent: None };
    Ok(Service::new(ours::host(graph)?, Options::new().anonymous(Arc::new(everybody)))?)
}

/// The path that runs an action.
pub(super) fn path(action: &str) -> String {
    format!("/v1/actions/{action}/run?connection={}", ours::CONNECTION)
}

/// Where the service finds its Graph.
#[derive(Debug, clap::Args)]
pub(super) struct ServiceArgs {
    /// The Graph
    graph: String,
}

/// Serves until standard input ends.
pub(super) async fn serve(args: ServiceArgs) -> Result<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let sockets = Sockets::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    println!("{}", serde_json::to_string(&format!("http://{}", sockets.address()?))?);
    service(&args.graph)?.run(sockets, std::future::pending()).await?;
    Ok(())
}

/// A service in a process of its own, with one thread, that runs as long as this lives.
pub(super) struct ServiceProcess {
    child: Child,
    _input: Option<ChildStdin>,
    pub(super) url: String,
}

impl ServiceProcess {
    pub(super) fn start(graph: &str) -> Result<ServiceProcess> {
        let mut child = this("service")?.arg(graph).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the service has no output")?).read_line(&mut line)?;
        let url = serde_json::from_str(&line).map_err(|error| format!("the service did not start: {error}"))?;
        Ok(ServiceProcess { child, _input: input, url })
    }

    /// The memory that it has now, and the most that it has had, in KiB; absent where the system does not tell.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line?.trim().strip_suffix(" kB")?.trim().parse().ok()
        };
        Some((of("VmRSS:")?, of("VmHWM:")?))
    }

    /// The CPU time that it has used; absent where the system does not tell.
    pub(super) fn cpu(&self) -> Option<Duration> {
        // The first number is in nanoseconds, as the scheduler counts them, of the one thread.
        let text = std::fs::read_to_string(format!("/proc/{}/schedstat", self.child.id())).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The input of the action that does nothing.
pub(super) fn input() -> Value {
    serde_json::json!({ "text": "of a usual length, such as a subject" })
}
