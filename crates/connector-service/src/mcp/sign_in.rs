//! Sign-ins: where a connection needs somebody to sign in, a link to the page where they do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use connector_runtime::{Code, ConnectionState, PrincipalId, Result};
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, InputRequest, InputRequests,
    InputRequiredResult,
};
use rmcp::service::RequestContext;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::agent::{Agent, is_modern};
use super::approval::Round;
use super::reply::Failure;
use crate::site::{self, Site};

/// Pause between two looks whether somebody has signed in.
const PAUSE: Duration = Duration::from_millis(300);
/// Time for which a link is given out again, so that an agent that tries again and again makes no heap of them.
const KEPT: Duration = Duration::from_secs(600);
/// Number of links that are kept.
const MOST: usize = 1_000;
/// Name of the question among those of a round.
const QUESTION: &str = "sign_in";

/// Links that were given out lately, by principal and connection.
#[derive(Default)]
pub(crate) struct SignInLinks(Mutex<HashMap<(PrincipalId, String), (Url, Instant)>>);

/// Where the pages of the service are, and the links to them.
#[derive(Clone)]
pub(crate) struct SignInPages {
    pub(crate) callback: Url,
    pub(crate) site: Arc<Site>,
}

/// What became of a sign-in that somebody was asked for.
pub(super) enum SignIn {
    /// Somebody has signed in; the run can be made.
    Done,
    /// The client is to show the link to the person in front of it, and to call again.
    Ask(InputRequiredResult),
    /// Nobody has signed in; the failure says where to.
    Open(Failure),
}

/// Has somebody sign in to a connection that cannot be used before: the person in front of a client that can open a link,
/// or whoever gets the link.
///
/// # Errors
/// Those of the host.
pub(super) async fn ask(
    agent: &Agent,
    connection: &str,
    failure: Failure,
    context: &RequestContext<RoleServer>,
    round: &Round,
) -> Result<SignIn> {
    // Where nothing can be offered, the failure says already who must act.
    let Some(link) = link(agent, connection).await? else { return Ok(SignIn::Open(failure)) };
    let message = format!("Sign in to the connection `{connection}`. {}", failure.error().advice());
    let open =
        |failure: Failure| SignIn::Open(failure.with("signIn", json!({ "url": link, "connection": connection })));
    if !can_open(context) {
        return Ok(open(failure));
    }
    let params = ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message,
        url: link.to_string(),
        // The revision 2026-07-28 has none; earlier ones name a question by it.
        elicitation_id: if is_modern(context) { String::new() } else { id(&link) },
    };
    if is_modern(context) {
        // Only the answer to this very question counts.
        let is_own = round.state.as_deref() == Some(&*id(&link));
        let Some(given) = round.responses.get(QUESTION).filter(|_| is_own) else {
            let asked = InputRequest::Elicitation(ElicitRequest::new(params));
            let requests = InputRequests::from([(QUESTION.to_owned(), asked)]);
            return Ok(SignIn::Ask(InputRequiredResult::new(Some(requests), Some(id(&link)))));
        };
        let accepts = serde_json::from_value::<ElicitResult>(given.clone())
            .is_ok_and(|given| given.action == ElicitationAction::Accept);
        return Ok(if accepts && signed_in(agent, connection).await { SignIn::Done } else { open(failure) });
    }
    let asked = context.peer.create_elicitation_with_timeout(params, Some(agent.limits.approval)).await;
    let accepts = asked.is_ok_and(|given| given.action == ElicitationAction::Accept);
    Ok(if accepts && signed_in(agent, connection).await { SignIn::Done } else { open(failure) })
}

fn can_open(context: &RequestContext<RoleServer>) -> bool {
    context
        .client_capabilities()
        .and_then(|capabilities| capabilities.elicitation)
        .is_some_and(|kinds| kinds.url.is_some())
}

/// Returns a link to the page where somebody signs in again; `None` where there is no such page, where nobody signs in to
/// such a connection, and where the principal may not connect.
async fn link(agent: &Agent, connection: &str) -> Result<Option<Url>> {
    let Some(pages) = &agent.pages else { return Ok(None) };
    let connections = agent.host.connections();
    let key = (agent.host.principal().id.clone(), connection.to_owned());
    if let Some(link) = pages.site.sign_in_links.find(&key) {
        let token = link.path_segments().and_then(Iterator::last).unwrap_or_default();
        // One that was used leads nowhere any more.
        if connections.offered_connection(token).await.is_ok() {
            return Ok(Some(link));
        }
    }
    match connections.create_reconnect_link(connection, None).await {
        Ok(made) => {
            let link = site::connect_link(&pages.callback, &made.token)?;
            pages.site.sign_in_links.keep(key, link.clone());
            Ok(Some(link))
        }
        Err(error) if error.code() == Code::Unavailable => Err(error),
        Err(_) => Ok(None),
    }
}

/// Waits until somebody has signed in, as long as a person is waited for.
async fn signed_in(agent: &Agent, connection: &str) -> bool {
    let began = Instant::now();
    loop {
        let shown = agent.host.connections().show(connection).await;
        if shown.is_ok_and(|card| card.state == ConnectionState::Ready) {
            return true;
        }
        let left = agent.limits.approval.saturating_sub(began.elapsed());
        if left.is_zero() {
            return false;
        }
        tokio::time::sleep(PAUSE.min(left)).await;
    }
}

/// Names the question about a link, without what makes the link good for anything.
fn id(link: &Url) -> String {
    Sha256::digest(link.as_str()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl SignInLinks {
    fn find(&self, key: &(PrincipalId, String)) -> Option<Url> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key).filter(|(_, since)| since.elapsed() < KEPT).map(|(link, _)| link.clone())
    }

    fn keep(&self, key: (PrincipalId, String), link: Url) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, (_, since)| since.elapsed() < KEPT);
        }
        if all.len() < MOST {
            all.insert(key, (link, Instant::now()));
        }
    }
}
