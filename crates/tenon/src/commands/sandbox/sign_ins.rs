//! What a program needs to sign in to a served sandbox.

use std::collections::BTreeMap;

use connector_sdk::SignInMethod;
use graph_sandbox::{Holder, Sandbox, seeds};
use serde::Serialize;

use crate::render::{HEADING, QUIET};
use crate::sandbox::USER;

/// Variable that the printed commands read a secret from.
const SECRET: &str = "TENON_SANDBOX_SECRET";
/// Variable that the printed command reads an access token from.
const TOKEN: &str = "TENON_SANDBOX_TOKEN";
/// Permissions of the access token.
const TOKEN_SCOPES: [&str; 3] = ["Calendars.Read", "Mail.Read", "User.Read"];
/// A verified domain of the tenant, which can stand for its id.
const DOMAIN: &str = "contoso.example";

/// The tenant, its apps and users, and how to connect.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignIns {
    tenant_id: String,
    domain: &'static str,
    /// User principal names. No user has a password.
    users: Vec<String>,
    apps: Vec<RegisteredApp>,
    /// A command for each sign-in method.
    connect: Vec<Connect>,
}

/// An app registration.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredApp {
    name: &'static str,
    client_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'static str>,
}

/// A command that makes a connection.
#[derive(Debug, Serialize)]
struct Connect {
    method: &'static str,
    /// Variables that the command reads.
    env: BTreeMap<&'static str, String>,
    /// The command's arguments.
    args: Vec<String>,
}

impl SignIns {
    /// Describes the sandbox that is served at `url`.
    pub(super) fn of(sandbox: &Sandbox, url: &str) -> SignIns {
        let app = |name, client_id, client_secret| RegisteredApp { name, client_id, client_secret };
        SignIns {
            tenant_id: sandbox.graph().tenant_id().to_owned(),
            domain: DOMAIN,
            users: sandbox.accounts().into_iter().map(|account| account.user_principal_name).collect(),
            apps: vec![
                app("web app", seeds::WEB, Some(seeds::WEB_SECRET)),
                app("command line", seeds::PUBLIC, None),
                app("daemon", seeds::DAEMON, Some(seeds::DAEMON_SECRET)),
                app("single-tenant web app", seeds::SINGLE_TENANT, Some(seeds::SINGLE_TENANT_SECRET)),
            ],
            connect: connects(sandbox, url),
        }
    }

    /// Renders it for a person, below a heading.
    pub(super) fn text(&self) -> String {
        let mut out = format!("\n{HEADING}Sign in{HEADING:#}\n");
        out.push_str(&format!("  tenant  {}  {QUIET}({}){QUIET:#}\n", self.tenant_id, self.domain));
        for app in &self.apps {
            let secret = app.client_secret.map_or_else(|| "no secret".to_owned(), |secret| format!("secret {secret}"));
            out.push_str(&format!("  app     {}  {secret}  {QUIET}({}){QUIET:#}\n", app.client_id, app.name));
        }
        out.push_str(&format!("  users   {}\n", self.users.join(" ")));
        out.push_str(&format!("{QUIET}  Nobody has a password: the sign-in page asks who signs in.{QUIET:#}\n"));
        out.push_str("Make a connection:\n");
        for connect in &self.connect {
            out.push_str(&format!("  {QUIET}# {}{QUIET:#}\n  {}\n", connect.method, connect.line()));
        }
        out
    }
}

impl Connect {
    fn new(method: SignInMethod, app: Option<&str>, url: &str) -> Connect {
        let args = ["connect", "outlook", "--method", method.name(), "--graph-url", url];
        let mut connect =
            Connect { method: method.name(), env: BTreeMap::new(), args: args.map(str::to_owned).to_vec() };
        if let Some(app) = app {
            connect.push(&["--authority-url", url, "--tenant", DOMAIN, "--client-id", app]);
        }
        connect
    }

    fn push(&mut self, args: &[&str]) {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
    }

    /// The command as it is typed in a shell. A value that is long stands in the JSON form only.
    fn line(&self) -> String {
        const LONGEST: usize = 100;
        let values = self.env.iter().map(|(name, value)| match value.len() {
            0..=LONGEST => format!("{name}={}", quoted(value)),
            _ => format!("{name}=…"),
        });
        let words = std::iter::once("tenon".to_owned()).chain(self.args.iter().map(|arg| quoted(arg)));
        values.chain(words).collect::<Vec<_>>().join(" ")
    }
}

/// Quotes a word for a POSIX shell, where it needs that. The values here have no quotation mark.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@".contains(letter);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{word}'") }
}

/// The commands that work. An app with a certificate or a federated credential is not there from the start: a program
/// registers one.
fn connects(sandbox: &Sandbox, url: &str) -> Vec<Connect> {
    let browser = Connect::new(SignInMethod::AuthorizationCode, Some(seeds::PUBLIC), url);
    let device = Connect::new(SignInMethod::DeviceCode, Some(seeds::PUBLIC), url);

    let mut daemon = Connect::new(SignInMethod::ClientCredentials, Some(seeds::DAEMON), url);
    daemon.push(&["--client-secret-env", SECRET, "--user-id", USER]);
    daemon.env.insert(SECRET, seeds::DAEMON_SECRET.to_owned());

    let mut machine = Connect::new(SignInMethod::ManagedIdentity, None, url);
    machine.push(&["--user-id", USER]);
    machine.env.insert("IDENTITY_ENDPOINT", format!("{url}/msi/token"));
    machine.env.insert("IDENTITY_HEADER", seeds::IDENTITY_HEADER.to_owned());

    let mut given = Connect::new(SignInMethod::AccessToken, None, url);
    given.push(&["--access-token-env", TOKEN]);
    given.env.insert(TOKEN, sandbox.issue_token(Holder::User(USER), &TOKEN_SCOPES));
    vec![browser, device, daemon, machine, given]
}
