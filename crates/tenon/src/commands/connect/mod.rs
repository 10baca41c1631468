//! The command `tenon connect`.

mod callback;
mod choice;
mod settings;

use clap::Args;
use connector_runtime::{ConnectionInfo, Host, NewConnection, SignInStep};
use connector_sdk::{Code, Error, Result, SignInMethod};
use graph_auth::ScopeNames;

pub(crate) use settings::{CredentialArgs, SettingsArgs, from_file, from_variable};

use self::callback::Callback;
use crate::build_host::{self, Needs};
use crate::failure::CliResult;
use crate::output::Screen;

/// Make a connection: sign in, and keep it under a name
#[derive(Debug, Args)]
pub(crate) struct ConnectArgs {
    /// The connector that it is for, such as outlook
    connector: String,
    /// The connection's name; without it, the connector's
    #[arg(short, long)]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    purpose: PurposeArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    how: HowArgs,
}

/// What a connection is for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Permissions")]
pub(crate) struct PurposeArgs {
    /// Request the permissions that these actions, triggers and picklists need, such as outlook.send_email or
    /// 'outlook.list_*'; a new connection gets only those, an existing one gets them in addition
    #[arg(long = "for", value_name = "ACTION", value_delimiter = ',')]
    pub(crate) names: Vec<String>,
}

/// Which permissions are asked for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Permissions")]
struct ChoiceArgs {
    /// A permission to ask for besides the default ones, or those of --for; repeat it for more
    #[arg(long = "add-scope", value_name = "SCOPE")]
    add_scopes: Vec<String>,
    /// Print the permissions that are requested always, by default and on demand, and do not sign in
    #[arg(long)]
    show_scopes: bool,
    /// Ask for the default permissions without a question
    #[arg(short, long)]
    yes: bool,
}

/// How a user's sign-in goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct HowArgs {
    /// Do not open a browser; print the address instead
    #[arg(long)]
    no_browser: bool,
    /// Allow an existing connection to change to another tenant or user
    #[arg(long)]
    confirm_other: bool,
}

/// Runs `tenon connect`.
pub(crate) async fn connect(args: ConnectArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(Needs::Store)?;
    host.connector(&args.connector)?;
    let mut settings = host.only_for(&args.connector, args.settings.read()?, &args.purpose.names)?;
    let has_chosen = settings.scopes.is_some() || !args.choice.add_scopes.is_empty() || args.choice.yes;
    if !args.choice.add_scopes.is_empty() {
        let asked = host.connections().permissions(&args.connector, &settings)?.asked.ok_or_else(|| {
            Error::invalid(
                "/scopes",
                "cannot be requested: only a user's sign-in names permissions; leave --add-scope out",
            )
        })?;
        settings.scopes = Some(ScopeNames::List(asked.into_iter().chain(args.choice.add_scopes).collect()));
    }
    if args.choice.show_scopes {
        return screen.value(&host.connections().permissions(&args.connector, &settings)?);
    }
    let name = args.name.unwrap_or_else(|| args.connector.clone());
    let new =
        NewConnection { confirm_other: args.how.confirm_other, ..NewConnection::new(name, args.connector, settings) };
    screen.value(&sign_in(&host, new, Shows::Permissions { may_ask: !has_chosen }, &args.how, screen).await?)
}

/// Information that is shown before a sign-in.
pub(crate) enum Shows {
    /// Nothing: the permissions stayed as they were.
    Nothing,
    /// The permissions, which a person on a terminal may change.
    Permissions {
        /// Whether there is still something to choose.
        may_ask: bool,
    },
}

/// Signs in, with whatever it takes, and returns information about the connection.
pub(crate) async fn sign_in(
    host: &Host,
    mut new: NewConnection,
    shows: Shows,
    how: &HowArgs,
    screen: &Screen,
) -> Result<ConnectionInfo> {
    // The listener must be there before the browser is sent away.
    let callback = match new.settings.method {
        SignInMethod::AuthorizationCode => Some(Callback::listen(host.connections().redirect_uri(&new).await?).await?),
        _ => None,
    };
    new.redirect_uri = callback.as_ref().map(|callback| callback.address().clone());
    if let Shows::Permissions { may_ask } = shows {
        let asks = host.connections().asks(&new).await?;
        let closed = host.not_opened(&new.connector, asks.asked.as_deref().unwrap_or_default())?;
        let opens = choice::Opens { connector: &new.connector, closed };
        if let Some(chosen) = choice::choose(&asks, &opens, may_ask, screen).await? {
            new.settings.scopes = Some(ScopeNames::List(chosen));
        }
    }
    match host.connections().connect_new(new).await? {
        SignInStep::Done(card) => Ok(*card),
        SignInStep::Browser(browser) => {
            let callback = callback.ok_or_else(|| Error::bug("a browser's sign-in without a listener"))?;
            screen.note(&format!("Sign in with your browser: {}", browser.url));
            // A machine without a browser still shows the address.
            if !how.no_browser && open::that_detached(browser.url.as_str()).is_err() {
                screen.note("No browser could be opened; open the address yourself.");
            }
            let query = callback.wait(|query| browser.is_answered_by(query).unwrap_or(false)).await?;
            browser.finish(&query).await
        }
        SignInStep::Device(device) => {
            screen.note(&format!("Open {} and type the code {}", device.verification_uri(), device.user_code()));
            device.wait().await
        }
    }
}

impl HowArgs {
    /// Returns whether the connection may belong to somebody else from now on.
    pub(crate) fn confirms_other(&self) -> bool {
        self.confirm_other
    }
}

/// Creates the error for an input that cannot be read.
pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> Error {
    Error::new(Code::InvalidInput, format!("{what} cannot be read: {why}"))
}
