//! Doors for the fuzz targets to readers that are nobody else's.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::fault::Service;
use super::odata::{Keywords, Options, RawQuery, matches};
use super::types;

/// Reads a filter, words to search for and the options of a query, and holds a message against them.
pub fn query(text: &str) {
    static MESSAGE: OnceLock<Map<String, Value>> = OnceLock::new();
    let message = MESSAGE.get_or_init(|| {
        let message = json!({
            "id": "AAMk1", "subject": "Lunch", "isRead": false, "receivedDateTime": "2026-05-04T10:00:00Z", "categories": ["Red"],
            "from": { "emailAddress": { "name": "Adele", "address": "adele@contoso.com" } }, "importance": "high", "body": { "content": "Soup" }
        });
        message.as_object().cloned().unwrap_or_default()
    });
    let ty = types::get("message");
    let filter = RawQuery::from_pairs(vec![("$filter".to_owned(), text.to_owned())]);
    if let Ok(Options { filter: Some(filter), .. }) = Options::parse(&filter, ty, Service::Outlook) {
        let _ = matches(&filter, message);
    }
    if let Ok(keywords) = Keywords::parse(text) {
        let _ = keywords.matches(message);
    }
    let _ = Options::parse(&RawQuery::parse(Some(text)), ty, Service::Outlook);
}
