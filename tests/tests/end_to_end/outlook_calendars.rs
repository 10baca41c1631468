//! Calendars, their groups and their permissions.

use crate::coverage::covers;

covers! {}
