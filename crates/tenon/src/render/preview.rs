//! Previews: requests that were not sent.

use std::fmt::Write;

use serde_json::Value;

use super::{HEADING, QUIET, escape, indented};

/// Formats a preview for a terminal.
pub(crate) fn preview(preview: &Value) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, preview);
    out
}

fn write(out: &mut String, preview: &Value) -> std::fmt::Result {
    let text = |value: &Value, name: &str| escape::line(value[name].as_str().unwrap_or_default()).into_owned();
    let requests = preview["requests"].as_array().map(Vec::as_slice).unwrap_or_default();
    for request in requests {
        writeln!(out, "{HEADING}{} {}{HEADING:#}", text(request, "method"), text(request, "url"))?;
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            writeln!(out, "  {}: {}", escape::line(name), escape::line(value.as_str().unwrap_or_default()))?;
        }
        match &request["body"] {
            Value::Null => {}
            Value::String(body) => indented(out, &escape::block(body), 2),
            body => indented(out, &escape::json(&serde_json::to_string_pretty(body).unwrap_or_default()), 2),
        }
        for any in request["needs"].as_array().into_iter().flatten() {
            let names: Vec<_> = any.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if !names.is_empty() {
                writeln!(out, "{QUIET}needs {}{QUIET:#}", names.join(" or "))?;
            }
        }
        writeln!(out)?;
    }
    match (requests.len(), preview["complete"].as_bool(), preview["following"].as_u64()) {
        (0, ..) => writeln!(out, "No request would be sent."),
        (_, Some(false), Some(1)) => {
            writeln!(out, "Nothing was sent. One more request would follow, or more; it depends on the answers.")
        }
        (_, Some(false), Some(count)) => {
            writeln!(
                out,
                "Nothing was sent. About {count} more requests would follow; it depends on the answers how many."
            )
        }
        (_, Some(false), None) => {
            writeln!(out, "Nothing was sent. More requests would follow; they depend on the answers.")
        }
        _ => writeln!(out, "Nothing was sent."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_request_has_its_body_and_needs() {
        let value = json!({
            "requests": [{
                "method": "POST", "url": "https://graph.microsoft.com/v1.0/me/sendMail", "template": "/me/sendMail",
                "headers": { "prefer": "x" }, "body": { "a": "\u{9b}" }, "needs": [["Mail.Send"], []]
            }],
            "complete": true
        });
        assert!(
            preview(&json!({ "requests": [{}], "complete": false, "following": 80 }))
                .contains("About 80 more requests would follow")
        );
        let shown = anstream::adapter::strip_str(&preview(&value)).to_string();
        assert_eq!(
            shown,
            "POST https://graph.microsoft.com/v1.0/me/sendMail\n  prefer: x\n  {\n    \"a\": \"\\u009b\"\n  }\nneeds Mail.Send\n\nNothing was sent.\n"
        );
    }
}
