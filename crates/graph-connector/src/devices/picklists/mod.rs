//! Picklists, one to a file.

pub mod managed_devices;
