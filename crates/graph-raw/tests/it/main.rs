//! The raw connector on a stage: every action and trigger, in success, failure and bad faith.

mod batch;
mod catalogue;
mod lists;
mod operations;
mod reference;
mod requests;
mod stage;
mod triggers;
