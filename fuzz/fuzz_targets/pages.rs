//! A page of a list, and what is read of its items.

#![no_main]

use connector_sdk::{Page, PageToken, Properties, Response};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|data: &[u8]| {
    if let Ok(page) = Page::read(&Response::new(200, data.to_vec())) {
        for item in &page.items {
            // An item is one whole value, wherever it was cut out.
            serde_json::from_str::<&RawValue>(item.as_str()).expect("an item is JSON");
            tenon_fuzz::look_at(item);
            let it = Properties::of(item);
            assert!(!it.identity().is_empty());
            let _ = (it.text("name"), it.time("lastModifiedDateTime"), it.flag("isRead"), it.get::<Vec<u64>>("sizes"));
        }
        if let Some(next) = page.next {
            let token = PageToken::at(next);
            assert_eq!(PageToken::from_text(&token.to_text(), "pageToken").ok(), Some(token));
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = PageToken::from_text(text, "pageToken");
    }
});
