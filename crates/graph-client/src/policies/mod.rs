//! The policies, each in its file. [`crate::pipeline`] describes their order and the reasons for it.

mod auth;
mod deadline;
mod observed;
mod origin;
mod rate;
mod replication_lag;
mod retry;
mod throttle;
mod trace;

pub(crate) use auth::{Auth, Doubt, authorize};
pub(crate) use deadline::Deadline;
pub(crate) use observed::Observed;
pub(crate) use origin::OriginPolicy;
pub(crate) use replication_lag::ReplicationLag;
pub(crate) use retry::{
    Retrying, backoff, is_gone_already, is_lost, is_too_late, is_write_conflict, may_have_changed_it, unknown,
};
pub(crate) use throttle::Throttle;
pub(crate) use trace::Trace;
