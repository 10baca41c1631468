//! Internet headers of messages.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::fault::Fault;

/// Where a message keeps the headers that its author gave it: they are answered only if `$select` names them.
pub(crate) const KEPT: &str = ".internetMessageHeaders";
/// The most headers that an author may give to one message.
const MOST: usize = 5;

/// Checks the headers that a body gives and puts them where they are kept.
///
/// # Errors
/// For a name that does not begin with `x-`, and for too many of them.
pub(crate) fn keep(fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let Some(given) = fields.remove("internetMessageHeaders").filter(|given| !given.is_null()) else { return Ok(()) };
    let headers = given.as_array().map_or(&[][..], Vec::as_slice);
    for header in headers {
        let name = header["name"].as_str().unwrap_or_default();
        if !name.to_ascii_lowercase().starts_with("x-") {
            let message = format!("The internet message header name '{name}' should start with 'x-' or 'X-'.");
            return Err(Fault::new(400, "InvalidInternetMessageHeader", message));
        }
    }
    if headers.len() > MOST {
        let message = format!("Maximum number of headers in one message should be less than or equal to {MOST}.");
        return Err(Fault::new(400, "InvalidInternetMessageHeaderCollection", message));
    }
    fields.insert(KEPT.into(), given);
    Ok(())
}

/// The headers with which a message came or went. A draft has none yet.
pub(crate) fn of(message: &Map<String, Value>) -> Value {
    if message.get("isDraft") == Some(&Value::Bool(true)) {
        return json!([]);
    }
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
    let people = |name: &str| {
        let all = message.get(name).and_then(Value::as_array).into_iter().flatten();
        all.map(person).collect::<Vec<_>>().join(", ")
    };
    let sent = text("sentDateTime").parse::<Timestamp>().unwrap_or_default();
    let mut out = vec![
        ("From", message.get("from").map(person).unwrap_or_default()),
        ("To", people("toRecipients")),
        ("CC", people("ccRecipients")),
        ("Subject", text("subject").to_owned()),
        ("Date", sent.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()),
        ("Message-ID", text("internetMessageId").to_owned()),
        ("MIME-Version", "1.0".to_owned()),
    ];
    out.retain(|(_, value)| !value.is_empty());
    let own = message.get(KEPT).and_then(Value::as_array).cloned().unwrap_or_default();
    out.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).chain(own).collect()
}

fn person(person: &Value) -> String {
    let (name, address) =
        (person["emailAddress"]["name"].as_str(), person["emailAddress"]["address"].as_str().unwrap_or_default());
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}
