//! The sandbox's `$filter`, `$search` and other options.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| graph_sandbox::fuzz::query(text));
