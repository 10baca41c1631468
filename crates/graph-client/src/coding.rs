//! Decoding of content codings.
//!
//! We ask for none, but a server or a gateway may send one all the same (RFC 9110, 12.5.3), and an embedder's
//! transport may ask. What is decoded grows, up to a thousandfold, so each step of it is small and counted.

use std::io::{self, Write};

use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result};
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use futures_util::{StreamExt, stream};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

/// Maximum number of nested codings that are decoded.
const MOST: usize = 2;
/// Number of bytes that are decoded in one step, which may yield a thousand times as many.
const STEP: usize = 4 << 10;
/// Size up to which decoded bodies may grow freely, in bytes. Beyond it, they may be at most [`GROWTH`] times as large
/// as what came.
const FREE: u64 = 64 << 20;
const GROWTH: u64 = 200;

#[derive(Clone, Copy, PartialEq)]
enum Coding {
    Gzip,
    Deflate,
}

/// Decodes a body, and returns whether it was coded. The headers then say nothing of the coded form any more.
///
/// # Errors
/// `protocol` for a coding that nobody asked for and that is not known here.
pub(crate) fn decode(headers: &mut HeaderMap, body: ByteStream) -> Result<(ByteStream, bool)> {
    if !headers.contains_key(CONTENT_ENCODING) {
        return Ok((body, false));
    }
    let mut codings = Vec::new();
    for name in headers.get_all(CONTENT_ENCODING).iter().flat_map(|value| value.to_str().unwrap_or("?").split(',')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "utf-8" => {}
            "gzip" | "x-gzip" => codings.push(Coding::Gzip),
            "deflate" => codings.push(Coding::Deflate),
            other => {
                return Err(refused(&format!(
                    "it is coded as `{}`",
                    other.chars().take(40).collect::<String>().escape_debug()
                )));
            }
        }
    }
    if codings.len() > MOST {
        return Err(refused("it has too many content codings"));
    }
    if codings.is_empty() {
        return Ok((body, false));
    }
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    // The last one was put around the others.
    Ok((codings.into_iter().rev().fold(body, unwrap), true))
}

fn refused(why: &str) -> Error {
    Error::protocol(format!("an answer cannot be read: {why}, which was not asked for"))
        .with_hint("A proxy or gateway on the way may have changed it. Ask whoever runs it.")
}

struct Unwrap {
    coding: Coding,
    body: ByteStream,
    decoder: Option<Decoder>,
    // What came and is not decoded yet.
    left: Bytes,
    came: u64,
    grown: u64,
    over: bool,
}

fn unwrap(body: ByteStream, coding: Coding) -> ByteStream {
    let state = Unwrap { coding, body, decoder: None, left: Bytes::new(), came: 0, grown: 0, over: false };
    stream::unfold(state, |mut state| async move {
        let step = state.next().await?;
        state.over |= step.is_err();
        Some((step, state))
    })
    .boxed()
}

impl Unwrap {
    async fn next(&mut self) -> Option<Result<Bytes>> {
        while !self.over {
            if self.left.is_empty() || self.decoder.is_none() && self.left.len() < 2 {
                match self.body.next().await {
                    Some(Ok(chunk)) => self.take(chunk),
                    Some(Err(error)) => return Some(Err(error)),
                    None => {
                        self.over = true;
                        // A single byte is too short for any coding.
                        let out = match self.decoder.take() {
                            Some(decoder) => decoder.finish().map_err(broken),
                            None => Ok(std::mem::take(&mut self.left).into()),
                        };
                        return Some(out.and_then(|out| self.count(out)))
                            .filter(|out| !out.as_ref().is_ok_and(Bytes::is_empty));
                    }
                }
                continue;
            }
            let step = self.left.split_to(self.left.len().min(STEP));
            let coding = self.coding;
            let out = self.decoder.get_or_insert_with(|| Decoder::new(coding, &step)).push(&step).map_err(broken);
            match out.and_then(|out| self.count(out)) {
                Ok(out) if out.is_empty() => {}
                out => return Some(out),
            }
        }
        None
    }

    fn take(&mut self, chunk: Bytes) {
        self.came += chunk.len() as u64;
        self.left = match self.left.is_empty() {
            true => chunk,
            false => [std::mem::take(&mut self.left), chunk].concat().into(),
        };
    }

    fn count(&mut self, out: Vec<u8>) -> Result<Bytes> {
        self.grown += out.len() as u64;
        if self.grown > FREE && self.grown > self.came.saturating_mul(GROWTH) {
            return Err(Error::protocol("an answer grows out of all proportion when it is decoded")
                .with_hint("The answer may have been tampered with. It was discarded."));
        }
        Ok(out.into())
    }
}

fn broken(cause: io::Error) -> Error {
    Error::new(Code::OutcomeUnknown, "an answer broke off, or its content coding is damaged").caused_by(cause)
}

enum Decoder {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zlib(ZlibDecoder<Vec<u8>>),
    Deflate(DeflateDecoder<Vec<u8>>),
    // A gateway has decoded it and left the header.
    Plain,
}

impl Decoder {
    fn new(coding: Coding, beginning: &[u8]) -> Decoder {
        let (first, second) =
            (beginning.first().copied().unwrap_or_default(), beginning.get(1).copied().unwrap_or_default());
        let is_zlib = first & 0x0f == 8 && (u16::from(first) << 8 | u16::from(second)).is_multiple_of(31);
        match coding {
            Coding::Gzip if [first, second] == [0x1f, 0x8b] => Decoder::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            Coding::Gzip => Decoder::Plain,
            // Many servers leave the frame out.
            Coding::Deflate if is_zlib => Decoder::Zlib(ZlibDecoder::new(Vec::new())),
            Coding::Deflate if matches!(first, b'{' | b'[') => Decoder::Plain,
            Coding::Deflate => Decoder::Deflate(DeflateDecoder::new(Vec::new())),
        }
    }

    fn push(&mut self, step: &[u8]) -> io::Result<Vec<u8>> {
        fn all(decoder: &mut impl Write, mut step: &[u8]) -> io::Result<()> {
            while !step.is_empty() {
                match decoder.write(step)? {
                    // What stands behind the end is no part of it.
                    0 => break,
                    taken => step = &step[taken..],
                }
            }
            Ok(())
        }
        Ok(match self {
            Decoder::Gzip(decoder) => {
                all(decoder, step)?;
                std::mem::take(decoder.get_mut())
            }
            Decoder::Zlib(decoder) => {
                all(decoder, step)?;
                std::mem::take(decoder.get_mut())
            }
            Decoder::Deflate(decoder) => {
                all(decoder, step)?;
                std::mem::take(decoder.get_mut())
            }
            Decoder::Plain => step.to_vec(),
        })
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Decoder::Gzip(decoder) => decoder.finish(),
            Decoder::Zlib(decoder) => decoder.finish(),
            Decoder::Deflate(decoder) => decoder.finish(),
            Decoder::Plain => Ok(Vec::new()),
        }
    }
}
