//! The host: the one interface for the library, the command line and every other program.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::{BufMut, BytesMut};
use connector_sdk::{
    AnyAction, AnyDynamicSchema, AnyPicklist, AnyTrigger, ChoiceQuery, Choices, Connector, Context, Effect, Json, Plan,
    Reference, Result, Spec,
};
use graph_client::{Client, ItemSink, Journal, NoFiles, NoProgress, Session, preview};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::builder::Builder;
use crate::connection::{Connected, Connections};
use crate::dynamic::{CheckedRun, SchemaCache};
use crate::failed::Failed;
use crate::idempotency::{Claim, KeyedRun, Outcomes};
use crate::needs;
use crate::registry::{Found, Registry};
use crate::retention::Retention;
use crate::rng::Rng;
use crate::run::{Mode, Outcome, Run};
use crate::seal::SealedDocuments;
use crate::store::Store;

/// A host that loads connectors and executes what they offer. Cheap to clone; all clones are one host.
///
/// Every interface ends in [`Host::execute`]: find the action, validate the input, make the plan, check
/// the permissions, run or preview, return the output.
///
/// ```
/// use connector_runtime::Host;
/// use connector_sdk::{Code, Effect};
///
/// let host = Host::builder().connector(outlook_connector::connector()).build().unwrap();
/// assert_eq!(host.action("outlook.send_email").unwrap().spec().effect, Effect::Send);
///
/// let error = host.validate("outlook.send_email", &serde_json::json!({ "to": ["nobody"] })).unwrap_err();
/// assert_eq!(error.code(), Code::InvalidInput);
/// assert!(error.violations().iter().any(|issue| issue.pointer == "/to/0"));
/// ```
#[derive(Clone)]
pub struct Host(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) registry: Registry,
    pub(crate) connections: Connections,
    pub(crate) vault: Arc<SealedDocuments>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) reference: Option<Arc<dyn Reference>>,
    pub(crate) notifications: Option<Arc<Url>>,
    pub(crate) remembered: SchemaCache,
    pub(crate) rng: Rng,
    pub(crate) retention: Retention,
    pub(crate) now: Arc<Now>,
}

/// A function that returns the current time.
pub(crate) type Now = dyn Fn() -> Timestamp + Send + Sync;

impl Host {
    /// Creates a builder.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the connectors, in the order in which they were loaded.
    pub fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.0.registry.connectors()
    }

    /// Returns the connector of this name.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn connector(&self, name: &str) -> Result<&Connector> {
        self.0.registry.connector(name)
    }

    /// Returns the schema of a connector's connections: a JSON Schema with one alternative for each sign-in method.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn connection_schema(&self, connector: &str) -> Result<Value> {
        let connector = self.connector(connector)?;
        Ok(graph_auth::connection_schema(connector.title, &connector.connection))
    }

    /// Returns an action by its id, such as `outlook.send_email`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn action(&self, id: &str) -> Result<&dyn AnyAction> {
        Ok(self.0.registry.action(id)?.item)
    }

    /// Returns a trigger by its id, such as `outlook.new_email`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn trigger(&self, id: &str) -> Result<&dyn AnyTrigger> {
        Ok(self.0.registry.trigger(id)?.item)
    }

    /// Returns a picklist by its id, such as `outlook.mail_folders`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn picklist(&self, id: &str) -> Result<&dyn AnyPicklist> {
        Ok(self.0.registry.picklist(id)?.item)
    }

    /// Returns a dynamic schema by its id, such as `graph.list_item_fields`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn dynamic_schema(&self, id: &str) -> Result<&dyn AnyDynamicSchema> {
        Ok(self.0.registry.dynamic_schema(id)?.item)
    }

    /// Returns the connections.
    pub fn connections(&self) -> &Connections {
        &self.0.connections
    }

    /// Waits until what must not be cut off has ended: new tokens that were requested are stored. This takes at most as
    /// long as one request may (30 seconds), and mostly no time. Call it before the runtime ends; the host can be used
    /// further.
    pub async fn shutdown(&self) {
        self.0.connections.shutdown().await;
    }

    /// Validates an input against an action's schema, as every run does first. Nothing is sent.
    ///
    /// What a schema cannot say, such as that two properties exclude each other, [`Host::execute`] with a
    /// preview finds too; what only Graph knows, such as the columns of a list, a run finds.
    ///
    /// # Errors
    /// `invalid_input` with every violation and its JSON Pointer; `unknown_action` with the nearest name.
    pub fn validate(&self, action: &str, input: &Value) -> Result<()> {
        self.0.registry.action(action)?.validator.check(input)
    }

    /// Runs an action, or previews it, and returns its whole output.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use connector_sdk::Secret;
    /// # use graph_client::Endpoint;
    /// # use graph_sandbox::{Holder, Sandbox};
    /// use connector_runtime::{ExternalConnection, Host, Run};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> connector_sdk::Result<()> {
    /// # let sandbox = Sandbox::new();
    /// # let adele = Holder::User("adelev@contoso.example");
    /// # let token = Secret::new(sandbox.issue_token(adele, &["Mail.ReadWrite", "Mail.Send"]));
    /// # let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &token, None)?;
    /// # let adele = given.transport(Arc::new(sandbox.clone()));
    /// # let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;
    /// // The connection `adele` is one to the sandbox.
    /// let mail = serde_json::json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?" });
    /// let run = Run::new("outlook.send_email", "adele", mail).key("lunch-17");
    /// let sent = host.execute(run.clone()).await?;
    /// let again = host.execute(run).await?;
    /// assert!(!sent.repeated && again.repeated, "the email is sent once");
    /// assert_eq!(sent.output, again.output);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Every code of [`connector_sdk::Code`]. With `invalid_input`, `unknown_action`, `not_connected`
    /// and `missing_scope` nothing was sent to Graph.
    pub async fn execute(&self, run: Run) -> Result<Outcome> {
        let found = self.0.registry.action(&run.action)?;
        let list = found.item.lists(&run.input);
        let mut items = Vec::new();
        let mode = run.mode;
        let outcome = self.execute_found(found, list, run, &mut items).await?;
        if !list || outcome.repeated || mode == Mode::Preview {
            return Ok(outcome);
        }
        Ok(Outcome { output: join_list_output(&items, &outcome.output), ..outcome })
    }

    /// Runs an action as [`Host::execute`] does, but emits the items of a list to `items` as their pages arrive. The
    /// output is then the rest: the token to continue with, and the total.
    ///
    /// # Errors
    /// As [`Host::execute`]; and those of `items`, which end the run.
    pub async fn execute_into(&self, run: Run, items: &mut dyn ItemSink) -> Result<Outcome> {
        let found = self.0.registry.action(&run.action)?;
        let list = found.item.lists(&run.input);
        self.execute_found(found, list, run, items).await
    }

    // `list`: whether it hands out items.
    async fn execute_found(
        &self,
        found: Found<'_, dyn AnyAction>,
        list: bool,
        mut run: Run,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        found.validator.check(&run.input)?;
        let spec = found.item.spec();
        let connected = self.0.connections.connect(&run.connection).await?;
        let mut session = self.session(&connected, spec, &run);
        let changes = run.mode == Mode::Live && spec.effect != Effect::Read;
        let claim = match &run.key {
            Some(key) if changes => {
                let entropy = self.0.rng.take()?;
                let (action, input, resumes) = (run.action.as_str(), &run.input, spec.resumes);
                let work = KeyedRun { connected: &connected, action, key, input, resumes, entropy };
                match Outcomes::new(&self.0.vault, &self.0.store).claim(work).await? {
                    Claim::Mine(claim) => Some(claim),
                    Claim::Done(output) => return Ok(Outcome { output, repeated: true, failed: None }),
                }
            }
            _ => None,
        };
        session.journal = claim.as_ref().map(|claim| claim.journal() as Arc<dyn Journal>);
        let held = (!found.validator.dynamic().is_empty()).then(|| run.input.clone());
        let mut planned = self.context(&connected, &run, &session);
        if let (Ok(cx), Some(claim)) = (&mut planned, &claim) {
            // The same plan as the first run's, so that it asks for the same writes.
            (cx.now, cx.entropy) = (claim.begun(), claim.entropy());
        }
        let planned = planned.and_then(|cx| found.item.plan(std::mem::take(&mut run.input), &cx));
        let planned = match held {
            Some(input) => {
                let is_permitted = |plan: &Plan<Json>| {
                    !needs::lacks(plan, spec, connected.tokens.granted().as_deref(), connected.is_application())
                };
                // Where a permission is missing, the run says so before anything is sent.
                let may_send = run.mode == Mode::Live && planned.as_ref().is_ok_and(is_permitted);
                let held = CheckedRun { found: &found, connected: &connected, run: &run, may_send };
                // It names every violation, where the plan stops at the first.
                self.check(held, &input).await.and(planned)
            }
            None => planned,
        };
        // The outcome that is kept under a key is whole: what was handed out stands in it.
        let mut kept = CapturedItems {
            items: Vec::new(),
            keep: claim.is_some() && list,
            failed: Failed::watch(changes && list),
            to: items,
        };
        let result = match planned {
            Ok(plan) => run_or_show(&connected.client, plan, &session, run.mode, &mut kept).await,
            Err(error) => Err(error),
        };
        let (kept, failed) = (kept.items, kept.failed.code());
        let result = match &claim {
            Some(claim) => result.map_err(|error| error.with_carried_out(claim.journal().left()).resumable()),
            None => result,
        };
        if let Some(claim) = claim
            && let Err(error) = claim
                .finish(&result, |output| if list { join_list_output(&kept, output) } else { output.clone() })
                .await
        {
            // What happened has happened, and is told. Whoever comes with the same key goes on from the journal;
            // nothing is done twice.
            tracing::warn!(action = run.action, %error, "the outcome of a run with a key was not stored");
        }
        if changes {
            self.0.retention.remove_if_due(&*self.0.store, &self.0.vault).await;
        }
        result.map(|output| Outcome { output, repeated: false, failed })
    }

    /// Returns one page of a picklist's choices.
    ///
    /// # Errors
    /// As [`Host::execute`].
    pub async fn choices(&self, picklist: &str, connection: &str, input: Value, ask: ChoiceQuery) -> Result<Choices> {
        let found = self.0.registry.picklist(picklist)?;
        found.validator.check(&input)?;
        let run = Run::new(picklist, connection, Value::Null);
        let connected = self.0.connections.connect(connection).await?;
        let session = self.session(&connected, found.item.spec(), &run);
        let plan = found.item.choices(input, ask, &self.context(&connected, &run, &session)?)?;
        connected.client.run(plan, &session, &mut Vec::new()).await
    }

    pub(crate) fn session(&self, connected: &Connected, spec: &Spec, run: &Run) -> Session {
        Session {
            connection: connected.id.clone(),
            endpoint: connected.endpoint.clone(),
            tokens: connected.tokens.clone(),
            application: connected.is_application(),
            scopes: spec.scopes,
            deadline: run.deadline.map(|deadline| Instant::now() + deadline),
            files: run.files.clone(),
            uploads: Some(connected.uploads.clone()),
            journal: None,
            progress: run.progress.clone(),
        }
    }

    pub(crate) fn context(&self, connected: &Connected, run: &Run, session: &Session) -> Result<Context> {
        let mut files = Vec::new();
        named_files(&run.input, &mut files);
        let files = files.into_iter().filter_map(|name| run.files.meta(name).map(|meta| (name.to_owned(), meta)));
        Ok(Context::new(connected.who.clone())
            .with_granted(connected.tokens.granted())
            .with_graph(session.endpoint.text(), session.endpoint.version())
            .with_now((self.0.now)())
            .with_key(run.key.clone())
            .with_entropy(self.0.rng.take()?)
            .with_files(files)
            .with_reference(self.0.reference.clone())
            .with_notifications(self.0.notifications.clone()))
    }

    /// Creates a session for a poll of a trigger: no files, no progress.
    pub(crate) fn trigger_session(connected: &Connected, spec: &Spec) -> Session {
        Session {
            connection: connected.id.clone(),
            endpoint: connected.endpoint.clone(),
            tokens: connected.tokens.clone(),
            application: connected.is_application(),
            scopes: spec.scopes,
            deadline: None,
            files: Arc::new(NoFiles),
            uploads: None,
            journal: None,
            progress: Arc::new(NoProgress),
        }
    }

    /// Returns the effect of an action; interfaces offer actions that only read without asking.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn effect(&self, action: &str) -> Result<Effect> {
        Ok(self.0.registry.action(action)?.item.spec().effect)
    }
}

async fn run_or_show(
    client: &Client,
    plan: Plan<Json>,
    session: &Session,
    mode: Mode,
    items: &mut dyn ItemSink,
) -> Result<Json> {
    match mode {
        Mode::Live => client.run(plan, session, items).await,
        Mode::Preview => Json::of(&preview(plan, session).await?),
    }
}

// The names under which the input refers to attached files.
pub(crate) fn named_files<'v>(input: &'v Value, names: &mut Vec<&'v str>) {
    match input {
        Value::Object(object) => match object.get("file") {
            Some(Value::String(name)) if object.len() == 1 => names.push(name),
            _ => object.values().for_each(|value| named_files(value, names)),
        },
        Value::Array(items) => items.iter().for_each(|value| named_files(value, names)),
        _ => {}
    }
}

/// Joins the items of a list and the rest of its output into one object. Both stay the text that they are.
pub fn join_list_output(items: &[Json], tail: &Json) -> Json {
    let size = items.iter().map(|item| item.bytes().len() + 1).sum::<usize>() + tail.bytes().len() + 16;
    let mut out = BytesMut::with_capacity(size);
    out.put_slice(b"{\"items\":[");
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.put_u8(b',');
        }
        out.put_slice(item.bytes());
    }
    out.put_u8(b']');
    // The tail is an object that we printed: `{}` or `{"…}`.
    let rest = tail.as_str().strip_prefix('{').unwrap_or("}");
    if rest != "}" {
        out.put_u8(b',');
    }
    out.put_slice(rest.as_bytes());
    Json::trusted(out.freeze())
}

struct CapturedItems<'a> {
    items: Vec<Json>,
    keep: bool,
    failed: Failed,
    to: &'a mut dyn ItemSink,
}

#[async_trait]
impl ItemSink for CapturedItems<'_> {
    async fn emit(&mut self, items: Vec<Json>) -> Result<()> {
        if self.keep {
            self.items.extend(items.iter().cloned());
        }
        self.failed.note(&items);
        self.to.emit(items).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_the_rest_become_one_object() {
        let json = |text: &str| Json::parse(text.to_owned()).unwrap();
        assert_eq!(join_list_output(&[], &json("{}")).as_str(), r#"{"items":[]}"#);
        assert_eq!(
            join_list_output(&[json("1"), json(r#"{"a":1}"#)], &json(r#"{"total":2}"#)).as_str(),
            r#"{"items":[1,{"a":1}],"total":2}"#
        );
    }
}
