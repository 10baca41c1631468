//! A host with every connector, on a sandbox.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::{ExternalConnection, Host, HostBuilder, Listen, Listener, LocalFiles, Run};
use connector_sdk::{ChoiceQuery as Asked, Choices, Error, Granted, Result, Secret, Subject};
use graph_client::{Endpoint, Token, TokenRequest, Tokens};
use graph_sandbox::{Caller, Holder, Perturbations, Sandbox, Server, seeds};
use serde_json::{Value, json};
use tenon_tests::connectors;
use tenon_tests::transcript::{Row, Rows};

pub(crate) const ADELE: &str = "adelev@contoso.example";
/// Where the sandbox in process is. The name leads nowhere (RFC 2606).
pub(crate) const ORIGIN: &str = "https://graph.sandbox.invalid";

/// Every permission that the tests need.
pub(crate) const ALL: &[&str] = &[
    "User.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.ReadWrite",
    "Calendars.Read.Shared",
    "Contacts.ReadWrite",
    "Files.ReadWrite.All",
    "User.Read",
    "MailboxSettings.ReadWrite",
    "People.Read",
    "Place.Read.All",
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "AdministrativeUnit.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "LicenseAssignment.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "AuditLog.Read.All",
    "User.Invite.All",
    "User.DeleteRestore.All",
    "Chat.ReadWrite",
    "Presence.Read.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "MailboxFolder.ReadWrite",
    "MailboxItem.Read",
    "MailboxItem.ImportExport",
    "OnlineMeetings.ReadWrite",
    "OnlineMeetings.ReadWrite.All",
    "OnlineMeetingTranscript.Read.All",
    "OnlineMeetingRecording.Read.All",
    "OnlineMeetingArtifact.Read.All",
    "Sites.ReadWrite.All",
    "Sites.Manage.All",
    "CustomSecAttributeAssignment.Read.All",
    "Device.Read.All",
    "ProfilePhoto.ReadWrite.All",
];

/// The host and the sandbox. There are three connections: `adele`, a user; `app`, without a user; and `app_of_adele`,
/// whose default user she is.
pub(crate) struct Stage {
    pub(crate) host: Host,
    pub(crate) sandbox: Sandbox,
}

/// The variable with perturbations for all tests of a run, as `tenon sandbox --perturb` takes them.
const VARIABLE: &str = "TENON_PERTURB";

/// The sandbox that a test has when nothing is said: perturbed, if the environment says so.
fn usual_sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    if let Ok(text) = std::env::var(VARIABLE) {
        let perturbations: Perturbations = text.parse().unwrap_or_else(|error| panic!("{VARIABLE}: {error}"));
        say(&format!("{VARIABLE}={perturbations}"));
        sandbox.perturb(perturbations);
    }
    sandbox
}

/// Tells something with the output of a test, which is shown when it fails.
#[expect(clippy::print_stdout, reason = "a failure is repeated from its seed, so the seed stands with it")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// A value without what perturbations have added.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let own = object.into_iter().filter(|(name, _)| !Perturbations::is_addition(name));
            Value::Object(own.map(|(name, value)| (name, plain(value))).collect())
        }
        Value::Array(values) => values.into_iter().map(plain).collect(),
        other => other,
    }
}

struct Fixed(Token);

#[async_trait]
impl Tokens for Fixed {
    async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
        Ok(self.0.clone())
    }
    fn granted(&self) -> Option<Arc<Granted>> {
        self.0.granted().cloned()
    }
}

fn given(sandbox: &Sandbox, holder: Holder<'_>, scopes: &[&str], told: bool, origin: &str) -> ExternalConnection {
    given_for(sandbox, holder, scopes, told, origin, None)
}

// `told`: whether the token tells what it carries. `user` is the default user of an app's connection.
fn given_for(
    sandbox: &Sandbox,
    holder: Holder<'_>,
    scopes: &[&str],
    told: bool,
    origin: &str,
    user: Option<&str>,
) -> ExternalConnection {
    let token = sandbox.issue_token(holder, scopes);
    let token = Token::new(&Secret::new(token), told.then(|| Arc::new(Granted::new(scopes)))).unwrap();
    let who = match holder {
        Holder::User(name) => Subject::User { names: vec![name.to_owned()] },
        Holder::App(_) => Subject::App { user: user.map(str::to_owned) },
    };
    ExternalConnection::new(Endpoint::new(origin).unwrap(), Arc::new(Fixed(token)), who)
}

impl Stage {
    /// In process, with every permission.
    pub(crate) fn new() -> Stage {
        Stage::with(ALL)
    }

    /// In process, with these permissions.
    pub(crate) fn with(scopes: &[&str]) -> Stage {
        Stage::on(usual_sandbox(), scopes)
    }

    /// In process, with these permissions, which the tokens do not tell: Graph alone decides.
    pub(crate) fn untold(scopes: &[&str]) -> Stage {
        Stage::built(usual_sandbox(), scopes, false, |builder| builder)
    }

    /// On a sandbox that is there already, in process.
    pub(crate) fn on(sandbox: Sandbox, scopes: &[&str]) -> Stage {
        Stage::built(sandbox, scopes, true, |builder| builder)
    }

    /// In process, with every permission, on a host that takes notifications below this address.
    pub(crate) fn notified_at(url: &str) -> Stage {
        Stage::built(usual_sandbox(), ALL, true, |builder| builder.notification_url(url).unwrap())
    }

    fn built(sandbox: Sandbox, scopes: &[&str], told: bool, more: impl FnOnce(HostBuilder) -> HostBuilder) -> Stage {
        let add = |holder| given(&sandbox, holder, scopes, told, ORIGIN).transport(Arc::new(sandbox.clone()));
        let builder = connectors().into_iter().fold(Host::builder(), |builder, connector| builder.connector(connector));
        let builder =
            builder.connection("adele", add(Holder::User(ADELE))).connection("app", add(Holder::App(seeds::DAEMON)));
        let of_adele = given_for(&sandbox, Holder::App(seeds::DAEMON), scopes, told, ORIGIN, Some(ADELE))
            .transport(Arc::new(sandbox.clone()));
        let builder = more(builder.connection("app_of_adele", of_adele));
        // A table of one row; Microsoft's own is no part of the project.
        let row = Row {
            request: "PATCH /groups/{id}".into(),
            least: vec!["Group.ReadWrite.All".into()],
            all: vec!["Group.ReadWrite.All".into()],
        };
        let builder = builder.reference(Arc::new(Rows(vec![row])));
        Stage { host: builder.build().unwrap(), sandbox }
    }

    /// Over HTTP, by the transport that a host has when nothing is said.
    pub(crate) async fn served() -> (Stage, Server) {
        let sandbox = usual_sandbox();
        let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let builder = connectors().into_iter().fold(Host::builder(), |builder, connector| builder.connector(connector));
        let builder = builder.connection("adele", given(&sandbox, Holder::User(ADELE), ALL, true, &server.url()));
        (Stage { host: builder.build().unwrap(), sandbox }, server)
    }

    /// Runs an action as Adele.
    pub(crate) async fn run(&self, action: &str, input: Value) -> Result<Value> {
        self.execute(as_adele(action, input)).await
    }

    /// Runs an action as Adele that must work.
    #[track_caller]
    pub(crate) fn works(&self, action: &str, input: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let run = self.execute(as_adele(action, input));
        async move { run.await.unwrap_or_else(|error| panic!("{place}: {error:?}")) }
    }

    /// Runs an action as Adele that must fail.
    #[track_caller]
    pub(crate) fn fails(&self, action: &str, input: Value) -> impl Future<Output = Error> {
        let place = std::panic::Location::caller();
        let run = self.execute(as_adele(action, input));
        async move {
            match run.await {
                Ok(output) => panic!("{place}: it worked: {output}"),
                Err(error) => error,
            }
        }
    }

    pub(crate) fn execute(&self, run: Run) -> impl Future<Output = Result<Value>> + use<> {
        let host = self.host.clone();
        async move { host.execute(run).await?.output.read().map(plain) }
    }

    /// The choices that Adele is offered.
    pub(crate) async fn choices(&self, picklist: &str, input: Value, search: Option<&str>) -> Result<Choices> {
        self.host.choices(picklist, "adele", input, Asked::new(search.map(str::to_owned), None)).await
    }

    /// Listens as Adele.
    pub(crate) async fn listen(&self, trigger: &str, input: Value) -> Result<Listener> {
        self.host.listen(Listen::new(trigger, "adele", input)).await
    }

    /// Reads from Graph without the host, as an administrator.
    pub(crate) fn look(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    /// Asks Graph without the host, as an administrator.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let scopes: BTreeSet<String> = ALL.iter().map(|scope| (*scope).to_owned()).collect();
        let user = self.sandbox.graph().user_by_name(ADELE).unwrap().id;
        let caller = Caller { user: Some(user), app_id: seeds::PUBLIC.to_owned(), scopes };
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let uri = format!("/v1.0{}", path.replace(' ', "%20"));
        let request = http::Request::builder()
            .method(method)
            .uri(uri)
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let answer = self.sandbox.graph().handle(&caller, ORIGIN, &request);
        assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }

    /// How many messages of Adele's folder have this subject.
    pub(crate) fn count(&self, folder: &str, subject: &str) -> usize {
        let path = format!("/me/mailFolders/{folder}/messages?$filter=subject eq '{subject}'&$select=subject&$top=50");
        self.look(&path)["value"].as_array().unwrap().len()
    }

    /// What was asked of the sandbox: method and path, without the version.
    pub(crate) fn seen(&self) -> Vec<String> {
        let below = |path: &str| path.strip_prefix("/v1.0").unwrap_or(path).to_owned();
        self.sandbox.requests().iter().map(|seen| format!("{} {}", seen.method, below(&seen.path))).collect()
    }

    /// The other origins that were asked, and whether each got a token.
    pub(crate) fn elsewhere(&self, home: &str) -> Vec<(String, bool)> {
        let requests = self.sandbox.requests();
        requests.into_iter().filter(|seen| seen.origin != home).map(|seen| (seen.origin, seen.authorized)).collect()
    }
}

/// A run as Adele. Files that it returns come inside the output.
pub(crate) fn as_adele(action: &str, input: Value) -> Run {
    Run::new(action, "adele", input).files(Arc::new(LocalFiles::new()))
}

/// A mail to Megan.
pub(crate) fn letter(subject: &str) -> Value {
    json!({ "to": ["meganb@contoso.example"], "subject": subject, "body": "At noon?", "bodyType": "text" })
}
