//! Cached tokens: whether one is usable, and when it is renewed.

use std::sync::Arc;

use connector_sdk::Result;
use graph_auth::TokenSet;
use graph_client::Token;
use jiff::{SignedDuration, Timestamp};

use super::record::{ConnectionRecord, is_ahead};
use super::want::{COOL_DOWN, Want};

/// Maximum time before its end at which a token is renewed, where the service named no time.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// Maximum time before its end from which a token no longer counts as valid: it must survive the way to Graph.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);
/// Assumed lifetime of a token whose time of issue is not known.
const USUAL: SignedDuration = SignedDuration::from_hours(1);

/// A cached token.
#[derive(Clone)]
pub(super) struct Cached {
    pub(super) token: Token,
    issued: Timestamp,
    expires: Timestamp,
    pub(super) renew_from: Timestamp,
}

impl Cached {
    /// Creates the cache entry of a record's token.
    ///
    /// # Errors
    /// `protocol` when it cannot be sent.
    pub(super) fn of(record: &ConnectionRecord, tokens: &TokenSet) -> Result<Cached> {
        let token = Token::new(&tokens.access, tokens.granted().map(Arc::new))?;
        let issued =
            tokens.issued_at.unwrap_or_else(|| tokens.expires_at.saturating_sub(USUAL).unwrap_or(tokens.expires_at));
        let mut cached = Cached { token, issued, expires: tokens.expires_at, renew_from: tokens.expires_at };
        cached.renew_from = cached.renew_from(record, tokens.refresh_at);
        Ok(cached)
    }

    pub(super) fn will_do(&self, want: &Want) -> bool {
        let now = Timestamp::now();
        self.is_valid(now) && want.instead_of.as_ref() != Some(&self.token) && !(want.early && now >= self.renew_from)
    }

    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        let margin = MARGIN.min(self.life() / 20);
        !is_ahead(self.issued, now) && now < self.expires.saturating_sub(margin).unwrap_or(self.expires)
    }

    fn life(&self) -> SignedDuration {
        self.expires.duration_since(self.issued).max(SignedDuration::ZERO)
    }

    // Spread by the connection's id, so that connections made together do not renew together.
    fn renew_from(&self, record: &ConnectionRecord, wished: Option<Timestamp>) -> Timestamp {
        let early = EARLY.min(self.life() / 10);
        let spread = early / 300 * record.id.bytes().fold(0, |sum: i32, byte| (sum * 31 + i32::from(byte)) % 60);
        let usual = self.expires.saturating_sub(early + spread).unwrap_or(self.expires);
        let wished = wished.map_or(usual, |at| at.saturating_add(spread).unwrap_or(at).min(usual));
        // A service that wishes it at once shall not have it at every call.
        let cool_down = SignedDuration::try_from(COOL_DOWN).unwrap_or_default().min(self.life() / 2);
        wished.max(self.issued.saturating_add(cool_down).unwrap_or(self.issued))
    }
}

#[cfg(test)]
mod tests;
