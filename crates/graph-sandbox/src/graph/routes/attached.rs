//! The content of attached items: a message as MIME, an event as iCalendar, a contact as a vCard.

use serde_json::Value;

use crate::graph::mime;

/// The media type and the content of an attached item.
pub(super) fn content(item: &Value) -> (&'static str, Vec<u8>) {
    let kind = item["@odata.type"].as_str().unwrap_or_default();
    match kind.rsplit('.').next().unwrap_or_default() {
        "event" => ("text/calendar", event(item).into_bytes()),
        "contact" => ("text/vcard", contact(item).into_bytes()),
        _ => ("text/plain", mime::write_item(item)),
    }
}

fn event(item: &Value) -> String {
    let time = |name: &str| {
        let local = item[name]["dateTime"].as_str().unwrap_or_default();
        local.chars().filter(|c| !matches!(c, '-' | ':')).take(15).collect::<String>()
    };
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        item["subject"].as_str().unwrap_or_default(),
        time("start"),
        time("end")
    )
}

fn contact(item: &Value) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let mail = item["emailAddresses"][0]["address"].as_str().unwrap_or_default();
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\nN:{};{};;;\r\nEMAIL:{mail}\r\nEND:VCARD\r\n",
        text("displayName"),
        text("surname"),
        text("givenName")
    )
}
