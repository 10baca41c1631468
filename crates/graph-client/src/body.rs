//! Encoding of bodies: from a plan's description to bytes.

use bytes::{BufMut, Bytes, BytesMut};
use connector_sdk::{Body, ByteStream, Error, FileMeta, FileRef, MultipartPart, PartContent, Result};
use futures_util::StreamExt;
use http::HeaderValue;

use crate::{Files, ids};

/// Returns a body that consists of bytes already, as most do, with its media type.
pub(crate) fn ready(body: &Body) -> Option<(Bytes, Option<HeaderValue>)> {
    match body {
        Body::Empty => Some((Bytes::new(), None)),
        Body::Json(text) => Some((text.clone(), Some(HeaderValue::from_static("application/json")))),
        _ => None,
    }
}

/// Encodes any body, and returns it with its media type.
pub(crate) async fn encode(body: &Body, files: &dyn Files) -> Result<(Bytes, Option<HeaderValue>)> {
    let named = |name: &str| {
        HeaderValue::from_str(name).map_err(|_| Error::invalid("", "the media type of a body is not valid"))
    };
    Ok(match body {
        Body::Empty | Body::Json(_) => ready(body).unwrap_or_default(),
        Body::Bytes(media, bytes) => (bytes.clone(), Some(named(media)?)),
        Body::Form(pairs) => {
            let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            (text.into(), Some(HeaderValue::from_static("application/x-www-form-urlencoded")))
        }
        Body::Multipart(parts) => {
            let boundary = ids::fresh();
            let bytes = multipart(parts, &boundary, files).await?;
            (bytes, Some(named(&format!("multipart/form-data; boundary={boundary}"))?))
        }
        Body::File { file, range, content_type } => {
            let bytes = match range {
                Some(range) => read(&file.0, range.clone(), files).await?,
                None => read_whole(&file.0, files).await?,
            };
            (bytes, Some(named(content_type)?))
        }
        _ => return Err(Error::unsupported("the kind of a body")),
    })
}

/// Returns the metadata of a file.
///
/// # Errors
/// `invalid_input` when it is not attached, or its base64 is not valid.
pub(crate) fn meta(file: &FileRef, files: &dyn Files) -> Result<FileMeta> {
    match file {
        FileRef::Attached { file } => {
            files.meta(file).ok_or_else(|| Error::invalid("", format!("no file is attached under the name `{file}`")))
        }
        inline => Ok(FileMeta::new(inline.inline()?.map_or(0, |bytes| bytes.len() as u64))),
    }
}

/// Reads a range of a file, all of it or an error.
pub(crate) async fn read(file: &FileRef, range: std::ops::Range<u64>, files: &dyn Files) -> Result<Bytes> {
    let wanted = range.end.saturating_sub(range.start);
    let bytes = match file {
        FileRef::Attached { file } => files.read(file, range).await?,
        inline => {
            let whole = inline.inline()?.unwrap_or_default();
            let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(whole.len());
            whole.slice(usize::try_from(range.start).unwrap_or(usize::MAX).min(end)..end)
        }
    };
    if bytes.len() as u64 == wanted {
        Ok(bytes)
    } else {
        Err(Error::invalid(
            "",
            format!("a file changed while it was read: {wanted} bytes were expected and {} came", bytes.len()),
        )
        .with_hint("Try again when nothing writes to the file."))
    }
}

/// Reads a whole file.
pub(crate) async fn read_whole(file: &FileRef, files: &dyn Files) -> Result<Bytes> {
    let size = meta(file, files)?.size;
    read(file, 0..size, files).await
}

// RFC 7578.
async fn multipart(parts: &[MultipartPart], boundary: &str, files: &dyn Files) -> Result<Bytes> {
    let mut out = BytesMut::new();
    for part in parts {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&part.name));
        if let Some(name) = &part.file_name {
            head.push_str(&format!("; filename=\"{}\"", quoted(name)));
        }
        if let Some(media) = &part.content_type {
            HeaderValue::from_str(media).map_err(|_| Error::invalid("", "the media type of a part is not valid"))?;
            head.push_str(&format!("\r\nContent-Type: {media}"));
        }
        head.push_str("\r\n\r\n");
        out.put(head.as_bytes());
        match &part.content {
            PartContent::Text(text) => out.put(text.as_bytes()),
            PartContent::File(file) => out.put(read_whole(&file.0, files).await?),
            _ => return Err(Error::unsupported("the kind of a part of a body")),
        }
        out.put(&b"\r\n"[..]);
    }
    out.put(format!("--{boundary}--\r\n").as_bytes());
    Ok(out.freeze())
}

// As browsers do: a quote or a line break would end the name.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the new capacity for a body that has outgrown its buffer: twice as much, or all that it may ever take as
/// soon as the old buffer is small beside that. The old and the new one together take at most five quarters of the
/// limit.
fn room(capacity: usize, wanted: usize, limit: usize) -> usize {
    let double = wanted.max(capacity.saturating_mul(2));
    if double > limit / 4 { limit } else { double }
}

/// Reads a response's body to its end, refusing more than `limit` bytes. A known length is one allocation.
///
/// # Errors
/// `protocol` when it is larger than `limit`; the stream's own error when it breaks off.
pub(crate) async fn read_answer(mut body: ByteStream, length: Option<usize>, limit: usize) -> Result<Bytes> {
    let too_large = || {
        Error::protocol(format!("an answer is larger than {limit} bytes"))
            .with_hint("Ask for fewer properties or smaller pages, or download it as a file.")
    };
    let longer = || Error::protocol("an answer is longer than it said");
    if length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let Some(first) = body.next().await.transpose()? else {
        return Ok(Bytes::new());
    };
    if first.len() > limit {
        return Err(too_large());
    }
    // Most answers are one chunk, and then nothing is copied.
    if length == Some(first.len()) {
        return match body.next().await.transpose()? {
            None => Ok(first),
            Some(_) => Err(longer()),
        };
    }
    let Some(second) = body.next().await.transpose()? else {
        return Ok(first);
    };
    let mut whole = BytesMut::with_capacity(length.unwrap_or_else(|| room(0, 4 * (first.len() + second.len()), limit)));
    whole.put(first);
    let mut chunk = second;
    loop {
        if whole.len() + chunk.len() > limit {
            return Err(too_large());
        }
        let wanted = whole.len() + chunk.len();
        if length.is_some_and(|length| wanted > length) {
            return Err(longer());
        }
        if wanted > whole.capacity() {
            let mut larger = BytesMut::with_capacity(room(whole.capacity(), wanted, limit));
            larger.put(whole);
            whole = larger;
        }
        whole.put(chunk);
        match body.next().await.transpose()? {
            Some(more) => chunk = more,
            None => return Ok(whole.freeze()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_takes_little_more_than_its_limit_while_it_grows() {
        for limit in [1 << 10, 1 << 20, 64 << 20] {
            for step in [1 + limit / 1000, 1 + limit / 37, 1 + limit / 5, limit / 2, limit] {
                let (mut capacity, mut length) = (0, step);
                while length <= limit {
                    if length > capacity {
                        let larger = room(capacity, length, limit);
                        assert!(larger >= length && larger <= limit, "{limit} {step}");
                        assert!(capacity + larger <= limit + limit / 2, "{limit} {step}: {capacity} and {larger}");
                        capacity = larger;
                    }
                    length += step;
                }
            }
        }
    }
}
