//! The command `tenon serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::{Args, ValueEnum};
use connector_sdk::{Code, Error, Result};
use connector_service::{IpNet, Limits, Options, Service, Sockets, keyless};
use graph_sandbox::{Sandbox, Server};
use serde_json::json;
use url::Url;

use crate::address_rules::AddressRulesArg;
use crate::build_host::{self, Needs};
use crate::failure::{CliResult, Failure};
use crate::output::Screen;
use crate::render::{HEADING, QUIET};
use crate::sandbox::{self, NAME};
use crate::signals::{self, Stop};
use crate::{data_dir, time};

/// The usual port.
const PORT: u16 = 8366;

/// Serve everything over HTTP, for other programs: the host as a service
///
/// Without a key, a caller on this machine reaches the connection `sandbox` and nothing else. `tenon keys add` makes
/// keys for the rest. The API is described at /v1/openapi.json.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; port 0 takes any free one
    #[arg(short, long, value_name = "ADDRESS:PORT", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)))]
    listen: SocketAddr,
    /// Address at which clients reach the service, such as that of a proxy in front of it
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// Listen beyond this machine without a proxy that terminates TLS: whoever is in between reads the keys
    #[arg(long)]
    allow_plain_http: bool,
    /// Whether callers without a key reach the connection `sandbox`; usually `on` on this machine alone
    #[arg(long, value_name = "ON|OFF")]
    anonymous: Option<Switch>,
    /// Address whose origin browsers may return to after a sign-in, such as https://app.contoso.com; repeat it for more
    #[arg(long, value_name = "URL")]
    return_origin: Vec<Url>,
    /// Maximum number of requests of a key in a minute; 0 is any number
    #[arg(long, value_name = "NUMBER", default_value_t = 600)]
    requests_per_minute: u32,
    /// Address, or range of addresses, of a proxy whose headers Forwarded and X-Forwarded-For are believed; repeat it for
    /// more
    #[arg(long, value_name = "CIDR", value_parser = addresses)]
    trusted_proxy: Vec<IpNet>,
    /// Where temporary files are kept: file:///folder, or s3://bucket/path, az://container/path, gs://bucket/path where
    /// the program is built for these; usually the folder of tenon's data
    #[arg(long, value_name = "URL")]
    files: Option<Url>,
    #[command(flatten)]
    destinations: AddressRulesArg,
    /// Address below which Graph reaches this service, such as that of a proxy in front of --ingress-listen; usually that
    /// in TENON_NOTIFICATION_URL
    #[arg(long, value_name = "URL")]
    notification_url: Option<String>,
    /// Address and port at which Graph's notifications come in, for watches in real time. With --sandbox usually any free
    /// port of this machine
    #[arg(long, value_name = "ADDRESS:PORT")]
    ingress_listen: Option<SocketAddr>,
    /// Time for which the end waits for what is running; shortly before, streams are told that they are cut off
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time::span)]
    stop_timeout: Duration,
    /// Serve the sandbox too, on a free port of this machine, with its control routes, as `tenon sandbox` does
    #[arg(long)]
    sandbox: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Serves until it is stopped.
pub(crate) async fn serve(args: ServeArgs, screen: &Screen) -> CliResult {
    let options = options(&args)?;
    let is_open = options.has_anonymous();
    let (sockets, notifications) = sockets(&args).await?;
    let sandbox = if args.sandbox { Some(ServedSandbox::start().await?) } else { None };
    let connection = match &sandbox {
        Some(served) => sandbox::connection_to(served.sandbox.clone())?,
        None => sandbox::connection()?,
    };
    let files = || args.files.as_ref().map_or_else(data_dir::files, data_dir::files_at);
    let rules = args.destinations.rules()?;
    let host = build_host::host_with(Needs::Network, connection, files, rules, notifications.clone())?;
    let service = Service::new(host, options)?;
    let ingress = sockets.ingress_address()?.and(notifications);
    announce(&args, sockets.address()?, is_open, (sandbox.as_ref(), ingress.as_deref()), screen)?;
    let mut stop = Ok(Stop::Interrupt);
    service.run(sockets, async { stop = signals::stopped().await }).await?;
    if let Some(served) = sandbox {
        served.server.shutdown().await;
    }
    // Stopping it is the way to end it; only a stop by somebody else is told.
    match stop? {
        Stop::Interrupt | Stop::Terminate => Ok(()),
        Stop::Hangup => Err(Failure::Stopped(Stop::Hangup)),
    }
}

/// Binds the sockets; returns the address at which Graph reaches them, too.
async fn sockets(args: &ServeArgs) -> Result<(Sockets, Option<String>)> {
    let sockets = Sockets::bind(args.listen).await?;
    let named = args.notification_url.clone().map_or_else(data_dir::notification_url, |url| Ok(Some(url)))?;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let Some(listen) = args.ingress_listen.or((args.sandbox && named.is_none()).then_some(any)) else {
        return Ok((sockets, named));
    };
    let sockets = sockets.with_ingress(listen).await?;
    let own =
        sockets.ingress_address()?.filter(|_| args.sandbox).map(|address| format!("http://{address}/hooks/graph"));
    match named.or(own) {
        Some(url) => Ok((sockets, Some(url))),
        None => Err(Error::new(
            Code::InvalidInput,
            "notifications come in at --ingress-listen, and Graph knows no address of it",
        )
        .with_hint("Name the https address at which Graph reaches it with --notification-url.")),
    }
}

/// The sandbox, served beside the service.
struct ServedSandbox {
    sandbox: Sandbox,
    server: Server,
}

impl ServedSandbox {
    async fn start() -> Result<ServedSandbox> {
        if sandbox::url().is_some() {
            let message = format!("--sandbox serves a sandbox, and {} names another one", sandbox::VARIABLE);
            return Err(Error::new(Code::InvalidInput, message).with_hint("Leave out one of them."));
        }
        let sandbox = Sandbox::new();
        // Loopback alone: it knows no secrets, and takes orders from whoever reaches it.
        let server = sandbox.serve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(|error| {
            Error::new(Code::Unavailable, "the sandbox cannot listen on 127.0.0.1").caused_by(error)
        })?;
        Ok(ServedSandbox { sandbox, server })
    }
}

fn addresses(text: &str) -> std::result::Result<IpNet, String> {
    let alone = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| alone()).map_err(|_| "write it as an address or a range, such as 10.0.0.0/8".to_owned())
}

fn options(args: &ServeArgs) -> Result<Options> {
    let is_local = args.listen.ip().is_loopback();
    let mut limits = Limits::default();
    limits.end = args.stop_timeout;
    limits.per_minute = (args.requests_per_minute > 0).then_some(args.requests_per_minute);
    let mut options = Options::new().limits(limits);
    if let Some(url) = &args.public_url {
        let wrong = |why: &str| {
            Error::new(Code::InvalidInput, format!("the public URL {why}: {url}"))
                .with_hint("Give the address that clients use, such as https://tenon.contoso.com.")
        };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("is no http or https address"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(wrong("has more than a host and a port"));
        }
        options = options.public_url(url.clone());
    }
    if let Some(url) = args.return_origin.iter().find(|url| !matches!(url.scheme(), "http" | "https")) {
        return Err(Error::new(Code::InvalidInput, format!("browsers cannot return to this address: {url}"))
            .with_hint("Give an http or https address, such as https://app.contoso.com."));
    }
    options = options.return_origins(args.return_origin.clone()).trusted_proxies(args.trusted_proxy.clone());
    let is_https = args.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if !is_local && !is_https && !args.allow_plain_http {
        return Err(Error::new(
            Code::InvalidInput,
            format!("{} is reached from other machines, and keys would travel as plain text", args.listen),
        )
        .with_hint(
            "Put a proxy that terminates TLS before it and name its address with --public-url https://…, or accept the risk with --allow-plain-http.",
        ));
    }
    if !is_local && args.public_url.is_none() {
        // Whatever name this machine has for others.
        options = options.any_host();
    }
    if args.anonymous.map_or(is_local && args.public_url.is_none(), |switch| switch == Switch::On) {
        if !is_local {
            return Err(Error::new(Code::InvalidInput, "callers without a key are accepted on this machine alone")
                .with_hint("Leave out --anonymous on, or listen on 127.0.0.1."));
        }
        options = options.anonymous(keyless(NAME)?);
    }
    Ok(options)
}

fn announce(
    args: &ServeArgs,
    address: SocketAddr,
    is_open: bool,
    (sandbox, ingress): (Option<&ServedSandbox>, Option<&str>),
    screen: &Screen,
) -> CliResult {
    // What a client on this machine types where the service listens on all addresses.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    let local = format!("http://{}", SocketAddr::new(ip, address.port()));
    let url = args.public_url.as_ref().map_or(local.clone(), |url| url.as_str().trim_end_matches('/').to_owned());
    let sandbox = sandbox.map(|served| served.server.url());
    if !screen.is_readable() {
        let mut all = json!({
            "url": url, "listen": address.to_string(), "api": format!("{url}/v1"),
            "openapi": format!("{url}/v1/openapi.json"), "mcp": format!("{url}/mcp"),
            "anonymous": is_open.then_some(NAME),
        });
        if let Some(sandbox) = sandbox {
            all["sandbox"] = sandbox.into();
        }
        if let Some(ingress) = ingress {
            all["notifications"] = ingress.into();
        }
        return screen.value(&all);
    }
    let mut out =
        format!("{HEADING}HTTP API{HEADING:#}  {url}/v1  {QUIET}description: {url}/v1/openapi.json{QUIET:#}\n");
    out.push_str(&format!("{HEADING}Agents{HEADING:#}    {url}/mcp  {QUIET}Model Context Protocol{QUIET:#}\n"));
    if is_open {
        out.push_str(&format!(
            "{HEADING}Try it{HEADING:#}    curl '{url}/v1/actions/outlook.list_emails/run?connection=sandbox' -H 'content-type: application/json' -d '{{\"limit\":3}}'\n"
        ));
        out.push_str(&format!(
            "{HEADING}Keys{HEADING:#}      {QUIET}without one, callers reach the connection sandbox only; `tenon keys add` makes one{QUIET:#}\n"
        ));
    } else {
        out.push_str(&format!(
            "{HEADING}Keys{HEADING:#}      {QUIET}every caller needs one; `tenon keys add` makes one{QUIET:#}\n"
        ));
    }
    out.push_str(&format!(
        "{HEADING}Watches{HEADING:#}   {QUIET}are polled here; `tenon watch add` makes one{QUIET:#}\n"
    ));
    if let Some(url) = ingress {
        out.push_str(&format!(
            "{HEADING}Real time{HEADING:#} {url}  {QUIET}Graph's notifications; `tenon watch add … --real-time`{QUIET:#}\n"
        ));
    }
    if let Some(url) = sandbox {
        out.push_str(&format!(
            "{HEADING}Sandbox{HEADING:#}   {url}  {QUIET}orders: `curl {url}/sandbox/requests`, and /sandbox/faults, /deliver, /clock{QUIET:#}\n"
        ));
    }
    out.push_str(&format!("{QUIET}Ctrl-C ends it.{QUIET:#}\n"));
    screen.text(&out)
}
