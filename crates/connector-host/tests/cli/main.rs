//! The program, run as its users run it: against the sandbox, each test with a home of its own.

mod describe;
mod errors;
mod files;
mod inputs;
mod listen;
mod outputs;
mod program;
mod served;
#[cfg(unix)]
mod terminal;
