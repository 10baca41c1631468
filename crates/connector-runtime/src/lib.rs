//! Under construction.

pub mod store;
