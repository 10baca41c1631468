//! Suspended sign-ins: begun by one process, finished by another, and refused wherever something does not fit.

mod browser;
mod device;
mod links;
mod secrets;
mod world;
