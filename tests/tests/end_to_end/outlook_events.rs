//! Events.

use crate::coverage::covers;

covers! {}
