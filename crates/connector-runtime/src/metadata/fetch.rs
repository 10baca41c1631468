//! Download of the files from where Microsoft publishes them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use connector_sdk::{Code, Error, Result, Transport, http, is_loopback};
use futures_util::StreamExt;
use graph_client::{Progress, ProgressEvent};
use tokio::time::timeout;
use url::Url;

use super::{FileOrigin, LARGEST, Metadata, MetadataFile};
use crate::digest::sha256;

/// Maximum time that the server may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// Maximum time for a whole file, even if something comes now and then.
const LONGEST: Duration = Duration::from_secs(900);

/// A file in one of Microsoft's repositories, at a commit whose content is known.
struct Published {
    part: MetadataFile,
    repository: &'static str,
    path: &'static str,
    commit: &'static str,
    sha256: &'static str,
}

const PUBLISHED: [Published; 2] = [
    Published {
        part: MetadataFile::Types,
        repository: "microsoftgraph/msgraph-metadata",
        path: "schemas/v1.0-Prod.csdl",
        commit: "f54f11b60956ea7b185ca0447b2b80805836ec7b",
        sha256: "a9d32d3611746c96043229a98867be064fb782c801b3405bce00c224ea3f6a03",
    },
    Published {
        part: MetadataFile::Permissions,
        repository: "microsoftgraph/microsoft-graph-devx-content",
        path: "permissions/new/permissions.json",
        commit: "6cbd6bbd665a877560fdefbad74f3bdb5b57af88",
        sha256: "43dfa0184b83f88f36a42ffcf7e1a5012629952f17affe75eb08040260d8c469",
    },
];

/// Source of the files: GitHub, in the version whose checksums this program knows.
#[derive(Debug, Clone)]
pub struct DownloadOrigin {
    base: Url,
    latest: bool,
}

impl Default for DownloadOrigin {
    fn default() -> DownloadOrigin {
        DownloadOrigin {
            base: Url::parse("https://raw.githubusercontent.com/").unwrap_or_else(|_| unreachable!("it is a URL")),
            latest: false,
        }
    }
}

impl DownloadOrigin {
    /// Selects the newest version, whose checksums are not known beforehand.
    #[must_use]
    pub fn latest(self) -> DownloadOrigin {
        DownloadOrigin { latest: true, ..self }
    }

    /// Sets a mirror with the same paths as `raw.githubusercontent.com`.
    ///
    /// # Errors
    /// `invalid_input` when it is neither https nor on this machine.
    pub fn mirror(self, url: &str) -> Result<DownloadOrigin> {
        let mut base = Url::parse(url)
            .map_err(|error| Error::new(Code::InvalidInput, "the mirror is not a URL").caused_by(error))?;
        if base.scheme() != "https" && !(base.scheme() == "http" && is_loopback(&base)) {
            return Err(Error::new(Code::InvalidInput, format!("the mirror must be an https URL, not {url}")));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(DownloadOrigin { base, ..self })
    }

    fn url(&self, file: &Published) -> Result<Url> {
        let version = if self.latest { "HEAD" } else { file.commit };
        self.base
            .join(&format!("{}/{version}/{}", file.repository, file.path))
            .map_err(|error| Error::new(Code::InvalidInput, "the mirror has no such path").caused_by(error))
    }
}

impl Metadata {
    /// Downloads both files and stores them. A file whose checksum is not the known one is not stored.
    ///
    /// # Errors
    /// Those of the transport; `unavailable` when the other side does not have a file; `protocol` for a
    /// wrong checksum; those of [`Metadata::add`].
    pub async fn fetch(
        &self,
        transport: &dyn Transport,
        origin: &DownloadOrigin,
        progress: &dyn Progress,
    ) -> Result<Vec<FileOrigin>> {
        let mut kept = Vec::with_capacity(PUBLISHED.len());
        for file in &PUBLISHED {
            let url = origin.url(file)?;
            let content = download(transport, &url, progress).await?;
            let sum = sha256(&content);
            if !origin.latest && sum != file.sha256 {
                let message =
                    format!("the checksum of {url} is {sum}, and it should be {}; it was not kept", file.sha256);
                return Err(Error::protocol(message)
                    .with_hint("Somebody on the way changed it, or it broke off. Try again, or another mirror."));
            }
            let found = self.add(&content, url.as_str())?;
            if found.part != file.part {
                return Err(Error::protocol(format!("{url} is not {}", file.part)));
            }
            kept.push(found);
        }
        Ok(kept)
    }
}

async fn download(transport: &dyn Transport, url: &Url, progress: &dyn Progress) -> Result<Bytes> {
    let late = || {
        Error::new(Code::Unavailable, format!("{url} took longer than {} minutes", LONGEST.as_secs() / 60))
            .with_hint("Try again over another network, name a mirror, or give it as a file (`Metadata::add`).")
    };
    timeout(LONGEST, Box::pin(read(transport, url, progress))).await.unwrap_or_else(|_| Err(late()))
}

async fn read(transport: &dyn Transport, url: &Url, progress: &dyn Progress) -> Result<Bytes> {
    let request = http::Request::get(url.as_str())
        .body(Bytes::new())
        .map_err(|error| Error::bug(format!("a request for {url} cannot be made")).caused_by(error))?;
    let unreached = |error: Error| match error.code() {
        Code::Unavailable | Code::OutcomeUnknown => {
            error.with_hint("Check the network and the proxy, or give it as a file (`Metadata::add`).")
        }
        _ => error,
    };
    let silent = || Error::new(Code::Unavailable, format!("{url} was silent for {} seconds", SILENCE.as_secs()));
    let response =
        timeout(SILENCE, transport.send(request)).await.unwrap_or_else(|_| Err(silent())).map_err(unreached)?;
    let status = response.status();
    if status != http::StatusCode::OK {
        return Err(Error::new(Code::Unavailable, format!("{url} was answered with status {}", status.as_u16()))
            .with_hint("Try again in a while, name a mirror, or give it as a file (`Metadata::add`)."));
    }
    let length =
        response.headers().get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut body = response.into_body();
    let mut content = BytesMut::new();
    while let Some(chunk) = timeout(SILENCE, body.next()).await.map_err(|_| silent()).map_err(unreached)? {
        content.extend_from_slice(&chunk?);
        if content.len() as u64 >= LARGEST {
            return Err(Error::protocol(format!("{url} is larger than {LARGEST} bytes")));
        }
        progress.step(ProgressEvent::Downloaded(content.len() as u64, length));
    }
    Ok(content.freeze())
}
