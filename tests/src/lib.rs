//! What the whole-workspace checks share.
//!
//! The connectors that they look at are [`connectors`]: one list, the same as the tools'.

pub mod arbitrary;
pub mod embedding;

#[cfg(doctest)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/embedding.md"))]
mod page {}

#[cfg(doctest)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/embedding-web.md"))]
mod page_web {}

#[cfg(doctest)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/service.md"))]
mod page_service {}

pub use connector_testing::{difference, play, transcript};
pub use xtask::connectors::connectors;

/// Returns every transcript of the checkout, in order.
///
/// # Panics
/// When the folder cannot be read.
pub fn cases() -> Vec<transcript::Case> {
    xtask::cases().expect("the transcripts can be read")
}
