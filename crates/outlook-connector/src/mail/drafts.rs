//! Drafts: made with files of any size, and told from messages that were sent or received.

use connector_sdk::{Code, Error, Plan, Raw, Request, Root};
use serde::Deserialize;

use crate::attach::{Files, Item};
use crate::mail::compose::OutgoingMessage;
use crate::mail::send_once::{self, Draft, ExtendedProperty};
use crate::vocabulary::Message;

/// Makes a draft of a message with this request. Files that fit travel with it; others are attached when it is there,
/// and it is read again.
pub fn make(root: Root, files: Files, create: Request, message: OutgoingMessage) -> Plan<Raw<Message>> {
    if files.fit_beside(&message) {
        return files.read(move |attachments| create.json(OutgoingMessage { attachments, ..message }).raw());
    }
    create.json(message).decode::<Draft>().and_then(move |draft| {
        let read = root.get("/messages/{message}").exchange_id("message", draft.id.as_str());
        files.attach_to(Item::message(&root, draft.id)).and_then(|_| read.raw())
    })
}

/// Sets the property on a draft that is complete, if there is one to be set.
pub fn mark(root: &Root, draft: Draft, property: Option<ExtendedProperty>) -> Plan<Draft> {
    finish(root, draft, None, property)
}

/// Writes the last changes of a draft, and with them the property, if there is any of these. They are one request: a
/// draft that carries the property is complete.
pub fn finish(
    root: &Root,
    draft: Draft,
    changes: Option<OutgoingMessage>,
    property: Option<ExtendedProperty>,
) -> Plan<Draft> {
    if changes.is_none() && property.is_none() {
        return Plan::done(draft);
    }
    let single_value_extended_properties = property.into_iter().collect();
    let body = OutgoingMessage { single_value_extended_properties, ..changes.unwrap_or_default() };
    let write = root.patch("/messages/{message}").exchange_id("message", draft.id.as_str()).require(send_once::NEEDS);
    write.json(body).idempotent().accepted().map(|_| draft)
}

/// Goes on only if the message is a draft. From the end of 2026 Graph takes changes of subject, text and
/// recipients of other messages only with [another permission][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/permissions-reference
pub fn only_a_draft(root: &Root, id: &str) -> Plan<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        is_draft: Option<bool>,
    }
    let look = root.get("/messages/{message}").exchange_id("message", id).query("$select", "isDraft");
    Plan::finish(look, |response| match response.read::<Found>()?.is_draft {
        // Where Graph does not tell, it is for Graph to refuse the change.
        Some(true) | None => Ok(()),
        Some(false) => {
            let error = Error::new(
                Code::Conflict,
                "this message is no draft: its subject, text and recipients stay as they are",
            );
            Err(error.with_hint(
                "Graph changes those of sent and received messages only with the permission Mail-Advanced.ReadWrite. Write a new message instead.",
            ))
        }
    })
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Response, ScriptedRun};

    use super::*;

    #[test]
    fn only_what_is_certainly_no_draft_is_refused() {
        let looked = |body: &str| {
            ScriptedRun::new(vec![Response::new(200, body.to_owned())]).run(only_a_draft(&Root::me(), "M"))
        };
        for body in [r#"{"isDraft":true}"#, r#"{"isDraft":null}"#, r#"{"id":"M"}"#, r#"{"isDraft":"perhaps"}"#] {
            assert!(looked(body).is_ok(), "{body}");
        }
        assert_eq!(looked(r#"{"isDraft":false}"#).unwrap_err().code(), Code::Conflict);
    }
}
