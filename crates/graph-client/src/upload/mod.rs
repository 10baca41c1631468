//! [Upload sessions][1]: a file of any size, in chunks, resumed where it stopped.
//!
//! The session's address is its own credential, so no token goes with it. A session that could not be
//! finished is left as it is: it can be resumed until it expires.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/driveitem-createuploadsession

mod resumable;

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Error, FileRef, Request, Response, Result, Retry, Secret, Upload, without_bom};
use futures_util::future::join;
use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

use self::resumable::ResumableUpload;
use crate::build_call::external_call;
use crate::{After, Before, Client, Journal, ProgressEvent, Session, Write, body, origin_guard, timer};

/// Unit of chunk sizes: all chunks except the last one are multiples of it.
const UNIT: u64 = 320 << 10;
/// Maximum size of a chunk, in bytes; Graph refuses larger ones.
const LARGEST: u64 = 60 << 20;
/// Default size of a chunk, in bytes. Outlook takes less than 4 MB at once, and files of at most 150 MB; this suits
/// every service.
const USUAL: u64 = 12 * UNIT;
/// Size of a chunk that only a drive takes, in bytes: fewer responses to wait for.
const LARGE: u64 = 32 * UNIT;
const LARGE_FROM: u64 = 150 << 20;
/// Slowest connection that is waited for, in bytes per second.
const SLOWEST: u64 = 32 << 10;

/// Sends a file to an upload session and returns the session's last response.
pub(crate) async fn send(client: &Client, session: &Session, upload: &Upload) -> Result<Response> {
    let url = Url::parse(&upload.url).map_err(|_| Error::protocol("the upload session's address is not a URL"))?;
    origin_guard::check_external(&url, &session.endpoint)?;
    let source = UploadSource::open(&upload.file, session)?;
    if source.size == 0 {
        return Err(Error::invalid("", "the file is empty, and an upload session takes at least one byte")
            .with_hint("Send an empty file with a plain PUT of its content."));
    }
    let piece = piece(upload.chunk, source.size);
    let mut job = UploadJob { client, session, url, source, piece };
    if let Some(journal) = session.journal.as_deref() {
        return job.kept(journal, upload).await;
    }
    let Some(memory) = ResumableUpload::of(upload, session) else {
        return job.run(0).await;
    };
    let from = job.take_over(&memory).await;
    let result = job.run(from).await;
    match &result {
        Err(error) if error.code() != Code::NotFound => {}
        _ => memory.forget().await,
    }
    result
}

fn piece(wanted: Option<u64>, size: u64) -> u64 {
    let piece = wanted.unwrap_or(if size > LARGE_FROM { LARGE } else { USUAL });
    (piece.min(LARGEST) / UNIT).max(1) * UNIT
}

/// Source of the file, whose inline content is decoded once.
struct UploadSource<'a> {
    size: u64,
    inline: Option<Bytes>,
    file: &'a FileRef,
    session: &'a Session,
}

impl<'a> UploadSource<'a> {
    fn open(file: &'a FileRef, session: &'a Session) -> Result<UploadSource<'a>> {
        let inline = file.inline()?;
        let size = match &inline {
            Some(bytes) => bytes.len() as u64,
            None => body::meta(file, session.files.as_ref())?.size,
        };
        Ok(UploadSource { size, inline, file, session })
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        match &self.inline {
            // The whole is in memory, so its places fit into a `usize`.
            Some(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize)),
            None => body::read(self.file, range, self.session.files.as_ref()).await,
        }
    }
}

struct UploadJob<'a> {
    client: &'a Client,
    session: &'a Session,
    url: Url,
    source: UploadSource<'a>,
    piece: u64,
}

/// Outcome of a chunk.
enum RangeOutcome {
    Finished(Response),
    /// The session expects the file from this byte.
    From(u64),
    /// It is not known what the session has received.
    Lost(Error),
}

impl UploadJob<'_> {
    /// Takes over the session that an earlier run has left, if it is alive; the one that was begun now is then given
    /// up. Returns the byte that the session expects next.
    async fn take_over(&mut self, memory: &ResumableUpload) -> u64 {
        if let Some(old) =
            memory.find().await.filter(|url| origin_guard::check_external(url, &self.session.endpoint).is_ok())
        {
            let new = std::mem::replace(&mut self.url, old);
            if let Ok(RangeOutcome::From(from)) = self.ask(false).await
                && from < self.source.size
            {
                self.cancel(new).await;
                return from;
            }
            self.url = new;
        }
        memory.keep(&self.url).await;
        0
    }

    /// Sends the file, unless an earlier run of the same work has; where that broke off, its session is resumed.
    async fn kept(&mut self, journal: &dyn Journal, upload: &Upload) -> Result<Response> {
        let (pending, before) = journal.begin(vec![Write::of_upload(upload, self.source.size)]).await?;
        let answer = match before.into_iter().next() {
            Some(Before::Answered(response)) => return Ok(response),
            Some(Before::Refused(error)) => return Err(error),
            Some(Before::SendAgain(Some(address))) => self.go_on(&address).await,
            _ => self.run(0).await,
        };
        journal.end(pending, vec![After::of(&answer, true)]).await;
        answer
    }

    // The earlier run's session knows what it has. Where it is gone, it ended well or expired, and nobody knows.
    async fn go_on(&mut self, address: &Secret) -> Result<Response> {
        let old = Url::parse(address.expose())
            .ok()
            .filter(|url| origin_guard::check_external(url, &self.session.endpoint).is_ok());
        let Some(old) = old else { return self.run(0).await };
        let new = std::mem::replace(&mut self.url, old);
        match self.ask(true).await? {
            RangeOutcome::From(from) if from < self.source.size => {
                self.cancel(new).await;
                self.run(from).await
            }
            RangeOutcome::Finished(response) => Ok(response),
            RangeOutcome::Lost(error) => Err(error),
            RangeOutcome::From(_) => {
                Err(Error::protocol("the upload session expects bytes beyond the end of the file"))
            }
        }
    }

    // A session that is not cancelled ends by itself.
    async fn cancel(&self, url: Url) {
        let request = Request::delete("(upload session)");
        let ended = match external_call(&request, self.session, &url, Bytes::new()) {
            Ok(mut call) => self.client.finish(&mut call).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "an upload session could not be cancelled");
        }
    }

    async fn run(&self, from: u64) -> Result<Response> {
        let size = self.source.size;
        let (mut at, mut setbacks) = (from, 0);
        // Whether the last piece was sent and nobody knows what became of it: the file may be there.
        let mut perhaps_done = false;
        let mut ahead: Option<(u64, Bytes)> = None;
        loop {
            let range = self.range(at);
            let bytes = match ahead.take() {
                Some((start, bytes)) if start == at => bytes,
                _ => self.source.read(range.clone()).await?,
            };
            // The next piece is read while this one is on its way.
            let next = self.range(range.end);
            let (fate, read) = join(self.put(range.clone(), bytes), self.source.read(next.clone())).await;
            let mut refused = None;
            let from = match fate? {
                RangeOutcome::Finished(response) => {
                    self.session.progress.step(ProgressEvent::Uploaded(size, size));
                    return Ok(response);
                }
                RangeOutcome::From(from) => from,
                RangeOutcome::Lost(error) => {
                    // After a piece that may have become the file, its own file is what is in the way.
                    refused = Some(error.clone()).filter(|error| !perhaps_done && is_refusal(error));
                    perhaps_done |= range.end == size && error.code() == Code::OutcomeUnknown;
                    setbacks += 1;
                    if setbacks >= self.client.inner.retries.tries {
                        return Err(
                            error.with_hint("The upload session is left as it is; it can be resumed until it expires.")
                        );
                    }
                    let wait = self.client.backoff(setbacks);
                    self.session.progress.step(ProgressEvent::Waiting { time: wait, why: "an answer was lost" });
                    timer::pause(wait).await;
                    match (self.ask(range.end == size).await, &refused) {
                        (Ok(RangeOutcome::Finished(response)), _) => return Ok(response),
                        (Ok(RangeOutcome::From(from)), _) => from,
                        (Ok(RangeOutcome::Lost(_)), Some(refusal)) => return Err(refusal.clone()),
                        (Err(error), Some(refusal)) if error.code() == Code::NotFound => return Err(refusal.clone()),
                        (Ok(RangeOutcome::Lost(error)) | Err(error), _) => return Err(error),
                    }
                }
            };
            if from >= size {
                return Err(Error::protocol("the upload session expects bytes beyond the end of the file"));
            }
            if from > at {
                setbacks = 0;
            } else {
                // It did not take the piece.
                if let Some(refusal) = refused.filter(|_| range.end == size) {
                    return Err(refusal);
                }
                setbacks += 1;
                if setbacks >= self.client.inner.retries.tries {
                    return Err(Error::protocol("the upload session expects the same bytes again and again"));
                }
            }
            at = from;
            self.session.progress.step(ProgressEvent::Uploaded(at, size));
            if !next.is_empty() && next.start == at {
                ahead = Some((at, read?));
            }
        }
    }

    fn range(&self, start: u64) -> Range<u64> {
        start..(start + self.piece).min(self.source.size)
    }

    async fn put(&self, range: Range<u64>, bytes: Bytes) -> Result<RangeOutcome> {
        let size = self.source.size;
        // Not repeatable: after a lost answer the session says itself what it has.
        let time = self.client.inner.limits.one_try + Duration::from_secs(bytes.len() as u64 / SLOWEST);
        let mut request = Request::post("(upload session)").timeout(time);
        request.method = Method::PUT;
        let mut call = external_call(&request, self.session, &self.url, bytes)?;
        let content_range = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        call.headers.insert(
            CONTENT_RANGE,
            HeaderValue::try_from(content_range).map_err(|_| Error::bug("a range is not a header"))?,
        );
        call.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        match self.client.finish(&mut call).await {
            Ok(response) => Ok(match expected(&response) {
                Expected::From(from) => RangeOutcome::From(from),
                Expected::File | Expected::Nothing if range.end == size => RangeOutcome::Finished(response),
                Expected::Unknown if range.end == size => RangeOutcome::Lost(unknown(
                    "all of the file was sent, and the upload session does not say whether the file is complete",
                )),
                Expected::File | Expected::Nothing | Expected::Unknown => RangeOutcome::From(range.end),
            }),
            Err(error) => match (error.code(), error.status()) {
                // 409 and 416: it has this range already, or expects another one.
                (Code::OutcomeUnknown, _) | (_, Some(409 | 416)) => Ok(RangeOutcome::Lost(error)),
                (Code::NotFound, _) | (_, Some(410)) => Err(gone(error)),
                _ => Err(error),
            },
        }
    }

    // Asks the session what it has. `all_sent`: what was lost is the answer to the last piece.
    async fn ask(&self, all_sent: bool) -> Result<RangeOutcome> {
        let request = Request::get("(upload session)");
        let mut call = external_call(&request, self.session, &self.url, Bytes::new())?;
        match self.client.finish(&mut call).await {
            Ok(response) => Ok(match expected(&response) {
                Expected::From(from) => RangeOutcome::From(from),
                Expected::File => RangeOutcome::Finished(response),
                Expected::Nothing | Expected::Unknown if all_sent => RangeOutcome::Lost(unknown(
                    "all of the file was sent, and the upload session does not say whether the file is complete",
                )),
                Expected::Nothing | Expected::Unknown => {
                    RangeOutcome::Lost(Error::protocol("the upload session does not say which bytes it expects"))
                }
            }),
            Err(error) if error.code() == Code::NotFound && all_sent => Ok(RangeOutcome::Lost(unknown(
                "all of the file was sent, the last answer was lost, and the upload session is closed: the file is probably complete",
            ))),
            Err(error) if error.code() == Code::NotFound => Err(gone(error)),
            Err(error) => Err(error),
        }
    }
}

fn gone(error: Error) -> Error {
    let said = error.upstream().cloned().unwrap_or_default();
    Error::new(Code::NotFound, "the upload session is gone: it expired or was cancelled")
        .with_upstream(said)
        .retry(Retry::Never)
        .with_hint("Upload the file again from the beginning.")
}

fn unknown(what: &str) -> Error {
    Error::new(Code::OutcomeUnknown, what).with_hint("Check whether the file exists before you upload it again.")
}

/// Whether a 409 says what stands against the file, such as `nameAlreadyExists`, and not that the session expects
/// another range.
fn is_refusal(error: &Error) -> bool {
    let is_about_the_range = || {
        ["fragmentOverlap", "fragmentOutOfOrder", "fragmentLengthMismatch", "invalidRange"]
            .iter()
            .any(|code| error.has_upstream_code(code))
    };
    error.status() == Some(409) && error.upstream().is_some_and(|said| said.code.is_some()) && !is_about_the_range()
}

/// What a session's answer says of the bytes that it expects.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// It goes on from here.
    From(u64),
    /// This is the file: the session has ended.
    File,
    /// This is no state of a session. In the answer to the last piece it means that the session has ended.
    Nothing,
    /// It is one, and does not tell where it goes on; or it is a page that something between has written.
    Unknown,
}

/// Returns what a session's response says of the bytes that it expects.
fn expected(response: &Response) -> Expected {
    let body = without_bom(&response.body).trim_ascii();
    if body.is_empty() {
        return Expected::Nothing;
    }
    let Ok(answer) = serde_json::from_slice::<Map<String, Value>>(body) else { return Expected::Unknown };
    // Outlook writes the names with capital letters.
    let find =
        |name: &str| answer.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name)).map(|(_, property)| property);
    if find("id").is_some_and(|id| !id.is_null()) {
        return Expected::File;
    }
    let ranges = match (find("nextExpectedRanges"), find("expirationDateTime")) {
        (Some(ranges), _) => ranges.as_array(),
        (None, Some(_)) => None,
        (None, None) => return Expected::Nothing,
    };
    // `26214400-` or `12345-55232`; several when pieces came out of order.
    let start = |range: &Value| range.as_str()?.split('-').next()?.trim().parse::<u64>().ok();
    let starts: Option<Vec<u64>> = ranges.and_then(|ranges| ranges.iter().map(start).collect());
    starts.and_then(|starts| starts.into_iter().min()).map_or(Expected::Unknown, Expected::From)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_multiples_of_320_kib() {
        assert_eq!(piece(None, 1), 3_932_160);
        assert_eq!(piece(None, 1 << 40), 10_485_760);
        assert_eq!((piece(Some(1), 9), piece(Some(UNIT + 1), 9), piece(Some(u64::MAX), 9)), (UNIT, UNIT, LARGEST));
        assert_eq!((USUAL % UNIT, LARGEST % UNIT), (0, 0));
    }

    #[test]
    fn expected_ranges() {
        let read = |body: &str| expected(&Response::new(200, body.to_owned()));
        assert_eq!(read(r#"{"nextExpectedRanges":["26-"]}"#), Expected::From(26));
        assert_eq!(read(r#"{"NextExpectedRanges":["90-100","12345-55232"]}"#), Expected::From(90));
        assert_eq!(read("\u{feff}{\"nextExpectedRanges\":[\"26-\"]}"), Expected::From(26));
        for done in [r#"{"id":"x"}"#, r#"{"id":"x","expirationDateTime":null,"nextExpectedRanges":[]}"#] {
            assert_eq!(read(done), Expected::File, "{done}");
        }
        for nothing in ["", " \r\n", "{}"] {
            assert_eq!(read(nothing), Expected::Nothing, "{nothing}");
        }
        for page in ["<html>", "[]", "null", "OK", r#"{"nextExpected"#] {
            assert_eq!(read(page), Expected::Unknown, "{page}");
        }
        for ranges in ["[]", r#"["x-"]"#, "[26]", r#""26-""#, "null", r#"["26-",null]"#, "7", "{}"] {
            for name in ["nextExpectedRanges", "NEXTEXPECTEDRANGES"] {
                assert_eq!(read(&format!(r#"{{"{name}":{ranges}}}"#)), Expected::Unknown, "{ranges}");
            }
        }
        assert_eq!(read(r#"{"ExpirationDateTime":"2030-01-01T00:00:00Z","id":null}"#), Expected::Unknown);
    }
}
