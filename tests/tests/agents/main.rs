//! What agents find and are shown: the search for actions, and the portable forms of their schemas.
#![expect(clippy::print_stdout, reason = "figures and misses are what a look at them is for")]

mod portable_schemas;
mod questions;
