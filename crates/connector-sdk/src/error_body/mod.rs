//! Error bodies in each form that Graph and the services in front of it write.
//!
//! Graph documents [one shape][1]. Older services, gateways and proxies have others: the error as a text, `odata.error`
//! with a message in a language, a code that is a number, problem details (RFC 9457), XML, a page of HTML, plain text.
//! Each property is read by itself, so that one that does not fit costs nothing but itself.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/errors

use serde_json::{Map, Value};

use crate::UpstreamDetail;
use crate::json::without_bom;
use crate::lenient::with_whole_letters;
use crate::markup;

/// Maximum length of a message, in characters.
pub(crate) const LONGEST: usize = 500;
/// Maximum length of a code, a target or an id, in characters.
const NAME: usize = 200;
/// Maximum number of inner codes and of details.
const MOST: usize = 10;
/// Maximum size of a body that is read as JSON, in bytes. A larger one is no error of Graph.
const LARGEST: usize = 1 << 20;
/// Maximum length that is read of a body that is not JSON, in bytes: the title stands at the beginning.
const LOOKED_AT: usize = 16 << 10;

/// Contents of an error body.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) inner_codes: Vec<String>,
    pub(crate) details: Vec<UpstreamDetail>,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Option<String>,
}

impl ErrorBody {
    pub(crate) fn read(body: &[u8]) -> ErrorBody {
        let body = without_bom(body);
        if body.len() <= LARGEST
            && let Some(value) = parse(body)
        {
            let mut found = ErrorBody::default();
            found.take_whole(&value);
            return found;
        }
        let text = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]);
        let text = text.trim_start();
        if text.starts_with('<') {
            let (code, message) = markup::error(text);
            return ErrorBody {
                code: code.and_then(|code| line(&code, NAME)),
                message: message.and_then(|text| line(&text, LONGEST)),
                ..ErrorBody::default()
            };
        }
        // Bytes that are no text say nothing.
        let is_text = !text.chars().take(LONGEST).any(|letter| matches!(letter, '\u{fffd}' | '\0'));
        ErrorBody { message: is_text.then(|| line(text, LONGEST)).flatten(), ..ErrorBody::default() }
    }

    fn take_whole(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.message = line(text, LONGEST),
            Value::Array(all) => all.iter().take(1).for_each(|first| self.take_whole(first)),
            Value::Object(whole) => {
                match get(whole, &["error", "odata.error", "errors", "fault"]) {
                    Some(Value::String(error)) => self.take_text(error, whole),
                    Some(Value::Array(errors)) => self.take_several(errors),
                    Some(Value::Object(error)) => self.take(error),
                    _ => self.take(whole),
                }
                // What stands beside the error, as where a monitor answers.
                self.message = self.message.take().or_else(|| description(whole));
            }
            _ => {}
        }
    }

    // OAuth's shape: the error is a code, its description stands beside it. Without one it may be a sentence.
    fn take_text(&mut self, error: &str, whole: &Map<String, Value>) {
        self.message = description(whole);
        match self.message.is_none() && error.contains(char::is_whitespace) {
            true => self.message = line(error, LONGEST),
            false => self.code = line(error, NAME),
        }
    }

    fn take_several(&mut self, errors: &[Value]) {
        match errors.first() {
            Some(Value::Object(first)) => self.take(first),
            Some(Value::String(text)) => self.message = line(text, LONGEST),
            _ => {}
        }
        self.details.extend(errors.iter().skip(1).take(MOST).filter_map(detail));
    }

    fn take(&mut self, error: &Map<String, Value>) {
        self.code = get(error, &["code", "errorCode", "statusCode"]).and_then(|code| name(code, NAME));
        self.message = message(error);
        self.target = get(error, &["target"]).and_then(|target| name(target, NAME));
        self.take_inner(error);
    }

    // Both spellings of `innerError` may stand side by side.
    fn take_inner(&mut self, level: &Map<String, Value>) {
        for (key, value) in level {
            match value {
                Value::Object(inner)
                    if key.eq_ignore_ascii_case("innerError") || key.eq_ignore_ascii_case("innerException") =>
                {
                    let code = get(inner, &["code", "errorCode"]).and_then(|code| name(code, NAME));
                    self.inner_codes.extend(code.filter(|_| self.inner_codes.len() < MOST));
                    self.request_id = self.request_id.take().or_else(|| name(get(inner, &["request-id"])?, NAME));
                    let client = || name(get(inner, &["client-request-id"])?, NAME);
                    self.client_request_id = self.client_request_id.take().or_else(client);
                    self.message = self.message.take().or_else(|| message(inner));
                    self.take_inner(inner);
                }
                Value::Array(_) | Value::Object(_) | Value::String(_) if key.eq_ignore_ascii_case("details") => {
                    let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                    let room = MOST.saturating_sub(self.details.len());
                    self.details.extend(all.iter().filter_map(detail).take(room));
                }
                _ => {}
            }
        }
    }
}

// Half of a surrogate pair is legal JSON and no text: it is shown as what cannot be shown.
fn parse(body: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(body) {
        return Some(value);
    }
    let text = std::str::from_utf8(body).ok().filter(|text| text.trim_start().starts_with(['{', '[', '"']))?;
    serde_json::from_str(&with_whole_letters(text)).ok()
}

fn detail(value: &Value) -> Option<UpstreamDetail> {
    let detail = match value {
        Value::Object(detail) => UpstreamDetail {
            code: get(detail, &["code", "errorCode"]).and_then(|code| name(code, NAME)),
            target: get(detail, &["target"]).and_then(|target| name(target, NAME)),
            message: message(detail),
        },
        Value::String(text) => UpstreamDetail { message: line(text, LONGEST), ..UpstreamDetail::default() },
        _ => return None,
    };
    (detail != UpstreamDetail::default()).then_some(detail)
}

fn message(error: &Map<String, Value>) -> Option<String> {
    ["message", "localizedMessage", "errorMessage", "detail", "title"].iter().find_map(|key| text(get(error, &[key])?))
}

fn description(whole: &Map<String, Value>) -> Option<String> {
    ["error_description", "errorDescription", "message", "detail"].iter().find_map(|key| text(get(whole, &[key])?))
}

// A message may be an object that holds the text and its language.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Object(text) => name(get(text, &["value", "message"])?, LONGEST),
        other => name(other, LONGEST),
    }
}

// The first of these properties that says something, without case.
fn get<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let find = |name: &&str| {
        object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null()).map(|(_, value)| value)
    };
    names.iter().find_map(find)
}

fn name(value: &Value, most: usize) -> Option<String> {
    match value {
        Value::String(text) => line(text, most),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns a text on one line, without invisible and control characters, cut to `most` characters.
fn line(text: &str, most: usize) -> Option<String> {
    let hidden = |letter: char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let mut out = String::new();
    let mut letters = 0;
    for letter in text
        .trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .filter(|letter| !hidden(*letter))
    {
        if letter.is_whitespace() && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if letters == most {
            out.push('…');
            break;
        }
        out.push(if letter.is_whitespace() { ' ' } else { letter });
        letters += 1;
    }
    let end = out.trim_end().len();
    out.truncate(end);
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests;
