//! Transcripts: what an action is given, what it sends, what Graph answers, what comes out.
//!
//! A file is `tests/transcripts/<connector>/<action>/<case>.json`. It is a test, and at the same time
//! the documentation of what the action sends. Triggers have theirs in the same way: one is polled until all answers
//! are used up, five minutes apart, and the output is what each poll found.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector_sdk::{
    Account, AnyTrigger, Context, Event, FileMeta, Granted, Poll, Reference, Response, ScriptedRun, Sent, Subject,
    Sufficient, http,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::pretty::pretty;

/// The time between two polls of a trigger.
const BETWEEN_POLLS: Duration = Duration::from_mins(5);
/// When a trigger is polled first.
const FIRST_POLL: &str = "2026-05-08T09:00:00Z";

/// One run of an action, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transcript {
    /// What the case shows, in a sentence.
    pub description: String,
    /// Who is signed in.
    pub connection: Connection,
    /// The input.
    pub input: Value,
    /// The idempotency key, if the caller gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The files attached to the run, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Attached>,
    /// What Microsoft's table of permissions says, where the host has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<Row>,
    /// What is sent and answered, in order.
    pub exchanges: Vec<Exchange>,
    /// The output. A list has its items in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The error, where there is no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Connection {
    /// A user or an app.
    pub signed_in: SignedIn,
    /// The default user of an app's connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Names that mean the signed-in user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The address below which the host takes notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notifications: Option<String>,
}

/// A user or an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignedIn {
    /// A user.
    User,
    /// An app.
    App,
}

/// A file attached to the run: its text, or its bytes as base64.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attached {
    /// The content as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The content as base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// What Microsoft's table of permissions says of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The method and the path.
    pub request: String,
    /// The least privileged permissions.
    pub least: Vec<String>,
    /// All that suffice.
    pub all: Vec<String>,
}

/// The table, as a plan sees it.
#[derive(Debug)]
pub struct Rows(pub Vec<Row>);

impl Reference for Rows {
    fn permissions(&self, method: &str, path: &str, _: Account) -> connector_sdk::Result<Option<Sufficient>> {
        let row = self.0.iter().find(|row| row.request == format!("{method} {path}"));
        Ok(row.map(|row| Sufficient::new(row.least.clone(), row.all.clone())))
    }
    fn properties(&self, _: &str) -> Option<serde_json::Map<String, Value>> {
        None
    }

    fn doubts(&self, _: &Sent, _: &Subject, _: Option<&Granted>) -> Vec<String> {
        Vec::new()
    }
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What is sent.
    pub request: Asked,
    /// What Graph answers.
    pub response: Answer,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path and query below the API version, or a whole link.
    pub url: String,
    /// Headers that must be among those that are sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; absent when there must be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body: a string is a text, anything else JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The body as base64, where it is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// An error, as far as the case is about it: what is absent is not compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The code.
    pub code: String,
    /// The violations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<Vec<Violation>>,
    /// The sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A violation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// Where.
    pub pointer: String,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A transcript with its place.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file.
    pub file: PathBuf,
    /// The connector's name.
    pub connector: String,
    /// The name of the action or trigger.
    pub action: String,
    /// What is in it, or why it cannot be read.
    pub transcript: Result<Transcript, String>,
}

/// The folder of transcripts below the top of a checkout or crate.
const FOLDER: &str = "tests/transcripts";

/// Reads every transcript below `root`, in order. One that cannot be read says so in its case.
///
/// # Errors
/// When the folder cannot be read.
pub fn cases(root: &Path) -> crate::Result<Vec<Case>> {
    let top = root.join(FOLDER);
    let mut files = Vec::new();
    collect(&top, &mut files).map_err(|error| format!("{} cannot be read: {error}", top.display()))?;
    files.sort();
    Ok(files.into_iter().map(|file| case(&top, file)).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn case(top: &Path, file: PathBuf) -> Case {
    let inside = file.strip_prefix(top).unwrap_or(&file);
    let parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let transcript = match parts.as_slice() {
        [_, _, name] if name.ends_with(".json") => read(&file),
        _ => Err("is not at <connector>/<action>/<case>.json".to_owned()),
    };
    let part = |i: usize| parts.get(i).cloned().unwrap_or_default();
    Case { connector: part(0), action: part(1), transcript, file }
}

fn read(file: &Path) -> Result<Transcript, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

impl Case {
    /// The file below the checkout, as messages name it.
    pub fn name(&self) -> String {
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        format!("{FOLDER}/{}/{}/{file}", self.connector, self.action)
    }

    /// Writes a transcript to the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, transcript: &Transcript) -> crate::Result<()> {
        let text = pretty(&serde_json::to_value(transcript)?);
        fs::write(&self.file, text).map_err(|error| format!("{} cannot be written: {error}", self.name()).into())
    }
}

impl Transcript {
    /// A stage on which a plan gets its answers and files.
    pub fn stage(&self) -> ScriptedRun {
        let mut stage = ScriptedRun::new(self.exchanges.iter().map(|exchange| exchange.response.response()));
        stage.files = self.files.iter().map(|(name, file)| (name.clone(), file.content())).collect();
        stage
    }

    /// Polls a trigger until all answers are used up: what each poll found.
    ///
    /// # Errors
    /// Those of a poll.
    pub fn poll(&self, trigger: &dyn AnyTrigger, stage: &mut ScriptedRun) -> connector_sdk::Result<Value> {
        let usual = self.context();
        let now = FIRST_POLL.parse().unwrap_or(usual.now);
        let mut cx = usual.with_now(now);
        let mut cursor = None;
        let mut polls = Vec::new();
        // Each poll asks for something.
        for _ in 0..self.exchanges.len().max(1) {
            let Poll { events, cursor: next, more, lost, .. } =
                stage.run(trigger.poll(self.input.clone(), cursor.as_ref(), &cx)?)?;
            let event =
                |event: Event<()>| Ok(json!({ "id": event.id, "data": event.data.into_json().read::<Value>()? }));
            let mut poll = json!({ "events": events.into_iter().map(event).collect::<connector_sdk::Result<Vec<Value>>>()?, "more": more });
            if let Some(lost) = lost {
                poll["lost"] = lost.reason.into();
            }
            polls.push(poll);
            if stage.left_over() == 0 {
                break;
            }
            cursor = Some(next);
            cx.now = cx.now.saturating_add(BETWEEN_POLLS).unwrap_or(cx.now);
        }
        Ok(polls.into())
    }

    /// What the plan may know.
    pub fn context(&self) -> Context {
        let who = match self.connection.signed_in {
            SignedIn::User => Subject::User { names: self.connection.names.clone() },
            SignedIn::App => Subject::App { user: self.connection.user.clone() },
        };
        let meta = |file: &Attached| {
            FileMeta::new(file.content().len() as u64)
                .with_name(file.name.clone())
                .with_content_type(file.content_type.clone())
        };
        let files = self.files.iter().map(|(name, file)| (name.clone(), meta(file)));
        let reference = (!self.table.is_empty()).then(|| Arc::new(Rows(self.table.clone())) as Arc<dyn Reference>);
        let notifications =
            self.connection.notifications.as_ref().and_then(|url| url::Url::parse(url).ok()).map(Arc::new);
        Context::new(who)
            .with_files(files)
            .with_key(self.key.clone())
            .with_reference(reference)
            .with_notifications(notifications)
    }
}

impl Attached {
    /// The content.
    ///
    /// # Panics
    /// When the base64 is not valid.
    pub fn content(&self) -> Bytes {
        content(self.text.as_deref(), self.base64.as_deref())
    }
}

impl Answer {
    /// As a plan sees it.
    ///
    /// # Panics
    /// When a header or the base64 is not valid.
    pub fn response(&self) -> Response {
        let body = match (&self.body, &self.base64) {
            (Some(Value::String(text)), _) => Bytes::copy_from_slice(text.as_bytes()),
            (Some(json), _) => json.to_string().into(),
            (None, base64) => content(None, base64.as_deref()),
        };
        let mut response = Response::new(self.status, body);
        for (name, value) in &self.headers {
            let name: http::HeaderName = name.parse().expect("a header's name");
            response.headers.append(name, value.parse().expect("a header's value"));
        }
        let after = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        response.retry_after = after.and_then(|(_, value)| value.parse().ok()).map(Duration::from_secs);
        response
    }
}

fn content(text: Option<&str>, base64: Option<&str>) -> Bytes {
    match (text, base64) {
        (Some(text), _) => Bytes::copy_from_slice(text.as_bytes()),
        (None, Some(base64)) => STANDARD.decode(base64).expect("base64").into(),
        (None, None) => Bytes::new(),
    }
}
