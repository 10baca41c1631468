//! `download_all_attachments`

use std::collections::VecDeque;

use connector_sdk::{Action, Context, Effect, Error, File, Json, Name, Plan, Result, Root, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, Mailbox, MessageId};

/// Download the attachments of a message as files, one after the other. Attached items of Outlook come in MIME format. Links to files have no content and are named among those that were skipped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "namePattern": "*.txt" })]))]
pub struct DownloadAllAttachments {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Download what is shown inside the text too, such as logos.
    #[serde(default)]
    include_inline: bool,
    /// Only attachments whose name matches: `*` stands for any letters, `?` for one, and case does not count.
    #[schemars(length(min = 1, max = 255))]
    name_pattern: Option<String>,
    /// Download nothing if they are larger than so many bytes together. The sizes are those that Outlook tells, which are a little above the files' own.
    #[schemars(range(min = 1))]
    max_total_bytes: Option<u64>,
}

/// The files, and what was left out.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Downloaded {
    /// The files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<File>,
    /// What has no content of its own, or was not asked for.
    skipped: Vec<Skipped>,
}

/// An attachment that was not downloaded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Skipped {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Why: `inline`, `name` or `link`.
    reason: &'static str,
}

impl Action for DownloadAllAttachments {
    type Output = Downloaded;
    const SPEC: Spec = Spec::new("download_all_attachments", "Download all attachments", Effect::Read).scopes(MAIL_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Downloaded>> {
        let root = self.mailbox.root(cx)?;
        let message = self.message_id.0;
        let list = root.get("/messages/{message}/attachments").item("message", message.as_str()).query("$select", ATTACHMENT_FIELDS);
        let wanted = Wanted { inline: self.include_inline, pattern: self.name_pattern.map(|text| text.to_lowercase()) };
        let most = self.max_total_bytes.unwrap_or(u64::MAX);
        let list = list.all_items().try_map(|found| found.iter().map(Json::read::<Attachment>).collect::<Result<Vec<_>>>());
        Ok(list.and_then(move |attachments| {
            let mut end = Downloaded::default();
            let mut files = VecDeque::new();
            let mut total: u64 = 0;
            for attachment in attachments {
                let Some(id) = attachment.id.clone() else { continue };
                match wanted.reason_against(&attachment) {
                    Some(reason) => end.skipped.push(Skipped { id, name: attachment.name.unwrap_or_default(), reason }),
                    None => {
                        total += attachment.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                        files.push_back((id, attachment.file_name().unwrap_or_default()));
                    }
                }
            }
            if total > most {
                let message =
                    format!("the attachments have {total} bytes together, more than `maxTotalBytes` allows; nothing was downloaded");
                return Plan::Fail(Error::invalid("/maxTotalBytes", message));
            }
            download(root, message, files, end)
        }))
    }
}

struct Wanted {
    inline: bool,
    pattern: Option<String>,
}

impl Wanted {
    fn reason_against(&self, attachment: &Attachment) -> Option<&'static str> {
        let name = attachment.name.as_deref().unwrap_or_default().to_lowercase();
        if attachment.is_inline == Some(true) && !self.inline {
            return Some("inline");
        }
        if self.pattern.as_deref().is_some_and(|pattern| !matches(pattern.as_bytes(), name.as_bytes())) {
            return Some("name");
        }
        attachment.file_name().is_none().then_some("link")
    }
}

// Whether a name matches a pattern. Each star is tried with as few letters as possible, and only the last
// one is ever tried again, so the time is bounded by the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                again = Some((p, n));
                p += 1;
            }
            Some(letter) if *letter == b'?' || *letter == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match &mut again {
                Some((star, taken)) => {
                    *taken += 1;
                    (p, n) = (*star + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

fn download(root: Root, message: String, mut files: VecDeque<(String, Name)>, end: Downloaded) -> Plan<Downloaded> {
    let Some((id, name)) = files.pop_front() else { return Plan::Done(end) };
    let content = root.get("/messages/{message}/attachments/{attachment}/$value").item("message", message.as_str()).item("attachment", id);
    content.download(name).and_then(move |file| match Json::of(&file) {
        Ok(file) => Plan::emit(vec![file], move || download(root, message, files, end)),
        Err(error) => Plan::Fail(error),
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_match() {
        for (pattern, name, expected) in [
            ("*.txt", "figures.txt", true),
            ("*.txt", "figures.txt.exe", false),
            ("fig*s.*", "figures.txt", true),
            ("?igures.txt", "figures.txt", true),
            ("?", "", false),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
        assert!(!matches("*a".repeat(40).as_bytes(), "a".repeat(4000).replace('a', "b").as_bytes()));
    }
}
