//! Sealed documents: what has been changed does not open.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| connector_runtime::fuzz::open(data));
