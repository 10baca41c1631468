//! Execution of runs: the key is claimed, the plan is made and run, the outcome is recorded.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{AnyAction, Context, Effect, Json, Plan, Result};
use futures_core::future::BoxFuture;
use graph_client::{ItemSink, Journal, Observer, Session, preview};

use crate::connection::Connected;
use crate::dynamic::CheckedRun;
use crate::failed::Failed;
use crate::host::Host;
use crate::idempotency::{Claim, Claimed, KeyedRun, Outcomes};
use crate::needs;
use crate::registry::Found;
use crate::run::{Mode, Outcome, Run};
use connector_sdk::join_list_output;

impl Host {
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
    /// # Cancellation
    /// A future that is dropped stops where it is: a request on its way may still be carried out, and what the plan has
    /// opened is not closed. New tokens are stored all the same, and a key is free for the next run, which resumes.
    /// [`Run::deadline`] ends a run in order. A run that must end in any case belongs into a task of its own.
    ///
    /// # Errors
    /// Every code of [`connector_sdk::Code`]. With `invalid_input`, `unknown_action`,
    /// `unknown_connection`, `not_connected` and `missing_scope` nothing was sent to Graph.
    pub async fn execute(&self, run: Run) -> Result<Outcome> {
        let found = self.0.registry.action(&run.action)?;
        let list = found.item.lists(&run.input);
        let mut items = Vec::new();
        let mode = run.mode;
        let outcome = self.execute_found(found, list, run, RunContext::default(), &mut items).await?;
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
        self.execute_found(found, list, run, RunContext::default(), items).await
    }

    // `list`: whether the action emits items. Boxed, so that the crates that call it do not each compile it anew.
    pub(crate) fn execute_found<'a>(
        &'a self,
        found: Found<'a, dyn AnyAction>,
        list: bool,
        run: Run,
        context: RunContext,
        items: &'a mut dyn ItemSink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(self.execute_here(found, list, run, context, items))
    }

    async fn execute_here(
        &self,
        found: Found<'_, dyn AnyAction>,
        list: bool,
        run: Run,
        context: RunContext,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        found.validator.check(&run.input)?;
        let connected = self.0.connections.connect_as(&run.connection, context.connection.as_deref()).await?;
        let mut session = self.session(&connected, found.item.spec(), &run);
        session.observer = context.observer.clone();
        let mut execution = Execution { host: self, found, connected, run, context, list };
        let claim = match execution.claim().await? {
            Some(Claim::Done(output)) => return Ok(Outcome { output, repeated: true, failed: None }),
            Some(Claim::Mine(claim)) => Some(claim),
            None => None,
        };
        session.journal = claim.as_ref().map(|claim| claim.journal() as Arc<dyn Journal>);
        let mut captured = execution.capture(claim.is_some(), items);
        let result = match execution.plan(&session, claim.as_deref()).await {
            Ok(plan) => execution.run_or_preview(plan, &session, &mut captured).await,
            Err(error) => Err(error),
        };
        let failed = captured.failed.code();
        let result = execution.record(claim, result, &captured.items).await;
        result.map(|output| Outcome { output, repeated: false, failed })
    }
}

/// For whom a run is executed, beyond what its caller asks for.
#[derive(Default)]
pub(crate) struct RunContext {
    /// Principal, to whom the outcomes under idempotency keys belong; empty for the owner.
    pub(crate) space: String,
    /// Id that the connection must have, where its use was allowed for that one.
    pub(crate) connection: Option<String>,
    /// Key under which the run is made once where its caller gave none. The plan does not see it, so that it is the plan
    /// that was previewed.
    pub(crate) key: Option<String>,
    /// Whether the run was begun before under its key, so that it may be gone on with and not begun again.
    pub(crate) begun: bool,
    /// Observer of the run's calls.
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// A run that is being executed.
struct Execution<'a> {
    host: &'a Host,
    found: Found<'a, dyn AnyAction>,
    connected: Arc<Connected>,
    run: Run,
    context: RunContext,
    /// Whether the action emits items.
    list: bool,
}

impl Execution<'_> {
    /// Returns whether the run may change something.
    fn is_change(&self) -> bool {
        self.run.mode == Mode::Live && self.found.item.spec().effect != Effect::Read
    }

    /// Claims the run's key, if it has one that counts.
    async fn claim(&self) -> Result<Option<Claim>> {
        let own = self.run.key.as_deref();
        let Some(key) = own.or(self.context.key.as_deref()).filter(|_| self.is_change()) else { return Ok(None) };
        let inner = &self.host.0;
        let entropy = inner.rng.take()?;
        let (action, input) = (self.run.action.as_str(), &self.run.input);
        // An action finds what an earlier run has done by the key that its plan sees.
        let resumes = self.found.item.spec().resumes && own.is_some();
        let RunContext { space, begun, .. } = &self.context;
        let (files, begun) = (&*self.run.files, *begun);
        let work = KeyedRun { connected: &self.connected, action, key, input, files, space, begun, resumes, entropy };
        Outcomes::new(&inner.vault, &inner.store).claim(work).await.map(Some)
    }

    /// Makes the plan. It takes the input.
    async fn plan(&mut self, session: &Session, claim: Option<&Claimed>) -> Result<Plan<Json>> {
        let input = (!self.found.validator.dynamic().is_empty()).then(|| self.run.input.clone());
        let planned =
            self.context(session, claim).and_then(|cx| self.found.item.plan(std::mem::take(&mut self.run.input), &cx));
        let Some(input) = input else { return planned };
        // Where a permission is missing, the run says so before anything is sent.
        let may_send = self.run.mode == Mode::Live && planned.as_ref().is_ok_and(|plan| self.is_permitted(plan));
        let checked = CheckedRun { found: &self.found, connected: &self.connected, run: &self.run, may_send };
        // It names every violation, where the plan stops at the first.
        self.host.check(checked, &input).await.and(planned)
    }

    fn context(&self, session: &Session, claim: Option<&Claimed>) -> Result<Context> {
        let mut cx = self.host.context(&self.connected, &self.run, session)?;
        if let Some(claim) = claim {
            // The same plan as the first run's, so that it asks for the same writes.
            (cx.now, cx.entropy) = (claim.begun(), claim.entropy());
        }
        Ok(cx)
    }

    fn is_permitted(&self, plan: &Plan<Json>) -> bool {
        let granted = self.connected.tokens.granted();
        !needs::lacks(plan, self.found.item.spec(), granted.as_deref(), self.connected.is_application())
    }

    /// Creates the sink of the run's items. The outcome that is kept under a key is whole: what was emitted stands in
    /// it.
    fn capture<'s>(&self, keyed: bool, to: &'s mut dyn ItemSink) -> CapturedItems<'s> {
        CapturedItems {
            items: Vec::new(),
            keep: keyed && self.list,
            failed: Failed::watch(self.is_change() && self.list),
            to,
        }
    }

    async fn run_or_preview(&self, plan: Plan<Json>, session: &Session, items: &mut dyn ItemSink) -> Result<Json> {
        match self.run.mode {
            Mode::Live => self.connected.client.run(plan, session, items).await,
            Mode::Preview => Json::of(&preview(plan, session).await?),
        }
    }

    /// Records the result under the key, with the items that were emitted.
    async fn record(&self, claim: Option<Box<Claimed>>, result: Result<Json>, items: &[Json]) -> Result<Json> {
        let inner = &self.host.0;
        let result = match &claim {
            Some(claim) => result.map_err(|error| error.with_carried_out(claim.journal().left()).resumable()),
            None => result,
        };
        let whole = |output: &Json| if self.list { join_list_output(items, output) } else { output.clone() };
        if let Some(claim) = claim
            && let Err(error) = claim.finish(&result, whole).await
        {
            // What happened has happened, and is returned. Whoever comes with the same key goes on from the journal;
            // nothing is done twice.
            tracing::warn!(action = self.run.action, %error, "the outcome of a run with a key was not stored");
        }
        if self.is_change() {
            inner.retention.remove_if_due(&*inner.store, &inner.vault).await;
        }
        result
    }
}

/// A sink that passes the items on, and keeps what is to be recorded.
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
