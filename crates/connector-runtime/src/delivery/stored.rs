//! The stored destinations.

use connector_sdk::{Error, Result, Secret};
use serde::Deserialize;

use super::destination::{Destination, DestinationId};
use super::secret::SigningSecrets;
use crate::kinds::DESTINATION;
use crate::seal::{NamedDocument, NamedDocuments};

/// A destination with its secrets.
#[derive(Clone, Deserialize)]
pub(crate) struct StoredDestination {
    #[serde(flatten)]
    pub(crate) destination: Destination,
    pub(crate) secrets: SigningSecrets,
}

/// The stored destinations of a host.
pub(crate) type Destinations<'a> = NamedDocuments<'a, StoredDestination>;

impl NamedDocument for StoredDestination {
    type Id = DestinationId;
    const KIND: &'static str = DESTINATION;
    const NOUN: &'static str = "destination";
    const NOUNS: &'static str = "destinations";

    fn id(&self) -> &DestinationId {
        &self.destination.id
    }

    fn name(&self) -> &str {
        &self.destination.name
    }

    fn read_id(text: &str) -> Option<DestinationId> {
        DestinationId::read(text)
    }

    fn read(plain: &[u8]) -> Option<StoredDestination> {
        serde_json::from_slice(plain).ok()
    }

    fn print(&self) -> Result<Secret> {
        let mut value = serde_json::to_value(&self.destination).map_err(|error| Error::bug(error.to_string()))?;
        value["secrets"] = self.secrets.to_sealed_json();
        Ok(Secret::new(value.to_string()))
    }
}
