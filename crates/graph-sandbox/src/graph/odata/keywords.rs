//! `$search`: the part of KQL that mailboxes understand, and the `"property:value"` clauses of the directory.

use serde_json::{Map, Value};

/// A parsed search over messages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keywords {
    And(Vec<Keywords>),
    Or(Vec<Keywords>),
    Not(Box<Keywords>),
    /// Words that begin so, in any of the fields that are searched by default or in one field.
    Words {
        field: Option<String>,
        text: String,
    },
    /// A moment compared with a date: `received>=2024-05-01`.
    Date {
        field: String,
        op: String,
        day: String,
    },
}

const FIELDS: [&str; 17] = [
    "subject",
    "from",
    "to",
    "cc",
    "bcc",
    "participants",
    "recipients",
    "body",
    "attachment",
    "hasattachment",
    "hasattachments",
    "importance",
    "kind",
    "size",
    "received",
    "sent",
    "isread",
];

impl Keywords {
    /// Parses the value of `$search` with its quotes.
    ///
    /// # Errors
    /// What is wrong, worded as Graph words it.
    pub(crate) fn parse(value: &str) -> Result<Keywords, String> {
        let value = value.trim();
        let inner = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => inner.replace("\\\"", "\""),
            None => match value.find([':', '"', '@', ' ', '-', '.']) {
                Some(at) => {
                    return Err(format!(
                        "Syntax error: character '{}' is not valid at position {at} in '{value}'.",
                        &value[at..=at]
                    ));
                }
                None => value.to_owned(),
            },
        };
        let mut words = split(&inner);
        words.reverse();
        if words.is_empty() {
            return Err("The $search value must not be empty.".into());
        }
        let parsed = either(&mut words)?;
        if words.is_empty() { Ok(parsed) } else { Err(format!("Syntax error: ')' is not expected in '{inner}'.")) }
    }

    /// Whether a message, with the names of its attachments, is what is asked for.
    pub(crate) fn matches(&self, message: &Map<String, Value>) -> bool {
        match self {
            Keywords::And(all) => all.iter().all(|one| one.matches(message)),
            Keywords::Or(any) => any.iter().any(|one| one.matches(message)),
            Keywords::Not(inner) => !inner.matches(message),
            Keywords::Words { field, text } => words_match(field.as_deref(), text, message),
            Keywords::Date { field, op, day } => {
                let property = if field == "sent" { "sentDateTime" } else { "receivedDateTime" };
                let Some(value) = message.get(property).and_then(Value::as_str) else { return false };
                let value = &value[..value.len().min(10)];
                match op.as_str() {
                    ">=" => value >= day.as_str(),
                    "<=" => value <= day.as_str(),
                    ">" => value > day.as_str(),
                    "<" => value < day.as_str(),
                    _ => match day.split_once("..") {
                        Some((from, to)) => value >= from && value <= to,
                        None => value == day,
                    },
                }
            }
        }
    }
}

/// Words, quoted phrases (with their quotes' content joined to a `field:` before them), and brackets.
fn split(text: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | ')' if !quoted => {
                out.push(std::mem::take(&mut word));
                out.push(c.to_string());
            }
            c if c.is_whitespace() && !quoted => out.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    out.push(word);
    out.retain(|word| !word.is_empty());
    out
}

fn either(words: &mut Vec<String>) -> Result<Keywords, String> {
    let mut any = vec![both(words)?];
    while words.last().is_some_and(|word| word == "OR") {
        words.pop();
        any.push(both(words)?);
    }
    Ok(if any.len() == 1 { any.remove(0) } else { Keywords::Or(any) })
}

fn both(words: &mut Vec<String>) -> Result<Keywords, String> {
    let mut all = Vec::new();
    loop {
        match words.last().map(String::as_str) {
            None | Some(")" | "OR") => break,
            Some("AND") => {
                words.pop();
            }
            Some("NOT") => {
                words.pop();
                all.push(Keywords::Not(Box::new(one(words)?)));
            }
            Some(_) => all.push(one(words)?),
        }
    }
    match all.len() {
        0 => Err("Syntax error: a search term expected.".into()),
        1 => Ok(all.remove(0)),
        _ => Ok(Keywords::And(all)),
    }
}

fn one(words: &mut Vec<String>) -> Result<Keywords, String> {
    let word = words.pop().ok_or("Syntax error: a search term expected.")?;
    if word == "(" {
        let inner = either(words)?;
        return match words.pop().as_deref() {
            Some(")") => Ok(inner),
            _ => Err("Syntax error: ')' expected.".into()),
        };
    }
    let at = word.find([':', '>', '<', '=']);
    if let Some((field, rest)) = at.map(|at| word.split_at(at)) {
        let field = field.to_ascii_lowercase();
        if FIELDS.contains(&field.as_str()) {
            let op: String = rest.chars().take_while(|c| matches!(c, ':' | '>' | '<' | '=')).collect();
            let text = rest[op.len()..].to_owned();
            if matches!(field.as_str(), "received" | "sent") {
                return Ok(Keywords::Date { field, op, day: text });
            }
            return Ok(Keywords::Words { field: Some(field), text });
        }
    }
    Ok(Keywords::Words { field: None, text: word })
}

fn words_match(field: Option<&str>, text: &str, message: &Map<String, Value>) -> bool {
    let get = |name: &str| message.get(name).unwrap_or(&Value::Null);
    let people = |names: &[&str]| names.iter().any(|name| find(get(name), text));
    match field {
        None => {
            ["subject", "body"].iter().any(|name| find(get(name), text))
                || people(&["from"])
                || people(&["toRecipients", "ccRecipients"])
        }
        Some("subject" | "importance") => find(get(field.unwrap_or_default()), text),
        Some("body") => find(get("body"), text),
        Some("from") => people(&["from"]),
        Some("to") => people(&["toRecipients"]),
        Some("cc") => people(&["ccRecipients"]),
        Some("bcc") => people(&["bccRecipients"]),
        Some("recipients") => people(&["toRecipients", "ccRecipients", "bccRecipients"]),
        Some("participants") => people(&["from", "toRecipients", "ccRecipients", "bccRecipients"]),
        Some("hasattachment" | "hasattachments") => {
            get("hasAttachments") == &Value::Bool(matches!(text, "true" | "yes" | "1"))
        }
        Some("isread") => get("isRead") == &Value::Bool(text == "true"),
        Some("kind") => text.eq_ignore_ascii_case("email"),
        Some(_) => false,
    }
}

/// Whether some text in `value` has words that begin as those of `text` do, one behind the other.
fn find(value: &Value, text: &str) -> bool {
    match value {
        Value::String(within) => has_phrase(within, text),
        Value::Array(values) => values.iter().any(|value| find(value, text)),
        Value::Object(fields) => fields.iter().any(|(name, value)| name != "contentType" && find(value, text)),
        _ => false,
    }
}

/// Whether `within` has the words of `text` one behind the other, the last of which may be only begun.
pub(crate) fn has_phrase(within: &str, text: &str) -> bool {
    let (within, text) = (within.to_lowercase(), text.trim_end_matches('*').to_lowercase());
    if text.is_empty() {
        return false;
    }
    let boundary = |at: usize| at == 0 || !within[..at].ends_with(char::is_alphanumeric);
    within.match_indices(&text).any(|(at, _)| boundary(at))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_found_by_keywords() {
        let message = json!({
            "subject": "Quarterly budget review", "body": {"contentType": "text", "content": "Numbers attached."}, "hasAttachments": true,
            "receivedDateTime": "2024-05-02T08:00:00Z", "from": {"emailAddress": {"name": "Alex Wilber", "address": "AlexW@contoso.example"}},
            "toRecipients": [{"emailAddress": {"name": "Adele", "address": "AdeleV@contoso.example"}}],
        });
        let found = |search: &str| Keywords::parse(search).map(|parsed| parsed.matches(message.as_object().unwrap()));
        for search in [
            "budget",
            "\"budg\"",
            "\"numbers attached\"",
            "\"subject:budget from:alex\"",
            "\"from:alexw@contoso.example\"",
            "\"subject:\\\"budget review\\\"\"",
            "\"hasAttachments:true\"",
            "\"received>=2024-05-01 AND received<2024-06-01\"",
            "\"received:2024-05-01..2024-05-03\"",
            "\"lunch OR budget\"",
            "\"budget NOT lunch\"",
            "\"(lunch OR budget) quarterly\"",
            "\"to:adele*\"",
        ] {
            assert_eq!(found(search), Ok(true), "{search}");
        }
        for search in [
            "lunch",
            "\"udget\"",
            "\"from:adele\"",
            "\"received<2024-05-01\"",
            "\"budget lunch\"",
            "\"subject:numbers\"",
        ] {
            assert_eq!(found(search), Ok(false), "{search}");
        }
        for search in ["from:alex", "\"\"", "two words", "\"(budget\""] {
            assert!(found(search).is_err(), "{search}");
        }
    }
}
