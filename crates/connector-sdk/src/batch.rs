//! Responses of a [`$batch`][1] request, part by part.
//!
//! A gateway at times writes a page of HTML where the JSON of one part belongs. What the other parts say is read all
//! the same, because writes among them have been carried out.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/json-batching

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Value};

use crate::{Error, Json, Result, without_bom};

/// Maximum length of the head of a part (what precedes its body), in bytes.
const HEAD: usize = 16 << 10;
/// Maximum number of candidate starts of a part that are tried; no HTML error page has as many.
const FALSE_STARTS: usize = 1_000;

/// Response to one request of a batch.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct BatchAnswer {
    /// Id of the request, which Graph compares without case.
    pub id: String,
    /// HTTP status.
    pub status: u16,
    /// Headers, as a JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Json>,
    /// Body, as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Json>,
}

impl BatchAnswer {
    /// Reads the responses of a batch. A part that cannot be read is left out, unless its status says that it was
    /// refused.
    ///
    /// # Errors
    /// `protocol` when this is not the answer to a batch.
    pub fn read(text: &Bytes) -> Result<Vec<BatchAnswer>> {
        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow)]
            responses: Vec<&'a RawValue>,
        }
        let text = text.slice_ref(without_bom(text));
        match serde_json::from_slice::<Envelope<'_>>(&text) {
            Ok(envelope) => {
                Ok(envelope.responses.into_iter().filter_map(|raw| part(&Json::slice_of(&text, raw))).collect())
            }
            Err(error) => match salvage(&text) {
                Some(answers) => Ok(answers),
                None => Err(Error::protocol("the answer to a batch cannot be read").caused_by(error)),
            },
        }
    }
}

// An id may be a number, a status a text.
fn part(json: &Json) -> Option<BatchAnswer> {
    #[derive(Deserialize)]
    struct Part<'a> {
        id: Value,
        status: Value,
        #[serde(borrow)]
        headers: Option<&'a RawValue>,
        #[serde(borrow)]
        body: Option<&'a RawValue>,
    }
    let part: Part<'_> = serde_json::from_slice(json.bytes()).ok()?;
    let id = match part.id {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let status = match part.status {
        Value::Number(status) => status.as_u64()?,
        Value::String(status) => status.trim().parse().ok()?,
        _ => return None,
    };
    let status = u16::try_from(status).ok().filter(|status| (100..600).contains(status))?;
    let slice = |raw: &RawValue| Json::slice_of(json.bytes(), raw);
    let (headers, body) = (part.headers.filter(|headers| headers.get().starts_with('{')), part.body);
    Some(BatchAnswer { id, status, headers: headers.map(slice), body: body.map(slice) })
}

// Reads the parts around what is no JSON.
fn salvage(text: &Bytes) -> Option<Vec<BatchAnswer>> {
    let list = find(text, b"\"responses\"")?;
    let mut at = list + text[list..].iter().position(|byte| *byte == b'[')? + 1;
    let mut answers: Vec<BatchAnswer> = Vec::new();
    // A part begins behind the bracket, a comma or, where the one before was cut off, its end.
    let mut false_starts = 0;
    while false_starts < FALSE_STARTS
        && let Some(begin) = text[at..].iter().position(|byte| *byte == b'{').map(|found| at + found)
    {
        at = begin + 1;
        let before = text[..begin].iter().rev().find(|byte| !byte.is_ascii_whitespace());
        if !matches!(before, Some(b'[' | b',')) {
            continue;
        }
        let mut values = Deserializer::from_slice(&text[begin..]).into_iter::<&RawValue>();
        let answer = match values.next() {
            Some(Ok(raw)) => part(&Json::slice_of(text, raw)).inspect(|_| at = begin + values.byte_offset()),
            _ => refusal(&text[begin..]),
        };
        false_starts += usize::from(answer.is_none());
        answers.extend(answer);
    }
    // What is inside a page may look like an answer: where two speak for one request, neither counts.
    let is_twice = |id: &str| answers.iter().filter(|other| other.id.eq_ignore_ascii_case(id)).count() > 1;
    let doubtful: Vec<bool> = answers.iter().map(|answer| is_twice(&answer.id)).collect();
    let mut doubtful = doubtful.into_iter();
    answers.retain(|_| !doubtful.next().unwrap_or_default());
    Some(answers)
}

// The head of a part whose body cannot be read: a status of the 4xx says that nothing was done.
fn refusal(text: &[u8]) -> Option<BatchAnswer> {
    let head = &text[..find(&text[..text.len().min(HEAD)], b"\"body\"")?];
    let head = std::str::from_utf8(head).ok()?.trim_end().trim_end_matches(',');
    let answer = part(&Json::parse(format!("{head}}}")).ok()?)?;
    (400..500).contains(&answer.status).then_some(answer)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, u16)> {
        BatchAnswer::read(&Bytes::from(text.to_owned()))
            .unwrap()
            .into_iter()
            .map(|answer| (answer.id, answer.status))
            .collect()
    }

    fn pairs(all: &[(&str, u16)]) -> Vec<(String, u16)> {
        all.iter().map(|(id, status)| ((*id).to_owned(), *status)).collect()
    }

    #[test]
    fn one_part_that_cannot_be_read_does_not_hide_the_others() {
        let page = r#"<!DOCTYPE html><html><script>var x = {"a":[{"id":"x"}]};</script></html>"#;
        let with = |status: u16| {
            format!(
                r#"{{"responses":[{{"id":"1","status":201,"body":{{"id":"E1"}}}},
                {{"id":"2","status":{status},"headers":{{"Content-Type":"text/html"}},"body":{page}}},{{"id":"3","status":201,"body":null}}]}}"#
            )
        };
        assert_eq!(read(&with(500)), pairs(&[("1", 201), ("3", 201)]));
        assert_eq!(
            read(&with(201)),
            pairs(&[("1", 201), ("3", 201)]),
            "a success whose body is lost may be one or not"
        );
        assert_eq!(read(&with(429)), pairs(&[("1", 201), ("2", 429), ("3", 201)]), "a refusal is one without its body");
        let cut = with(500);
        assert_eq!(read(&cut[..cut.find("<html").unwrap()]), pairs(&[("1", 201)]));
    }

    #[test]
    fn an_answer_inside_a_page_does_not_count_for_another() {
        let text = r#"{"responses":[{"id":"1","status":500,"body":<p>,{"id":"2","status":204}</p>},{"id":"2","status":400},{"id":"3","status":204}]}"#;
        assert_eq!(read(text), pairs(&[("3", 204)]));
    }

    #[test]
    fn odd_parts_spoil_nothing() {
        let text = "\u{feff}{\"responses\":[null,{\"id\":1,\"status\":\"204\"},{\"id\":\"2\"},{\"id\":\"3\",\"status\":70000},{\"id\":\"4\",\"status\":200,\"headers\":[],\"body\":\"\\ud800\"}]}";
        assert_eq!(read(text), pairs(&[("1", 204), ("4", 200)]));
        for none in ["", "{}", "<html>", "[]", r#"{"responses":null}"#] {
            assert!(BatchAnswer::read(&Bytes::from(none)).is_err(), "{none}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[{}\\[\\],:\"<>a1]{0,60}") {
            let _ = BatchAnswer::read(&Bytes::from(format!("{{\"responses\":[{text}")));
        }
    }
}
