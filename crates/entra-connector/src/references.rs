//! References to objects: members, owners, managers.

use connector_sdk::{Code, Context, Error, Plan, Request, Response, Result};
use serde_json::{Value, json};

/// What refers to an object of the directory, as Graph takes it. `property` names the input property.
///
/// # Errors
/// As [`address`].
pub fn object(cx: &Context, id: &str, property: &str) -> Result<Value> {
    Ok(json!({ "@odata.id": format!("{}/{}", cx.graph, address("directoryObjects", id, property)?) }))
}

/// What refers to a user by id or name.
///
/// # Errors
/// As [`address`].
pub fn user(cx: &Context, user: &str, property: &str) -> Result<Value> {
    Ok(json!({ "@odata.id": format!("{}/{}", cx.graph, address("users", user, property)?) }))
}

/// An object within a URL in a body, such as `users/{id}`.
///
/// # Errors
/// `invalid_input` at `/{property}` for a text that would make the URL mean something else.
pub fn address(collection: &str, id: &str, property: &str) -> Result<String> {
    let path = Request::get(format!("/{collection}/{{id}}")).path_param("id", id).path_and_query();
    path.map(|path| path.trim_start_matches('/').to_owned())
        .map_err(|_| Error::invalid(format!("/{property}"), "this is not an id"))
}

/// Adds a reference. Where the object is there already, that is as good as adding it.
pub fn add(request: Request, reference: Value) -> Plan<Response> {
    Plan::finish(request.json(reference).idempotent(), Ok).or_else(|error| {
        if exists_already(&error) { Plan::done(Response::new(204, "")) } else { Plan::fail(explain(error)) }
    })
}

/// Removes a reference.
pub fn remove(request: Request) -> Plan<Response> {
    Plan::finish(request, Ok).or_else(|error| Plan::fail(explain(error)))
}

/// Whether Graph says that the object is referred to already. It has no code of its own for it, only this
/// sentence.
pub fn exists_already(error: &Error) -> bool {
    error.message().contains("already exist")
}

const DYNAMIC: &str = "Who is in a dynamic group or administrative unit follows from its rule. Change the rule instead, with `update_group` or `update_administrative_unit`.";
const MAIL: &str =
    "Distribution lists and mail-enabled security groups are changed in Exchange; Graph can only read them.";
const ON_PREMISES: &str = "The group comes from an on-premises directory and is changed there.";
const NO_RIGHT: &str = "Besides the permission, the caller needs a right to this object. Dynamic, mail-enabled and synchronised groups cannot be changed by anyone, and groups that roles can be given to only with RoleManagement.ReadWrite.Directory.";

/// Why nobody can change who is in a group, where Graph's refusal tells it.
fn reason(error: &Error) -> Option<&'static str> {
    if !matches!(error.code(), Code::Forbidden | Code::Rejected) {
        return None;
    }
    let message = error.message().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&["dynamic", "membershiprule"]) {
        Some(DYNAMIC)
    } else if says(&["mail-enabled", "distribution list"]) {
        Some(MAIL)
    } else if says(&["on-premises"]) {
        Some(ON_PREMISES)
    } else {
        None
    }
}

/// Whether a refusal is about the group, and so about all of its members.
pub fn is_about_the_group(error: &Error) -> bool {
    reason(error).is_some()
}

/// Says what a refusal may mean that Graph does not explain.
pub fn explain(error: Error) -> Error {
    let hint = reason(&error).or_else(|| (error.code() == Code::Forbidden).then_some(NO_RIGHT));
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
