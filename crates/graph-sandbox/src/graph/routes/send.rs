//! Sending mail, and the drafts of answers.

use serde_json::{Map, Value, json};

use super::messages::{message, show};
use crate::graph::attachments::{Parcels, attach_all};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::{headers, mime, types};

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/sendMail", send_mail),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/send", send_draft),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/createReply", |t, c| draft(t, c, Answer::Reply)),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/createReplyAll", |t, c| draft(t, c, Answer::ReplyAll)),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/createForward", |t, c| draft(t, c, Answer::Forward)),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/reply", |t, c| answer(t, c, Answer::Reply)),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/replyAll", |t, c| answer(t, c, Answer::ReplyAll)),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/forward", |t, c| answer(t, c, Answer::Forward)),
];

/// The most recipients that Exchange Online takes in one message.
const RECIPIENTS: usize = 1000;
const KINDS: [&str; 3] = ["toRecipients", "ccRecipients", "bccRecipients"];

/// Takes the parameters of an action out of its body; their case does not matter.
fn parameters<const N: usize>(
    body: Map<String, Value>,
    names: [&str; N],
    action: &str,
) -> Result<[Option<Value>; N], Fault> {
    let mut out = [const { None }; N];
    for (name, value) in body {
        match names.iter().position(|known| known.eq_ignore_ascii_case(&name)) {
            Some(at) => out[at] = Some(value).filter(|value| !value.is_null()),
            None if name.contains('@') => {}
            None => {
                return Err(Fault::bad(format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation '{action}'."
                )));
            }
        }
    }
    Ok(out)
}

fn send_mail(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    tenant.mailbox(call.owner)?;
    if call.is_text() {
        let mut given = mime::read_base64(call.body)?;
        headers::keep(&mut given)?;
        let attachments = super::attachments::take(tenant, call, &mut given)?;
        submit(tenant, call, given, attachments, true)?;
        return Ok(Reply::empty(202));
    }
    let [given, save] = parameters(call.object()?, ["message", "saveToSentItems"], "sendMail")?;
    let Some(Value::Object(mut given)) = given else {
        return Err(Fault::new(400, "ErrorInvalidRequest", "The value of the parameter 'message' is empty."));
    };
    let save = match save {
        None | Some(Value::Bool(true)) => true,
        Some(Value::Bool(false)) => false,
        // Graph's own examples print it as a text.
        Some(Value::String(text)) if matches!(text.to_ascii_lowercase().as_str(), "true" | "false") => {
            text.eq_ignore_ascii_case("true")
        }
        Some(other) => {
            return Err(Fault::new(
                400,
                "RequestBodyRead",
                format!("Cannot convert the literal '{other}' to the expected type 'Edm.Boolean'."),
            ));
        }
    };
    call.check("message", &given)?;
    types::spell(types::get("message"), &mut given);
    headers::keep(&mut given)?;
    let attachments = super::attachments::take(tenant, call, &mut given)?;
    submit(tenant, call, given, attachments, save)?;
    Ok(Reply::empty(202))
}

/// Checks a message and brings it to its recipients in the tenant.
fn submit(
    tenant: &mut Tenant,
    call: &Call<'_>,
    mut message: Map<String, Value>,
    attachments: Parcels,
    save: bool,
) -> Result<(), Fault> {
    let addresses = recipients(&message)?;
    let now = tenant.now();
    let mailbox = tenant.mailbox(call.owner)?;
    let me = json!({ "emailAddress": { "name": mailbox.name, "address": mailbox.address } });
    match message.get("from").and_then(|from| from["emailAddress"]["address"].as_str()) {
        Some(from) if !from.eq_ignore_ascii_case(&mailbox.address) => {
            return Err(Fault::new(
                403,
                "ErrorSendAsDenied",
                "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account., Cannot submit message.",
            ));
        }
        _ => {}
    }
    message.insert("from".into(), me.clone());
    message.insert("sender".into(), me);
    message.insert("isDraft".into(), false.into());
    for name in ["receivedDateTime", "sentDateTime"] {
        message.insert(name.into(), stamp(now).into());
    }
    let sent = tenant.key();
    if save {
        let mailbox = tenant.mailbox_mut(call.owner)?;
        let mut copy = message.clone();
        copy.insert("isRead".into(), true.into());
        mailbox.add_message(sent, mailbox.known("sentitems"), now, copy);
        attach_all(mailbox, sent, attachments.clone());
    }
    // All copies are one message on the internet; blind copies are seen by the sender only.
    if !message.contains_key("internetMessageId") {
        let saved = tenant.mailboxes.get(&call.owner).and_then(|mailbox| mailbox.messages.get(sent));
        let id = saved.map_or_else(
            || format!("<{sent:024X}@contoso.example>"),
            |saved| saved.text("internetMessageId").to_owned(),
        );
        message.insert("internetMessageId".into(), id.into());
    }
    message.remove("bccRecipients");
    message.insert("isRead".into(), false.into());
    let mut reached: Vec<u64> = Vec::new();
    for address in addresses {
        let Some(key) = tenant.directory.user_key(&address) else { continue };
        if reached.contains(&key) || !tenant.mailboxes.contains_key(&key) {
            continue;
        }
        reached.push(key);
        let (delivered, parts): (u64, Parcels) = (
            tenant.key(),
            attachments.iter().map(|(_, fields)| fields.clone()).map(|fields| (tenant.key(), fields)).collect(),
        );
        let mailbox = tenant.mailbox_mut(key)?;
        mailbox.add_message(delivered, mailbox.known("inbox"), now, message.clone());
        attach_all(mailbox, delivered, parts);
    }
    Ok(())
}

/// The addresses of all recipients.
fn recipients(message: &Map<String, Value>) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for kind in KINDS {
        for recipient in message.get(kind).and_then(Value::as_array).into_iter().flatten() {
            let address = recipient["emailAddress"]["address"].as_str().unwrap_or_default().trim();
            let valid = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
            if !valid || address.contains(char::is_whitespace) {
                return Err(Fault::new(
                    400,
                    "ErrorInvalidRecipients",
                    format!(
                        "At least one recipient is not valid., Recipient '{address}' is not resolved. All recipients must be resolved before a message can be submitted."
                    ),
                ));
            }
            out.push(address.to_owned());
        }
    }
    if out.is_empty() {
        return Err(Fault::new(
            400,
            "ErrorInvalidRecipients",
            "At least one recipient isn't valid., A message can't be sent because it contains no recipients.",
        ));
    }
    if out.len() > RECIPIENTS {
        return Err(Fault::new(
            400,
            "ErrorMessageRecipientsExceeded",
            "The message has more recipients than are allowed.",
        ));
    }
    Ok(out)
}

fn send_draft(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let found = message(mailbox, call)?;
    if !found.flag("isDraft") {
        return Err(Fault::new(
            400,
            "ErrorInvalidOperation",
            "The message has been sent already; only drafts can be sent.",
        ));
    }
    let (key, fields) = (found.key, found.fields.clone());
    let attachments: Parcels = mailbox.attachments.children(key).map(|part| (part.key, part.fields.clone())).collect();
    submit(tenant, call, fields, attachments, false)?;
    // The draft itself becomes the copy in Sent Items, so that its immutable id names it still.
    let now = stamp(tenant.now());
    let order = crate::graph::time::newest_first(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let sent = mailbox.known("sentitems");
    let parent = mailbox.folder_id(sent);
    let me = json!({ "emailAddress": { "name": mailbox.name, "address": mailbox.address } });
    mailbox.messages.amend(key, |fields| {
        for (name, value) in
            [("isDraft", Value::Bool(false)), ("from", me.clone()), ("sender", me), ("parentFolderId", parent.into())]
        {
            fields.insert(name.into(), value);
        }
        for name in ["sentDateTime", "receivedDateTime", "lastModifiedDateTime"] {
            fields.insert(name.into(), now.clone().into());
        }
    });
    mailbox.messages.relocate(key, sent, Some(order));
    Ok(Reply::empty(202))
}

/// How a message is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Reply,
    ReplyAll,
    Forward,
}

/// An answer in MIME form. What it leaves empty follows from the original.
fn from_mime(call: &Call<'_>) -> Result<Map<String, Value>, Fault> {
    let mut given = mime::read_base64(call.body)?;
    given.retain(|_, value| value.as_array().is_none_or(|values| !values.is_empty()));
    Ok(given)
}

type Parts = (Map<String, Value>, Option<Value>, Option<Value>);

/// The message, the comment and the recipients that a body in JSON gives.
fn from_json(call: &Call<'_>) -> Result<Parts, Fault> {
    let body = if call.body.is_empty() { Map::new() } else { call.object()? };
    let [given, comment, to] = parameters(body, ["message", "comment", "toRecipients"], "reply")?;
    match given {
        Some(Value::Object(given)) => Ok((given, comment, to)),
        None => Ok((Map::new(), comment, to)),
        Some(_) => Err(Fault::bad("The parameter 'message' has to be a message.")),
    }
}

/// The answer that the body asks for, as the fields of a draft.
fn compose(tenant: &mut Tenant, call: &Call<'_>, how: Answer) -> Result<(Map<String, Value>, Parcels), Fault> {
    let (mut given, comment, to) = if call.is_text() { (from_mime(call)?, None, None) } else { from_json(call)? };
    if comment.is_some() && given.contains_key("body") {
        return Err(Fault::bad("Specify either 'comment' or the body of 'message', but not both."));
    }
    if to.is_some() && given.contains_key("toRecipients") {
        return Err(Fault::bad("Specify either 'toRecipients' or the toRecipients of 'message', but not both."));
    }
    call.check("message", &given)?;
    types::spell(types::get("message"), &mut given);
    headers::keep(&mut given)?;
    let mut attachments = super::attachments::take(tenant, call, &mut given)?;
    let mailbox = tenant.mailbox(call.owner)?;
    let original = message(mailbox, call)?;
    let prefix = if how == Answer::Forward { "FW: " } else { "RE: " };
    let subject = original.text("subject");
    let subject =
        if subject.to_uppercase().starts_with(prefix) { subject.to_owned() } else { format!("{prefix}{subject}") };
    let quoted = original.fields["body"]["content"].as_str().unwrap_or_default();
    let mut fields = Map::new();
    fields.insert("subject".into(), subject.into());
    let comment = comment.as_ref().and_then(Value::as_str).unwrap_or_default();
    let content = format!("<html><body><div>{comment}</div><hr><div>{quoted}</div></body></html>");
    fields.insert("body".into(), json!({ "contentType": "html", "content": content }));
    fields.insert("conversationId".into(), original.text("conversationId").into());
    let own = |person: &&Value| {
        !person["emailAddress"]["address"].as_str().unwrap_or_default().eq_ignore_ascii_case(&mailbox.address)
    };
    let people = |name: &str| original.fields.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if how != Answer::Forward {
        let mut to = people("replyTo");
        if to.is_empty() {
            to.extend(original.fields.get("from").filter(|from| !from.is_null()).cloned());
        }
        if how == Answer::ReplyAll {
            to.extend(people("toRecipients").iter().filter(own).cloned());
            fields.insert("ccRecipients".into(), people("ccRecipients").iter().filter(own).cloned().collect());
        }
        fields.insert("toRecipients".into(), to.into());
    }
    if let Some(to) = to {
        fields.insert("toRecipients".into(), to);
    }
    // What is forwarded goes with all that hangs on it; an answer quotes the pictures only. MIME is whole as it is.
    let carried = mailbox.attachments.children(original.key);
    let carried = carried.filter(|part| !call.is_text() && (how == Answer::Forward || part.flag("isInline")));
    let carried: Vec<Map<String, Value>> = carried.map(|part| part.fields.clone()).collect();
    if carried.iter().any(|part| part.get("isInline") != Some(&Value::Bool(true))) {
        fields.insert("hasAttachments".into(), true.into());
    }
    attachments.extend(carried.into_iter().map(|part| (tenant.key(), part)));
    fields.extend(given);
    Ok((fields, attachments))
}

fn draft(tenant: &mut Tenant, call: &Call<'_>, how: Answer) -> Outcome {
    let (mut fields, attachments) = compose(tenant, call, how)?;
    fields.insert("isDraft".into(), true.into());
    fields.insert("isRead".into(), true.into());
    let (key, now) = (tenant.key(), tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.add_message(key, mailbox.known("drafts"), now, fields);
    attach_all(mailbox, key, attachments);
    show(tenant, call, key, 201)
}

fn answer(tenant: &mut Tenant, call: &Call<'_>, how: Answer) -> Outcome {
    let (fields, attachments) = compose(tenant, call, how)?;
    submit(tenant, call, fields, attachments, true)?;
    Ok(Reply::empty(202))
}
