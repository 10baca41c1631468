//! The command `tenon sandbox`.

mod sign_ins;

use std::fs::DirBuilder;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use connector_sdk::{Code, Error, Result};
use graph_sandbox::{Perturbations, Sandbox, Server};
use serde_json::json;

use self::sign_ins::SignIns;
use crate::data_dir;
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
    /// Serve HTTPS, with a root certificate that is made at the start
    ///
    /// The root certificate is written to a PEM file in the folder of tenon's data, and removed at the end. Let clients
    /// trust it to try certificates and proxies. On Linux the variable SSL_CERT_FILE does that for tenon.
    #[arg(long)]
    tls: bool,
}

/// Serves the sandbox until Ctrl-C.
pub(crate) async fn sandbox(args: SandboxArgs, screen: &Screen) -> CliResult {
    // Loopback alone: it knows no secrets, and takes orders from whoever reaches it.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let sandbox = Sandbox::new();
    let perturbations = args.perturb.unwrap_or_else(Perturbations::none);
    sandbox.perturb(perturbations.clone());
    let serving = if args.tls { sandbox.serve_tls(address).await } else { sandbox.serve(address).await };
    let server = serving.map_err(|error| {
        Error::new(Code::Unavailable, format!("the sandbox cannot listen on {address}"))
            .caused_by(error)
            .with_hint("Name another port with --port, or none to take any free one.")
    })?;
    let root = RootFile::write(&server)?;
    announce(&sandbox, &server, root.as_ref(), &perturbations, screen)?;
    let stop = signals::stopped().await?;
    server.shutdown().await;
    drop(root);
    // Stopping it is the way to end it; only a stop by somebody else is told.
    match stop {
        Stop::Interrupt => Ok(()),
        Stop::Terminate | Stop::Hangup => Err(crate::failure::Failure::Stopped(stop)),
    }
}

/// Variable that names the certificates that clients trust, on Linux.
const CERTIFICATES: &str = "SSL_CERT_FILE";

/// The file with the root certificate, which goes with this value.
struct RootFile(PathBuf);

impl RootFile {
    /// Writes the root certificate of a server that speaks TLS.
    fn write(server: &Server) -> Result<Option<RootFile>> {
        let Some(pem) = server.root_certificate() else { return Ok(None) };
        let folder = data_dir::folder()?;
        let path = folder.join(format!("sandbox-root-{}.pem", server.address().port()));
        let mut folders = DirBuilder::new();
        folders.recursive(true);
        // The folder is its owner's alone, whoever makes it first.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        folders.create(&folder).and_then(|()| std::fs::write(&path, pem)).map_err(|error| {
            Error::new(Code::Output, format!("the root certificate cannot be written to {}", path.display()))
                .caused_by(error)
        })?;
        Ok(Some(RootFile(path)))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for RootFile {
    fn drop(&mut self) {
        // Whoever trusts a certificate that is gone finds nobody who has it.
        _ = std::fs::remove_file(&self.0);
    }
}

fn announce(
    sandbox: &Sandbox,
    server: &Server,
    root: Option<&RootFile>,
    perturbations: &Perturbations,
    screen: &Screen,
) -> CliResult {
    let url = server.url();
    let sign_ins = SignIns::of(sandbox, &url);
    if !screen.is_readable() {
        let endpoints = ["faults", "requests", "deliver", "expire-delta-tokens", "clock"]
            .map(|name| format!("{url}/sandbox/{name}"));
        let mut all = json!({ "url": url, "env": { VARIABLE: url }, "control": endpoints, "signIn": sign_ins });
        if let Some(root) = root {
            all["env"][CERTIFICATES] = root.path().to_string_lossy().into();
            all["rootCertificate"] = root.path().to_string_lossy().into();
        }
        if !perturbations.is_empty() {
            all["perturb"] = perturbations.to_string().into();
        }
        return screen.value(&all);
    }
    let curl = root.map_or_else(|| "curl".to_owned(), |root| format!("curl --cacert '{}'", root.path().display()));
    let post = |path: &str, body: &str| format!("  {curl} {url}/sandbox/{path} -d '{body}'\n");
    let mut out = format!("{HEADING}The sandbox is at {url}{HEADING:#} until Ctrl-C. In another terminal:\n\n");
    if let Some(root) = root {
        out.push_str(&format!(
            "  export {CERTIFICATES}='{}'  {QUIET}# the root certificate{QUIET:#}\n",
            root.path().display()
        ));
    }
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
    out.push_str(&format!("  {curl} {url}/sandbox/faults            {QUIET}# the rules and what they did{QUIET:#}\n"));
    out.push_str(&format!("  {curl} -X DELETE {url}/sandbox/faults  {QUIET}# no more faults{QUIET:#}\n"));
    out.push_str("A new mail arrives:\n");
    out.push_str(&post(
        "deliver",
        &json!({ "mailbox": crate::sandbox::USER, "message": { "subject": "Hello" } }).to_string(),
    ));
    out.push_str(&format!("Requests received:\n  {curl} {url}/sandbox/requests\n"));
    out.push_str(&sign_ins.text());
    screen.text(&out)
}
