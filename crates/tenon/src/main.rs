//! `tenon`: the command line with the project's connectors.

use std::process::ExitCode;

// A third of the time of a request goes into glibc's allocator, little into this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tenon::run(&[])
}
