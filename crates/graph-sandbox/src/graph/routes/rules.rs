//! Rules of the inbox.

use serde_json::{Map, Value};

use super::items::context;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::preferences::add_rule;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/mailFolders/{folder}/messageRules", many),
    route("POST", "@/mailFolders/{folder}/messageRules", create),
    route("GET", "@/mailFolders/{folder}/messageRules/{rule}", get),
    route("PATCH", "@/mailFolders/{folder}/messageRules/{rule}", update),
    route("DELETE", "@/mailFolders/{folder}/messageRules/{rule}", delete),
];

const PAGING: Paging = Paging { page: 100, max: 1000, natural: None };
const CONTEXT: &str = "mailFolders('inbox')/messageRules";

/// Only the inbox has rules.
fn check_folder(mailbox: &Mailbox, call: &Call<'_>) -> Result<(), Fault> {
    if mailbox.folder(call.param("folder"))? != mailbox.known("inbox") {
        return Err(Fault::new(400, "ErrorInvalidRequest", "Message rules are supported for the Inbox folder only."));
    }
    Ok(())
}

/// The rule that the path names.
fn rule<'m>(mailbox: &'m Mailbox, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    check_folder(mailbox, call)?;
    mailbox.preferences.rules.iter().find(|rule| rule.text("id") == call.param("rule")).ok_or_else(Fault::item)
}

fn many(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    check_folder(mailbox, call)?;
    let options = call.options(types::get("messageRule"))?;
    let view = View::new(types::get("messageRule"), &Stored, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call, CONTEXT), mailbox.preferences.rules.iter(), None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get("messageRule"))?;
    let rule = tenant.mailbox(call.owner)?.preferences.rules.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("messageRule"), &Stored, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, CONTEXT), rule)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = rule(tenant.mailbox(call.owner)?, call)?.key;
    show(tenant, call, key, 200)
}

/// Checks what a body says, as far as it says it.
fn check(mailbox: &Mailbox, body: &Map<String, Value>) -> Result<(), Fault> {
    let refuse = |message: &str| Err(Fault::new(400, "ErrorInvalidRequest", message));
    if ["hasError", "isReadOnly"].iter().any(|name| body.contains_key(*name)) {
        return Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            "The properties 'hasError' and 'isReadOnly' are read-only and cannot be set.",
        ));
    }
    if body.get("displayName").is_some_and(|name| name.as_str().is_none_or(|name| name.trim().is_empty())) {
        return refuse("The display name of a rule cannot be empty.");
    }
    if body.get("sequence").is_some_and(|sequence| sequence.as_i64().is_none_or(|sequence| sequence < 1)) {
        return refuse("The sequence of a rule begins with 1.");
    }
    let Some(actions) = body.get("actions") else { return Ok(()) };
    if actions.as_object().is_none_or(|actions| actions.values().all(Value::is_null)) {
        return refuse("A rule needs at least one action.");
    }
    for folder in ["moveToFolder", "copyToFolder"] {
        if let Some(id) = actions[folder].as_str() {
            mailbox.folder(id)?;
        }
    }
    Ok(())
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("messageRule")?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    check_folder(mailbox, call)?;
    if let Some(name) =
        ["displayName", "sequence", "actions"].into_iter().find(|name| body.get(*name).is_none_or(Value::is_null))
    {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            format!("Required property '{name}' of a rule is missing."),
        ));
    }
    check(mailbox, &body)?;
    add_rule(&mut mailbox.preferences, key, body);
    show(tenant, call, key, 201)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("messageRule")?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = rule(mailbox, call)?.key;
    check(mailbox, &body)?;
    let sequence = body.get("sequence").and_then(Value::as_i64);
    let rules = &mut mailbox.preferences.rules;
    rules.update(key, |fields| {
        for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@') && name != "id") {
            if value.is_null() {
                fields.remove(&name);
            } else {
                fields.insert(name, value);
            }
        }
    });
    if let Some(sequence) = sequence {
        rules.reorder(key, sequence);
    }
    show(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = rule(mailbox, call)?.key;
    mailbox.preferences.rules.remove(key, false);
    Ok(Reply::empty(204))
}
