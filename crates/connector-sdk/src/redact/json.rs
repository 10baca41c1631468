//! Redaction of JSON in place: each text, name and number by itself, so that JSON stays JSON and keeps its form.

use std::borrow::Cow;

use super::{REDACTED, Redactor};

/// Redacts a text that is known to be JSON.
pub(super) fn redact<'t>(redactor: &Redactor, text: &'t str) -> Cow<'t, str> {
    let bytes = text.as_bytes();
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'"' => end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => end_of_number(bytes, at),
            _ => {
                at += 1;
                continue;
            }
        };
        if let Some(redacted) = token(redactor, &text[at..end]) {
            out.push_str(&text[copied..at]);
            out.push_str(&redacted);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

// A text or a number without the secrets, if it had any.
fn token(redactor: &Redactor, token: &str) -> Option<String> {
    if !token.starts_with('"') {
        return (redactor.text(token) != token).then(|| quoted(REDACTED));
    }
    match serde_json::from_str::<Cow<'_, str>>(token) {
        Ok(text) => {
            let redacted = redactor.text(&text);
            (redacted != text).then(|| quoted(&redacted))
        }
        // Half of a surrogate pair: nobody can say what it is a part of.
        Err(_) => (redactor.text(token) != token).then(|| quoted(REDACTED)),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

// Behind the closing quote.
fn end_of_text(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn end_of_number(bytes: &[u8], begin: usize) -> usize {
    let is_number = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    begin + bytes[begin..].iter().take_while(|byte| is_number(byte)).count()
}
