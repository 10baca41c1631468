//! The stored watches: a document for each, and one for each name.

use connector_sdk::{Code, Error, Result, Retry, Secret};

use super::{Watch, WatchId, no_such_watch};
use crate::kinds::WATCH;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// The stored watches of a host.
pub(crate) struct Watches<'a>(pub(crate) &'a SealedDocuments);

impl Watches<'_> {
    /// Stores a watch that is new.
    ///
    /// # Errors
    /// `conflict` when its name is another watch's; the store's.
    pub(crate) async fn add(&self, watch: &Watch) -> Result<()> {
        let (name, id) = (name_key(&watch.name), id_key(&watch.id));
        let documents = vec![(&*name, None, Secret::new(watch.id.as_str())), (&*id, None, Secret::new(text(watch)?))];
        self.0.put_all(WATCH, documents).await.map_err(|error| match error.code() {
            Code::Conflict => name_taken(&watch.name),
            _ => error,
        })
    }

    /// Returns a watch by its id or its name, with its revision.
    ///
    /// # Errors
    /// `not_found`; the store's.
    pub(crate) async fn find(&self, id_or_name: &str) -> Result<(Revision, Watch)> {
        let id = match WatchId::read(id_or_name) {
            Some(id) => Some(id),
            None if super::is_name(id_or_name) => {
                let found = self.0.get(WATCH, &name_key(id_or_name)).await?;
                found.and_then(|(_, plain)| WatchId::read(std::str::from_utf8(&plain).ok()?))
            }
            None => None,
        };
        let found = match id {
            Some(id) => self.load(&id).await?,
            None => None,
        };
        found.ok_or_else(|| no_such_watch(id_or_name))
    }

    /// Returns a watch, with its revision.
    ///
    /// # Errors
    /// The store's; `unavailable` for one that cannot be read.
    pub(crate) async fn load(&self, id: &WatchId) -> Result<Option<(Revision, Watch)>> {
        let Some((revision, plain)) = self.0.get(WATCH, &id_key(id)).await? else { return Ok(None) };
        Ok(Some((revision, read(&plain)?)))
    }

    /// Returns all watches, by id. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self) -> Result<Vec<Result<(Revision, Watch)>>> {
        let found = self.0.list(WATCH, IDS, None, usize::MAX).await?;
        Ok(found.into_iter().map(|(_, revision, plain)| Ok((revision, read(&plain?)?))).collect())
    }

    /// Replaces a watch if it is still at this revision.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile, or its new name is another watch's; the store's.
    pub(crate) async fn replace(&self, former: &Watch, expected: Revision, watch: &Watch) -> Result<Revision> {
        if former.name == watch.name {
            return self.0.put(WATCH, &id_key(&watch.id), Some(expected), text(watch)?.as_bytes()).await;
        }
        if self.0.revision(WATCH, &name_key(&watch.name)).await?.is_some() {
            return Err(name_taken(&watch.name));
        }
        let (name, id) = (name_key(&watch.name), id_key(&watch.id));
        let documents =
            vec![(&*name, None, Secret::new(watch.id.as_str())), (&*id, Some(expected), Secret::new(text(watch)?))];
        self.0.put_all(WATCH, documents).await?;
        self.free_name(&former.name, &watch.id).await?;
        let written = self.0.revision(WATCH, &id_key(&watch.id)).await?;
        written.ok_or_else(|| no_such_watch(watch.id.as_str()))
    }

    /// Removes a watch if it is still at this revision. Its name is free first, so that what breaks off in between can
    /// be repeated.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(crate) async fn remove(&self, watch: &Watch, expected: Revision) -> Result<()> {
        self.free_name(&watch.name, &watch.id).await?;
        self.0.remove(WATCH, &id_key(&watch.id), expected).await
    }

    async fn free_name(&self, name: &str, id: &WatchId) -> Result<()> {
        let Some((revision, plain)) = self.0.get(WATCH, &name_key(name)).await? else { return Ok(()) };
        if *plain != id.as_str().as_bytes() {
            return Ok(());
        }
        match self.0.remove(WATCH, &name_key(name), revision).await {
            Err(error) if error.code() == Code::Conflict => Ok(()),
            removed => removed,
        }
    }
}

const IDS: &str = "main/id/";

fn id_key(id: &WatchId) -> String {
    format!("{IDS}{id}")
}

fn name_key(name: &str) -> String {
    format!("main/name/{name}")
}

fn text(watch: &Watch) -> Result<String> {
    serde_json::to_string(watch).map_err(|error| Error::bug(error.to_string()))
}

fn read(plain: &[u8]) -> Result<Watch> {
    serde_json::from_slice(plain).map_err(|_| {
        Error::new(Code::Unavailable, "a stored watch cannot be read")
            .retry(Retry::Never)
            .with_hint("It may be written by a newer version: update this program.")
    })
}

fn name_taken(name: &str) -> Error {
    Error::new(Code::Conflict, format!("there is a watch called `{name}` already"))
        .with_reason("name_taken")
        .with_hint("Choose another name, or change or remove that watch.")
}
