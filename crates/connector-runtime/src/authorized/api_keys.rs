//! The API keys that a principal may manage.

use connector_sdk::{Code, Error, Result};

use super::AuthorizedHost;
use crate::principal::{Grant, NewApiKey, Pattern, Patterns, PrincipalId, PrincipalInfo, Principals, no_such_key};
use crate::store::{AuditEntry, AuditKind};

/// The API keys that a principal may manage: those that it made, directly or through others. The owner manages all.
pub struct AuthorizedApiKeys<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedApiKeys<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedApiKeys<'a> {
        AuthorizedApiKeys { seen }
    }

    /// Makes a key. It never exceeds the principal that makes it. An exact name of a connection means the connection
    /// that has this name now, and no later one.
    ///
    /// # Errors
    /// `denied` without the right `keys`; `invalid_input` for a name or a grant that breaks the rules; `unknown_connection`
    /// for the exact name of a connection that the principal does not reach; the store's.
    pub async fn add(&self, name: &str, grant: Grant) -> Result<NewApiKey> {
        self.check()?;
        let connections = self.bound(grant.connections).await?;
        let principals = self.principals();
        let add = principals.add(&self.seen.principal, name, Grant { connections, ..grant });
        let entry = self.seen.entry(AuditKind::ApiKeyAdded);
        self.seen.audited(entry, add, |new| Some(new.principal.id.to_string())).await
    }

    /// Lists the keys by id. One that cannot be read hides no other, and is listed for the owner alone.
    ///
    /// # Errors
    /// `denied` without the right `keys`; the store's.
    pub async fn list(&self) -> Result<Vec<(PrincipalId, Result<PrincipalInfo>)>> {
        self.check()?;
        let all = self.principals().all().await?;
        let own: Vec<PrincipalId> = all.keys().filter(|id| self.is_managed(id, &all)).cloned().collect();
        Ok(all.into_iter().filter(|(id, _)| own.contains(id)).collect())
    }

    /// Returns information about a key.
    ///
    /// # Errors
    /// `denied` without the right `keys`; `not_found` for one that does not exist, or that the principal does not
    /// manage; the store's.
    pub async fn show(&self, id: &str) -> Result<PrincipalInfo> {
        self.find(id).await
    }

    /// Replaces the grant of a key, which counts from its next call on. Exact names of connections are bound as in
    /// [`AuthorizedApiKeys::add`], except those that are bound already.
    ///
    /// # Errors
    /// As [`AuthorizedApiKeys::add`] and [`AuthorizedApiKeys::show`].
    pub async fn change(&self, id: &str, grant: Grant) -> Result<PrincipalInfo> {
        let found = self.find(id).await?;
        let connections = self.bound(grant.connections).await?;
        let principals = self.principals();
        let change = principals.change(&found.id, Grant { connections, ..grant });
        self.seen.audited(self.entry(AuditKind::ApiKeyChanged, &found.id), change, |_| None).await
    }

    /// Revokes a key and those that were made with it. From then on none of them is accepted. Returns the ids of the
    /// revoked keys.
    ///
    /// # Errors
    /// As [`AuthorizedApiKeys::show`]. The owner can also revoke a key that cannot be read.
    pub async fn revoke(&self, id: &str) -> Result<Vec<PrincipalId>> {
        let id = if self.seen.principal.is_owner() {
            self.check()?;
            PrincipalId::new(id).map_err(|_| no_such_key(id))?
        } else {
            self.find(id).await?.id
        };
        let principals = self.principals();
        let entry = self.entry(AuditKind::ApiKeyRevoked, &id);
        let revoked = self.seen.audited(entry, principals.revoke(&id), |_| None).await?;
        if revoked.is_empty() { Err(no_such_key(id.as_str())) } else { Ok(revoked) }
    }

    fn entry(&self, kind: AuditKind, id: &PrincipalId) -> AuditEntry {
        AuditEntry { target: Some(id.to_string()), ..self.seen.entry(kind) }
    }

    fn principals(&self) -> Principals<'_> {
        Principals(&self.seen.host.0.vault)
    }

    fn check(&self) -> Result<()> {
        self.seen.check_expiry()?;
        match self.seen.principal.may_manage_keys() {
            true => Ok(()),
            false => Err(Error::new(Code::Denied, "this key may not manage keys").with_reason("right")),
        }
    }

    async fn find(&self, id: &str) -> Result<PrincipalInfo> {
        self.check()?;
        let mut all = self.principals().all().await?;
        let known = PrincipalId::new(id).ok().filter(|id| self.is_managed(id, &all));
        known.and_then(|id| all.remove(&id)).unwrap_or_else(|| Err(no_such_key(id)))
    }

    fn is_managed(
        &self,
        id: &PrincipalId,
        all: &std::collections::BTreeMap<PrincipalId, Result<PrincipalInfo>>,
    ) -> bool {
        if self.seen.principal.is_owner() {
            return all.contains_key(id);
        }
        let parent = |id: &PrincipalId| all.get(id)?.as_ref().ok()?.parent.clone();
        let above = std::iter::successors(parent(id), parent);
        above.take(crate::principal::MAX_CHAIN).any(|above| above == self.seen.principal.id)
    }

    async fn bound(&self, patterns: Patterns) -> Result<Patterns> {
        let mut bound = Vec::with_capacity(patterns.0.len());
        for pattern in patterns.0 {
            bound.push(match pattern.exact() {
                Some(name) if pattern.id().is_none() => {
                    let found = self.seen.connections().find(name).await?;
                    Pattern::new(found.name)?.bound_to(found.id)
                }
                _ => pattern,
            });
        }
        Ok(Patterns(bound))
    }
}
