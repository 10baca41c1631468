//! The part of an event's text that says how to join its online meeting. Without it there is no online meeting.

use serde_json::{Map, Value, json};

/// The text of an event with the part that says how to join.
pub(crate) fn with(body: &Value, join: &str) -> Value {
    let content = body["content"].as_str().unwrap_or_default();
    if content.contains(join) {
        return body.clone();
    }
    let is_html = body["contentType"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
    let text = if is_html { content.to_owned() } else { content.replace('&', "&amp;").replace('<', "&lt;") };
    let line = format!("<div style=\"width:100%\"><span>{}</span> </div>", "_".repeat(80));
    let part = format!(
        "<br>\r\n{line}\r\n<div class=\"me-email-text\"><div>Microsoft Teams</div>\r\n<div><a href=\"{join}\">Join the meeting now</a></div>\r\n</div>\r\n{line}"
    );
    let end = text.to_ascii_lowercase().rfind("</body").unwrap_or(text.len());
    let (before, after) = text.split_at(end);
    json!({ "contentType": "html", "content": format!("{before}{part}{after}") })
}

/// Ends the online meeting of an event whose text has been changed and no longer says how to join.
pub(crate) fn settle(event: &mut Map<String, Value>) {
    let Some(join) = event.get("onlineMeeting").and_then(|it| it["joinUrl"].as_str()) else { return };
    let is_there = event.get("body").and_then(|body| body["content"].as_str()).is_some_and(|text| text.contains(join));
    if !is_there {
        event.insert("isOnlineMeeting".into(), false.into());
        event.insert("onlineMeetingProvider".into(), "unknown".into());
        event.insert("onlineMeeting".into(), Value::Null);
    }
}
