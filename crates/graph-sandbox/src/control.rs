//! The sandbox's own endpoints, for users of the command line; the crate's documentation lists them.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    BadChoice, Holder, Lifecycle, Limit, NotificationRule, Perturbations, Provoke, Rule, Sandbox, Sending, reply,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLimit {
    limit: Limit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deliver {
    mailbox: String,
    #[serde(default = "inbox")]
    folder: String,
    #[serde(default)]
    message: Value,
}

fn inbox() -> String {
    "inbox".to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// An entry of a log, so many seconds ago.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Logged {
    user: Option<String>,
    activity: Option<String>,
    #[serde(default)]
    seconds_ago: i64,
    #[serde(default)]
    entry: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replicate {
    requests: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Perturb {
    choice: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotificationUrls {
    validate: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetSending {
    sending: Sending,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendLifecycle {
    lifecycle: Lifecycle,
    subscription: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueToken {
    user: String,
    scopes: Vec<String>,
}

/// Answers a request below `/sandbox/`.
pub(crate) fn handle(sandbox: &Sandbox, request: &Request<Bytes>) -> Response<Bytes> {
    match answer(sandbox, request) {
        Ok(body) => reply::json(StatusCode::OK, &body),
        Err((status, message)) => {
            reply::json(status, &json!({ "error": { "code": "badSandboxRequest", "message": message } }))
        }
    }
}

fn answer(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Value, (StatusCode, String)> {
    let path = request.uri().path().trim_end_matches('/');
    match (request.method(), path) {
        (&Method::POST, "/sandbox/faults") => {
            let body: Value = read(request)?;
            if body.get("limit").is_some() {
                sandbox.faults().limit(read::<SetLimit>(request)?.limit);
            } else {
                sandbox.faults().add(read::<Rule>(request)?);
            }
            Ok(faults(sandbox))
        }
        (&Method::GET, "/sandbox/faults") => Ok(faults(sandbox)),
        (&Method::DELETE, "/sandbox/faults") => {
            sandbox.faults().clear();
            Ok(faults(sandbox))
        }
        (&Method::GET, "/sandbox/requests") => {
            let (count, tokens) = (sandbox.request_count(), sandbox.token_requests());
            Ok(json!({ "count": count, "tokenRequests": tokens, "requests": sandbox.requests() }))
        }
        (&Method::DELETE, "/sandbox/requests") => {
            sandbox.forget_requests();
            Ok(json!({}))
        }
        (&Method::POST, "/sandbox/deliver") => {
            let Deliver { mailbox, folder, message } = read(request)?;
            if !sandbox.has_folder(&mailbox, &folder) {
                return Err((
                    StatusCode::NOT_FOUND,
                    format!("the sandbox has no mailbox `{mailbox}` with a folder `{folder}`"),
                ));
            }
            if !(message.is_object() || message.is_null()) {
                return Err((StatusCode::BAD_REQUEST, "`message` must be an object".to_owned()));
            }
            let message = if message.is_null() { json!({}) } else { message };
            Ok(json!({ "id": sandbox.graph().deliver(&mailbox, &folder, message) }))
        }
        (&Method::POST, "/sandbox/log") => {
            let Logged { user, activity, seconds_ago, entry } = read(request)?;
            let at =
                sandbox.clock().now().saturating_sub(jiff::SignedDuration::from_secs(seconds_ago)).unwrap_or_default();
            let graph = sandbox.graph();
            let id = match (user, activity) {
                (Some(user), None) if graph.user_by_name(&user).is_some() => graph.log_sign_in(&user, at, entry.into()),
                (Some(user), None) => return Err((StatusCode::NOT_FOUND, format!("the sandbox has no user `{user}`"))),
                (None, Some(activity)) => graph.log_directory_audit(&activity, at, entry.into()),
                _ => {
                    return Err((
                        StatusCode::BAD_REQUEST,
                        "give the `user` of a sign-in, or the `activity` of an audit".to_owned(),
                    ));
                }
            };
            Ok(json!({ "id": id }))
        }
        (&Method::POST, "/sandbox/replication") => {
            sandbox.graph().replicate_slowly(read::<Replicate>(request)?.requests);
            Ok(json!({}))
        }
        (&Method::POST, "/sandbox/expire-delta-tokens") => {
            sandbox.graph().expire_delta_tokens();
            Ok(json!({}))
        }
        (&Method::POST, "/sandbox/perturb") => {
            let choice = read::<Perturb>(request)?.choice;
            let perturbations: Perturbations =
                choice.parse().map_err(|error: BadChoice| (StatusCode::BAD_REQUEST, error.to_string()))?;
            sandbox.perturb(perturbations.clone());
            Ok(json!({ "choice": perturbations.to_string() }))
        }
        (&Method::DELETE, "/sandbox/perturb") => {
            sandbox.perturb(Perturbations::none());
            Ok(json!({}))
        }
        (&Method::POST, "/sandbox/provoke") => {
            sandbox.provoke(read::<Provoke>(request)?);
            Ok(json!({}))
        }
        (&Method::DELETE, "/sandbox/provoke") => {
            sandbox.relent();
            Ok(json!({}))
        }
        (&Method::POST, "/sandbox/token") => {
            let IssueToken { user, scopes } = read(request)?;
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            Ok(json!({ "accessToken": sandbox.issue_token(Holder::User(&user), &scopes) }))
        }
        (&Method::POST, "/sandbox/notification-urls") => {
            sandbox.validate_notification_urls(read::<NotificationUrls>(request)?.validate);
            Ok(json!({}))
        }
        (method, "/sandbox/notifications") => notifications(sandbox, method, request),
        (&Method::POST, "/sandbox/clock") => {
            sandbox.clock().advance(Duration::from_secs(read::<Advance>(request)?.advance_seconds));
            Ok(json!({ "now": sandbox.clock().now().to_string() }))
        }
        (method, path) => Err((StatusCode::NOT_FOUND, format!("the sandbox has no {method} {path}"))),
    }
}

fn notifications(sandbox: &Sandbox, method: &Method, request: &Request<Bytes>) -> Result<Value, (StatusCode, String)> {
    let notifications = sandbox.notifications();
    match *method {
        Method::POST => {
            let body: Value = read(request)?;
            if body.get("sending").is_some() {
                notifications.sending(read::<SetSending>(request)?.sending);
            } else if body["lifecycle"].is_string() {
                let SendLifecycle { lifecycle, subscription } = read(request)?;
                let sent = sandbox.send_lifecycle(&subscription, lifecycle);
                sent.map_err(|why| (StatusCode::NOT_FOUND, why.message().to_owned()))?;
            } else {
                notifications.add(read::<NotificationRule>(request)?);
            }
        }
        Method::DELETE => notifications.clear(),
        Method::GET => {}
        _ => return Err((StatusCode::METHOD_NOT_ALLOWED, "use GET, POST or DELETE".to_owned())),
    }
    Ok(json!({
        "rules": notifications.rules(), "sending": notifications.how(), "counts": notifications.counts(),
        "sent": notifications.sent(), "unsent": notifications.unsent(),
    }))
}

fn faults(sandbox: &Sandbox) -> Value {
    json!({ "rules": sandbox.faults().rules(), "counts": sandbox.faults().counts() })
}

fn read<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(request.body())
        .map_err(|error| (StatusCode::BAD_REQUEST, format!("the body cannot be read: {error}")))
}
