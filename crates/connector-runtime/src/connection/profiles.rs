//! App registrations that are kept under a name and shared by connections.

use connector_sdk::{Code, Error, Result};
use graph_auth::{OauthProfile, Settings};
use serde_json::Value;

use super::Connections;

const KIND: &str = "oauth_profile";

impl Connections {
    /// Keeps an app registration under a name, or replaces it.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_profile(&self, name: &str, profile: &OauthProfile) -> Result<()> {
        let text = profile.to_sealed_json();
        loop {
            let expected = self.0.vault.get(KIND, name).await?.map(|(revision, _)| revision);
            match self.0.vault.put(KIND, name, expected, text.expose().as_bytes()).await {
                // A rotation of keys has written it meanwhile.
                Err(error) if error.code() == Code::Conflict => {}
                put => return put.map(|_| ()),
            }
        }
    }

    /// The app registrations, by name, without their secrets.
    ///
    /// # Errors
    /// The store's.
    pub async fn profiles(&self) -> Result<Vec<(String, Value)>> {
        let mut all = Vec::new();
        for (name, _, bytes) in self.0.vault.list(KIND, "", None, usize::MAX).await? {
            all.push((name, read(&bytes?)?.to_public_json()));
        }
        Ok(all)
    }

    /// Removes an app registration. Connections that were made with it keep what they took from it.
    ///
    /// # Errors
    /// `not_found` when there is none of that name.
    pub async fn remove_profile(&self, name: &str) -> Result<()> {
        loop {
            let (revision, _) = self.0.vault.get(KIND, name).await?.ok_or_else(|| missing(name))?;
            match self.0.vault.remove(KIND, name, revision).await {
                // As in `put_profile`.
                Err(error) if error.code() == Code::Conflict => {}
                removed => return removed,
            }
        }
    }

    // The settings completed by the profile that they name.
    pub(super) async fn with_profile(&self, settings: Settings) -> Result<Settings> {
        let Some(name) = settings.oauth_profile.clone() else { return Ok(settings) };
        let (_, bytes) = self.0.vault.get(KIND, &name).await?.ok_or_else(|| missing(&name))?;
        Ok(settings.with_profile(&read(&bytes)?))
    }
}

fn read(bytes: &[u8]) -> Result<OauthProfile> {
    // The reader's own message could quote a secret.
    serde_json::from_slice(bytes).map_err(|_| Error::bug("a stored app registration cannot be read"))
}

fn missing(name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no app registration called `{name}`")).hint("`tenon profiles list` shows them.")
}
