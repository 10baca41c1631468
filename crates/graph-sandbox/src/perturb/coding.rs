//! Content codings.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::HeaderValue;
use http::header::CONTENT_ENCODING;

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Sends answers in the codings `gzip` and `deflate`, also to whoever did not ask for one.
///
/// Allowed by RFC 9110, sections 8.4 and 12.5.3 (a request without `Accept-Encoding` takes any coding). What is called
/// `deflate` comes with and without the frame of zlib, as section 8.4.1.2 notes.
pub(super) struct Coding;

impl Perturbation for Coding {
    fn name(&self) -> &'static str {
        "coding"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "sends answers in gzip and deflate"
    }
    fn wire(&self, asked: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        // A part of a file is counted in bytes, which a coding would change.
        let json = matches!(wire.body.first(), Some(b'{' | b'[' | 0xef));
        if !json || wire.is_coded() || !(asked.path.starts_with("/v1.0/") || asked.path.starts_with("/beta/")) {
            return;
        }
        let mut out = Vec::new();
        let (written, name) = match random.below(6) {
            0 => (GzEncoder::new(&mut out, Compression::fast()).write_all(&wire.body), "gzip"),
            1 => (ZlibEncoder::new(&mut out, Compression::fast()).write_all(&wire.body), "deflate"),
            2 => (DeflateEncoder::new(&mut out, Compression::fast()).write_all(&wire.body), "deflate"),
            3 => (GzEncoder::new(&mut out, Compression::none()).write_all(&wire.body), "X-GZIP"),
            _ => return,
        };
        // Writing into memory cannot fail; the encoders finish when they are dropped.
        if written.is_ok() {
            wire.body = out.into();
            wire.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
    }
}
