//! Reading of a file: the blobs that a range needs, one after another, chunk by chunk.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use connector_sdk::{ByteRange, ByteStream, Error, Result};
use futures_util::{StreamExt, stream};

use super::cipher::{CHUNK, ChunkCipher, SEALED_CHUNK, TAG, broken, chunks};
use super::record::Record;
use super::temporary_files::{BLOB_CHUNKS, TemporaryFiles};
use super::{FileId, TemporaryFile};

/// A file that was opened.
#[non_exhaustive]
pub struct OpenedFile {
    /// The file.
    pub file: TemporaryFile,
    /// Bytes of the file that `content` has.
    pub range: Range<u64>,
    /// Content of the range. It reads on when it is asked for more, at most about 1 MiB at once.
    pub content: ByteStream,
}

/// A file that is stored, with what it takes to read it.
pub(crate) struct StoredFile {
    files: Arc<TemporaryFiles>,
    file: TemporaryFile,
    id: FileId,
    cipher: ChunkCipher,
}

impl StoredFile {
    pub(super) fn new(files: Arc<TemporaryFiles>, id: FileId, record: Record) -> Result<StoredFile> {
        let cipher = ChunkCipher::new(&record.key, &id)?;
        Ok(StoredFile { files, file: record.file, id, cipher })
    }

    /// Returns what is known about the file.
    pub(crate) fn info(&self) -> &TemporaryFile {
        &self.file
    }

    /// Opens the file, or a range of it. What can be found out about the content before it is read is an error here.
    ///
    /// # Errors
    /// `invalid_input` with the reason `range` for a range that the file does not have; `unavailable` when the content
    /// is gone, has been changed or cannot be read.
    pub(crate) async fn open(self, range: Option<ByteRange>) -> Result<OpenedFile> {
        let range = bounds(range, self.file.size)?;
        let (file, end) = (self.file.clone(), range.end);
        let (first, next) = self.read_part(&range).await?;
        let rest = stream::try_unfold((self, next), move |(stored, from)| async move {
            if from >= end {
                return Ok(None);
            }
            let (part, next) = stored.read_part(&(from..end)).await?;
            Ok(Some((part, (stored, next))))
        });
        let content = stream::once(async { Ok(first) }).chain(rest);
        Ok(OpenedFile { file, range, content: Box::pin(content) })
    }

    /// Reads a range, or as much of it as the file has.
    ///
    /// # Errors
    /// `unavailable` when the content is gone, has been changed or cannot be read.
    pub(crate) async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let end = range.end.min(self.file.size);
        let mut from = range.start;
        let mut whole = BytesMut::new();
        while from < end {
            let (part, next) = self.read_part(&(from..end)).await?;
            if part.len() as u64 == end - range.start {
                return Ok(part);
            }
            whole.reserve(usize::try_from(end - from).unwrap_or_default());
            whole.extend_from_slice(&part);
            from = next;
        }
        Ok(whole.freeze())
    }

    // Reads the beginning of a range: what one blob has of it. Returns it with the place where it ends.
    async fn read_part(&self, range: &Range<u64>) -> Result<(Bytes, u64)> {
        let (chunk, sealed) = (CHUNK as u64, SEALED_CHUNK as u64);
        let count = chunks(self.file.size);
        let first = range.start / chunk;
        let blob = first / BLOB_CHUNKS;
        // The chunks of this blob, and those of them that are wanted.
        let (begin, end) = (blob * BLOB_CHUNKS, count.min((blob + 1) * BLOB_CHUNKS));
        let last = end.min(range.end.div_ceil(chunk).max(first + 1));
        let length = |chunks: Range<u64>| {
            let is_cut = chunks.end == count;
            let short = if is_cut { count * chunk - self.file.size } else { 0 };
            (chunks.end - chunks.start) * sealed - short
        };
        let from = (first - begin) * sealed;
        let name = self.files.blob_name(&self.id, blob).await?;
        let found = self.files.blobs.get(&name, from..from + length(first..last)).await?.ok_or_else(broken)?;
        // A blob that is longer had something appended to it.
        if found.size != length(begin..end) || found.bytes.len() as u64 != length(first..last) {
            return Err(broken());
        }
        let mut plain = BytesMut::with_capacity(found.bytes.len());
        for (position, sealed) in (first..).zip(found.bytes.chunks(SEALED_CHUNK)) {
            plain.extend_from_slice(&self.cipher.open(position, position + 1 == count, sealed)?);
        }
        let stop = range.end.min(last * chunk);
        let skip = usize::try_from(range.start - first * chunk).unwrap_or(usize::MAX);
        let keep = usize::try_from(stop - range.start).unwrap_or(usize::MAX);
        if plain.len() < skip + keep {
            return Err(broken());
        }
        Ok((plain.freeze().slice(skip..skip + keep), stop))
    }
}

/// Returns the bytes of a file of this size that a range means; all of them where there is none.
///
/// # Errors
/// `invalid_input` when the file has no byte in the range.
fn bounds(range: Option<ByteRange>, size: u64) -> Result<Range<u64>> {
    let bounds = match range {
        None => return Ok(0..size),
        Some(ByteRange::From(first)) => first..size,
        Some(ByteRange::Between(first, last)) => first..size.min(last.saturating_add(1)),
        Some(ByteRange::Last(count)) => size - count.min(size)..size,
    };
    match bounds.is_empty() {
        false => Ok(bounds),
        true => {
            Err(Error::invalid("", format!("the file has {size} bytes, and none in this range")).with_reason("range"))
        }
    }
}

// A sealed chunk is never as short as its tag alone, except that of an empty file.
const _: () = assert!(SEALED_CHUNK == CHUNK + TAG);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        let range = |text: &str, size| bounds(Some(text.parse().unwrap()), size);
        for (text, size, bytes) in [
            ("0-", 5, 0..5),
            ("4-", 5, 4..5),
            ("1-3", 5, 1..4),
            ("1-99", 5, 1..5),
            ("-2", 5, 3..5),
            ("-99", 5, 0..5),
            ("0-18446744073709551615", 5, 0..5),
        ] {
            assert_eq!(range(text, size).unwrap(), bytes, "{text}");
        }
        for (text, size) in [("5-", 5), ("5-7", 5), ("0-", 0), ("-1", 0), ("9-10", 5)] {
            assert_eq!(range(text, size).unwrap_err().reason(), Some("range"), "{text}");
        }
        assert_eq!(bounds(None, 0).unwrap(), 0..0);
    }
}
