//! The host as principals see it, over the sandbox.

mod api_keys;
mod approvals;
mod audit;
mod confirmations;
mod connections;
mod files;
mod reach;
mod watches;
mod world;
