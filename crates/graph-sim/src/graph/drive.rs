//! Drives: files and folders.

use std::collections::HashMap;

use super::store::Set;

/// All drives of the tenant.
#[derive(Default)]
pub(crate) struct Drives {
    pub(crate) drives: HashMap<u64, Drive>,
}

/// Somebody's OneDrive.
pub(crate) struct Drive {
    pub(crate) items: Set,
}
