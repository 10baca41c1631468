//! The end of a suspended sign-in with the browser.

use connector_sdk::{Code, Error, Result};
use graph_auth::authorization_code::Callback;
use subtle::ConstantTimeEq;
use url::Url;

use super::pending::LoggedSignIn;
use super::status::expired;
use super::suspended::{Suspended, key_of_state};
use super::{SignInMethod, browser};
use crate::connection::{ConnectionInfo, Connections};
use crate::digest::sha256;
use crate::kinds::SIGN_IN;

/// A suspended sign-in that has ended.
#[derive(Debug)]
#[must_use]
pub struct Resumed {
    /// Id of the sign-in.
    pub id: String,
    /// Where the browser is to go now.
    pub back: Option<Url>,
    /// Connection that was signed in, or why none was.
    pub outcome: Result<ConnectionInfo>,
}

impl Connections {
    /// Finishes a suspended sign-in with the query of the browser's callback, on whatever process, and stores the
    /// connection. `browser` is the value that was given to
    /// [`BrowserSignIn::suspend`](super::BrowserSignIn::suspend), as this browser has it.
    ///
    /// The sign-in is over as soon as its state was seen, also if the callback then proves to be wrong. A caller that
    /// goes away does not stop it.
    ///
    /// # Errors
    /// `invalid_input` when the query is no response to a sign-in; `not_connected` with the reason `unknown` when no
    /// sign-in waits for it, or `other_browser` when another browser began it; the store's. What fails later is
    /// the outcome.
    pub async fn resume(&self, query: &str, browser: &[u8; 32]) -> Result<Resumed> {
        let callback = Callback::parse(query)?;
        let suspended = self.take_suspended(&key_of_state(callback.state())).await?;
        let (connections, browser) = (self.clone(), sha256(browser));
        // A task of its own: a browser that closes its connection must not take the tokens along.
        let in_flight = self.0.renewals.begin();
        let task = tokio::spawn(async move {
            let _in_flight = in_flight;
            connections.finish_suspended(suspended, callback, &browser).await
        });
        task.await.unwrap_or_else(|_| Err(Error::new(Code::Unavailable, "the sign-in ended with the program")))
    }

    // Whoever removes the document has the sign-in, and nobody else.
    async fn take_suspended(&self, key: &str) -> Result<Suspended> {
        let unknown = || {
            Error::new(Code::NotConnected, "no sign-in waits for this answer: it was finished before, or has expired")
                .with_reason("unknown")
                .with_hint("Start the sign-in again.")
        };
        loop {
            let (revision, plain) = self.0.vault.get(SIGN_IN, key).await?.ok_or_else(unknown)?;
            match self.0.vault.remove(SIGN_IN, key, revision).await {
                // A rotation of keys has written it, or somebody else has taken it.
                Err(error) if error.code() == Code::Conflict => {}
                removed => {
                    removed?;
                    return Suspended::read(&plain);
                }
            }
        }
    }

    async fn finish_suspended(&self, suspended: Suspended, callback: Callback, browser: &str) -> Result<Resumed> {
        let (id, back) = (suspended.id.clone(), suspended.back.clone());
        let log = LoggedSignIn::new(self, suspended.by.as_ref(), &suspended.connection, suspended.exists);
        let expected = suspended.browser.clone().unwrap_or_default();
        let is_same = bool::from(expected.as_bytes().ct_eq(browser.as_bytes()));
        let finish = async {
            if !is_same {
                return Err(other_browser());
            }
            if suspended.is_over(self.now()) {
                return Err(expired(SignInMethod::AuthorizationCode));
            }
            let pending = suspended.pending()?;
            browser::redeem(suspended.restore(self).await?, pending, callback).await
        };
        let outcome = log.change(finish).await;
        self.end_sign_in(&id, &outcome).await;
        match outcome {
            // Another browser learns nothing about the sign-in.
            Err(error) if !is_same => Err(error),
            outcome => Ok(Resumed { id, back, outcome }),
        }
    }
}

fn other_browser() -> Error {
    Error::new(Code::NotConnected, "the sign-in was begun in another browser")
        .with_reason("other_browser")
        .with_hint("Start the sign-in again, and finish it in the same browser.")
}
