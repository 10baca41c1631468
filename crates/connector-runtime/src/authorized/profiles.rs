//! The app registrations that a principal manages.

use connector_sdk::{Code, Error, Result, Retry};
use graph_auth::OauthProfile;
use serde_json::Value;

use super::AuthorizedConnections;
use crate::connection::{Followers, check_name};
use crate::principal::ConnectionRef;
use crate::store::{AuditEntry, AuditKind};

/// Everything here takes the right `connect`.
impl AuthorizedConnections<'_> {
    /// Lists the app registrations, by name, without their secrets. One that cannot be read hides no other.
    ///
    /// # Errors
    /// `denied` without the right `connect`; the store's.
    pub async fn profiles(&self) -> Result<Vec<(String, Result<Value>)>> {
        self.check_right()?;
        self.inner().profiles().await
    }

    /// Returns an app registration without its secrets.
    ///
    /// # Errors
    /// `denied` without the right `connect`; `not_found` when there is none of that name.
    pub async fn profile(&self, name: &str) -> Result<Value> {
        self.check_right()?;
        Ok(self.inner().profile(name).await?.to_public_json())
    }

    /// Stores an app registration, or replaces it, as [`Connections::put_profile`](crate::Connections::put_profile)
    /// does. A secret or certificate that is left out is the stored one, as long as the app and its tenant stay the
    /// same; otherwise it must be given again. The answer names the connections that the principal reaches.
    ///
    /// # Errors
    /// `denied` without the right `connect`, and with the reason `profile` for one that connections use which the
    /// principal does not reach, unless it is an `admin`; `invalid_input` for what is no name; the store's.
    pub async fn put_profile(&self, name: &str, profile: &OauthProfile) -> Result<Followers> {
        self.check_right()?;
        check_name(name).map_err(|error| error.context("as the name of an app registration"))?;
        self.check_users(name).await?;
        let former = match self.inner().profile(name).await {
            Ok(former) => Some(former),
            Err(error) if error.code() == Code::NotFound => None,
            // One that cannot be opened is replaced as if it were not there; a store that fails has one.
            Err(error) if error.code() == Code::Unavailable && error.retryability() == Retry::Never => None,
            Err(error) => return Err(error),
        };
        let profile = former.map_or_else(|| profile.clone(), |former| with_kept_secrets(profile.clone(), &former));
        let entry = self.profile_entry(AuditKind::ProfileStored, name);
        let followers = self.seen.audited(entry, self.inner().put_profile(name, &profile), |_| None).await?;
        let mut reached: Vec<String> = self.names().await?.into_iter().map(|one| one.name).collect();
        reached.sort_unstable();
        let is_reached = |name: &String| reached.binary_search(name).is_ok();
        Ok(Followers {
            changed: followers.changed.into_iter().filter(is_reached).collect(),
            failed: followers.failed.into_iter().filter(|(name, _)| is_reached(name)).collect(),
        })
    }

    /// Removes an app registration. Connections that were made with it keep what they took from it.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::put_profile`]; `not_found` when there is none of that name.
    pub async fn remove_profile(&self, name: &str) -> Result<()> {
        self.check_right()?;
        // What a caller sent as a name is not kept where there is none.
        if !self.inner().has_profile(name).await? {
            return self.inner().remove_profile(name).await;
        }
        self.check_users(name).await?;
        let entry = self.profile_entry(AuditKind::ProfileRemoved, name);
        self.seen.audited(entry, self.inner().remove_profile(name), |()| None).await
    }

    fn profile_entry(&self, kind: AuditKind, name: &str) -> AuditEntry {
        AuditEntry { target: Some(name.to_owned()), ..self.seen.entry(kind) }
    }

    // Whose secret it is must be reached: a new one goes to all of them.
    async fn check_users(&self, name: &str) -> Result<()> {
        let principal = &self.seen.principal;
        if principal.is_admin() {
            return Ok(());
        }
        let users: Vec<ConnectionRef> = self.inner().users_of_profile(name).await?;
        if users.iter().all(|user| principal.reaches(user)) {
            return Ok(());
        }
        let error = Error::new(
            Code::Denied,
            format!("connections that this caller does not reach use the app registration `{name}`"),
        );
        let error = error.with_reason("profile").with_hint("Choose another name, or ask whoever runs this host.");
        self.seen.audit_refusal("", Err(error))
    }
}

/// Completes a profile by the stored secrets, where they are for the same app of the same tenant.
fn with_kept_secrets(profile: OauthProfile, former: &OauthProfile) -> OauthProfile {
    let is_same = profile.client_id == former.client_id && profile.tenant_id == former.tenant_id;
    if !profile.credential().is_empty() || !is_same {
        return profile;
    }
    OauthProfile {
        client_secret: former.client_secret.clone(),
        certificate: former.certificate.clone(),
        private_key: former.private_key.clone(),
        secret_expires: profile.secret_expires.or(former.secret_expires),
        ..profile
    }
}
