//! The client over a scripted transport, where time is paused, and over a real connection.

mod all;
mod auth;
mod download;
mod network;
mod origin;
mod preview;
mod retry;
mod settle;
mod stage;
mod throttle;
mod upload;
