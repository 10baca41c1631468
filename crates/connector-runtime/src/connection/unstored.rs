//! Tokens on their way into the store.

use graph_auth::TokenSet;
use jiff::Timestamp;

use super::record::{ConnectionRecord, ConnectionState, Renewal, Trouble};

/// Tokens that the service has issued and the store has not taken yet.
#[derive(Clone)]
pub(super) struct Unstored {
    /// Tokens that were renewed. If the store has others meanwhile, those are newer.
    pub(super) from: Option<TokenSet>,
    pub(super) tokens: TokenSet,
    /// Reason why the access token must not be used, and the number of renewals that have failed with it in a row.
    pub(super) unfit: Option<(Trouble, u32)>,
}

impl ConnectionRecord {
    /// Replaces the tokens, and ends the trouble of the renewals before.
    pub(super) fn take_over(&mut self, new: &Unstored) {
        let Unstored { tokens, unfit, .. } = new;
        self.identity = tokens.identity.clone().or(self.identity.take());
        let mut tokens = tokens.clone();
        if unfit.is_some() {
            // The refresh token is kept; the access token counts as ended.
            tokens.expires_at = tokens.issued_at.unwrap_or(tokens.expires_at);
        }
        self.tokens = Some(tokens);
        let (state, failures) =
            unfit.clone().map_or((ConnectionState::Ready, 0), |(trouble, failures)| (trouble.state(), failures));
        self.state = state;
        self.refreshed = Some(Timestamp::now());
        self.renewal = Renewal { failures, ..Renewal::default() };
    }
}
