//! What agents find and are shown: the search for actions, and the portable forms of their schemas.

mod portable_schemas;
mod questions;
