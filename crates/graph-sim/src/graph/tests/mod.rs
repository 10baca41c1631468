//! The Graph as a client sees it.

mod batch;
mod delta;
mod directory;
mod mail;
mod queries;
mod refusals;
