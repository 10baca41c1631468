//! The handlers, by subject. They translate and decide nothing.

pub(crate) mod approvals;
mod attached;
pub(crate) mod audit;
pub(crate) mod callback;
pub(crate) mod choices;
pub(crate) mod connect_links;
pub(crate) mod connections;
pub(crate) mod deliveries;
pub(crate) mod destinations;
pub(crate) mod errors;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod openapi;
pub(crate) mod profiles;
pub(crate) mod registry;
mod revision;
pub(crate) mod run;
pub(crate) mod sign_ins;
pub(crate) mod watches;
