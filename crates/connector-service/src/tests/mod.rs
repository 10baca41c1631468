//! The service over loopback: a real server, a real client, a sandbox behind it.

mod bad_input;
mod callers;
mod connect_links;
mod connections;
mod description;
mod endings;
mod files;
mod hidden;
mod mcp;
mod real_time;
mod runs;
mod served_sandbox;
mod sign_ins;
mod sign_ins_refused;
mod two_services;
mod watches;
mod world;
