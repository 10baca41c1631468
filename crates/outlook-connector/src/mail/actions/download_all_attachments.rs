//! `download_all_attachments`

use std::collections::VecDeque;

use connector_sdk::{Action, Code, Context, Effect, Error, File, Json, Plan, Result, Retry, Root, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::attached_file;
use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, Mailbox, MessageId};

/// Download the attachments of a message as files, one after the other. Attached messages come in MIME format (`.eml`),
/// events as iCalendar (`.ics`), contacts as vCards (`.vcf`). Links to files have no content and are listed as `skipped`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "namePattern": "*.txt" })]))]
pub struct DownloadAllAttachments {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Download inline attachments too, such as logos in the text.
    #[serde(default)]
    include_inline: bool,
    /// Only attachments whose name matches: `*` matches any characters, `?` matches one, and case is ignored.
    #[schemars(length(min = 1, max = 255))]
    name_pattern: Option<String>,
    /// Maximum size of all attachments together, in bytes; above it nothing is downloaded. Outlook's sizes are used,
    /// which are slightly larger than those of the files.
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
    /// The attachments that have no content of their own or were not requested.
    skipped: Vec<Skipped>,
    /// The attachments that could not be downloaded, and why. If none could be downloaded, the action fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failure>,
}

/// An attachment that could not be downloaded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failure {
    /// Its id, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Its name.
    name: String,
    /// Why it failed: code, message, hint and Graph's own error.
    error: Error,
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
    const SPEC: Spec =
        Spec::new("download_all_attachments", "Download all attachments", Effect::Read).scopes(MAIL_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Downloaded>> {
        let root = self.mailbox.root(cx)?;
        let message = self.message_id.0;
        let list = root
            .get("/messages/{message}/attachments")
            .exchange_id("message", message.as_str())
            .query("$select", ATTACHMENT_FIELDS);
        let wanted = Wanted { inline: self.include_inline, pattern: self.name_pattern.map(|text| text.to_lowercase()) };
        let most = self.max_total_bytes.unwrap_or(u64::MAX);
        Ok(list.all_items().and_then(move |found| {
            // What is no attachment at all has no id either, and is told as that.
            let attachments = found.iter().map(|item| item.read_what_fits::<Attachment>().unwrap_or_default());
            let mut end = Downloaded::default();
            let mut files = VecDeque::new();
            let mut total: u64 = 0;
            for attachment in attachments {
                let reason = wanted.reason_against(&attachment);
                let size = attachment.size;
                let name = attachment.name.clone().unwrap_or_default();
                match (attachment.id.clone(), reason) {
                    (Some(id), Some(reason)) => end.skipped.push(Skipped { id, name, reason }),
                    (Some(id), None) => {
                        total = total.saturating_add(size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default());
                        files.push_back(Wanting { id, name, attachment });
                    }
                    (None, None) => {
                        let error = Error::protocol("Graph returned no id of this attachment, so it cannot be read");
                        end.failed.push(Failure { id: None, name, error });
                    }
                    (None, Some(_)) => {}
                }
            }
            if total > most {
                let message =
                    format!("the attachments have {total} bytes together, more than `maxTotalBytes` allows; nothing was downloaded");
                return Plan::fail(Error::invalid("/maxTotalBytes", message));
            }
            Downloading { root, message, files, stored: 0, end }.next()
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
        attachment.is_link().then_some("link")
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

// An attachment that is to be downloaded.
struct Wanting {
    id: String,
    name: String,
    attachment: Attachment,
}

struct Downloading {
    root: Root,
    message: String,
    files: VecDeque<Wanting>,
    stored: usize,
    end: Downloaded,
}

impl Downloading {
    fn next(mut self) -> Plan<Downloaded> {
        let Some(Wanting { id, name, attachment }) = self.files.pop_front() else { return self.finish() };
        let path = |below: &str| {
            let request = self.root.get(&format!("/messages/{{message}}/attachments/{{attachment}}{below}"));
            request.exchange_id("message", self.message.as_str()).exchange_id("attachment", id.as_str())
        };
        let content = path("/$value");
        let stored = attached_file::named(attachment, path("")).and_then(move |name| content.download(name));
        let stored = stored.map(Ok).or_else(|error| Plan::done(Err(error)));
        stored.and_then(move |stored| match stored {
            Ok(file) => {
                self.stored += 1;
                match Json::of(&file) {
                    Ok(file) => Plan::emit(vec![file], move || self.next()),
                    Err(error) => Plan::fail(error),
                }
            }
            Err(error) if concerns_all(error.code()) => Plan::fail(error),
            Err(error) => {
                self.end.failed.push(Failure { id: Some(id), name, error });
                self.next()
            }
        })
    }

    // With no file at all there is no success to tell of.
    fn finish(self) -> Plan<Downloaded> {
        let Some(first) = self.end.failed.first().filter(|_| self.stored == 0) else { return Plan::done(self.end) };
        let all_the_same = self.end.failed.iter().all(|failure| failure.error.code() == first.error.code());
        let error =
            first.error.clone().context(format!("none of {} attachments could be downloaded", self.end.failed.len()));
        Plan::fail(if all_the_same { error } else { error.with_code(Code::Incomplete).retry(Retry::Never) })
    }
}

// What would be the same for each of the others: no sign-in, no permission, no room for a file.
fn concerns_all(code: Code) -> bool {
    matches!(code, Code::UnknownConnection | Code::NotConnected | Code::MissingScope | Code::Output | Code::Bug)
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
