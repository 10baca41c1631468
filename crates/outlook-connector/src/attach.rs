//! Attaching files of any size: small ones travel inside a request, large ones by an upload session.
//!
//! The bounds are those of [attaching large files][1]. The caller never chooses: the size does.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/outlook-large-attachments

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{
    Context, Error, FileMeta, Plan, Properties, Raw, Request, Response, Result, Root, Scopes, Then, Upload,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::once;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, NewAttachment};

/// What fits into one request, all attachments together.
pub const INLINE_LIMIT: u64 = 3 * 1024 * 1024;

/// The largest attachment.
pub const LARGEST: u64 = 150 * 1024 * 1024;

/// The item that files are attached to.
#[derive(Debug, Clone)]
pub struct Item {
    /// The root of the mailbox.
    pub root: Root,
    /// Its path with one variable, such as `/messages/{message}`.
    pub path: &'static str,
    /// The name of the variable.
    pub variable: &'static str,
    /// Its id.
    pub id: String,
    /// What it takes to add something to it.
    pub needs: Scopes,
}

impl Item {
    /// A message.
    pub fn message(root: &Root, id: impl Into<String>) -> Item {
        Item { root: root.clone(), path: "/messages/{message}", variable: "message", id: id.into(), needs: once::NEEDS }
    }
    /// An event.
    pub fn event(root: &Root, id: impl Into<String>) -> Item {
        Item { root: root.clone(), path: "/events/{event}", variable: "event", id: id.into(), needs: Scopes::NONE }
    }
    /// `GET` of something below it.
    pub fn get(&self, below: &str) -> Request {
        self.root.get(&format!("{}{below}", self.path)).item(self.variable, self.id.as_str())
    }
    /// `POST` to something below it.
    pub fn post(&self, below: &str) -> Request {
        self.root.post(&format!("{}{below}", self.path)).item(self.variable, self.id.as_str()).needs(self.needs)
    }
}

/// Files that are to be attached, with what is known of them.
#[derive(Debug, Default)]
pub struct Files(Vec<(NewAttachment, FileMeta)>);

/// A file as Graph takes it inside a request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileAttachment {
    #[serde(rename = "@odata.type")]
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    content_bytes: String,
    is_inline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_id: Option<String>,
}

impl Files {
    /// Looks at the files without reading them. `property` names the input property, for errors.
    ///
    /// # Errors
    /// `invalid_input` for each file that is missing or larger than 150 MB.
    pub fn check(files: Vec<NewAttachment>, property: &str, cx: &Context) -> Result<Files> {
        let mut checked = Vec::with_capacity(files.len());
        let mut issues = Vec::new();
        for (i, file) in files.into_iter().enumerate() {
            match one(&file, cx) {
                Ok(meta) => checked.push((file, meta)),
                Err(message) => issues.push(connector_sdk::Issue::new(format!("/{property}/{i}/content"), message)),
            }
        }
        if issues.is_empty() { Ok(Files(checked)) } else { Err(Error::issues(issues)) }
    }

    /// One file, which is the input itself.
    ///
    /// # Errors
    /// `invalid_input` at `/content`.
    pub fn single(file: NewAttachment, cx: &Context) -> Result<Files> {
        let meta = one(&file, cx).map_err(|message| Error::invalid("/content", message))?;
        Ok(Files(vec![(file, meta)]))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of them fit into one request together.
    pub fn fit_inline(&self) -> bool {
        self.0.iter().map(|(_, meta)| meta.size).sum::<u64>() <= INLINE_LIMIT
    }

    /// Reads them, to travel inside a request.
    pub fn read<T: Send + 'static>(self, go: impl FnOnce(Vec<FileAttachment>) -> Plan<T> + Send + 'static) -> Plan<T> {
        read(self.0.into_iter().map(|(file, _)| file).collect::<Vec<_>>().into_iter(), Vec::new(), go)
    }

    /// Attaches those that an item does not have yet, by their names: for an item that an earlier try may
    /// have made.
    pub fn attach_missing_to(self, item: Item) -> Plan<Vec<Response>> {
        let look = item.get("/attachments").query("$select", "name");
        look.all_items().and_then(move |known| {
            let known: Vec<Option<String>> = known.iter().map(|it| Properties::of(it).text("name")).collect();
            let missing =
                self.0.into_iter().filter(|(file, _)| !known.iter().any(|name| name.as_ref() == Some(&file.name)));
            Files(missing.collect()).attach_to(item)
        })
    }

    /// Attaches them to an item that exists, one after the other, and tells the answer to each.
    pub fn attach_to(self, item: Item) -> Plan<Vec<Response>> {
        attach(self.0.into_iter(), item, Vec::new())
    }
}

fn one(file: &NewAttachment, cx: &Context) -> Result<FileMeta, String> {
    let meta = cx
        .file(&file.content)
        .map_err(|error| error.violations().first().map(|it| it.message.clone()).unwrap_or_default())?;
    if meta.size > LARGEST {
        return Err(format!("the file has {} bytes; an attachment has at most {LARGEST}", meta.size));
    }
    Ok(meta)
}

fn encoded(file: NewAttachment, bytes: &[u8]) -> FileAttachment {
    FileAttachment {
        kind: "#microsoft.graph.fileAttachment",
        name: file.name,
        content_type: file.content_type,
        content_bytes: STANDARD.encode(bytes),
        is_inline: file.is_inline,
        content_id: file.content_id,
    }
}

fn read<T: Send + 'static>(
    mut files: std::vec::IntoIter<NewAttachment>,
    mut done: Vec<FileAttachment>,
    go: impl FnOnce(Vec<FileAttachment>) -> Plan<T> + Send + 'static,
) -> Plan<T> {
    let Some(next) = files.next() else { return go(done) };
    let content = next.content.clone();
    Plan::Read(
        content,
        Then::new(move |bytes: Result<bytes::Bytes>| match bytes {
            Err(error) => Plan::Fail(error),
            Ok(bytes) => {
                done.push(encoded(next, &bytes));
                read(files, done, go)
            }
        }),
    )
}

fn attach(
    mut files: std::vec::IntoIter<(NewAttachment, FileMeta)>,
    item: Item,
    mut done: Vec<Response>,
) -> Plan<Vec<Response>> {
    let Some((file, meta)) = files.next() else { return Plan::Done(done) };
    let name = file.name.clone();
    let sent = if meta.size <= INLINE_LIMIT { send_small(file, &item) } else { send_large(file, &meta, &item) };
    sent.or_else(move |error| Plan::Fail(error.during(format!("while attaching `{name}`")))).and_then(move |answer| {
        done.push(answer);
        attach(files, item, done)
    })
}

fn send_small(file: NewAttachment, item: &Item) -> Plan<Response> {
    let request = item.post("/attachments");
    read(vec![file].into_iter(), Vec::new(), move |mut files| match files.pop() {
        Some(file) => Plan::finish(request.json(file), Ok),
        None => Plan::Fail(Error::bug("a file that was read is not there")),
    })
}

fn send_large(file: NewAttachment, meta: &FileMeta, item: &Item) -> Plan<Response> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Session {
        upload_url: String,
    }
    let mut about =
        json!({ "attachmentType": "file", "name": file.name, "size": meta.size, "isInline": file.is_inline });
    if let Some(content_type) = &file.content_type {
        about["contentType"] = json!(content_type);
    }
    if let Some(content_id) = &file.content_id {
        about["contentId"] = json!(content_id);
    }
    let create = item.post("/attachments/createUploadSession").json(json!({ "AttachmentItem": about })).read_only();
    create.decode::<Session>().and_then(move |session| {
        let upload = Upload { url: session.upload_url, file: file.content, chunk: None, place: None };
        Plan::Upload(Box::new(upload), Then::last(Plan::from))
    })
}

/// What was attached, from the answer to it. An upload session tells no more than where it is, so it is read.
pub fn attached(item: &Item, answer: Option<Response>) -> Plan<Raw<Attachment>> {
    let Some(answer) = answer else { return Plan::Fail(Error::bug("nothing was attached")) };
    if !answer.body.is_empty() {
        return answer.json().map(Raw::new).into();
    }
    let place = answer
        .headers
        .get(connector_sdk::http::header::LOCATION)
        .and_then(|place| place.to_str().ok())
        .unwrap_or_default();
    let id = place.rsplit_once("ttachments('").and_then(|(_, rest)| rest.split_once('\'')).map(|(id, _)| id);
    match id {
        Some(id) => {
            item.get("/attachments/{attachment}").item("attachment", id).query("$select", ATTACHMENT_FIELDS).raw()
        }
        None => Plan::Fail(Error::protocol("the file was uploaded, but the answer does not say where it is")),
    }
}
