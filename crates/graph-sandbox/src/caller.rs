//! Who calls the sandbox's Graph.

use std::collections::BTreeSet;

/// Who calls, as its token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The object id of the signed-in user; `None` when an app is signed in.
    pub user: Option<String>,
    /// The client id of the app.
    pub app_id: String,
    /// Short names, such as `Mail.Read`: delegated scopes, or app roles when an app is signed in.
    pub scopes: BTreeSet<String>,
}

impl Caller {
    /// Whether the token carries the scope or role. Letters of either case are the same letter.
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.contains(scope) || self.scopes.iter().any(|have| have.eq_ignore_ascii_case(scope))
    }
}
