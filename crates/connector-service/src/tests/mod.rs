//! The service over loopback: a real server, a real client, a sandbox behind it.

mod bad_input;
mod callers;
mod description;
mod endings;
mod files;
mod runs;
mod world;
