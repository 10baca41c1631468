//! What is known when a sign-in has begun, and needed when it ends.

use std::sync::Arc;

use connector_sdk::{Code, Error, Result};
use graph_auth::{Checked, TokenSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{NewConnection, new_id};
use crate::audit::Audit;
use crate::connection::record::{ConnectionRecord, ConnectionState, Renewal};
use crate::connection::{ConnectionInfo, Connections, changed_local_settings, grant, no_such};
use crate::principal::{ConnectionRef, Interface, PrincipalId, Principals, check_expiry};
use crate::store::{AuditEntry, AuditKind, Revision};

/// Principal that began a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Initiator {
    pub(crate) principal: PrincipalId,
    pub(crate) interface: Interface,
    /// Whether it is a stored key, which may be narrowed or revoked while the sign-in waits.
    pub(crate) stored: bool,
}

/// What a name must stand for when a sign-in begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// Anything.
    Anything,
    /// No connection.
    Nothing,
    /// The connection with this id.
    Connection(&'a str),
}

impl Expected<'_> {
    /// Checks that the name stands for what is expected.
    ///
    /// # Errors
    /// `conflict` when a connection was made meanwhile; `unknown_connection` when it was removed or replaced.
    pub(super) fn check(self, name: &str, found: Option<&str>) -> Result<()> {
        match (self, found) {
            (Expected::Anything, _) | (Expected::Nothing, None) => Ok(()),
            (Expected::Connection(id), Some(found)) if id == found => Ok(()),
            (Expected::Nothing, Some(_)) => Err(made_meanwhile(name)),
            (Expected::Connection(_), _) => Err(no_such(name, std::iter::empty())),
        }
    }
}

/// A sign-in that has begun.
pub(super) struct PendingSignIn {
    pub(super) connections: Connections,
    /// Id of the sign-in.
    pub(super) id: String,
    /// Id that the connection has, or will have.
    pub(super) connection: String,
    pub(super) new: NewConnection,
    pub(super) checked: Checked,
    pub(super) before: Option<(Revision, ConnectionRecord)>,
    pub(super) by: Option<Initiator>,
}

impl PendingSignIn {
    pub(super) fn new(
        connections: Connections,
        new: NewConnection,
        checked: Checked,
        before: Option<(Revision, ConnectionRecord)>,
        by: Option<Initiator>,
    ) -> Result<PendingSignIn> {
        let connection = match &before {
            Some((_, record)) => record.id.clone(),
            None => new_id()?,
        };
        Ok(PendingSignIn { connections, id: new_id()?, connection, new, checked, before, by })
    }

    /// Returns the sign-in as the audit log has it.
    pub(super) fn log(&self) -> LoggedSignIn {
        LoggedSignIn::new(&self.connections, self.by.as_ref(), &self.connection, self.before.is_some())
    }

    /// Checks that whoever began it may still finish it. A key may have been narrowed or revoked meanwhile.
    ///
    /// # Errors
    /// `denied`; the store's.
    pub(super) async fn check_initiator(&self) -> Result<()> {
        let Some(by) = self.by.as_ref().filter(|by| by.stored) else { return Ok(()) };
        let denied = |why: &str, reason| Err(Error::new(Code::Denied, why).with_reason(reason));
        let Some(principal) = Principals(&self.connections.0.vault).current(&by.principal).await? else {
            return denied("the key that began this sign-in was revoked", "unknown_key");
        };
        check_expiry(&principal, self.connections.now())?;
        let name = &self.new.name;
        let reaches = match &self.before {
            Some((_, record)) => principal.reaches(&ConnectionRef::new(name, &*record.id)),
            None => principal.reaches_new(name),
        };
        if !principal.may_connect() || !reaches {
            return denied("the key that began this sign-in may not make this connection any more", "right");
        }
        let before = self.before.as_ref().map(|(_, record)| &record.settings);
        if !principal.is_admin() && !changed_local_settings(&self.new.settings, before).is_empty() {
            return denied("the key that began this sign-in may not use its settings any more", "setting");
        }
        Ok(())
    }

    /// Stores the connection with its tokens.
    pub(super) async fn finish(self, tokens: TokenSet) -> Result<ConnectionInfo> {
        let PendingSignIn { connections, connection, new, checked, before, .. } = self;
        let now = Timestamp::now();
        let lacks_refresh = tokens.refresh.is_none() && grant::spends(&checked);
        let mut notes = checked.notes;
        if lacks_refresh {
            notes.push(format!(
                "the sign-in service gave no refresh token, so the connection works until {} and must then be signed in again; the scope `offline_access` must be allowed for the app",
                tokens.expires_at
            ));
        }
        let (revision, former) = before.map_or((None, None), |(revision, record)| (Some(revision), Some(record)));
        if let (Some(before), Some(identity), false) =
            (former.as_ref().and_then(|record| record.identity.as_ref()), &tokens.identity, new.confirm_other)
        {
            identity.must_be(before)?;
        }
        let record = ConnectionRecord {
            id: connection,
            connector: new.connector,
            settings: new.settings,
            identity: tokens.identity.clone(),
            tokens: Some(tokens),
            state: ConnectionState::Ready,
            refreshed: Some(now),
            sign_in: Some(new_id()?),
            kept_by_id: former.as_ref().is_none_or(|record| record.kept_by_id),
            created: former.map_or(now, |record| record.created),
            renewal: Renewal::default(),
        };
        connections.replace(&new.name, record, revision, notes).await
    }
}

/// A sign-in as the audit log has it. One that the owner began without a principal is not in the log.
pub(super) struct LoggedSignIn {
    audit: Arc<Audit>,
    entry: Option<AuditEntry>,
}

impl LoggedSignIn {
    pub(super) fn new(
        connections: &Connections,
        by: Option<&Initiator>,
        connection: &str,
        exists: bool,
    ) -> LoggedSignIn {
        let entry = by.map(|by| AuditEntry {
            kind: if exists { AuditKind::ConnectionSignedIn } else { AuditKind::ConnectionAdded },
            principal: by.principal.clone(),
            interface: by.interface,
            action: None,
            effect: None,
            connection: Some(connection.to_owned()),
            target: None,
            end: None,
        });
        LoggedSignIn { audit: connections.0.audit.clone(), entry }
    }

    /// Makes the change between its two entries.
    ///
    /// # Errors
    /// As [`Audit::change`].
    pub(super) async fn change<T>(self, change: impl Future<Output = Result<T>>) -> Result<T> {
        match self.entry {
            Some(entry) => self.audit.change(entry, change, |_| None).await,
            None => change.await,
        }
    }
}

/// Creates the error for a name that another connection has meanwhile.
pub(super) fn made_meanwhile(name: &str) -> Error {
    Error::new(Code::Conflict, format!("another connection called `{name}` was made meanwhile"))
        .with_hint("Look at the connections, and start the sign-in again.")
}
