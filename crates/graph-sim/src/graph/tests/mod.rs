//! The Graph as a client sees it.

mod batch;
mod calendar;
mod delta;
mod directory;
mod files;
mod load;
mod mail;
mod queries;
mod refusals;
