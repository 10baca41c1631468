//! Grants: what a user has allowed an app, and what stands for it: codes, refresh tokens and devices.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest;

use super::accounts::{Account, Authority};
use super::scopes::Asked;

/// Who issued a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Entra,
    Oidc,
}

/// What a user has allowed an app.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// A grant with a smaller number is older.
    pub(crate) number: u64,
    pub(crate) provider: Provider,
    pub(crate) client_id: String,
    pub(crate) account: Account,
    pub(crate) asked: Asked,
    /// The permissions, short names.
    pub(crate) names: BTreeSet<String>,
}

/// An authorization code.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) grant: Arc<Grant>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
    pub(crate) issued: Timestamp,
    pub(crate) redeemed: bool,
}

/// The challenge of PKCE (RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    pub(super) fn is_met(&self, verifier: &str) -> bool {
        match self {
            Challenge::Plain(challenge) => challenge == verifier,
            Challenge::S256(challenge) => {
                *challenge == URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
            }
        }
    }
}

/// A refresh token.
#[derive(Debug)]
pub(crate) struct Refresh {
    pub(super) grant: Arc<Grant>,
    pub(super) issued: Timestamp,
    // another one was issued for it
    pub(super) spent: bool,
}

/// A device that waits.
#[derive(Debug)]
pub(crate) struct Device {
    pub(super) client_id: String,
    pub(super) authority: Authority,
    pub(super) asked: Asked,
    pub(super) user_code: String,
    pub(super) issued: Timestamp,
    pub(super) decision: Decision,
}

/// What the user decided.
#[derive(Debug)]
pub(crate) enum Decision {
    Pending,
    Approved(Arc<Grant>),
    Declined,
}
