//! The program, run as its users run it: against the sandbox, each test with a home of its own.

mod agents;
mod browser;
mod canaries;
mod connections;
mod describe;
mod errors;
mod files;
mod inputs;
mod kept;
mod keyring;
mod keys;
mod listen;
mod metadata;
mod outputs;
mod panics;
mod permissions;
mod printed;
mod program;
mod refused;
mod serve;
mod served;
mod sign_in;
mod tap;
#[cfg(unix)]
mod terminal;
mod tokens;
mod transfer;
mod validate;
