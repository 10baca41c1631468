//! Rules, settings, categories and what the server knows.

use crate::coverage::covers;

covers! {}
