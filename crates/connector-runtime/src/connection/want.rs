//! Reasons for wanting a new token.

use std::time::Duration;

use graph_client::Token;

/// Minimum time between two early renewals, whatever the outcome of the first.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(30);

/// Reason for wanting a new token.
#[derive(Clone, Default)]
pub(super) struct Want {
    /// Token that is not usable, though it looks valid.
    pub(super) instead_of: Option<Token>,
    pub(super) claims: Option<String>,
    /// Whether to renew although the present token is still valid.
    pub(super) early: bool,
}
