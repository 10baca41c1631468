//! Contacts, their folders, and people.

use crate::coverage::covers;

covers! {}
