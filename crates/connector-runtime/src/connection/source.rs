//! The tokens of a stored connection.
//!
//! However many tasks and processes ask, one token request is made for each expiry. In the process,
//! one task renews and the others wait for it, or go on with a token that is still valid. Between
//! processes, a lock in the store keeps the others away, and the document's revision is the fence: a
//! holder that was frozen and wakes up late writes nothing. There is no way around the lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{Code, Error, Granted, Result, Retry, Transport};
use graph_auth::{Failure, TokenSet};
use graph_client::{Ask, Token, Tokens};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep, timeout};

use super::grant;
use super::record::{Record, State, Trouble};
use crate::seal::Vault;
use crate::store::{Revision, Store};

/// How long a token request may take.
const REQUEST: Duration = Duration::from_secs(30);
/// How long the lock lasts: longer than what is done under it, so that it never ends in between.
const LOCK: Duration = Duration::from_secs(60);
/// How long somebody waits for another process to renew.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often the store is looked at while waiting.
const LOOK: Duration = Duration::from_millis(50);
/// How long after a failure the sign-in service is left alone.
const COOL_DOWN: SignedDuration = SignedDuration::from_secs(30);
/// How long before its end a token is renewed, where the service named no time.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// So short before its end a token no longer counts as valid: it must survive the way to Graph.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// The tokens of one connection, for everybody in the process.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) spec: ConnectionSpec,
    pub(crate) vault: Arc<Vault>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) transport: Arc<dyn Transport>,
    // What the stored token carried when the connection was first used here.
    granted: Option<Arc<Granted>>,
    cached: Mutex<Option<Cached>>,
    renewing: tokio::sync::Mutex<()>,
    early: AtomicBool,
}

#[derive(Clone)]
struct Cached {
    token: Token,
    expires: Timestamp,
    renew_from: Timestamp,
}

// Why a new token is wanted.
#[derive(Clone, Copy)]
struct Want<'a> {
    // A token that will not do, though it looks valid.
    instead_of: Option<&'a Token>,
    claims: Option<&'a str>,
    // Renew although the present token is still valid.
    early: bool,
}

impl Source {
    pub(crate) fn new(
        name: &str,
        spec: ConnectionSpec,
        vault: Arc<Vault>,
        store: Arc<dyn Store>,
        transport: Arc<dyn Transport>,
        granted: Option<Arc<Granted>>,
    ) -> Arc<Source> {
        Arc::new(Source {
            name: name.to_owned(),
            spec,
            vault,
            store,
            transport,
            granted,
            cached: Mutex::new(None),
            renewing: tokio::sync::Mutex::new(()),
            early: AtomicBool::new(false),
        })
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, record: &Record, tokens: &TokenSet) -> Result<Cached> {
        let cached = Cached {
            token: Token::new(&tokens.access, tokens.granted().map(Arc::new))?,
            expires: tokens.expires_at,
            renew_from: renew_from(record, tokens),
        };
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached.clone());
        Ok(cached)
    }

    async fn renewed(&self, want: Want<'_>) -> Result<Token> {
        let _turn = self.renewing.lock().await;
        // Somebody may have renewed it while we waited for our turn.
        if let Some(cached) = self.cached()
            && cached.will_do(want)
        {
            return Ok(cached.token);
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| Error::bug(error.to_string()))?;
        let owner = format!("{}-{:x}", std::process::id(), u64::from_ne_bytes(random));
        let begun = Instant::now();
        loop {
            let (_, record) = self.load().await?;
            if let Some(token) = self.usable(&record, want)? {
                return Ok(token);
            }
            refuse_while_in_trouble(&record, want)?;
            let lock = format!("connection/{}", record.id);
            if self.store.lock(&lock, &owner, LOCK).await?.is_some() {
                let result = self.renew_locked(want).await;
                // A lock that cannot be given back ends by itself.
                if let Err(error) = self.store.unlock(&lock, &owner).await {
                    tracing::warn!(connection = self.name, %error, "a lock was not given back");
                }
                return result;
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::new(
                    Code::Unavailable,
                    "another process is renewing the connection's token and does not come to an end",
                ));
            }
            sleep(LOOK).await;
        }
    }

    async fn renew_locked(&self, want: Want<'_>) -> Result<Token> {
        let (mut revision, mut record) = self.load().await?;
        if let Some(token) = self.usable(&record, want)? {
            return Ok(token);
        }
        refuse_while_in_trouble(&record, want)?;
        let checked = record.settings.check(&self.spec)?;
        let answer = timeout(REQUEST, grant::renew(&*self.transport, &checked, record.tokens.as_ref(), want.claims)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(Failure::Failed(Error::new(Code::Unavailable, "the sign-in service did not answer within 30 seconds")))
        });
        let tokens = match answer {
            Ok(tokens) => tokens,
            Err(failure) => return Err(self.failed(revision, record, failure).await),
        };
        // Stored before it is used: whoever dies after this line has lost nothing.
        for _ in 0..16 {
            record.identity = tokens.identity.clone().or(record.identity);
            record.tokens = Some(tokens.clone());
            record.state = State::Ready;
            record.refreshed = Some(Timestamp::now());
            match record.store(&self.vault, &self.name, Some(revision)).await {
                Ok(_) => return Ok(self.keep(&record, &tokens)?.token),
                Err(error) if error.code() == Code::Conflict => {}
                Err(error) => return Err(error),
            }
            // The document changed under us. If it has tokens that will do, they win: somebody signed in
            // anew, or we were frozen and another process took over.
            let id = record.id.clone();
            (revision, record) = self.load().await?;
            if record.id != id {
                return Err(Error::new(Code::NotConnected, format!("the connection `{}` was replaced meanwhile", self.name)));
            }
            if let Some(token) = self.usable(&record, want)? {
                return Ok(token);
            }
        }
        Err(Error::new(Code::Unavailable, "the stored connection keeps changing"))
    }

    async fn failed(&self, revision: Revision, mut record: Record, failure: Failure) -> Error {
        let now = Timestamp::now();
        let reason = failure.reason();
        let claims = match &failure {
            Failure::Refused(refusal) => refusal.claims.clone(),
            _ => None,
        };
        let error = Error::from(failure);
        let passing = matches!(error.code(), Code::Unavailable | Code::Throttled | Code::OutcomeUnknown | Code::Protocol | Code::Bug);
        let pause = match error.when_to_retry() {
            Retry::After(after) => SignedDuration::try_from(after).unwrap_or(COOL_DOWN).max(COOL_DOWN),
            _ => COOL_DOWN,
        };
        let trouble = Trouble {
            reason,
            message: error.to_string(),
            hint: error.advice().to_owned(),
            since: now,
            until: passing.then(|| now.saturating_add(pause).unwrap_or(now)),
            claims,
        };
        record.state = if passing { State::Waiting(trouble) } else { State::Broken(trouble) };
        // If it cannot be stored the next caller finds out anew; the error is the same.
        if let Err(lost) = record.store(&self.vault, &self.name, Some(revision)).await {
            tracing::debug!(connection = self.name, error = %lost, "the connection's state was not stored");
        }
        error
    }

    async fn load(&self) -> Result<(Revision, Record)> {
        Record::load(&self.vault, &self.name)
            .await?
            .ok_or_else(|| Error::new(Code::NotConnected, format!("the connection `{}` was removed", self.name)).hint("Connect again."))
    }

    // The stored token, if it will do: another process has renewed it.
    fn usable(&self, record: &Record, want: Want<'_>) -> Result<Option<Token>> {
        let Some(tokens) = &record.tokens else { return Ok(None) };
        let before = self.cached();
        let cached = self.keep(record, tokens)?;
        if cached.will_do(want) {
            return Ok(Some(cached.token));
        }
        // What will not do must not be served as fresh either; the former one may still be valid.
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = before.or(Some(cached));
        Ok(None)
    }
}

impl Cached {
    fn will_do(&self, want: Want<'_>) -> bool {
        let now = Timestamp::now();
        self.is_valid(now) && want.instead_of != Some(&self.token) && !(want.early && now >= self.renew_from)
    }
    fn is_valid(&self, now: Timestamp) -> bool {
        now < self.expires.saturating_sub(MARGIN).unwrap_or(self.expires)
    }
}

// Spread over a minute by the connection's id, so that connections made together do not renew together.
fn renew_from(record: &Record, tokens: &TokenSet) -> Timestamp {
    let usual = tokens.expires_at.saturating_sub(EARLY).unwrap_or(tokens.expires_at);
    let spread = record.id.bytes().fold(0i64, |sum, byte| (sum * 31 + i64::from(byte)) % 60);
    let spread = SignedDuration::from_secs(spread);
    match tokens.refresh_at {
        Some(at) => at.saturating_add(spread).unwrap_or(at).min(usual),
        None => usual.saturating_sub(spread).unwrap_or(usual),
    }
}

// A connection that somebody must repair is not tried again and again; one that waits is left alone
// until its time has come. New claims are a new question.
fn refuse_while_in_trouble(record: &Record, want: Want<'_>) -> Result<()> {
    let (code, trouble) = match &record.state {
        State::Broken(trouble) if want.claims.is_none() => (Code::NotConnected, trouble),
        State::Waiting(trouble) if trouble.until.is_some_and(|until| Timestamp::now() < until) => (Code::Unavailable, trouble),
        _ => return Ok(()),
    };
    let mut error = Error::new(code, trouble.message.clone()).hint(trouble.hint.clone());
    if let Some(until) = trouble.until {
        let wait = until.duration_since(Timestamp::now());
        error = error.retry(Retry::After(wait.try_into().unwrap_or_default()));
    }
    Err(error)
}

/// A stored connection's tokens, as the client asks for them.
pub(crate) struct StoredTokens(pub(crate) Arc<Source>);

#[async_trait]
impl Tokens for StoredTokens {
    async fn token(&self, ask: Ask<'_>) -> Result<Token> {
        let source = &self.0;
        match ask {
            Ask::Usual => {
                let now = Timestamp::now();
                let Some(cached) = source.cached().filter(|cached| cached.is_valid(now)) else {
                    return source.renewed(Want { instead_of: None, claims: None, early: false }).await;
                };
                if now >= cached.renew_from && !source.early.swap(true, Ordering::AcqRel) {
                    renew_in_the_background(source.clone());
                }
                Ok(cached.token)
            }
            Ask::Rejected(token) => source.renewed(Want { instead_of: Some(token), claims: None, early: false }).await,
            Ask::Claims(token, claims) => source.renewed(Want { instead_of: Some(token), claims: Some(claims), early: false }).await,
        }
    }

    fn granted(&self) -> Option<Arc<Granted>> {
        match self.0.cached() {
            Some(cached) => cached.token.granted().cloned(),
            None => self.0.granted.clone(),
        }
    }
}

// Nobody waits for it: the present token is valid, and stays in use to its end if this fails.
fn renew_in_the_background(source: Arc<Source>) {
    tokio::spawn(async move {
        if let Err(error) = source.renewed(Want { instead_of: None, claims: None, early: true }).await {
            tracing::warn!(connection = source.name, %error, "a token could not be renewed early; the present one stays in use");
            // Not at every call: the present token will do for a while.
            sleep(COOL_DOWN.try_into().unwrap_or(REQUEST)).await;
        }
        source.early.store(false, Ordering::Release);
    });
}
