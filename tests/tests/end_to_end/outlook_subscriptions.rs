//! The signed-in user and subscriptions.

use crate::coverage::covers;

covers! {}
