//! Mail folders.

use crate::coverage::covers;

covers! {}
