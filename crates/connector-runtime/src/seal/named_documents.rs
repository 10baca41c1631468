//! Sealed documents that are found by an id and by a name, which no two of a kind have.

use std::fmt::Display;
use std::marker::PhantomData;

use connector_sdk::{Code, Error, Issue, Result, Retry, Secret};

use super::SealedDocuments;
use crate::store::Revision;

/// First part of the keys of the documents; the ids follow.
const IDS: &str = "main/id/";
/// Maximum length of a name, in characters.
const MAX_NAME: usize = 100;

/// What is stored under an id and a name.
pub(crate) trait NamedDocument: Sized {
    /// Its id, which stays.
    type Id: Display;
    /// Kind of the document.
    const KIND: &'static str;
    /// What texts call it, such as `watch`.
    const NOUN: &'static str;
    /// What texts call several.
    const NOUNS: &'static str;

    fn id(&self) -> &Self::Id;
    fn name(&self) -> &str;

    /// Reads an id; `None` for any other text.
    fn read_id(text: &str) -> Option<Self::Id>;

    /// Reads a document; `None` for what this version does not understand.
    fn read(plain: &[u8]) -> Option<Self>;

    /// Prints it as [`NamedDocument::read`] reads it, **with its secrets**.
    ///
    /// # Errors
    /// `bug` for what cannot be printed.
    fn print(&self) -> Result<Secret>;
}

/// The stored documents of a kind.
pub(crate) struct NamedDocuments<'a, T> {
    vault: &'a SealedDocuments,
    kind: PhantomData<fn() -> T>,
}

impl<'a, T: NamedDocument> NamedDocuments<'a, T> {
    pub(crate) fn of(vault: &'a SealedDocuments) -> NamedDocuments<'a, T> {
        NamedDocuments { vault, kind: PhantomData }
    }

    /// Stores a document that is new.
    ///
    /// # Errors
    /// `conflict` when its name is another's; the store's.
    pub(crate) async fn add(&self, document: &T) -> Result<()> {
        let (name, id) = (name_key(document.name()), id_key::<T>(document.id()));
        let documents = vec![(&*name, None, name_entry(document)), (&*id, None, document.print()?)];
        self.vault.put_all(T::KIND, documents).await.map_err(|error| match error.code() {
            Code::Conflict => name_taken::<T>(document.name()),
            _ => error,
        })
    }

    /// Returns a document by its id or its name, with its revision.
    ///
    /// # Errors
    /// `not_found`; the store's.
    pub(crate) async fn find(&self, id_or_name: &str) -> Result<(Revision, T)> {
        let id = match T::read_id(id_or_name) {
            Some(id) => Some(id),
            None if is_name::<T>(id_or_name) => {
                let found = self.vault.get(T::KIND, &name_key(id_or_name)).await?;
                found.and_then(|(_, plain)| T::read_id(std::str::from_utf8(&plain).ok()?))
            }
            None => None,
        };
        let found = match id {
            Some(id) => self.load(&id).await?,
            None => None,
        };
        found.ok_or_else(|| no_such::<T>(id_or_name))
    }

    /// Returns a document, with its revision.
    ///
    /// # Errors
    /// The store's; `unavailable` for one that cannot be read.
    pub(crate) async fn load(&self, id: &T::Id) -> Result<Option<(Revision, T)>> {
        let Some((revision, plain)) = self.vault.get(T::KIND, &id_key::<T>(id)).await? else { return Ok(None) };
        Ok(Some((revision, read(&plain)?)))
    }

    /// Returns all documents, by id. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self) -> Result<Vec<Result<(Revision, T)>>> {
        let found = self.vault.list(T::KIND, IDS, None, usize::MAX).await?;
        Ok(found.into_iter().map(|(_, revision, plain)| Ok((revision, read(&plain?)?))).collect())
    }

    /// Replaces a document if it is still at this revision, and returns the new one.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile, or its new name is another's; the store's.
    pub(crate) async fn replace(&self, former: &T, expected: Revision, document: &T) -> Result<Revision> {
        let (id, text) = (id_key::<T>(document.id()), document.print()?);
        if former.name() == document.name() {
            return self.vault.put(T::KIND, &id, Some(expected), text.expose().as_bytes()).await;
        }
        let name = name_key(document.name());
        if self.vault.revision(T::KIND, &name).await?.is_some() {
            return Err(name_taken::<T>(document.name()));
        }
        let documents = vec![(&*name, None, name_entry(document)), (&*id, Some(expected), text)];
        self.vault.put_all(T::KIND, documents).await?;
        self.free_name(former).await?;
        let written = self.vault.revision(T::KIND, &id).await?;
        written.ok_or_else(|| no_such::<T>(&document.id().to_string()))
    }

    /// Removes a document if it is still at this revision. Its name is free first, so that what breaks off in between can
    /// be repeated.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(crate) async fn remove(&self, document: &T, expected: Revision) -> Result<()> {
        self.free_name(document).await?;
        self.vault.remove(T::KIND, &id_key::<T>(document.id()), expected).await
    }

    async fn free_name(&self, document: &T) -> Result<()> {
        let key = name_key(document.name());
        let Some((revision, plain)) = self.vault.get(T::KIND, &key).await? else { return Ok(()) };
        if *plain != *document.id().to_string().as_bytes() {
            return Ok(());
        }
        match self.vault.remove(T::KIND, &key, revision).await {
            Err(error) if error.code() == Code::Conflict => Ok(()),
            removed => removed,
        }
    }
}

/// Returns what is wrong with a name, at `/name`.
pub(crate) fn check_name<T: NamedDocument>(name: &str) -> Option<Issue> {
    (!is_name::<T>(name)).then(|| {
        Issue::new(
            "/name",
            format!("is no name of 1 to {MAX_NAME} characters without line breaks and blanks around it"),
        )
    })
}

// What looks like an id is no name, so that one text never means two documents.
fn is_name<T: NamedDocument>(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
        && T::read_id(text).is_none()
}

/// Returns the error for a document that does not exist, or must not be seen.
pub(crate) fn no_such<T: NamedDocument>(id_or_name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no {} `{}`", T::NOUN, id_or_name.escape_debug()))
        .with_hint(format!("List the {}, and name one of them by its id or its name.", T::NOUNS))
}

fn name_taken<T: NamedDocument>(name: &str) -> Error {
    Error::new(Code::Conflict, format!("there is a {} called `{name}` already", T::NOUN))
        .with_reason("name_taken")
        .with_hint(format!("Choose another name, or change or remove that {}.", T::NOUN))
}

fn read<T: NamedDocument>(plain: &[u8]) -> Result<T> {
    // A reader's own message could quote a secret.
    T::read(plain).ok_or_else(|| {
        Error::new(Code::Unavailable, format!("a stored {} cannot be read", T::NOUN))
            .retry(Retry::Never)
            .with_hint("It may be written by a newer version: update this program.")
    })
}

fn name_entry<T: NamedDocument>(document: &T) -> Secret {
    Secret::new(document.id().to_string())
}

fn id_key<T: NamedDocument>(id: &T::Id) -> String {
    format!("{IDS}{id}")
}

fn name_key(name: &str) -> String {
    format!("main/name/{name}")
}
