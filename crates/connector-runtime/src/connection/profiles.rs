//! App registrations that are stored under a name and shared by connections.

use connector_sdk::{Code, Error, Issue, Result, Retry};
use graph_auth::{OauthProfile, Settings};
use serde_json::Value;

use super::Connections;
use crate::kinds::OAUTH_PROFILE;
use crate::principal::ConnectionRef;

/// The connections that use an app registration, after it was replaced.
#[derive(Debug, Default)]
#[must_use]
pub struct Followers {
    /// Connections that now have its secret or certificate.
    pub changed: Vec<String>,
    /// Connections that could not take it, each with the reason.
    pub failed: Vec<(String, Error)>,
}

impl Connections {
    /// Stores an app registration under a name, or replaces it. Connections that have their secret or certificate from
    /// it have the new one from then on, and nobody signs in again for that. One with a secret of its own keeps it.
    ///
    /// # Errors
    /// `invalid_input` for an id or a tenant that is empty or too long; the store's. What was done until then stays done,
    /// and doing it again does the rest.
    pub async fn put_profile(&self, name: &str, profile: &OauthProfile) -> Result<Followers> {
        check_lengths(profile)?;
        let former = match self.0.vault.get(OAUTH_PROFILE, name).await {
            Ok(former) => former.and_then(|(_, bytes)| read(&bytes).ok()),
            // One that cannot be opened is replaced as if it were not there.
            Err(_) => None,
        };
        let mut followers = Followers::default();
        for (connection, record) in self.records().await? {
            let Ok(record) = record else { continue };
            if !follows(&record.settings, name, profile, former.as_ref()) {
                continue;
            }
            match self.change_credential(&connection, Some(&record.id), &profile.credential()).await {
                Ok(_) => followers.changed.push(connection),
                Err(error) if error.code() == Code::Unavailable => return Err(error),
                Err(error) => followers.failed.push((connection, error)),
            }
        }
        // Last, so that whoever was not reached is still known by the former one.
        let text = profile.to_sealed_json();
        loop {
            let expected = self.0.vault.revision(OAUTH_PROFILE, name).await?;
            match self.0.vault.put(OAUTH_PROFILE, name, expected, text.expose().as_bytes()).await {
                // A rotation of keys has written it meanwhile.
                Err(error) if error.code() == Code::Conflict => {}
                put => return put.map(|_| followers),
            }
        }
    }

    /// Lists the app registrations, by name, without their secrets. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub async fn profiles(&self) -> Result<Vec<(String, Result<Value>)>> {
        let mut all = Vec::new();
        for (name, _, bytes) in self.0.vault.list(OAUTH_PROFILE, "", None, usize::MAX).await? {
            all.push((name, bytes.and_then(|bytes| read(&bytes)).map(|profile| profile.to_public_json())));
        }
        Ok(all)
    }

    /// Returns an app registration with its secrets.
    ///
    /// # Errors
    /// `not_found` when there is none of that name; `unavailable` for one that cannot be read.
    pub(crate) async fn profile(&self, name: &str) -> Result<OauthProfile> {
        let (_, bytes) = self.0.vault.get(OAUTH_PROFILE, name).await?.ok_or_else(|| missing(name))?;
        read(&bytes)
    }

    /// Returns whether there is an app registration of this name, also one that cannot be read.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn has_profile(&self, name: &str) -> Result<bool> {
        Ok(self.0.vault.revision(OAUTH_PROFILE, name).await?.is_some())
    }

    /// Returns the connections that name this app registration. One that cannot be read may be one of them, and is left
    /// out.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn users_of_profile(&self, name: &str) -> Result<Vec<ConnectionRef>> {
        let all = self.records().await?.into_iter().filter_map(|(connection, record)| Some((connection, record.ok()?)));
        let users = all.filter(|(_, record)| record.settings.oauth_profile.as_deref() == Some(name));
        Ok(users.map(|(connection, record)| ConnectionRef::new(connection, record.id)).collect())
    }

    /// Removes an app registration, also one that cannot be read. Connections that were made with it keep what they
    /// took from it.
    ///
    /// # Errors
    /// `not_found` when there is none of that name.
    pub async fn remove_profile(&self, name: &str) -> Result<()> {
        loop {
            let revision = self.0.vault.revision(OAUTH_PROFILE, name).await?.ok_or_else(|| missing(name))?;
            match self.0.vault.remove(OAUTH_PROFILE, name, revision).await {
                // As in `put_profile`.
                Err(error) if error.code() == Code::Conflict => {}
                removed => return removed,
            }
        }
    }

    // The settings completed by the profile that they name.
    pub(crate) async fn with_profile(&self, settings: Settings) -> Result<Settings> {
        let Some(name) = settings.oauth_profile.clone() else { return Ok(settings) };
        Ok(settings.with_profile(&self.profile(&name).await?))
    }
}

// As the schema of a profile has it. A secret is as long as the service makes it.
fn check_lengths(profile: &OauthProfile) -> Result<()> {
    let tenant = profile.tenant_id.as_deref();
    let bounded = [("/clientId", Some(&*profile.client_id), 200), ("/tenantId", tenant, 253)];
    let issues: Vec<Issue> = bounded
        .into_iter()
        .filter(|(_, text, most)| text.is_some_and(|text| !(1..=*most).contains(&text.chars().count())))
        .map(|(pointer, _, most)| Issue::new(pointer, format!("must have 1 to {most} characters")))
        .collect();
    if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
}

// Whether a connection has its credential from the profile of this name. A client id of its own means another app.
fn follows(settings: &Settings, name: &str, profile: &OauthProfile, former: Option<&OauthProfile>) -> bool {
    let of_former = |former: &OauthProfile| settings.credential().is_same(&former.credential());
    settings.oauth_profile.as_deref() == Some(name)
        && settings.client_id.as_ref() == Some(&profile.client_id)
        && former.is_none_or(of_former)
        && settings.credential() != profile.credential()
}

fn read(bytes: &[u8]) -> Result<OauthProfile> {
    // The reader's own message could quote a secret.
    serde_json::from_slice(bytes).map_err(|_| {
        Error::new(Code::Unavailable, "a stored app registration cannot be read")
            .retry(Retry::Never)
            .with_hint("It may be written by a newer version, or damaged. Store it again (`Connections::put_profile`).")
    })
}

fn missing(name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no app registration called `{name}`"))
        .with_hint("Name one that is stored (`Connections::profiles`), or store it.")
}
