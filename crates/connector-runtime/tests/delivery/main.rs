//! Delivery over real connections: a host, its store, and receivers on loopback addresses.

mod destinations;
mod failing;
mod interrupted;
mod operations;
mod receiver;
mod world;
