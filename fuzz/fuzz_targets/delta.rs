//! A page of changes.

#![no_main]

use connector_sdk::{DeltaPage, Properties, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(page) = DeltaPage::read(&Response::new(200, data.to_vec())) {
        assert!(!page.link.as_str().trim().is_empty(), "a place is a place");
        for item in &page.items() {
            assert!(!Properties::of(item).identity().is_empty());
            tenon_fuzz::look_at(item);
        }
    }
});
