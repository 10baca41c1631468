//! Links that are followed with a token.

#![no_main]

use connector_sdk::Link;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let bases = ["https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta"]
        .map(|base| Url::parse(base).expect("a base"));
    if let Ok(url) = Link::new(text).within(&bases) {
        assert_eq!(
            (url.scheme(), url.host_str(), url.port_or_known_default()),
            ("https", Some("graph.microsoft.com"), Some(443)),
            "{url}"
        );
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
        assert!(url.path().starts_with("/v1.0/") || url.path().starts_with("/beta/"), "{url}");
        assert!(!url.path().split('/').any(|part| part == ".." || part == "."), "{url}");
        // What was followed once is followed again.
        assert!(Link::new(url.as_str()).within(&bases).is_ok_and(|again| again == url), "{url}");
    }
    if let Ok(url) = Link::new(text).elsewhere(&bases) {
        assert!(url.host_str().is_some(), "{url}");
    }
});
