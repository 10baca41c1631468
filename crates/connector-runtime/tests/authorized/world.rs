//! A host with given and stored connections to one sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use connector_runtime::{
    AuthorizedHost, Endpoint, Error, ExternalConnection, Grant, Host, HostBuilder, Interface, NewConnection, Patterns,
    Principal, PrincipalId, Rules, Run, Secret, Settings, SignInStep,
};
use graph_sandbox::{Holder, Sandbox, seeds};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ORIGIN: &str = "https://sandbox.invalid";
const SCOPES: &[&str] = &["User.Read", "Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite"];

/// A host over a sandbox, with a clock that a test can move.
pub(crate) struct World {
    pub(crate) host: Host,
    pub(crate) sandbox: Sandbox,
    later: Arc<AtomicI64>,
}

impl World {
    /// Creates a host whose program gives it connections of these names.
    pub(crate) fn with(names: &[&str]) -> World {
        World::built(names, |builder| builder)
    }

    /// Creates a host as [`World::with`] does, with more about it.
    pub(crate) fn built(names: &[&str], more: impl FnOnce(HostBuilder) -> HostBuilder) -> World {
        let sandbox = Sandbox::new();
        let token = Secret::new(sandbox.issue_token(Holder::User("adelev@contoso.example"), SCOPES));
        let later = Arc::new(AtomicI64::new(0));
        let moved = later.clone();
        let mut builder = Host::builder()
            .connector(outlook_connector::connector())
            .transport(Arc::new(sandbox.clone()))
            .now(move || Timestamp::now() + SignedDuration::from_secs(moved.load(Ordering::SeqCst)));
        for name in names {
            let given = ExternalConnection::with_token(Endpoint::new(ORIGIN).unwrap(), &token, None).unwrap();
            builder = builder.connection(*name, given);
        }
        World { host: more(builder).build().unwrap(), sandbox, later }
    }

    /// Moves the clock of the host.
    pub(crate) fn pass(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Stores a connection of an app.
    pub(crate) async fn store(&self, name: &str) -> String {
        match self.host.connections().connect_new(NewConnection::new(name, "outlook", app())).await.unwrap() {
            SignInStep::Done(info) => info.id,
            _ => panic!("an app signs in at once"),
        }
    }

    pub(crate) fn owner(&self) -> AuthorizedHost {
        self.host.authorize(Principal::owner(), Interface::CommandLine)
    }

    /// Returns the host as a principal with this grant sees it, through MCP.
    pub(crate) fn seen_by(&self, id: &str, grant: Grant) -> AuthorizedHost {
        self.host.authorize(principal(id, grant), Interface::Mcp)
    }

    /// Makes a key with this grant, and returns the host as its holder sees it.
    pub(crate) async fn key(&self, grant: Grant) -> AuthorizedHost {
        let new = self.owner().api_keys().add("key", grant).await.unwrap();
        self.host.authorize(self.host.authenticate(&new.key).await.unwrap(), Interface::Http)
    }

    /// Returns the number of messages with this subject in Sent Items.
    pub(crate) async fn sent(&self, connection: &str, subject: &str) -> usize {
        let input = json!({ "folderId": "sentitems", "limit": 100 });
        let list = self.host.execute(Run::new("outlook.list_emails", connection, input)).await.unwrap();
        let list: Value = list.output.read().unwrap();
        list["items"].as_array().unwrap().iter().filter(|mail| mail["subject"] == subject).count()
    }
}

/// Returns the settings of the sandbox's app.
pub(crate) fn app() -> Settings {
    let secret = Secret::new(seeds::DAEMON_SECRET);
    Settings::client_credentials("contoso.example", seeds::DAEMON, secret).user("adelev@contoso.example")
}

pub(crate) fn principal(id: &str, grant: Grant) -> Arc<Principal> {
    Arc::new(Principal { id: PrincipalId::new(id).unwrap(), name: id.into(), grant, parent: None })
}

/// A grant for these connections and actions, under these rules.
pub(crate) fn grant(connections: &[&str], actions: &[&str], rules: Rules) -> Grant {
    Grant {
        connections: Patterns::new(connections.to_vec()).unwrap(),
        actions: Patterns::new(actions.to_vec()).unwrap(),
        rules,
        ..Grant::default()
    }
}

pub(crate) fn mail(subject: &str) -> Value {
    json!({ "to": ["meganb@contoso.example"], "subject": subject, "body": "At noon?", "bodyType": "text" })
}

pub(crate) fn send(connection: &str, subject: &str) -> Run {
    Run::new("outlook.send_email", connection, mail(subject))
}

/// Returns an error as interfaces print it, with a name replaced.
pub(crate) fn printed(error: &Error, name: &str) -> String {
    serde_json::to_string(error).unwrap().replace(name, "NAME")
}
