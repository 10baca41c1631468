//! Takes the secrets of a call out of what a server answers with an error.
//!
//! A server, or a proxy before it, may quote the request that it refuses. Its text becomes our error, which is logged,
//! printed and kept. So the token and what the caller marked as secret are taken out as soon as the answer is here.
//! A success passes untouched: its content is the caller's.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use self::spelling::{Letter, read_escapes, skeleton};
use crate::call::{Answer, AnswerBody, Call};
use crate::{home, limits};

mod spelling;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";
/// A run of so many letters of a secret is found, also where the rest of it was cut off.
const BLOCK: usize = 16;
/// A shorter value is no secret: taking it out would take words out.
const SHORTEST: usize = 4;
/// A shorter word of a value, such as `Bearer`, is no secret by itself.
const SHORTEST_WORD: usize = 8;
/// Escapes within escapes are read so deep.
const ROUNDS: usize = 4;

/// What a call sent that no error may tell.
#[derive(Default)]
pub(crate) struct Secrets(Vec<HeaderValue>);

impl Secrets {
    /// The secrets of a call: its token, former ones, headers marked as sensitive, and the query of an address that is
    /// its own credential.
    pub(crate) fn of(call: &Call<'_>) -> Secrets {
        let mut secrets = call.spent.clone();
        secrets.extend(sensitive(&call.headers).cloned());
        if !home::is_home(&call.url, &call.session.endpoint) {
            secrets.extend(call.url.query().and_then(|query| HeaderValue::from_str(query).ok()));
        }
        Secrets(secrets)
    }

    /// Adds those of another call that the same server has seen.
    pub(crate) fn and(mut self, call: &Call<'_>) -> Secrets {
        self.0.extend(sensitive(&call.headers).cloned());
        self
    }

    /// Takes them out of an error's headers and body.
    pub(crate) fn redact(&self, headers: &mut HeaderMap, body: &mut Bytes) {
        let Some(needles) = Needles::of(&self.0) else { return };
        if body.len() > limits::ERROR_BODY {
            *body = Bytes::new();
        }
        for (name, value) in headers.iter_mut() {
            // It is followed, never told.
            if *name == LOCATION {
                continue;
            }
            if let Cow::Owned(text) = needles.redact(&String::from_utf8_lossy(value.as_bytes())) {
                *value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(REDACTED));
            }
        }
        if let Some(redacted) = needles.redact_body(body) {
            *body = redacted;
        }
    }
}

impl Answer {
    /// The answer without the secrets of its call, if it is an error.
    pub(crate) fn redacted(mut self, call: &Call<'_>) -> Answer {
        if !self.status.is_success()
            && let AnswerBody::Whole(body) = &mut self.body
        {
            Secrets::of(call).redact(&mut self.headers, body);
        }
        self
    }
}

/// The values that are marked as sensitive.
pub(crate) fn sensitive(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.values().filter(|value| value.is_sensitive())
}

/// What is searched for: the letters and digits of each secret in each encoding, so that case, padding, line breaks and
/// separators make no difference.
#[derive(Default)]
struct Needles {
    /// Where each block of a long one is.
    blocks: HashMap<[u8; BLOCK], (usize, usize)>,
    long: Vec<Vec<u8>>,
    short: Vec<Vec<u8>>,
    /// Secrets that hardly have letters, compared as they are.
    exact: Vec<Vec<u8>>,
}

impl Needles {
    fn of(secrets: &[HeaderValue]) -> Option<Needles> {
        let mut needles = Needles::default();
        for secret in secrets {
            let whole = secret.as_bytes();
            // `Bearer TOKEN`, `name=value; name=value`, and what stands alone.
            let credential = whole.iter().position(|byte| *byte == b' ').map(|at| &whole[at + 1..]);
            let words = whole.split(|byte| *byte == b' ');
            let fields = whole.split(|byte| matches!(byte, b' ' | b'&' | b';' | b','));
            let values = fields.clone().filter_map(|field| field.splitn(2, |byte| *byte == b'=').nth(1));
            let parts = words.chain(fields).chain(values).filter(|part| part.len() >= SHORTEST_WORD);
            let mut all: Vec<&[u8]> = std::iter::once(whole).chain(credential).chain(parts).filter(|part| part.len() >= SHORTEST).collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter().for_each(|part| needles.add(part));
        }
        (!(needles.long.is_empty() && needles.short.is_empty() && needles.exact.is_empty())).then_some(needles)
    }

    fn add(&mut self, secret: &[u8]) {
        let letters = skeleton(secret);
        if letters.len() < secret.len().min(SHORTEST_WORD) {
            self.exact.push(secret.to_ascii_lowercase());
        } else {
            self.push(letters);
        }
        for encoded in spelling::encodings(secret) {
            self.push(skeleton(&encoded));
        }
    }

    fn push(&mut self, letters: Vec<u8>) {
        if letters.len() < BLOCK {
            self.short.extend(Some(letters).filter(|letters| letters.len() >= SHORTEST));
            return;
        }
        let place = self.long.len();
        for (index, block) in letters.as_chunks::<BLOCK>().0.iter().enumerate() {
            self.blocks.insert(*block, (place, index * BLOCK));
        }
        self.long.push(letters);
    }

    /// A body without the secrets, if it had any. What is JSON stays JSON.
    fn redact_body(&self, body: &Bytes) -> Option<Bytes> {
        match serde_json::from_slice::<Value>(body) {
            Ok(mut value) => self.redact_json(&mut value).then(|| value.to_string().into()),
            Err(_) => match self.redact(&String::from_utf8_lossy(body)) {
                Cow::Owned(text) => Some(text.into()),
                Cow::Borrowed(_) => None,
            },
        }
    }

    fn redact_json(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.redact(text) {
                Cow::Owned(redacted) => {
                    *text = redacted;
                    true
                }
                Cow::Borrowed(_) => false,
            },
            Value::Array(items) => self.redact_each(items),
            Value::Object(members) => self.redact_each(members.values_mut()),
            _ => false,
        }
    }

    fn redact_each<'v>(&self, values: impl IntoIterator<Item = &'v mut Value>) -> bool {
        let mut found = false;
        for value in values {
            found |= self.redact_json(value);
        }
        found
    }

    fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut spans = Vec::new();
        let mut letters: Vec<Letter> = spelling::letters(text);
        for _ in 0..ROUNDS {
            self.find(&letters, &mut spans);
            let decoded = read_escapes(&letters);
            if decoded.len() == letters.len() {
                break;
            }
            letters = decoded;
        }
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        spans.sort_unstable();
        let (mut out, mut at) = (String::with_capacity(text.len()), None);
        for (start, end) in spans {
            // What touches or overlaps is one.
            if at.is_none_or(|at| start > at) {
                out.push_str(&text[at.unwrap_or_default()..start]);
                out.push_str(REDACTED);
            }
            at = at.max(Some(end));
        }
        out.push_str(&text[at.unwrap_or_default()..]);
        Cow::Owned(out)
    }

    fn find(&self, letters: &[Letter], spans: &mut Vec<(usize, usize)>) {
        if !self.exact.is_empty() {
            let all: Vec<u8> = letters.iter().map(|letter| letter.byte.to_ascii_lowercase()).collect();
            for needle in &self.exact {
                find_all(&all, needle, |from, to| spans.push((letters[from].start, letters[to - 1].end)));
            }
        }
        let kept: Vec<&Letter> = letters.iter().filter(|letter| spelling::counts(letter.byte)).collect();
        let all: Vec<u8> = kept.iter().map(|letter| letter.byte.to_ascii_lowercase()).collect();
        let mut mark = |from: usize, to: usize| spans.push((kept[from].start, kept[to - 1].end));
        for needle in &self.short {
            find_all(&all, needle, &mut mark);
        }
        let mut done = 0;
        for (at, window) in all.array_windows::<BLOCK>().enumerate() {
            if at + BLOCK <= done {
                continue;
            }
            let Some(&(place, offset)) = self.blocks.get(window) else { continue };
            let needle = &self.long[place];
            let before = needle[..offset].iter().rev().zip(all[..at].iter().rev()).take_while(|(a, b)| a == b).count();
            let after = needle[offset..].iter().zip(&all[at..]).take_while(|(a, b)| a == b).count();
            mark(at - before, at + after);
            done = at + after;
        }
    }
}

fn find_all(all: &[u8], needle: &[u8], mut mark: impl FnMut(usize, usize)) {
    for (at, window) in all.windows(needle.len()).enumerate() {
        if window == needle {
            mark(at, at + needle.len());
        }
    }
}
