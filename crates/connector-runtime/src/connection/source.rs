//! The tokens of a stored connection.
//!
//! However many tasks and processes ask, one token request is made for each expiry. In the process, one task
//! renews and the others wait for it, or go on with a token that is still valid; the task is nobody's, so that
//! a caller that goes away takes nothing with it. Between processes, a lock in the store keeps the others away,
//! and the document's revision is the fence: a holder that was frozen and wakes up late writes nothing. There is
//! no way around the lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{Code, Error, Granted, Result, SignInMethod, Transport};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use graph_auth::{Checked, Identity, TokenSet};
use graph_client::{Token, TokenRequest, Tokens};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::cached::Cached;
use super::grant::NEW_TOKEN;
use super::record::ConnectionRecord;
use super::renewals::{InFlight, Renewals};
use super::unstored::Unstored;
use super::want::{COOL_DOWN, Want};
use crate::operations::Operations;
use crate::seal::SealedDocuments;
use crate::store::{Revision, Store};

/// Resources that the tokens of all connections of a host share.
#[derive(Clone)]
pub(crate) struct Ways {
    pub(crate) vault: Arc<SealedDocuments>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) renewals: Renewals,
    pub(crate) operations: Operations,
}

/// The tokens of one connection, for everybody in the process.
pub(crate) struct TokenSource {
    pub(super) name: String,
    pub(super) ways: Ways,
    pub(super) unstored: Mutex<Option<Unstored>>,
    spec: ConnectionSpec,
    // What the connection must still be when its record is read again.
    id: String,
    graph: String,
    identity: Option<Identity>,
    // Whether its token was given, so that nobody renews it.
    given: bool,
    // What the stored token carried when the connection was first used here.
    granted: Option<Arc<Granted>>,
    cached: Mutex<Option<Cached>>,
    running: Mutex<Option<Running>>,
    not_early_before: Mutex<Option<Instant>>,
}

/// A running renewal.
#[derive(Clone)]
struct Running {
    want: Want,
    result: Shared<BoxFuture<'static, Result<Token>>>,
}

impl TokenSource {
    pub(crate) fn new(
        name: &str,
        record: &ConnectionRecord,
        checked: &Checked,
        spec: ConnectionSpec,
        ways: Ways,
    ) -> Arc<TokenSource> {
        Arc::new(TokenSource {
            name: name.to_owned(),
            ways,
            unstored: Mutex::new(None),
            spec,
            id: record.id.clone(),
            graph: checked.graph.to_string(),
            identity: record.identity.clone(),
            given: checked.method == SignInMethod::AccessToken,
            granted: record.tokens.as_ref().and_then(TokenSet::granted).map(Arc::new),
            cached: Mutex::new(None),
            running: Mutex::new(None),
            not_early_before: Mutex::new(None),
        })
    }

    // A token in place of one that was not accepted. Where the only one is the one that was given, another has to be
    // given.
    async fn another(self: &Arc<TokenSource>, than: &Token, want: Want) -> Result<Token> {
        let renewed = self.renewed(want).await?;
        if self.given && renewed == *than {
            return Err(Error::new(Code::NotConnected, "the given token is not accepted any more").with_hint(NEW_TOKEN));
        }
        Ok(renewed)
    }

    /// Returns the key of the lock that a renewal holds.
    pub(super) fn lock(&self) -> String {
        format!("connection/{}", self.id)
    }

    fn cached(&self) -> Option<Cached> {
        held(&self.cached).clone()
    }

    /// Returns the cached token, if it is valid.
    pub(super) fn present(&self) -> Option<Token> {
        self.cached().filter(|cached| cached.is_valid(Timestamp::now())).map(|cached| cached.token)
    }

    /// Caches a record's tokens.
    ///
    /// # Errors
    /// `protocol` when the token cannot be sent.
    pub(super) fn keep(&self, record: &ConnectionRecord, tokens: &TokenSet) -> Result<Token> {
        let cached = Cached::of(record, tokens)?;
        let token = cached.token.clone();
        *held(&self.cached) = Some(cached);
        *held(&self.not_early_before) = None;
        Ok(token)
    }

    /// Returns the record's token, if it is usable: another process has renewed it.
    ///
    /// # Errors
    /// As [`TokenSource::keep`].
    pub(super) fn usable(&self, record: &ConnectionRecord, want: &Want) -> Result<Option<Token>> {
        let Some(tokens) = &record.tokens else { return Ok(None) };
        let cached = Cached::of(record, tokens)?;
        let token = cached.will_do(want).then(|| cached.token.clone());
        // What will not do must not be served as fresh either; the former one may still be valid.
        let mut known = held(&self.cached);
        if token.is_some() || known.is_none() {
            *known = Some(cached);
        }
        Ok(token)
    }

    /// Reads the connection's record, if it is still the connection that this source was made for.
    ///
    /// # Errors
    /// `unknown_connection` when it was removed; `not_connected` when it was made anew for another Graph or user: its token would go to the
    /// wrong place.
    pub(super) async fn load(&self) -> Result<(Revision, ConnectionRecord, Checked)> {
        let found = ConnectionRecord::load(&self.ways.vault, &self.name).await?;
        let (revision, record) = found.ok_or_else(|| {
            Error::new(Code::UnknownConnection, format!("the connection `{}` was removed", self.name))
        })?;
        let other = |what: &str| {
            Error::new(
                Code::NotConnected,
                format!("the connection `{}` was replaced meanwhile by one for another {what}", self.name),
            )
            .with_hint("Start again; the connection is then used as it is now.")
        };
        if record.id != self.id {
            return Err(other("purpose"));
        }
        // What somebody must mend is told as that, not as what it leads to.
        let checked = record.settings.check(&self.spec).map_err(|error| record.trouble().unwrap_or(error))?;
        if checked.graph.as_str() != self.graph {
            return Err(other("Graph"));
        }
        match (&record.identity, &self.identity) {
            (Some(now), Some(before)) if !now.is_same(before) => Err(other("user")),
            _ => Ok((revision, record, checked)),
        }
    }

    /// Returns a usable token, from a renewal if need be. A caller that stops waiting does not stop the renewal.
    async fn renewed(self: &Arc<TokenSource>, want: Want) -> Result<Token> {
        loop {
            if let Some(cached) = self.cached().filter(|cached| cached.will_do(&want)) {
                return Ok(cached.token);
            }
            let (running, mine) = self.join(&want);
            match running.result.await {
                result if mine => return result,
                // It may do for us as well.
                Ok(_) => {}
                // An early one gives up at once, and nobody has asked about our claims but ourselves.
                Err(_) if running.want.early || (want.claims.is_some() && want.claims != running.want.claims) => {}
                Err(error) => return Err(error),
            }
        }
    }

    // The renewal that is on its way, or a new one; and whether it is a new one.
    fn join(self: &Arc<TokenSource>, want: &Want) -> (Running, bool) {
        let mut running = held(&self.running);
        if let Some(running) = &*running {
            return (running.clone(), false);
        }
        let (tell, told) = oneshot::channel();
        let task = RenewalTask { source: self.clone(), _in_flight: self.ways.renewals.begin() };
        let asked = want.clone();
        let result = async move {
            told.await.unwrap_or_else(|_| {
                Err(Error::new(Code::Unavailable, "the renewal of a token ended with the program that had begun it"))
            })
        };
        let new = Running { want: want.clone(), result: result.boxed().shared() };
        *running = Some(new.clone());
        drop(running);
        // A task of its own: a caller that is dropped while the answer is on its way must not take it along.
        tokio::spawn(async move {
            let result = task.source.renew(&asked).await;
            if let (Err(error), true) = (&result, asked.early) {
                tracing::warn!(connection = task.source.name, %error, "a token could not be renewed early; the present one stays in use");
            }
            drop(task);
            // Nobody need be waiting any more.
            let _ = tell.send(result);
        });
        (new, true)
    }

    // Nobody waits for it: the present token is valid, and stays in use to its end if this fails.
    fn renew_early(self: &Arc<TokenSource>) {
        let now = Instant::now();
        let mut before = held(&self.not_early_before);
        if before.is_some_and(|before| now < before) {
            return;
        }
        *before = Some(now + COOL_DOWN);
        drop(before);
        let _ = self.join(&Want { early: true, ..Want::default() });
    }
}

/// A guard that ends the renewal when it is dropped, however that comes about.
struct RenewalTask {
    source: Arc<TokenSource>,
    _in_flight: InFlight,
}

impl Drop for RenewalTask {
    fn drop(&mut self) {
        *held(&self.source.running) = None;
    }
}

pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tokens of a stored connection, as the client's [`Tokens`].
pub(crate) struct StoredTokens(pub(crate) Arc<TokenSource>);

#[async_trait]
impl Tokens for StoredTokens {
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token> {
        let source = &self.0;
        match ask {
            TokenRequest::Usual => {
                let now = Timestamp::now();
                let Some(cached) = source.cached().filter(|cached| cached.is_valid(now)) else {
                    return source.renewed(Want::default()).await;
                };
                if now >= cached.renew_from {
                    source.renew_early();
                }
                Ok(cached.token)
            }
            TokenRequest::Rejected(token) => {
                source.another(token, Want { instead_of: Some(token.clone()), ..Want::default() }).await
            }
            TokenRequest::Claims(token, claims) => {
                let claims = Some(claims.to_owned());
                source.another(token, Want { instead_of: Some(token.clone()), claims, early: false }).await
            }
        }
    }

    fn granted(&self) -> Option<Arc<Granted>> {
        match self.0.cached() {
            Some(cached) => cached.token.granted().cloned(),
            None => self.0.granted.clone(),
        }
    }
}
