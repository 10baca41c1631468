//! Drafts: made with files of any size, and told from messages that were sent or received.

use connector_sdk::{Code, Error, Plan, Raw, Request, Root};
use serde::Deserialize;

use crate::attach::{FileAttachment, Files, Item};
use crate::once::Draft;
use crate::vocabulary::Message;

/// Makes a draft. Files that fit travel with it; others are attached when it is there, and it is read again.
pub fn make(root: Root, files: Files, create: impl FnOnce(Vec<FileAttachment>) -> Request + Send + 'static) -> Plan<Raw<Message>> {
    if files.fit_inline() {
        return files.read(|attachments| create(attachments).raw());
    }
    create(Vec::new()).decode::<Draft>().and_then(move |draft| {
        let read = root.get("/messages/{message}").item("message", draft.id.as_str());
        files.attach_to(Item::message(&root, draft.id)).and_then(|_| read.raw())
    })
}

/// Goes on only if the message is a draft. From the end of 2026 Graph takes changes of subject, text and
/// recipients of other messages only with [another permission][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/permissions-reference
pub fn only_a_draft(root: &Root, id: &str) -> Plan<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        is_draft: bool,
    }
    let look = root.get("/messages/{message}").item("message", id).query("$select", "isDraft");
    Plan::finish(look, |response| {
        match response.read::<Found>()? {
        Found { is_draft: true } => Ok(()),
        Found { is_draft: false } => Err(Error::new(Code::Conflict, "this message is no draft: its subject, text and recipients stay as they are")
            .hint("Graph changes those of sent and received messages only with the permission Mail-Advanced.ReadWrite. Write a new message instead.")),
    }
    })
}
