//! What the whole-workspace checks share.
//!
//! The connectors that they look at are [`connectors`]: one list, the same as the tools'.

pub mod arbitrary;
pub mod difference;
pub mod play;

pub use xtask::connectors::connectors;
pub use xtask::transcript;
