//! The host as principals see it, over the sandbox.

mod approvals;
mod audit;
mod confirmations;
mod keys;
mod reach;
mod world;
