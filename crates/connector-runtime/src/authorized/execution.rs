//! Runs and previews of a principal.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_sdk::{Effect, Json, Result, join_list_output};
use futures_core::future::BoxFuture;
use graph_client::ItemSink;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::AuthorizedHost;
use super::audit::AuditedRun;
use super::rules::Judged;
use super::while_valid::WhileValid;
use crate::approval::{Approval, ApprovalState, Approvals, Asked, Question};
use crate::audit::{AuditEvent, RequestIds};
use crate::confirmation::{Confirmation, Confirmed, ConfirmedRun, input_hash, refused, used};
use crate::execution::RunContext;
use crate::principal::Rule;
use crate::run::{Mode, Outcome, Run};
use crate::store::{AuditEnd, AuditEntry, AuditKind};

/// Time that a run has to begin after its confirmation was used.
const BEGINNING: Duration = Duration::from_secs(2);

/// A preview of a run, with what must come before the run itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Previewed {
    /// Requests that would be sent, as [`graph_client::Preview`] prints them.
    #[schemars(with = "graph_client::Preview")]
    pub preview: Json,
    /// Strongest effect that the run may have.
    pub effect: Effect,
    /// Rule that the run is under.
    pub rule: Rule,
    /// Confirmation with which the very same run can be made once; for every change, and for reads that need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirmation>,
}

impl AuthorizedHost {
    /// Shows the requests of a run, and sends nothing. The run's connection may be empty where the principal reaches
    /// one alone.
    ///
    /// # Errors
    /// As [`Host::execute`](crate::Host::execute); `denied` where the principal may not make the run at all.
    pub async fn preview(&self, run: Run) -> Result<Previewed> {
        let action = run.action.clone();
        let previewed = self.preview_judged(run).await;
        self.audit_refusal(&action, previewed)
    }

    // Boxed as a run is.
    fn preview_judged(&self, run: Run) -> BoxFuture<'_, Result<Previewed>> {
        Box::pin(self.preview_judged_here(run))
    }

    async fn preview_judged_here(&self, run: Run) -> Result<Previewed> {
        let judged = self.judge(&run).await?;
        let (effect, rule) = (judged.effect, judged.rule);
        let bound = match effect == Effect::Read && rule == Rule::Allow {
            true => None,
            false => Some(self.bound_run(&judged, &run).await?),
        };
        let preview = self.made(judged, run.preview(), None, &mut Vec::new()).await?.output;
        let confirm = match bound {
            Some(bound) => Some(Confirmation::issue(&self.host.0.vault, bound, self.now()).await?),
            None => None,
        };
        Ok(Previewed { preview, effect, rule, confirm })
    }

    /// Runs an action, and returns its whole output. The run's connection may be empty where the principal reaches one
    /// alone. With a confirmation, the run is made once: it is the idempotency key of a change that has none of its
    /// own, so that whoever repeats the call gets the first outcome.
    ///
    /// # Errors
    /// As [`Host::execute`](crate::Host::execute); `denied`; and `not_confirmed` with one of these reasons:
    ///
    /// | reason | what to do |
    /// |---|---|
    /// | `missing` | preview the run, and give its confirmation |
    /// | `unknown`, `other_run`, `expired`, `used` | preview the run again |
    /// | `approval_waiting` | have it approved, then make the same call with the same confirmation |
    pub async fn execute(&self, run: Run, confirm: Option<&Confirmation>) -> Result<Outcome> {
        let mut items = Vec::new();
        let list = self.find_action(&run.action).is_ok_and(|found| found.item.lists(&run.input));
        let mode = run.mode;
        let outcome = self.execute_into(run, confirm, &mut items).await?;
        if !list || outcome.repeated || mode == Mode::Preview {
            return Ok(outcome);
        }
        Ok(Outcome { output: join_list_output(&items, &outcome.output), ..outcome })
    }

    /// Runs an action as [`AuthorizedHost::execute`] does, but emits the items of a list to `items` as their pages
    /// arrive. The output is then the rest.
    ///
    /// # Errors
    /// As [`AuthorizedHost::execute`]; and those of `items`, which end the run.
    pub async fn execute_into(
        &self,
        run: Run,
        confirm: Option<&Confirmation>,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        let action = run.action.clone();
        let outcome = self.execute_judged(run, confirm, items).await;
        self.audit_refusal(&action, outcome)
    }

    // Boxed, so that the crates that call it do not each compile it anew.
    fn execute_judged<'a>(
        &'a self,
        run: Run,
        confirm: Option<&'a Confirmation>,
        items: &'a mut dyn ItemSink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(self.execute_judged_here(run, confirm, items))
    }

    async fn execute_judged_here(
        &self,
        run: Run,
        confirm: Option<&Confirmation>,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        let judged = self.judge(&run).await?;
        if run.mode == Mode::Preview {
            return self.made(judged, run, None, items).await;
        }
        let confirmed = match (judged.rule, confirm) {
            (Rule::Allow, None) => None,
            (_, None) => return Err(refused("missing", "this run needs the confirmation of a preview")),
            (_, Some(confirm)) => {
                let bound = self.bound_run(&judged, &run).await?;
                let confirmed = confirm.check(&self.host.0.vault, &bound, self.now()).await?;
                if judged.rule == Rule::AfterApproval {
                    self.require_approval(&judged, &run, &confirmed).await?;
                }
                Some(confirmed)
            }
        };
        self.made(judged, run, confirmed, items).await
    }

    async fn bound_run(&self, judged: &Judged<'_>, run: &Run) -> Result<ConfirmedRun> {
        Ok(ConfirmedRun {
            principal: self.principal.id.clone(),
            action: run.action.clone(),
            connection: judged.connection.id.clone(),
            input: input_hash(&run.input, &*run.files).await?,
        })
    }

    async fn require_approval(&self, judged: &Judged<'_>, run: &Run, confirmed: &Confirmed) -> Result<()> {
        let now = self.now();
        let ask = || Approval {
            id: String::new(),
            principal: self.principal.id.clone(),
            interface: self.interface,
            action: run.action.clone(),
            connection: judged.connection.clone(),
            effect: judged.effect,
            question: Question::write(&Asked {
                asker: &self.principal.name,
                id: &run.action,
                action: judged.found.item,
                connection: &judged.connection,
                effect: judged.effect,
                input: &run.input,
            }),
            answered_by: self.principal.approvals(),
            state: ApprovalState::Waiting,
            at: now,
            until: confirmed.until,
            answer: None,
            above: self.principal.above().cloned().collect(),
        };
        let asked = |approval: &str| {
            let entry = AuditEntry {
                action: Some(run.action.clone()),
                effect: Some(judged.effect),
                connection: Some(judged.connection.id.clone()),
                target: Some(approval.to_owned()),
                end: Some(AuditEnd::default()),
                ..self.entry(AuditKind::ApprovalAsked)
            };
            self.audit_log().notify(&AuditEvent::Approval {
                principal: &entry.principal,
                interface: entry.interface,
                kind: entry.kind,
                approval,
            });
            self.audit_log().later(entry);
        };
        Approvals(&self.host.0.vault).require(confirmed, ask, asked, now).await
    }

    // The run itself, after everything about it was decided, between its two entries in the audit log.
    async fn made(
        &self,
        judged: Judged<'_>,
        run: Run,
        confirmed: Option<Confirmed>,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        let kind = if run.mode == Mode::Preview { AuditKind::Preview } else { AuditKind::Run };
        let entry = AuditEntry {
            action: Some(run.action.clone()),
            effect: Some(judged.effect),
            connection: Some(judged.connection.id.clone()),
            ..self.entry(kind)
        };
        let is_change = run.mode == Mode::Live && judged.effect != Effect::Read;
        let audited = AuditedRun { entry, effect: judged.effect, began: Instant::now() };
        let begun = if is_change { Some(self.audit_log().begin(&audited.entry).await?) } else { None };
        let ids = Arc::new(RequestIds::default());
        let result = self.made_observed(judged, run, confirmed, ids.clone(), items).await;
        self.audit_run(audited, begun, &ids, &result).await;
        // Also a host that only reads keeps entries of its audit log.
        let inner = &self.host.0;
        inner.retention.remove_if_due(&*inner.store, &inner.vault).await;
        inner.files.remove_if_due(&inner.store);
        result
    }

    async fn made_observed(
        &self,
        judged: Judged<'_>,
        mut run: Run,
        confirmed: Option<Confirmed>,
        ids: Arc<RequestIds>,
        items: &mut dyn ItemSink,
    ) -> Result<Outcome> {
        let Judged { found, connection, effect, .. } = judged;
        let (mut begun, mut key) = (false, None);
        if let Some(confirmed) = confirmed {
            let before = confirmed.take(&self.host.0.vault).await?;
            if before.is_some() && effect == Effect::Read {
                return Err(used());
            }
            if let Some(at) = before {
                // Who was told now that it was used and nothing was done would do it twice.
                let since = at.duration_until(Timestamp::now()).unsigned_abs();
                tokio::time::sleep(BEGINNING.saturating_sub(since)).await;
                begun = true;
            }
            key = Some(confirmed.key());
        }
        run.connection = connection.name;
        let context = RunContext {
            space: self.principal.id.as_str().to_owned(),
            connection: Some(connection.id),
            key,
            begun,
            observer: Some(ids),
        };
        let list = found.item.lists(&run.input);
        if !list || effect != Effect::Read || self.principal.is_owner() {
            // A change that has begun is finished.
            return self.host.execute_found(found, list, run, context, items).await;
        }
        let mut items = WhileValid::before(items, self).await?;
        self.host.execute_found(found, list, run, context, &mut items).await
    }
}
