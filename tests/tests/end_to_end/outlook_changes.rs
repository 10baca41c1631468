//! Triggers of mail, calendars and contacts.

use crate::coverage::covers;

covers! {}
