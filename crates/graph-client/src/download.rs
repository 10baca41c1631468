//! Downloads: from Graph to a file, in chunks, resumed where they broke off.

use std::pin::pin;
use std::time::Duration;

use connector_sdk::{
    ByteRange, ByteStream, Code, DownloadName, Error, QuickXor, Request, Result, Retry, StoredResponse,
};
use futures_util::StreamExt;
use http::header::{ACCEPT, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::time::Instant;

use crate::build_call::build_call;
use crate::call::{HttpResponse, ResponseBody};
use crate::limits::Limits;
use crate::send::length;
use crate::{Client, FileWriter, ProgressEvent, Session, file_name, safe_file_name, timer};

/// Sends a request and stores its response as a file.
///
/// Graph answers a download with a redirect to an address that is its own credential; the origin policy
/// follows it without the token. After a break the request is made anew, because such an address does
/// not live long.
pub(crate) async fn fetch(
    client: &Client,
    session: &Session,
    request: &Request,
    name: DownloadName,
) -> Result<StoredResponse> {
    let expected = request.options().expected();
    let hash = expected.is_some_and(|expected| expected.quick_xor.is_some()).then(QuickXor::default);
    let mut load = Load {
        client,
        session,
        request,
        first: 0,
        done: 0,
        size: None,
        whole: None,
        etag: None,
        coded: false,
        hash,
        pace: DownloadSpeed::default(),
    };
    let (mut answer, path) = load.ask().await?;
    load.size = length(&answer.headers).map(|length| length as u64);
    load.whole = load.size;
    load.begins_at(&answer)?;
    load.coded = answer.coded;
    // A weak tag does not promise the same bytes (RFC 9110 13.1.5).
    load.etag = answer.headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")).cloned();
    let media = name.content_type.or_else(|| text(&answer.headers));
    let media = media.unwrap_or_else(|| "application/octet-stream".to_owned());
    let name = name.name.or_else(|| file_name::from_headers(&answer.headers)).or_else(|| file_name::from_path(&path));
    let name = name.unwrap_or_default();
    let mut file = session.files.create(&safe_file_name(&name), &media, load.size).await?;

    let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
    let (mut skip, mut setbacks) = (0, 0);
    loop {
        let before = load.done;
        let ResponseBody::Stream(body) = answer.body else {
            return Err(Error::bug("the answer to a download is not a stream"));
        };
        let Err(broken) = load.store(body, skip, file.as_mut()).await? else {
            let mut warning = None;
            if let Some(expected) = expected {
                let hash = load.hash.as_ref().map(ToString::to_string).unwrap_or_default();
                // What is not finished leaves nothing behind.
                warning = expected.check(load.done, &hash, load.size)?;
            }
            let mut file = file.finish().await?;
            if let Some(warning) = &warning {
                tracing::warn!(size = load.done, "a file that was downloaded is odd: {warning}");
            }
            file.warning = warning;
            file.original_name = (!name.is_empty() && name != file.name).then_some(name);
            return Ok(StoredResponse::new(status, headers, file));
        };
        setbacks = if load.done > before { 1 } else { setbacks + 1 };
        if !load.can_resume() || setbacks.max(load.pace.low) >= client.inner.retries.tries {
            return Err(broken);
        }
        let began = Instant::now();
        let wait = client.backoff(setbacks);
        session.progress.step(ProgressEvent::Waiting { time: wait, why: "the download broke off" });
        timer::pause(wait).await;
        (answer, _) = load.ask().await?;
        // A few bytes each time would never end either.
        load.pace.is_low(began.elapsed(), 0, &client.inner.limits);
        skip = load.resumed_at(&answer)?;
    }
}

fn text(headers: &HeaderMap) -> Option<String> {
    headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).map(str::to_owned)
}

struct Load<'a> {
    client: &'a Client,
    session: &'a Session,
    request: &'a Request,
    // The first byte that is wanted.
    first: u64,
    // Bytes that are stored.
    done: u64,
    // How many are wanted, and how many the file has.
    size: Option<u64>,
    whole: Option<u64>,
    etag: Option<HeaderValue>,
    // Whether it came in a content coding: then a range would be one of the coded bytes.
    coded: bool,
    hash: Option<QuickXor>,
    pace: DownloadSpeed,
}

impl Load<'_> {
    /// Requests what is missing, and returns the path of the request with its response.
    async fn ask(&self) -> Result<(HttpResponse, String)> {
        let mut call = build_call(self.request, self.session).await?;
        call.routing.stream = true;
        if !self.request.headers.contains_key(ACCEPT) {
            call.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        }
        if self.done > 0 && !self.coded {
            let next = self.first + self.done;
            let range = match (self.request.options().wanted_range(), self.size) {
                (None | Some(ByteRange::From(_)), _) => ByteRange::From(next),
                (Some(ByteRange::Between(_, last)), _) => ByteRange::Between(next, last),
                (Some(ByteRange::Last(_)), Some(size)) => {
                    ByteRange::Between(next, (self.first + size).saturating_sub(1))
                }
                (Some(ByteRange::Last(_)), None) => ByteRange::From(next),
            };
            let range = HeaderValue::try_from(range.to_string()).map_err(|_| Error::bug("a range is not a header"))?;
            call.headers.insert(RANGE, range);
            if let Some(etag) = &self.etag {
                call.headers.insert(IF_RANGE, etag.clone());
            }
        }
        let answer = self.client.pass(&mut call).await?;
        if answer.status.is_success() {
            return Ok((answer, call.url.path().to_owned()));
        }
        Err(call.explain(answer.into_error()))
    }

    /// Records the first byte of a partial response.
    fn begins_at(&mut self, answer: &HttpResponse) -> Result<()> {
        let Some(part) = self.request.options().wanted_range() else { return Ok(()) };
        let range = answer.headers.get(CONTENT_RANGE).and_then(|range| content_range(range.to_str().ok()?));
        if answer.coded {
            return Err(Error::protocol(
                "a part was asked for, and it came in a content coding, which cannot be decoded from the middle",
            )
            .with_hint("Leave the range out."));
        }
        let Some((first, whole)) = range.filter(|_| answer.status == StatusCode::PARTIAL_CONTENT) else {
            return Err(Error::protocol(
                "a part was asked for, and the whole came: this content cannot be had in parts",
            )
            .with_hint("Leave the range out."));
        };
        match part {
            ByteRange::From(wanted) | ByteRange::Between(wanted, _) if wanted != first => {
                Err(Error::protocol(format!("a part from byte {wanted} was asked for, and one from byte {first} came")))
            }
            _ => {
                (self.first, self.whole) = (first, whole);
                Ok(())
            }
        }
    }

    fn can_resume(&self) -> bool {
        self.request.method == Method::GET && (self.etag.is_some() || self.size.is_some())
    }

    /// Returns how many bytes of a resumed response are stored already.
    fn resumed_at(&self, answer: &HttpResponse) -> Result<u64> {
        let changed = || {
            Err(Error::new(Code::Conflict, "the file changed while it was downloaded")
                .retry(Retry::Later)
                .with_hint("Download it again from the beginning."))
        };
        if self.done > 0 && answer.coded != self.coded {
            return changed();
        }
        if self.done == 0 || answer.status == StatusCode::PARTIAL_CONTENT {
            let range = answer.headers.get(CONTENT_RANGE).and_then(|range| content_range(range.to_str().ok()?));
            return match range {
                None if self.done == 0 => Ok(0),
                Some((start, whole))
                    if start == self.first + self.done
                        && (whole.is_none() || self.whole.is_none() || whole == self.whole) =>
                {
                    Ok(0)
                }
                _ => changed(),
            };
        }
        if self.request.options().wanted_range().is_some() {
            return changed();
        }
        // All of it again. Without the same tag or size it need not be the same file.
        let same_tag = self.etag.is_none() || answer.headers.get(ETAG) == self.etag.as_ref();
        let same_size = self.size.is_none() || length(&answer.headers).map(|length| length as u64) == self.size;
        if same_tag && same_size { Ok(self.done) } else { changed() }
    }

    /// Stores a body. The outer error ends the download, the inner one may be followed by a resumption.
    async fn store(&mut self, mut body: ByteStream, mut skip: u64, file: &mut dyn FileWriter) -> Result<Result<()>> {
        let broke_off = |why: &str| Error::new(Code::Unavailable, format!("the download broke off: {why}"));
        loop {
            let mut patience = self.client.inner.limits.silence;
            if let Some(deadline) = self.session.deadline {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Error::new(Code::Unavailable, "the run's time was over before the download was")
                        .with_hint("Give the run more time."));
                }
                patience = patience.min(left);
            }
            let asked = Instant::now();
            let mut chunk = match timer::within(patience, pin!(body.next())).await {
                None => return Ok(Err(broke_off("nothing came for a long time"))),
                Some(Some(Ok(chunk))) => chunk,
                // The same would come again.
                Some(Some(Err(error))) if error.code() == Code::Protocol => return Err(error),
                Some(Some(Err(error))) => return Ok(Err(broke_off(error.message()).caused_by(error))),
                Some(None) => break,
            };
            let too_slow = self.pace.is_low(asked.elapsed(), chunk.len(), &self.client.inner.limits);
            let known = skip.min(chunk.len() as u64);
            skip -= known;
            // Smaller than the chunk, which is in memory.
            let _ = chunk.split_to(known as usize);
            if chunk.is_empty() && !too_slow {
                continue;
            }
            self.done += chunk.len() as u64;
            if self.size.is_some_and(|size| self.done > size) {
                return Err(Error::protocol("a download is longer than it said"));
            }
            if let Some(hash) = &mut self.hash {
                hash.update(&chunk);
            }
            file.write(chunk).await?;
            self.session.progress.step(ProgressEvent::Downloaded(self.done, self.size));
            if too_slow && self.size != Some(self.done) {
                return Ok(Err(
                    broke_off("too little came for a long time").with_hint("Try again later, or over another network.")
                ));
            }
        }
        match self.size {
            Some(size) if self.done < size => Ok(Err(broke_off(&format!("{} of {size} bytes came", self.done)))),
            _ => Ok(Ok(())),
        }
    }
}

/// Speed at which a download arrives. Time that is spent on storing it is not the other side's fault, and does not
/// count.
#[derive(Default)]
struct DownloadSpeed {
    waited: Duration,
    bytes: u64,
    // How many times in a row too little came.
    low: u32,
}

impl DownloadSpeed {
    /// Records bytes that were waited for. Returns whether that ends an interval in which fewer came than the limit.
    fn is_low(&mut self, waited: Duration, bytes: usize, limits: &Limits) -> bool {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < limits.silence {
            return false;
        }
        let is_low = self.bytes < limits.least();
        *self = DownloadSpeed { low: if is_low { self.low + 1 } else { 0 }, ..DownloadSpeed::default() };
        is_low
    }
}

/// Parses the first byte of `bytes 5-9/10`, and the size if it is known.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, size.trim().parse().ok()))
}
