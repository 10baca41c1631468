//! An export of connections that is imported.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| connector_runtime::fuzz::import(text));
