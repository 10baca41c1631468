//! What is known about a file: the part that its principal sees, and the document.

use std::fmt;

use connector_sdk::{Code, Error, Result, Secret};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key::Key;
use crate::kinds::BLOB;
use crate::principal::PrincipalId;
use crate::random;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// A temporary file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TemporaryFile {
    /// Id of the file, which nobody can guess. An input names the file by it: `{"file": "…"}`.
    pub id: String,
    /// Name of the file, made safe for a file system.
    pub name: String,
    /// Media type of the file.
    pub content_type: String,
    /// Size of the file, in bytes.
    pub size: u64,
    /// Time at which the file is gone.
    pub expires: Timestamp,
    /// SHA-256 of the content, in hexadecimal digits.
    pub sha256: String,
}

/// Returns whether a text could be the id of a temporary file.
pub(crate) fn is_file_id(text: &str) -> bool {
    FileId::parse(text).is_some()
}

/// Id of a file: 128 random bits, as 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FileId(String);

impl FileId {
    /// Creates a random id.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(crate) fn random() -> Result<FileId> {
        random::name::<16>().map(FileId)
    }

    /// Returns the id that this text is; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<FileId> {
        let is_id = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| FileId(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn document(&self) -> String {
        format!("main/{}", self.0)
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is stored about a file.
pub(super) struct Record {
    pub(super) principal: PrincipalId,
    pub(super) file: TemporaryFile,
    pub(super) key: Key,
}

#[derive(Serialize)]
struct Written<'a> {
    principal: &'a PrincipalId,
    file: &'a TemporaryFile,
    key: &'a str,
}

#[derive(Deserialize)]
struct Read {
    principal: PrincipalId,
    file: TemporaryFile,
    key: Secret,
}

impl Record {
    /// Reads the document of a file; `None` when there is none.
    ///
    /// # Errors
    /// As [`SealedDocuments::get`].
    pub(super) async fn load(vault: &SealedDocuments, id: &FileId) -> Result<Option<(Revision, Record)>> {
        let Some((revision, plain)) = vault.get(BLOB, &id.document()).await? else { return Ok(None) };
        Record::parse(&plain).map(|record| Some((revision, record)))
    }

    /// Parses the content of a document.
    ///
    /// # Errors
    /// `bug` when it is something else.
    pub(super) fn parse(plain: &[u8]) -> Result<Record> {
        // What cannot be read is not repeated: it has a key in it.
        let read: Read = serde_json::from_slice(plain).map_err(|_| Error::bug("a temporary file cannot be read"))?;
        Ok(Record { principal: read.principal, file: read.file, key: Key::parse(read.key.expose())? })
    }

    /// Stores the document of a new file.
    ///
    /// # Errors
    /// As [`SealedDocuments::put`].
    pub(super) async fn store(&self, vault: &SealedDocuments, id: &FileId) -> Result<()> {
        let key = self.key.print();
        let written = Written { principal: &self.principal, file: &self.file, key: &key };
        // With room for all of it, so that no copy of the key is left behind when it grows.
        let mut plain = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(&mut *plain, &written).map_err(|error| Error::bug(error.to_string()))?;
        vault.put(BLOB, &id.document(), None, &plain).await.map(|_| ())
    }

    /// Removes the document, if it is still the one at this revision. Returns whether it was.
    ///
    /// # Errors
    /// As [`SealedDocuments::remove`].
    pub(super) async fn remove(vault: &SealedDocuments, id: &FileId, revision: Revision) -> Result<bool> {
        match vault.remove(BLOB, &id.document(), revision).await {
            Ok(()) => Ok(true),
            Err(error) if error.code() == Code::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns whether a file has a document, without opening it.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn exists(vault: &SealedDocuments, id: &FileId) -> Result<bool> {
        Ok(vault.revision(BLOB, &id.document()).await?.is_some())
    }
}

/// Creates the error for a file that the principal does not have: one that does not exist, has expired, or is another's.
pub(super) fn no_such(id: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no temporary file `{id}`")).with_hint(
        "Temporary files are removed after a while, and belong to the key that made them. Store the file again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_32_digits_and_nothing_else() {
        let id = FileId::random().unwrap();
        assert_eq!(FileId::parse(id.as_str()), Some(id.clone()));
        assert_ne!(FileId::random().unwrap(), id);
        let (long, upper) = (format!("{id}0"), "A".repeat(32));
        for text in ["", "a", &id.as_str()[1..], &long, &upper, &"g".repeat(32), &"/".repeat(32), &"é".repeat(16)] {
            assert_eq!(FileId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_document_that_is_damaged_is_not_repeated() {
        let error = Record::parse(br#"{"principal":"","file":{},"key":"hunter2"}"#).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
