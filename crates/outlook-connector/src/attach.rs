//! Attaching files of any size: small ones travel inside a request, large ones by an upload session.
//!
//! The bounds are those of [attaching large files][1]. The caller never chooses: the size does.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/outlook-large-attachments

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{
    Context, Continuation, Error, FileMeta, Json, Plan, Properties, Raw, Request, Response, Result, Root, Scopes,
    Upload,
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::mail::send_once;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, NewAttachment};

/// What fits into one request, all attachments together, before they are encoded. A file that is as large or larger
/// takes an upload session, which Graph refuses for smaller ones.
pub const INLINE_LIMIT: u64 = 3 * 1024 * 1024;

/// The largest request that Outlook takes, with everything that is in it: files in base64, texts and names.
const LARGEST_REQUEST: u64 = 4 * 1024 * 1024;

/// Room for what stands around the properties that are counted, also in a `$batch`.
const SLACK: u64 = 4 * 1024;

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
        Item {
            root: root.clone(),
            path: "/messages/{message}",
            variable: "message",
            id: id.into(),
            needs: send_once::NEEDS,
        }
    }
    /// An event.
    pub fn event(root: &Root, id: impl Into<String>) -> Item {
        Item { root: root.clone(), path: "/events/{event}", variable: "event", id: id.into(), needs: Scopes::NONE }
    }
    /// `GET` of something below it.
    pub fn get(&self, below: &str) -> Request {
        self.root.get(&format!("{}{below}", self.path)).exchange_id(self.variable, self.id.as_str())
    }
    /// `POST` to something below it.
    pub fn post(&self, below: &str) -> Request {
        self.root
            .post(&format!("{}{below}", self.path))
            .exchange_id(self.variable, self.id.as_str())
            .require(self.needs)
    }
}

/// Files that are to be attached, with what is known of them.
#[derive(Debug, Default)]
pub struct Files(Vec<(NewAttachment, FileMeta)>);

const FILE: &str = "#microsoft.graph.fileAttachment";

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

    /// What is known of the only one, for [`attached`].
    pub fn only(&self) -> Attaching {
        let file = self.0.first();
        Attaching {
            name: file.map(|(file, _)| file.name.clone()).unwrap_or_default(),
            size: file.map_or(0, |(_, meta)| meta.size),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether all of them fit into one request together, with a short text.
    pub fn fit_inline(&self) -> bool {
        self.fit_beside(&())
    }

    /// Returns whether all of them fit into one request together with the rest of it, such as a message without them.
    pub fn fit_beside(&self, rest: &impl Serialize) -> bool {
        let files = self.0.iter().map(|(file, meta)| encoded_size(file, meta)).fold(0, u64::saturating_add);
        files.saturating_add(written_size(rest)).saturating_add(SLACK) <= LARGEST_REQUEST
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

// The bytes that a file takes inside a request.
fn encoded_size(file: &NewAttachment, meta: &FileMeta) -> u64 {
    let about = FileAttachment {
        kind: FILE,
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        content_bytes: String::new(),
        is_inline: file.is_inline,
        content_id: file.content_id.clone(),
    };
    written_size(&about).saturating_add(1).saturating_add(meta.size.div_ceil(3).saturating_mul(4))
}

// The bytes of a part of a request as JSON. What cannot be written there fails where it is written.
fn written_size(part: &impl Serialize) -> u64 {
    serde_json::to_vec(part).map_or(0, |written| written.len() as u64)
}

fn encoded(file: NewAttachment, bytes: &[u8]) -> FileAttachment {
    FileAttachment {
        kind: FILE,
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
    Plan::read(content, move |bytes| {
        done.push(encoded(next, &bytes));
        read(files, done, go)
    })
}

fn attach(
    mut files: std::vec::IntoIter<(NewAttachment, FileMeta)>,
    item: Item,
    mut done: Vec<Response>,
) -> Plan<Vec<Response>> {
    let Some((file, meta)) = files.next() else { return Plan::done(done) };
    let name = file.name.clone();
    let sent = if meta.size < INLINE_LIMIT { send_small(file, &item) } else { send_large(file, &meta, &item) };
    sent.or_else(move |error| Plan::fail(error.context(format!("while attaching `{name}`")))).and_then(move |answer| {
        done.push(answer);
        attach(files, item, done)
    })
}

fn send_small(file: NewAttachment, item: &Item) -> Plan<Response> {
    let request = item.post("/attachments");
    read(vec![file].into_iter(), Vec::new(), move |mut files| match files.pop() {
        Some(file) => Plan::finish(request.json(file), Ok),
        None => Plan::fail(Error::bug("a file that was read is not there")),
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
        let upload = Upload::new(session.upload_url, file.content);
        Plan::upload_then(upload, Continuation::last(Plan::from))
    })
}

/// What was attached, from the answer to it. An upload session tells no more than where it is, so it is read; and where
/// it does not tell that either, it is the attachment with the name and the size of the file.
pub fn attached(item: &Item, answer: Option<Response>, file: &Attaching) -> Plan<Raw<Attachment>> {
    let Some(answer) = answer else { return Plan::fail(Error::bug("nothing was attached")) };
    if let Ok(attachment) = connector_sdk::item(&answer) {
        return Plan::done(Raw::new(attachment));
    }
    if let Some(id) = answer.header("location").and_then(id_in) {
        return item
            .get("/attachments/{attachment}")
            .exchange_id("attachment", id)
            .query("$select", ATTACHMENT_FIELDS)
            .raw();
    }
    let Attaching { name, size } = file.clone();
    let list = item.get("/attachments").query("$select", ATTACHMENT_FIELDS);
    list.all_items().try_map(move |all| {
        let of_this_name = all.into_iter().filter(|it| Properties::of(it).text("name").as_deref() == Some(&*name));
        // Exchange counts a little more than the content. Of two that are alike the later one was attached last.
        let differs =
            |it: &Json| Properties::of(it).get::<u64>("size").map_or(u64::MAX, |listed| listed.abs_diff(size));
        of_this_name.rev().min_by_key(differs).map(Raw::new).ok_or_else(|| {
            Error::protocol(
                "the file was uploaded, but neither the answer nor the list of attachments says where it is",
            )
        })
    })
}

/// What is known of a file that is attached, to find it again.
#[derive(Debug, Clone)]
pub struct Attaching {
    name: String,
    size: u64,
}

// The id in the address of an attachment, in either form: `…/Attachments('AAMk=')` and `…/attachments/AAMk%3D`.
fn id_in(address: &str) -> Option<String> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = address.split(['?', '#']).next()?;
    let at = path.to_ascii_lowercase().rfind("attachments")? + "attachments".len();
    let rest = &path[at..];
    let id = match rest.strip_prefix('/') {
        Some(rest) => decode(rest.split('/').next()?),
        None => {
            let rest = decode(rest);
            rest.strip_prefix("('")?.split_once('\'')?.0.to_owned()
        }
    };
    Some(id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use connector_sdk::ScriptedRun;

    use super::*;

    #[test]
    fn an_address_has_an_id_in_either_form() {
        for (address, id) in [
            ("https://outlook.office.com/api/v2.0/Users('a')/Messages('M')/Attachments('AAMk=')", "AAMk="),
            (
                "https://outlook.office.com/api/v2.0/Users(%27a%27)/Messages(%27M%27)/Attachments(%27AAMk%3D%27)?x=1",
                "AAMk=",
            ),
            ("https://graph.microsoft.com/v1.0/me/messages/M/attachments/AA%2Fk%3D", "AA/k="),
            ("/me/messages/M/Attachments/AAMk=/", "AAMk="),
        ] {
            assert_eq!(id_in(address).as_deref(), Some(id), "{address}");
        }
        for nothing in ["", "https://outlook.office.com/x", "https://outlook.office.com/Attachments", "/attachments/"] {
            assert_eq!(id_in(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_counts_is_the_request_and_not_the_file() {
        let file = |size: u64| {
            let file = json!({ "name": "größe.bin", "content": { "text": "x" }, "contentType": "a/b" });
            (serde_json::from_value(file).unwrap(), FileMeta::new(size))
        };
        let fits = |sizes: &[u64], text: usize| {
            Files(sizes.iter().map(|&size| file(size)).collect()).fit_beside(&"x".repeat(text))
        };
        assert!(fits(&[3_000_000], 0) && fits(&[1_000_000, 1_000_000, 1_000_000], 1000));
        assert!(!fits(&[INLINE_LIMIT], 0), "in base64 it fills the request alone");
        assert!(!fits(&[3_000_000], 200_000), "the text counts");
        assert!(!fits(&[1_000_000, 1_000_000, 1_150_000], 0));
        // The estimate is what is written.
        let (new, _) = file(4);
        let size = encoded_size(&new, &FileMeta::new(4));
        assert_eq!(size, written_size(&encoded(new, b"menu")) + 1);
    }

    #[test]
    fn what_no_answer_tells_is_looked_for() {
        let file = Attaching { name: "a.bin".into(), size: 4_000_000 };
        let item = Item::message(&Root::me(), "M");
        let list = r#"{"value":[{"id":"1","name":"a.bin","size":12},{"id":"2","name":"a.bin","size":4000123},{"id":"3","name":"b.bin","size":4000000}]}"#;
        for answer in [Response::new(201, ""), Response::new(201, "{}")] {
            let mut stage = ScriptedRun::new([Response::new(200, list)]);
            let found = stage.run(attached(&item, Some(answer), &file)).unwrap();
            assert_eq!(Properties::of(found.json()).text("id").as_deref(), Some("2"));
        }
        let mut stage = ScriptedRun::new([Response::new(200, r#"{"value":[]}"#)]);
        assert!(stage.run(attached(&item, Some(Response::new(201, "")), &file)).is_err());
    }
}
