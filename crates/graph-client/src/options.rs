//! Options of a client, beside its transport.

use std::sync::Arc;

use crate::{Limits, Observer, Policy, RetryPolicy, SharedLimits};

/// Options of a [`Client`](crate::Client). Clones share their policies and observers.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ClientOptions {
    /// Retry policy for failed attempts.
    pub retries: RetryPolicy,
    /// Limits on sizes and times.
    pub limits: Limits,
    /// Limits of Graph that other clients keep too. Without them a client goes by its own count, as if nobody else used
    /// the app.
    pub shared_limits: Option<Arc<dyn SharedLimits>>,
    /// Policies outside retry, around the whole pipeline: each sees a call once. The last one is the outermost.
    pub per_call: Vec<Arc<dyn Policy>>,
    /// Policies inside retry, before throttle and auth: each sees every attempt. The last one is the outermost.
    pub per_try: Vec<Arc<dyn Policy>>,
    /// Observers of calls and attempts.
    pub observers: Vec<Arc<dyn Observer>>,
}
