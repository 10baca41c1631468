//! One renewal, from the lock to the store.
//!
//! ```text
//! lock ─► reserve room, note that the refresh token goes out ─► request, tried again where a fault passes
//!      ─► store, tried again as long as the lock lasts ─► only now: is it fit to be used? ─► unlock
//! ```
//!
//! Until the answer is stored it is the only copy of the new refresh token, and the old one may be used up.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry};
use graph_auth::refresh::Refreshed;
use graph_auth::{Checked, Failure, Reason};
use graph_client::Token;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout_at};

use super::grant;
use super::record::{ConnectionRecord, ConnectionState};
use super::source::{TokenSource, held};
use super::trouble::trouble_of;
use super::turn::{LOCK, Turn};
use super::unstored::Unstored;
use super::want::Want;
use crate::operations::Operation;
use crate::principal::ConnectionRef;
use crate::store::Revision;

/// Time limit of a token request, with the pauses between its attempts.
pub(super) const REQUEST: Duration = Duration::from_secs(30);
/// Maximum time that a caller waits for another process to renew.
const PATIENCE: Duration = Duration::from_secs(90);
/// Interval at which the store is polled while waiting.
const LOOK: Duration = Duration::from_millis(50);
/// Pauses before a request is retried after a passing fault, each no shorter than the service asks.
const TRIES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];
/// Longest pause while others wait for the lock. For a longer one the lock is released.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// First and longest pause while the store fails to take the new tokens.
const STORE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// State of a renewal: the record as it is in the store.
struct At {
    revision: Revision,
    record: ConnectionRecord,
    checked: Checked,
}

impl TokenSource {
    /// Renews the token, unless another process does so first.
    ///
    /// # Errors
    /// What the sign-in service refuses with, now or a while ago; the store's; `unknown_connection`, `not_connected`.
    pub(super) async fn renew(self: &Arc<TokenSource>, want: &Want) -> Result<Token> {
        let begun = Instant::now();
        loop {
            let (_, record, _) = self.load().await?;
            if let Some(token) = self.usable(&record, want)? {
                return Ok(token);
            }
            record.refuse(want)?;
            // Counted from before it is asked for, as it ends on the engine's clock.
            let until = Instant::now() + LOCK;
            if let Some(turn) = Turn::take(self, until).await? {
                let result = self.renew_locked(want, until).await;
                turn.end().await;
                return result;
            }
            // Who still has a valid token goes on with it, and finds the new one in the store.
            if let Some(token) = self.present().filter(|_| want.early) {
                return Ok(token);
            }
            if begun.elapsed() > PATIENCE || !self.ways.renewals.pause(LOOK).await {
                return Err(Error::new(Code::Unavailable, "another process is renewing the connection's token"));
            }
        }
    }

    async fn renew_locked(&self, want: &Want, until: Instant) -> Result<Token> {
        let (revision, record, checked) = self.load().await?;
        if let Some(token) = self.usable(&record, want)? {
            return Ok(token);
        }
        record.refuse(want)?;
        let unstored = held(&self.unstored).clone();
        if let Some(unstored) = unstored.filter(|unstored| unstored.from == record.tokens) {
            return self.save(At { revision, record, checked }, unstored, want, until).await;
        }
        let interrupted = record.renewal.sent.is_some();
        if interrupted {
            tracing::warn!(connection = self.name, "an earlier renewal was cut off before its answer was stored");
            // Where using a refresh token twice ends the grant, what is still valid is used to its end first.
            if let Some(token) = self.present().filter(|_| want.early && !checked.authority.is_entra()) {
                return Ok(token);
            }
        }
        let at = match grant::spends(&checked) {
            true => self.announce(At { revision, record, checked }).await?,
            false => At { revision, record, checked },
        };
        match self.ask(&at, want).await {
            Ok(Refreshed { tokens, unfit }) => {
                let failures = at.record.renewal.failures.saturating_add(1);
                let unfit = unfit.map(|error| (trouble_of(&error, None, None, failures), failures));
                let new = Unstored { from: at.record.tokens.clone(), tokens, unfit };
                *held(&self.unstored) = Some(new.clone());
                self.save(at, new, want, until).await
            }
            Err(failure) => Err(self.failed(at, failure, interrupted).await),
        }
    }

    // Makes sure of room, and notes that the refresh token goes out. A store that takes no writes is found out
    // while nothing is lost, and whoever comes after a kill knows.
    async fn announce(&self, mut at: At) -> Result<At> {
        self.ways.store.reserve().await?;
        for _ in 0..16 {
            at.record.renewal.sent = Some(Timestamp::now());
            match at.record.store(&self.ways.vault, &self.name, Some(at.revision)).await {
                Ok(revision) => return Ok(At { revision, ..at }),
                Err(error) if error.code() == Code::Conflict => {
                    let (revision, record, checked) = self.load().await?;
                    at = At { revision, record, checked };
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(Code::Unavailable, "the stored connection keeps changing"))
    }

    // A token request, tried again within the run where its fault passes.
    async fn ask(&self, at: &At, want: &Want) -> Result<Refreshed, Failure> {
        let deadline = Instant::now() + REQUEST;
        let mut pauses = TRIES.into_iter();
        loop {
            let asked =
                grant::renew(&*self.ways.transport, &at.checked, at.record.tokens.as_ref(), want.claims.as_deref());
            let failure = match timeout_at(deadline, asked).await {
                Ok(Ok(fresh)) => return Ok(fresh),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    return Err(
                        Error::new(Code::Unavailable, "the sign-in service did not answer within 30 seconds").into()
                    );
                }
            };
            let pause = pauses.next().map(|pause| pause.max(asked_to_wait(&failure)));
            match pause.filter(|pause| *pause <= LONGEST_PAUSE && Instant::now() + *pause < deadline) {
                Some(pause) if !want.early && passes(&failure) && self.ways.renewals.pause(pause).await => {}
                _ => return Err(failure),
            }
        }
    }

    // Stored before it is used, and before anything else is judged: whoever dies after this has lost nothing.
    async fn save(&self, mut at: At, new: Unstored, want: &Want, until: Instant) -> Result<Token> {
        let mut pause = STORE.0;
        loop {
            at.record.take_over(&new);
            let error = match at.record.store_reserved(&self.ways.vault, &self.name, at.revision).await {
                Ok(_) => {
                    *held(&self.unstored) = None;
                    return at.record.trouble().map_or_else(|| self.keep(&at.record, &new.tokens), Err);
                }
                Err(error) => error,
            };
            let changed = error.code() == Code::Conflict;
            if !changed {
                if Instant::now() + pause >= until {
                    return Err(
                        error.context("while storing new tokens, which are kept in memory until the store takes them")
                    );
                }
                tracing::warn!(connection = self.name, %error, "new tokens could not be stored yet");
                sleep(pause).await;
                pause = (pause * 2).min(STORE.1);
            }
            match self.load().await {
                // Somebody signed in anew, or we were frozen and another process took over: theirs are newer.
                Ok((_, record, _)) if record.tokens != new.from => {
                    *held(&self.unstored) = None;
                    let newer = self.usable(&record, want)?;
                    return newer.ok_or_else(|| {
                        Error::new(Code::Unavailable, "the connection was changed while its token was renewed")
                    });
                }
                Ok((revision, record, checked)) => at = At { revision, record, checked },
                Err(error) if matches!(error.code(), Code::UnknownConnection | Code::NotConnected) => {
                    return Err(error);
                }
                // It fails as the write did, and is tried again as long.
                Err(_) => {}
            }
        }
    }

    /// Tries once to store what a renewal that was cut off has left.
    pub(super) async fn save_left_over(&self) {
        let Some(unstored) = held(&self.unstored).clone() else { return };
        let until = Instant::now() + Duration::from_secs(2);
        if let Ok((revision, record, checked)) = self.load().await
            && record.tokens == unstored.from
        {
            // What comes of it, the next caller finds out.
            let _ = self.save(At { revision, record, checked }, unstored, &Want::default(), until).await;
        }
    }

    async fn failed(&self, at: At, failure: Failure, interrupted: bool) -> Error {
        let At { revision, mut record, .. } = at;
        let reason = failure.reason();
        let (claims, answered) = match &failure {
            Failure::Refused(refusal) => (refusal.claims.clone(), true),
            _ => (None, false),
        };
        let mut error = Error::from(failure);
        if interrupted && reason == Some(Reason::SignInAgain) {
            let advice = error.advice().to_owned();
            error = error.with_hint(format!("{advice} An earlier renewal was cut off before its answer was stored, which ends a sign-in where a refresh token counts once."));
        }
        record.renewal.failures = record.renewal.failures.saturating_add(1);
        record.renewal.said = error.upstream().cloned();
        // A refusal uses nothing up; a lost answer may have.
        record.renewal.sent = record.renewal.sent.filter(|_| !answered);
        let trouble = trouble_of(&error, reason, claims, record.renewal.failures);
        let was_broken = matches!(record.state, ConnectionState::Broken(_));
        record.state = trouble.state();
        let told = record.trouble().unwrap_or(error);
        match record.store(&self.ways.vault, &self.name, Some(revision)).await {
            Ok(_) if !was_broken && matches!(record.state, ConnectionState::Broken(_)) => {
                let data = json!({ "connection": ConnectionRef::new(&self.name, &record.id), "error": told });
                self.ways.operations.report(Operation::ConnectionBroken, data).await;
            }
            Ok(_) => {}
            // The next caller finds out anew; the error is the same.
            Err(lost) => {
                tracing::debug!(connection = self.name, error = %lost, "the connection's state was not stored");
            }
        }
        told
    }
}

fn passes(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(refusal) => refusal.reason.is_passing(),
        Failure::Failed(error) => {
            matches!(error.code(), Code::Unavailable | Code::OutcomeUnknown) && error.retryability() != Retry::Never
        }
        _ => false,
    }
}

fn asked_to_wait(failure: &Failure) -> Duration {
    match failure {
        Failure::Refused(refusal) => refusal.retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}
