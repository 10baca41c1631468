//! Online meetings: [`onlineMeeting`](https://learn.microsoft.com/en-us/graph/api/resources/onlinemeeting).

use serde_json::Value;

use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::meetings::{add, put, settle, takes_part};
use crate::graph::odata::{Expr, Op, Operand};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/onlineMeetings", find),
    route("POST", "@/onlineMeetings", create),
    route("POST", "@/onlineMeetings/createOrGet", create_or_get),
    route("GET", "@/onlineMeetings/{meeting}", |tenant, call| show(call, meeting(tenant, call)?, 200)),
    route("PATCH", "@/onlineMeetings/{meeting}", update),
    route("DELETE", "@/onlineMeetings/{meeting}", delete),
    route("GET", "/communications/onlineMeetings", find_by_device),
];

const PAGING: Paging = Paging { page: 10, max: 100, natural: None };
const CONTEXT: &str = "onlineMeetings";

/// An app may act for a user only where a policy says so; see [application access][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/cloud-communication-online-meeting-application-access-policy
///
/// # Errors
/// 403 without a policy.
pub(super) fn allowed(tenant: &Tenant, call: &Call<'_>) -> Result<(), Fault> {
    match call.caller.user.is_some() || tenant.meetings.policy.contains(&call.owner) {
        true => Ok(()),
        false => Err(Fault::new(403, "Forbidden", "No application access policy found for this app.")),
    }
}

pub(super) fn not_found(what: &str) -> Fault {
    Fault::new(404, "NotFound", format!("The {what} was not found."))
}

/// The meeting that the path names, if its owner organizes it or is invited.
///
/// # Errors
/// 404 for one that is not there, and what [`allowed`] refuses.
pub(super) fn meeting<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t Entity, Fault> {
    allowed(tenant, call)?;
    let named = tenant.meetings.meetings.iter().find(|meeting| meeting.text("id") == call.param("meeting"));
    named.filter(|meeting| takes_part(tenant, call.owner, meeting)).ok_or_else(|| not_found("meeting"))
}

fn show(call: &Call<'_>, meeting: &Entity, status: u16) -> Outcome {
    let options = call.options(types::get("onlineMeeting"))?;
    View::new(types::get("onlineMeeting"), &Stored, Service::Teams, &options).reply(call, status, CONTEXT, meeting)
}

fn show_key(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    show(call, tenant.meetings.meetings.get(key).ok_or_else(|| not_found("meeting"))?, status)
}

/// Whether a filter asks for one of these properties by its value, which is all that can be asked.
fn asks_for(filter: Option<&Expr>, names: &[&[&str]]) -> bool {
    let Some(Expr::Compare(Operand::Path { steps, .. }, Op::Eq, Operand::Literal(_))) = filter else { return false };
    names.iter().any(|name| steps == name)
}

fn found<'t>(call: &Call<'_>, names: &[&[&str]], meetings: impl Iterator<Item = &'t Entity>) -> Outcome {
    let ty = types::get("onlineMeeting");
    let options = call.options(ty)?;
    if !asks_for(options.filter.as_ref(), names) {
        let names: Vec<String> = names.iter().map(|steps| steps.join("/")).collect();
        return Err(Fault::bad(format!("Filter expression expected: {} eq '…'.", names.join(" or "))));
    }
    list(call, &View::new(ty, &Stored, Service::Teams, &options), &PAGING, &options, CONTEXT, meetings, None)
}

fn find(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    allowed(tenant, call)?;
    let meetings = tenant.meetings.meetings.iter().filter(|meeting| takes_part(tenant, call.owner, meeting));
    found(call, &[&["joinWebUrl"], &["joinMeetingIdSettings", "joinMeetingId"]], meetings)
}

/// Room devices look for what is theirs to join; no policy is asked for it.
fn find_by_device(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    found(call, &[&["videoTeleconferenceId"]], tenant.meetings.meetings.iter())
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    allowed(tenant, call)?;
    let given = call.entity("onlineMeeting")?;
    let key = add(tenant, call.owner, given, None)?;
    show_key(tenant, call, key, 201)
}

fn create_or_get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    allowed(tenant, call)?;
    let given = call.entity("onlineMeeting")?;
    let known = ["externalId", "subject", "startDateTime", "endDateTime", "participants", "chatInfo"];
    if let Some(name) = given.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Fault::bad(format!("The parameter '{name}' does not exist in the action 'createOrGet'.")));
    }
    let id = given.get("externalId").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    let id = id.ok_or_else(|| Fault::bad("The parameter 'externalId' is required."))?;
    let known = tenant
        .meetings
        .meetings
        .children(call.owner)
        .find(|meeting| meeting.text("externalId") == id)
        .map(|meeting| meeting.key);
    match known {
        Some(key) => show_key(tenant, call, key, 200),
        None => {
            let key = add(tenant, call.owner, given, None)?;
            show_key(tenant, call, key, 201)
        }
    }
}

/// The key of the meeting, if the owner of the path organizes it.
fn organized(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let meeting = meeting(tenant, call)?;
    match meeting.parent == call.owner {
        true => Ok(meeting.key),
        false => Err(Fault::new(403, "Forbidden", "Only the organizer may change a meeting.")),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = organized(tenant, call)?;
    let mut given = call.entity("onlineMeeting")?;
    if given.contains_key("startDateTime") != given.contains_key("endDateTime") {
        return Err(Fault::bad("The startDateTime and the endDateTime can only be changed together."));
    }
    if given.get("participants").is_some_and(|all| !all["organizer"].is_null()) {
        return Err(Fault::bad("The organizer of a meeting cannot be changed."));
    }
    let presenters = given.get("participants").and_then(|all| all["attendees"].as_array());
    let presents = presenters.into_iter().flatten().any(|it| it["role"] == "presenter");
    if given.get("allowedPresenters").is_some_and(|who| who == "roleIsPresenter") && !presents {
        return Err(Fault::bad("With 'roleIsPresenter', the attendees have to name presenters."));
    }
    settle(tenant, &mut given)?;
    tenant.meetings.meetings.update(key, |fields| put(fields, given));
    show_key(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = organized(tenant, call)?;
    tenant.meetings.meetings.remove(key, false);
    Ok(Reply::empty(204))
}
