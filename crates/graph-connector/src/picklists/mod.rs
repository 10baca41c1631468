//! The choices that inputs offer, one picklist to a file.

pub mod drives;
pub mod folders;
