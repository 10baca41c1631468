//! The stored destinations: a document for each, and one for each name.

use connector_sdk::{Code, Error, Result, Retry, Secret};
use serde::Deserialize;

use super::destination::{Destination, DestinationId, is_name};
use super::secret::SigningSecrets;
use crate::kinds::DESTINATION;
use crate::seal::SealedDocuments;
use crate::store::Revision;

const IDS: &str = "main/id/";

/// A destination with its secrets.
#[derive(Clone, Deserialize)]
pub(crate) struct StoredDestination {
    #[serde(flatten)]
    pub(crate) destination: Destination,
    pub(crate) secrets: SigningSecrets,
}

/// The stored destinations of a host.
pub(crate) struct Destinations<'a>(pub(crate) &'a SealedDocuments);

impl Destinations<'_> {
    /// Stores a destination that is new.
    ///
    /// # Errors
    /// `conflict` when its name is another destination's; the store's.
    pub(crate) async fn add(&self, stored: &StoredDestination) -> Result<()> {
        let (name, id) = (name_key(&stored.destination.name), id_key(&stored.destination.id));
        let named = Secret::new(stored.destination.id.as_str());
        let documents = vec![(&*name, None, named), (&*id, None, stored.text()?)];
        self.0.put_all(DESTINATION, documents).await.map_err(|error| match error.code() {
            Code::Conflict => name_taken(&stored.destination.name),
            _ => error,
        })
    }

    /// Returns a destination by its id or its name, with its revision.
    ///
    /// # Errors
    /// `not_found`; the store's.
    pub(crate) async fn find(&self, id_or_name: &str) -> Result<(Revision, StoredDestination)> {
        let id = match DestinationId::read(id_or_name) {
            Some(id) => Some(id),
            None if is_name(id_or_name) => {
                let found = self.0.get(DESTINATION, &name_key(id_or_name)).await?;
                found.and_then(|(_, plain)| DestinationId::read(std::str::from_utf8(&plain).ok()?))
            }
            None => None,
        };
        let found = match id {
            Some(id) => self.load(&id).await?,
            None => None,
        };
        found.ok_or_else(|| no_such_destination(id_or_name))
    }

    /// Returns a destination, with its revision.
    ///
    /// # Errors
    /// The store's; `unavailable` for one that cannot be read.
    pub(crate) async fn load(&self, id: &DestinationId) -> Result<Option<(Revision, StoredDestination)>> {
        let Some((revision, plain)) = self.0.get(DESTINATION, &id_key(id)).await? else { return Ok(None) };
        Ok(Some((revision, StoredDestination::read(&plain)?)))
    }

    /// Returns all destinations, by id. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self) -> Result<Vec<Result<(Revision, StoredDestination)>>> {
        let found = self.0.list(DESTINATION, IDS, None, usize::MAX).await?;
        Ok(found.into_iter().map(|(_, revision, plain)| Ok((revision, StoredDestination::read(&plain?)?))).collect())
    }

    /// Replaces a destination if it is still at this revision.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile, or its new name is another destination's; the store's.
    pub(crate) async fn replace(
        &self,
        former: &Destination,
        expected: Revision,
        stored: &StoredDestination,
    ) -> Result<()> {
        let (destination, text) = (&stored.destination, stored.text()?);
        let id = id_key(&destination.id);
        if former.name == destination.name {
            return self.0.put_all(DESTINATION, vec![(&*id, Some(expected), text)]).await;
        }
        let name = name_key(&destination.name);
        if self.0.revision(DESTINATION, &name).await?.is_some() {
            return Err(name_taken(&destination.name));
        }
        let documents = vec![(&*name, None, Secret::new(destination.id.as_str())), (&*id, Some(expected), text)];
        self.0.put_all(DESTINATION, documents).await?;
        self.free_name(&former.name, &former.id).await
    }

    /// Removes a destination if it is still at this revision. Its name is free first, so that what breaks off in between
    /// can be repeated.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(crate) async fn remove(&self, destination: &Destination, expected: Revision) -> Result<()> {
        self.free_name(&destination.name, &destination.id).await?;
        self.0.remove(DESTINATION, &id_key(&destination.id), expected).await
    }

    async fn free_name(&self, name: &str, id: &DestinationId) -> Result<()> {
        let Some((revision, plain)) = self.0.get(DESTINATION, &name_key(name)).await? else { return Ok(()) };
        if *plain != id.as_str().as_bytes() {
            return Ok(());
        }
        match self.0.remove(DESTINATION, &name_key(name), revision).await {
            Err(error) if error.code() == Code::Conflict => Ok(()),
            removed => removed,
        }
    }
}

impl StoredDestination {
    fn text(&self) -> Result<Secret> {
        let mut value = serde_json::to_value(&self.destination).map_err(|error| Error::bug(error.to_string()))?;
        value["secrets"] = self.secrets.to_sealed_json();
        Ok(Secret::new(value.to_string()))
    }

    fn read(plain: &[u8]) -> Result<StoredDestination> {
        // The reader's own message could quote a secret.
        serde_json::from_slice(plain).map_err(|_| {
            Error::new(Code::Unavailable, "a stored destination cannot be read")
                .retry(Retry::Never)
                .with_hint("It may be written by a newer version: update this program.")
        })
    }
}

/// Returns the error for a destination that does not exist, or must not be seen.
pub(crate) fn no_such_destination(name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no destination `{}`", name.escape_debug()))
        .with_hint("List the destinations, and name one of them by its id or its name.")
}

fn id_key(id: &DestinationId) -> String {
    format!("{IDS}{id}")
}

fn name_key(name: &str) -> String {
    format!("main/name/{name}")
}

fn name_taken(name: &str) -> Error {
    Error::new(Code::Conflict, format!("there is a destination called `{name}` already"))
        .with_reason("name_taken")
        .with_hint("Choose another name, or change or remove that destination.")
}
