//! Upload sessions, downloads, and the progress of long operations: URLs that need no token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT_RANGES, AUTHORIZATION, CONTENT_RANGE, HeaderName, LOCATION, RANGE};
use http::{HeaderMap, Method, Request};
use serde_json::{Map, Value, json};

use super::{attachments, drive as files};
use crate::graph::attachments::{attach_all, file_fields};
use crate::graph::call::Call;
use crate::graph::drive::{Conflict, Drive, Target, Upload};
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{ItemId, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;
use crate::graph::view::Object;

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/attachments/createUploadSession", attach),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/createUploadSession",
        upload,
    ),
];

/// Parts of a file, except the last one, are multiples of this.
const GRAIN: u64 = 320 * 1024;
/// The largest part of a file.
const PART: usize = 60 * 1024 * 1024;
/// The largest part of an attachment.
const ATTACHMENT_PART: usize = 4 * 1024 * 1024;
/// Attachments below this are attached with one request, those above the other cannot be attached.
const ATTACHMENT: std::ops::RangeInclusive<u64> = 3 * 1024 * 1024..=150 * 1024 * 1024;
/// How long a session lives after its last part, in seconds.
const LIFE: i64 = 3600;

/// The pre-authenticated URL of a file's content.
pub(super) fn download_url(origin: &str, drive: &Drive, key: u64) -> String {
    let pass = guid(&format!("download {} {key}", drive.id));
    format!("{origin}/download/{}/{key}?tempauth={pass}", drive.owner)
}

fn open(tenant: &mut Tenant, target: Target, total: Option<u64>) -> (String, String) {
    let id = guid(&format!("upload {}", tenant.key())).replace('-', "");
    let expires = seconds_later(tenant.now(), LIFE);
    tenant.drives.uploads.insert(id.clone(), Upload { target, total, data: Vec::new(), expires });
    (id, stamp(expires))
}

pub(super) fn attach(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let item = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("AttachmentItem")).map(|(_, item)| item);
    let Some(Value::Object(item)) = item else {
        return Err(Fault::new(400, "ErrorInvalidRequest", "The parameter 'AttachmentItem' is required."));
    };
    call.check("attachmentItem", item)?;
    if item.get("attachmentType").and_then(Value::as_str).is_none_or(|kind| !kind.eq_ignore_ascii_case("file")) {
        return Err(Fault::new(400, "ErrorInvalidRequest", "Only attachments of the type 'file' can be uploaded."));
    }
    let name = item.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The attachment needs a name."))?;
    let size = item
        .get("size")
        .and_then(Value::as_u64)
        .ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The attachment needs its size."))?;
    if size < *ATTACHMENT.start() {
        return Err(Fault::new(
            400,
            "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
            "Attachment size must be greater than the minimum size.",
        ));
    }
    if size > *ATTACHMENT.end() {
        return Err(Fault::new(
            400,
            "ErrorAttachmentSizeLimitExceeded",
            "The attachment size exceeds the limit of 150 MB.",
        ));
    }
    let carrier = attachments::carrier(tenant.mailbox(call.owner)?, call)?;
    let mut fields = Map::new();
    fields.insert("name".into(), name.into());
    for property in ["contentType", "isInline", "contentId"] {
        fields.extend(item.get(property).map(|value| (property.to_owned(), value.clone())));
    }
    let path = call.path.rsplit_once('/').map_or(call.path, |(path, _)| path).to_owned();
    let (id, expires) = open(tenant, Target::Attachment { owner: call.owner, carrier, fields, path }, Some(size));
    let session = json!({
        "@odata.context": call.context("microsoft.graph.uploadSession"), "uploadUrl": format!("{}/upload/{id}", call.origin),
        "expirationDateTime": expires, "nextExpectedRanges": ["0-"],
    });
    Ok(Reply::value(201, &session))
}

fn upload(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = if call.body.is_empty() { Map::new() } else { call.object()? };
    let given = body.get("item").and_then(Value::as_object).cloned().unwrap_or_default();
    call.check("driveItemUploadableProperties", &given)?;
    let conflict =
        Conflict::of(given.get("@microsoft.graph.conflictBehavior").and_then(Value::as_str), Conflict::Replace)?;
    let (parent, mut name) = if call.has_param("path") {
        files::place(tenant, call)?
    } else {
        // A session for a file that is there replaces its content.
        let drive = files::of(tenant, call)?;
        let item = drive.items.get(files::base(drive, call)?).ok_or_else(Fault::drive_item)?;
        if !item.fields.contains_key("file") {
            return Err(Fault::new(
                400,
                "invalidRequest",
                "An upload session needs a file: address it as {folder}:/{name}:.",
            ));
        }
        (item.parent, item.text("name").to_owned())
    };
    let drive = files::of(tenant, call)?;
    let owner = drive.owner;
    if conflict == Conflict::Fail {
        drive.settle(parent, &mut name, conflict)?;
    }
    let (id, expires) = open(tenant, Target::File { drive: owner, parent, name, conflict }, None);
    let session = json!({
        "@odata.context": call.context("microsoft.graph.uploadSession"), "expirationDateTime": expires, "nextExpectedRanges": ["0-"],
        "uploadUrl": format!("{}/upload/{id}", call.origin),
    });
    Ok(Reply::value(200, &session))
}

/// Whether a URL with this path is its own permission.
pub(crate) fn is_preauthenticated(path: &str) -> bool {
    ["/upload/", "/download/", "/monitor/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Answers `/upload/…`, `/download/…` and `/monitor/…`.
pub(crate) fn preauthenticated(tenant: &mut Tenant, origin: &str, request: &Request<Bytes>) -> Outcome {
    let path = request.uri().path();
    if let Some(id) = path.strip_prefix("/upload/") {
        return session(tenant, origin, request, id);
    }
    if let Some(rest) = path.strip_prefix("/download/") {
        return download(tenant, request, rest);
    }
    monitor(tenant, origin, path.trim_start_matches("/monitor/"))
}

fn session(tenant: &mut Tenant, origin: &str, request: &Request<Bytes>, id: &str) -> Outcome {
    if request.headers().contains_key(AUTHORIZATION) {
        return Err(Fault::new(
            401,
            "unauthenticated",
            "An upload URL carries its own permission; send no Authorization header to it.",
        ));
    }
    let now = tenant.now();
    tenant.drives.uploads.retain(|_, upload| upload.expires > now);
    let gone = || Fault::new(404, "itemNotFound", "The upload session was not found.");
    let upload = tenant.drives.uploads.get_mut(id).ok_or_else(gone)?;
    match *request.method() {
        Method::GET => Ok(status(upload, 200)),
        Method::DELETE => {
            tenant.drives.uploads.remove(id);
            Ok(Reply::empty(204))
        }
        Method::PUT => {
            let done = upload.receive(request)?;
            upload.expires = seconds_later(now, LIFE);
            if !done {
                let code = if matches!(upload.target, Target::File { .. }) { 202 } else { 200 };
                return Ok(status(upload, code));
            }
            let upload = tenant.drives.uploads.remove(id).ok_or_else(gone)?;
            finish(tenant, origin, upload)
        }
        _ => Err(Fault::method()),
    }
}

fn status(upload: &Upload, code: u16) -> Reply {
    // For attachments there is one number, not a range.
    let next = match upload.target {
        Target::File { .. } => format!("{}-", upload.data.len()),
        Target::Attachment { .. } => upload.data.len().to_string(),
    };
    Reply::value(code, &json!({ "expirationDateTime": stamp(upload.expires), "nextExpectedRanges": [next] }))
}

impl Upload {
    /// Takes a part; whether it was the last one.
    fn receive(&mut self, request: &Request<Bytes>) -> Result<bool, Fault> {
        let bad = |message: &str| Fault::new(400, "invalidRequest", message);
        let header = request.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let range =
            header.and_then(parse_range).ok_or_else(|| bad("The Content-Range header is missing or malformed."))?;
        let (first, last, total) = range;
        let body = request.body();
        if last < first || last >= total || last - first + 1 != body.len() as u64 {
            return Err(bad("The Content-Range header does not fit the length of the body."));
        }
        if self.total.is_some_and(|known| known != total) {
            return Err(bad("The total size of the file changed."));
        }
        let file = matches!(self.target, Target::File { .. });
        if body.len() > if file { PART } else { ATTACHMENT_PART } {
            return Err(Fault::new(413, "invalidRequest", "The part is larger than a session takes at once."));
        }
        if first != self.data.len() as u64 {
            let message = if first < self.data.len() as u64 {
                "Uploaded fragment overlaps with existing data."
            } else {
                "The uploaded fragment does not continue the data."
            };
            return Err(Fault::new(416, "invalidRange", message));
        }
        let done = last + 1 == total;
        if file && !done && !(body.len() as u64).is_multiple_of(GRAIN) {
            return Err(bad("The size of a part, except the last one, has to be a multiple of 320 KiB."));
        }
        self.total = Some(total);
        self.data.extend_from_slice(body);
        Ok(done)
    }
}

/// `bytes 0-25/128`.
fn parse_range(text: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}

fn finish(tenant: &mut Tenant, origin: &str, upload: Upload) -> Outcome {
    match upload.target {
        Target::File { drive, parent, name, conflict } => {
            let (key, new) = files::write(tenant, drive, parent, name, conflict, upload.data.into())?;
            let drive = tenant.drives.drives.get(&drive).ok_or_else(Fault::drive_item)?;
            let source = files::DriveItems { drive, origin, paths: true };
            let options = crate::graph::odata::Options::default();
            let ty = crate::graph::types::get("driveItem");
            let view = crate::graph::view::View::new(ty, &source, crate::graph::fault::Service::Drive, &options);
            let mut out = Vec::new();
            let entity = drive.items.get(key).ok_or_else(Fault::drive_item)?;
            view.write(&mut out, entity, &[])?;
            Ok(Reply::json(if new { 201 } else { 200 }, out))
        }
        Target::Attachment { owner, carrier, mut fields, path } => {
            let (key, now) = (tenant.key(), tenant.stamp());
            let size = upload.data.len();
            fields.insert("contentBytes".into(), STANDARD.encode(&upload.data).into());
            let fields = file_fields(fields, "#microsoft.graph.fileAttachment", size, &now);
            let mailbox = tenant.mailbox_mut(owner)?;
            attach_all(mailbox, carrier, vec![(key, fields)]);
            attachments::note(mailbox, carrier);
            let id = mailbox.attachments.get(key).map(|part| mailbox.id(part, ItemId::Rest)).unwrap_or_default();
            Ok(Reply::empty(201).header(LOCATION, format!("{origin}{path}('{id}')")))
        }
    }
}

fn download(tenant: &Tenant, request: &Request<Bytes>, rest: &str) -> Outcome {
    let gone = || Fault::new(404, "itemNotFound", "The resource could not be found.");
    let (owner, key) = rest
        .split_once('/')
        .and_then(|(owner, key)| Some((owner.parse::<u64>().ok()?, key.parse::<u64>().ok()?)))
        .ok_or_else(gone)?;
    let drive = tenant.drives.drives.get(&owner).ok_or_else(gone)?;
    let pass = guid(&format!("download {} {key}", drive.id));
    let (given, format) = request.uri().query().map_or(("", None), |query| match query.split_once("&format=") {
        Some((given, format)) => (given, Some(format)),
        None => (query, None),
    });
    if given != format!("tempauth={pass}") {
        return Err(Fault::new(401, "unauthenticated", "The download URL is not valid."));
    }
    let content = drive.content.get(&key).ok_or_else(gone)?;
    // What the sandbox converts looks like the format from outside, and holds the file as it was.
    match format {
        Some("pdf") => {
            return Ok(Reply::bytes(200, "application/pdf", [b"%PDF-1.7\n", &content[..], b"\n%%EOF\n"].concat()));
        }
        Some("html") => {
            return Ok(Reply::bytes(200, "text/html", [b"<html><pre>", &content[..], b"</pre></html>"].concat()));
        }
        Some(_) => {
            return Ok(Reply::bytes(
                200,
                "image/jpeg",
                [&[0xff, 0xd8, 0xff, 0xe0], &content[..], &[0xff, 0xd9]].concat(),
            ));
        }
        None => {}
    }
    let media =
        drive.items.get(key).and_then(|item| item.fields.get("file")).and_then(|file| file["mimeType"].as_str());
    ranged(request.headers(), media.unwrap_or("application/octet-stream"), content)
}

/// Content, or the part of it that the `Range` header asks for.
pub(super) fn ranged(headers: &HeaderMap, media: &str, content: &Bytes) -> Outcome {
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Ok(Reply::bytes(200, media, content.clone()).header(ACCEPT_RANGES, "bytes"));
    };
    let length = content.len();
    // `-n` asks for the last n bytes.
    let (start, end) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(length)),
        (Ok(first), Err(_)) => (first, length),
        (Err(_), Ok(last)) => (length.saturating_sub(last), length),
        _ => (length, length),
    };
    if start >= end {
        return Err(Fault::new(416, "invalidRange", "The requested range cannot be satisfied."));
    }
    let partial = Reply::bytes(206, media, content.slice(start..end));
    Ok(partial.header(CONTENT_RANGE, format!("bytes {start}-{}/{length}", end - 1)).header(ACCEPT_RANGES, "bytes"))
}

fn monitor(tenant: &mut Tenant, origin: &str, id: &str) -> Outcome {
    let gone = || Fault::new(404, "itemNotFound", "The operation was not found.");
    let operation = tenant.drives.operations.get_mut(id).ok_or_else(gone)?;
    operation.polls += 1;
    let mut out = Vec::new();
    let mut object = Object::open(&mut out);
    object.text("operation", "itemCopy");
    if operation.polls == 1 {
        object.raw("percentageComplete", b"27.8");
        object.text("status", "inProgress");
        object.close();
        return Ok(Reply::json(202, out).header(HeaderName::from_static("retry-after"), "1"));
    }
    object.raw("percentageComplete", b"100.0");
    object.text("resourceId", &operation.item);
    object.text("resourceLocation", &format!("{origin}/v1.0/me/drive/items/{}", operation.item));
    object.text("status", "completed");
    object.close();
    Ok(Reply::json(200, out))
}
