//! Stored principals: the holders of API keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_sdk::{Code, Error, Result, Retry, Secret};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key::{ApiKey, SecretHash};
use super::{Grant, MAX_CHAIN, Principal, PrincipalId};
use crate::kinds::PRINCIPAL;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Beginning of the keys of all documents: the one workspace of an installation.
const SPACE: &str = "main/";
/// Maximum length of a name, in characters.
const MAX_NAME: usize = 100;

/// Information about a stored principal, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalInfo {
    /// Id of the principal, which is a part of its key.
    pub id: PrincipalId,
    /// Name for people.
    pub name: String,
    /// What it may do by itself.
    pub grant: Grant,
    /// Principal that made it; `None`: the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<PrincipalId>,
    /// Time at which it was made.
    pub created: Timestamp,
}

/// A key that was made. Its text is shown once and kept nowhere.
#[derive(Debug)]
pub struct NewApiKey {
    /// Principal that holds the key.
    pub principal: PrincipalInfo,
    /// Text of the key, `tnk_{id}_{secret}`.
    pub key: Secret,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPrincipal {
    name: String,
    grant: Grant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<PrincipalId>,
    created: Timestamp,
    /// SHA-256 of the key's secret, in hexadecimal digits.
    secret: String,
}

/// The stored principals of a host.
pub(crate) struct Principals<'a>(pub(crate) &'a SealedDocuments);

impl Principals<'_> {
    /// Makes a principal with a key, held to its maker's grant besides its own.
    ///
    /// # Errors
    /// `invalid_input` for a grant that breaks the rules, a name that is no name, or a chain that would be too long;
    /// `denied` where the maker is not stored itself; the store's.
    pub(crate) async fn add(&self, maker: &Principal, name: &str, grant: Grant) -> Result<NewApiKey> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(Error::invalid(
                "/name",
                format!("is no name of 1 to {MAX_NAME} characters without line breaks"),
            ));
        }
        grant.check(Timestamp::now()).map_err(|error| error.at("/grant"))?;
        if !maker.is_owner() && maker.links().nth(MAX_CHAIN - 1).is_some() {
            return Err(Error::invalid("", format!("a key has at most {} keys above it", MAX_CHAIN - 1))
                .with_hint("Make the key with one that is nearer to the owner."));
        }
        if !maker.is_owner() && self.load(&maker.id).await?.is_none() {
            return Err(Error::new(Code::Denied, "a caller without a stored key cannot make keys"));
        }
        let (key, text) = ApiKey::random()?;
        let stored = StoredPrincipal {
            name: name.to_owned(),
            grant,
            parent: (!maker.is_owner()).then(|| maker.id.clone()),
            created: Timestamp::now(),
            secret: key.hash.print(),
        };
        let bytes = serde_json::to_vec(&stored).map_err(|error| Error::bug(error.to_string()))?;
        self.0.put(PRINCIPAL, &place(&key.id), None, &bytes).await?;
        Ok(NewApiKey { principal: stored.info(key.id), key: text })
    }

    /// Returns the stored principals by id. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self) -> Result<BTreeMap<PrincipalId, Result<PrincipalInfo>>> {
        let found = self.0.list(PRINCIPAL, SPACE, None, usize::MAX).await?;
        let all = found.into_iter().filter_map(|(key, _, plain)| {
            let id = PrincipalId::new(key.strip_prefix(SPACE)?).ok()?;
            Some((id.clone(), plain.and_then(|plain| StoredPrincipal::read(&plain)).map(|stored| stored.info(id))))
        });
        Ok(all.collect())
    }

    /// Removes a principal and those that it made, and returns the ids of all that were removed. From the first removal
    /// on none of their keys is accepted, because each of them needs the whole chain above it.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn revoke(&self, id: &PrincipalId) -> Result<Vec<PrincipalId>> {
        let mut removed = Vec::new();
        for id in self.with_made(id).await? {
            if self.remove(&id).await? {
                removed.push(id);
            }
        }
        Ok(removed)
    }

    /// Returns the ids of the principals that this one made, directly or through others.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn made_by(&self, id: &PrincipalId) -> Result<Vec<PrincipalId>> {
        let mut ids = self.with_made(id).await?;
        ids.retain(|made| made != id);
        Ok(ids)
    }

    // The principal itself comes first, also where it is gone.
    async fn with_made(&self, id: &PrincipalId) -> Result<Vec<PrincipalId>> {
        let all = self.all().await?;
        let mut found = vec![id.clone()];
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            let made = all.iter().filter_map(|(id, info)| Some((id, info.as_ref().ok()?)));
            let children = made.filter(|(_, info)| info.parent.as_ref() == Some(&parent)).map(|(id, _)| id);
            let children: Vec<_> = children.filter(|id| !found.contains(id)).cloned().collect();
            found.extend(children);
            at += 1;
        }
        Ok(found)
    }

    // Somebody may seal it with another key meanwhile.
    pub(super) async fn remove(&self, id: &PrincipalId) -> Result<bool> {
        while let Some(revision) = self.0.revision(PRINCIPAL, &place(id)).await? {
            match self.0.remove(PRINCIPAL, &place(id), revision).await {
                Ok(()) => return Ok(true),
                Err(error) if error.code() == Code::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Returns the principal that holds this key.
    ///
    /// # Errors
    /// `denied`, the same for everything that is no valid key, or `expired` for the right one; the store's.
    pub(crate) async fn authenticate(&self, key: &Secret, now: Timestamp) -> Result<Arc<Principal>> {
        let Some(key) = ApiKey::read(key) else { return Err(unknown_key()) };
        let Some((_, stored)) = self.load(&key.id).await? else {
            // As long as with one that exists.
            let _ = key.hash.is(&key.hash.clone());
            return Err(unknown_key());
        };
        if !SecretHash::read(&stored.secret).is_some_and(|hash| hash.is(&key.hash)) {
            return Err(unknown_key());
        }
        let principal = self.with_parents(key.id, stored).await?.ok_or_else(unknown_key)?;
        check_expiry(&principal, now)?;
        Ok(principal)
    }

    /// Returns a stored principal as it is now; `None` where it, or one above it, is gone.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn current(&self, id: &PrincipalId) -> Result<Option<Arc<Principal>>> {
        match self.load(id).await? {
            Some((_, stored)) => self.with_parents(id.clone(), stored).await,
            None => Ok(None),
        }
    }

    // `None` where one above is gone, or the chain is too long.
    async fn with_parents(&self, id: PrincipalId, stored: StoredPrincipal) -> Result<Option<Arc<Principal>>> {
        let mut chain = vec![(id, stored)];
        while let Some(parent) = chain.last().and_then(|(_, stored)| stored.parent.clone()) {
            if chain.len() == MAX_CHAIN {
                return Ok(None);
            }
            let Some((_, stored)) = self.load(&parent).await? else { return Ok(None) };
            chain.push((parent, stored));
        }
        Ok(chain.into_iter().rev().fold(None, |parent, (id, stored)| {
            Some(Arc::new(Principal { id, name: stored.name, grant: stored.grant, parent }))
        }))
    }

    async fn load(&self, id: &PrincipalId) -> Result<Option<(Revision, StoredPrincipal)>> {
        let Some((revision, plain)) = self.0.get(PRINCIPAL, &place(id)).await? else { return Ok(None) };
        Ok(Some((revision, StoredPrincipal::read(&plain)?)))
    }

    /// Replaces the grant of a stored principal. It counts from the next call on, also for the keys that it made.
    ///
    /// # Errors
    /// `invalid_input` for a grant that breaks the rules; `not_found` where there is none; the store's.
    pub(crate) async fn change(&self, id: &PrincipalId, grant: Grant) -> Result<PrincipalInfo> {
        grant.check(Timestamp::now()).map_err(|error| error.at("/grant"))?;
        loop {
            let Some((revision, stored)) = self.load(id).await? else { return Err(no_such(id.as_str())) };
            let stored = StoredPrincipal { grant: grant.clone(), ..stored };
            let bytes = serde_json::to_vec(&stored).map_err(|error| Error::bug(error.to_string()))?;
            match self.0.put(PRINCIPAL, &place(id), Some(revision), &bytes).await {
                Ok(_) => return Ok(stored.info(id.clone())),
                Err(error) if error.code() == Code::Conflict => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl StoredPrincipal {
    fn read(plain: &[u8]) -> Result<StoredPrincipal> {
        serde_json::from_slice(plain).map_err(|_| {
            Error::new(Code::Unavailable, "a stored key cannot be read")
                .retry(Retry::Never)
                .with_hint("It may be written by a newer version. Revoke it and make another one.")
        })
    }

    fn info(self, id: PrincipalId) -> PrincipalInfo {
        PrincipalInfo { id, name: self.name, grant: self.grant, parent: self.parent, created: self.created }
    }
}

/// Checks that no grant along the chain has expired.
///
/// # Errors
/// `denied` with the reason `expired`.
pub(crate) fn check_expiry(principal: &Principal, now: Timestamp) -> Result<()> {
    match principal.expires() {
        Some(end) if end <= now => {
            Err(Error::new(Code::Denied, format!("this key, or one above it, expired at {end:.0}"))
                .with_reason("expired")
                .with_hint("Ask whoever runs this host for a new key."))
        }
        _ => Ok(()),
    }
}

/// Returns the error for a key that does not exist, or must not be seen.
pub(crate) fn no_such(id: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no key with the id `{}`", id.escape_debug()))
        .with_hint("List the keys, and choose one of them.")
}

/// Returns the error for a key that is none, or none any more.
pub(crate) fn unknown_key() -> Error {
    Error::new(Code::Denied, "this is no valid API key")
        .with_reason("unknown_key")
        .with_hint("Check the key; it may have been revoked. Whoever runs this host makes new ones.")
}

fn place(id: &PrincipalId) -> String {
    format!("{SPACE}{id}")
}
