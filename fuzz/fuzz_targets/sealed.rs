//! Sealed documents, changed and whole.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| connector_runtime::fuzz::open(data));
