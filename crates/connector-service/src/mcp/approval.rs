//! Approvals: a person says yes or no to one exact run, in front of the client or in another place.

use std::time::{Duration, Instant};

use connector_runtime::{Approval, ApprovalBy, Code, Confirmation, Error, Result};
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequests, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use serde_json::json;

use super::agent::{Agent, is_modern};

/// Pause between two looks for an answer that comes from elsewhere.
const PAUSE: Duration = Duration::from_millis(300);

/// Name of the question among those of a round.
const QUESTION: &str = "approval";
/// Name of the answer in the form.
const APPROVE: &str = "approve";

/// What a client sends along when it calls again with the answers to an earlier round.
pub(super) struct Round {
    pub(super) responses: InputResponses,
    pub(super) state: Option<String>,
}

/// What became of the question.
pub(super) enum Step {
    /// Somebody has answered; the run finds out what.
    Answered,
    /// Nobody has answered yet.
    Waiting(Box<Approval>),
    /// The client is to ask the person in front of it, and to call again.
    Ask(InputRequiredResult),
}

/// Has the approval of a confirmation answered: by the person in front of the client, where the rules accept that and
/// the client can ask, or by somebody else meanwhile.
///
/// # Errors
/// Those of the host.
pub(super) async fn answer(
    agent: &Agent,
    confirm: &Confirmation,
    context: &RequestContext<RoleServer>,
    round: &Round,
) -> Result<Step> {
    let approval = find(agent, confirm).await?;
    if !approval.is_open() {
        return Ok(Step::Answered);
    }
    if !may_ask(agent, &approval, context) {
        return answered_elsewhere(agent, confirm, approval).await;
    }
    if is_modern(context) {
        // Only the answer to this very question counts.
        let is_own = round.state.as_deref() == Some(&*approval.id);
        let Some(given) = round.responses.get(QUESTION).filter(|_| is_own) else {
            return Ok(Step::Ask(question(&approval)?));
        };
        let given: ElicitResult = serde_json::from_value(given.clone())
            .map_err(|error| Error::new(Code::InvalidInput, format!("the answer is no result of a form: {error}")))?;
        return taken(agent, approval, &given).await;
    }
    let wait = agent.limits.approval;
    let asked = context.peer.create_elicitation_with_timeout(form(&approval)?, Some(wait));
    tokio::select! {
        given = asked => match given {
            Ok(given) => taken(agent, approval, &given).await,
            // The client could not ask, or nobody was there.
            Err(_) => Ok(Step::Waiting(Box::new(approval))),
        },
        elsewhere = answered_elsewhere(agent, confirm, approval.clone()) => elsewhere,
    }
}

async fn find(agent: &Agent, confirm: &Confirmation) -> Result<Approval> {
    let found = agent.host.approvals().of(confirm).await?;
    found.ok_or_else(|| Error::bug("a run waits for an approval that nobody asked for"))
}

fn may_ask(agent: &Agent, approval: &Approval, context: &RequestContext<RoleServer>) -> bool {
    let here = ApprovalBy::ClientOrConsole;
    let is_accepted = approval.answered_by == here && agent.host.principal().approvals() == here;
    let elicitation = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    // Older clients declare neither kind, and mean forms.
    is_accepted && elicitation.is_some_and(|kinds| kinds.form.is_some() || kinds.url.is_none())
}

async fn taken(agent: &Agent, approval: Approval, given: &ElicitResult) -> Result<Step> {
    let says_yes = given.content.as_ref().and_then(|content| content.get(APPROVE)).and_then(|yes| yes.as_bool());
    let approve = match given.action {
        ElicitationAction::Accept => says_yes == Some(true),
        ElicitationAction::Decline => false,
        // It was put aside, which is no answer; so is what this version does not know.
        _ => return Ok(Step::Waiting(Box::new(approval))),
    };
    match agent.host.approvals().answer_through_client(&approval.id, approve).await {
        // Somebody else was faster.
        Err(error) if error.code() != Code::Conflict => Err(error),
        _ => Ok(Step::Answered),
    }
}

async fn answered_elsewhere(agent: &Agent, confirm: &Confirmation, mut approval: Approval) -> Result<Step> {
    let began = Instant::now();
    loop {
        let left = agent.limits.approval.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Ok(Step::Waiting(Box::new(approval)));
        }
        tokio::time::sleep(PAUSE.min(left)).await;
        approval = find(agent, confirm).await?;
        if !approval.is_open() {
            return Ok(Step::Answered);
        }
    }
}

fn question(approval: &Approval) -> Result<InputRequiredResult> {
    let asked = InputRequest::Elicitation(ElicitRequest::new(form(approval)?));
    let requests = InputRequests::from([(QUESTION.to_owned(), asked)]);
    Ok(InputRequiredResult::new(Some(requests), Some(approval.id.clone())))
}

fn form(approval: &Approval) -> Result<ElicitRequestParams> {
    let schema = json!({
        "type": "object",
        "properties": {
            APPROVE: { "type": "boolean", "title": "Approve", "description": "Make this run.", "default": false },
        },
        "required": [APPROVE],
    });
    let schema: ElicitationSchema = serde_json::from_value(schema)
        .map_err(|error| Error::bug("the form of an approval cannot be read").caused_by(error))?;
    Ok(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: approval.question.text.clone(),
        requested_schema: schema,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_asks_for_one_thing() {
        let schema =
            json!({ "type": "object", "properties": { APPROVE: { "type": "boolean" } }, "required": [APPROVE] });
        assert!(serde_json::from_value::<ElicitationSchema>(schema).is_ok());
    }
}
