//! Files that a run returns, as links, and their content where it is small.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector_runtime::{AuthorizedHost, Error, FileMeta, FileWriter, Files, Result, TemporaryFile, read_to_end};
use connector_sdk::File;
use rmcp::model::{ContentBlock, Resource, ResourceContents};
use serde_json::json;

use super::untrusted::Nonce;

/// Address of a file, before its id.
pub(super) const FILES: &str = "tenon://files/";
/// Maximum size of a text that stands beside a result, in bytes.
const SMALL_TEXT: usize = 8 * 1024;
/// Maximum size of an image that stands beside a result, in bytes.
const SMALL_IMAGE: usize = 256 * 1024;
/// Maximum size of a file that is read as a resource, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Maximum number of files whose content stands beside a result.
const SHOWN: usize = 3;

/// The files of a run, with a list of those that it returned.
pub(super) struct Recorded {
    files: Arc<dyn Files>,
    returned: Arc<Mutex<Vec<File>>>,
}

impl Recorded {
    pub(super) fn new(files: Arc<dyn Files>) -> Recorded {
        Recorded { files, returned: Arc::default() }
    }

    /// Returns the ids of the files that the run has returned so far.
    pub(super) fn returned(&self) -> Vec<String> {
        let returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        returned.iter().filter_map(|file| file.file.clone()).collect()
    }
}

#[async_trait]
impl Files for Recorded {
    fn meta(&self, name: &str) -> Option<FileMeta> {
        self.files.meta(name)
    }

    fn fingerprint(&self, name: &str) -> Option<String> {
        self.files.fingerprint(name)
    }

    fn sha256(&self, name: &str) -> Option<String> {
        self.files.sha256(name)
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Bytes> {
        self.files.read(name, range).await
    }

    async fn create(&self, name: &str, content_type: &str, size: Option<u64>) -> Result<Box<dyn FileWriter>> {
        let writer = self.files.create(name, content_type, size).await?;
        Ok(Box::new(RecordedWriter { writer, returned: self.returned.clone() }))
    }
}

struct RecordedWriter {
    writer: Box<dyn FileWriter>,
    returned: Arc<Mutex<Vec<File>>>,
}

#[async_trait]
impl FileWriter for RecordedWriter {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.writer.write(chunk).await
    }

    async fn finish(self: Box<Self>) -> Result<File> {
        let file = self.writer.finish().await?;
        self.returned.lock().unwrap_or_else(PoisonError::into_inner).push(file.clone());
        Ok(file)
    }
}

/// Returns what stands beside a result with these files: a link to each, and what is small.
pub(super) async fn beside(host: &AuthorizedHost, ids: &[String]) -> Vec<ContentBlock> {
    let mut all = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        // What is gone already is no link.
        let Ok(file) = host.files().show(id).await else { continue };
        all.push(ContentBlock::resource_link(link(&file)));
        if at < SHOWN
            && let Ok(Some(content)) = small(host, &file).await
        {
            all.push(content);
        }
    }
    all
}

// Somebody else may have named the file, so its name stands in the result alone.
fn link(file: &TemporaryFile) -> Resource {
    let name = format!("file {}", file.id.get(..8).unwrap_or(&file.id));
    Resource::new(format!("{FILES}{}", file.id), name).with_mime_type(file.content_type.clone()).with_size(file.size)
}

async fn small(host: &AuthorizedHost, file: &TemporaryFile) -> Result<Option<ContentBlock>> {
    let kind = essence(&file.content_type);
    let is_image = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&&*kind);
    let most = if is_image { SMALL_IMAGE } else { SMALL_TEXT };
    if file.size > most as u64 || !(is_image || is_text(&kind)) {
        return Ok(None);
    }
    let bytes = read_to_end(host.files().open(&file.id, None).await?.content, most).await?;
    if is_image {
        return Ok(Some(ContentBlock::image(STANDARD.encode(&bytes), kind)));
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(None) };
    let around = json!({ "file": file.id, "untrusted": Nonce::random().around("content", text.into()) });
    Ok(Some(ContentBlock::text(around.to_string())))
}

/// Returns the content of a file as a resource.
///
/// # Errors
/// `not_found`; `invalid_input` for one that is too large.
pub(super) async fn read(host: &AuthorizedHost, uri: &str, id: &str) -> Result<ResourceContents> {
    let opened = host.files().open(id, None).await?;
    let (kind, size) = (opened.file.content_type.clone(), opened.file.size);
    if size > LARGEST as u64 {
        return Err(Error::invalid("/uri", format!("the file has {size} bytes, and {LARGEST} can be read here"))
            .with_hint(format!("GET /v1/files/{id} of the HTTP API returns it whole.")));
    }
    let bytes = read_to_end(opened.content, LARGEST).await?;
    let text = if is_text(&essence(&kind)) { std::str::from_utf8(&bytes).ok() } else { None };
    let contents = match text {
        Some(text) => ResourceContents::text(text, uri),
        None => ResourceContents::blob(STANDARD.encode(&bytes), uri),
    };
    Ok(contents.with_mime_type(kind))
}

fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_text(essence: &str) -> bool {
    essence.starts_with("text/") || ["application/json", "application/x-ndjson"].contains(&essence)
}
