//! Removal of secrets from what a server sends back, in whatever spelling.
//!
//! A server, or a proxy before it, may quote the request that it refuses. Its text becomes our error, which is logged,
//! printed and kept. So what was sent in secret is taken out of it as soon as the answer is here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};
use serde::de::IgnoredAny;

use self::spelling::{Letter, read_escapes, skeleton};

mod json;
mod spelling;

/// Replacement for a secret.
pub const REDACTED: &str = "[redacted]";
/// Maximum length of a text that is searched, in bytes; a longer one is replaced as a whole where secrets are to be
/// found in it.
const LONGEST: usize = 1 << 20;
/// Length of a run of a secret that is found, also where the rest of it was cut off.
const BLOCK: usize = 16;
/// Minimum length of a value that is found anywhere. A shorter one is found only as a word of its own: elsewhere it
/// would take words apart.
const SHORTEST: usize = 4;
/// Minimum length of a word of a value that is a secret by itself. A shorter one, such as `Bearer`, is none.
const SHORTEST_WORD: usize = 8;
/// Maximum number of nested layers of escapes that are read.
const ROUNDS: usize = 4;

/// A redactor that finds secrets in texts and replaces them with [`REDACTED`].
///
/// They are found in either case, in base64 (either alphabet, anywhere in a longer text, with line breaks), in hex, and
/// behind up to four layers of percent encoding, JSON escapes and character references; of a longer one, 31 letters or
/// digits suffice. Of a value such as `Bearer TOKEN` or `name=value; name=value`, each part of eight letters or more is
/// a secret too. A secret of less than four letters is found only as a word of its own: plain, in base64 or in hex.
#[derive(Default)]
pub struct Redactor {
    /// Positions of each block of a long secret.
    blocks: HashMap<[u8; BLOCK], (usize, usize)>,
    long: Vec<Vec<u8>>,
    short: Vec<Vec<u8>>,
    /// Secrets with hardly any letters or digits, compared as they are.
    exact: Vec<Vec<u8>>,
    /// Secrets that are too short to be searched for inside of words.
    words: Vec<Vec<u8>>,
}

impl Redactor {
    /// Creates a redactor of these secrets. Empty ones are ignored.
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Redactor {
        let mut redactor = Redactor::default();
        for secret in secrets {
            let whole = secret.as_ref();
            // `Bearer TOKEN`, `name=value; name=value`, and what stands alone.
            let credential = whole.iter().position(|byte| *byte == b' ').map(|at| &whole[at + 1..]);
            let words = whole.split(|byte| *byte == b' ');
            let fields = whole.split(|byte| matches!(byte, b' ' | b'&' | b';' | b','));
            let values = fields.clone().filter_map(|field| field.splitn(2, |byte| *byte == b'=').nth(1));
            let parts = words.chain(fields).chain(values).filter(|part| part.len() >= SHORTEST_WORD);
            let mut all: Vec<&[u8]> =
                std::iter::once(whole).chain(credential).chain(parts).filter(|part| !part.is_empty()).collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter().for_each(|part| redactor.add(part));
        }
        redactor
    }

    /// Returns whether there are no secrets to look for.
    pub fn is_empty(&self) -> bool {
        self.long.is_empty() && self.short.is_empty() && self.exact.is_empty() && self.words.is_empty()
    }

    /// Returns a text without the secrets. One of more than 1 MiB is replaced as a whole.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match text.len() > LONGEST && !self.is_empty() {
            true => Cow::Borrowed(REDACTED),
            false => self.redact(text),
        }
    }

    /// Removes the secrets from headers. `Location` stays as it is: it is followed, never printed.
    pub fn headers(&self, headers: &mut HeaderMap) {
        for (_, value) in headers.iter_mut().filter(|(name, _)| *name != LOCATION) {
            if let Cow::Owned(text) = self.text(&String::from_utf8_lossy(value.as_bytes())) {
                *value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// Returns a body without the secrets, JSON or not. JSON stays JSON, and keeps its form.
    pub fn body(&self, body: &Bytes) -> Bytes {
        if self.is_empty() {
            return body.clone();
        }
        let text = String::from_utf8_lossy(body);
        let redacted = match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => json::redact(self, &text),
            Err(_) => self.text(&text),
        };
        if redacted == text { body.clone() } else { redacted.into_owned().into() }
    }

    fn add(&mut self, secret: &[u8]) {
        if secret.len() < SHORTEST {
            self.words.extend(spelling::words(secret));
            return;
        }
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
        if !self.words.is_empty() {
            let all: Vec<u8> = letters.iter().map(|letter| letter.byte.to_ascii_lowercase()).collect();
            let is_inside = |at: Option<&u8>| at.is_some_and(|byte| spelling::counts(*byte) || *byte == b'_');
            for needle in &self.words {
                find_all(&all, needle, |from, to| {
                    if !is_inside(from.checked_sub(1).and_then(|at| all.get(at))) && !is_inside(all.get(to)) {
                        spans.push((letters[from].start, letters[to - 1].end));
                    }
                });
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

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

fn find_all(all: &[u8], needle: &[u8], mut mark: impl FnMut(usize, usize)) {
    for (at, window) in all.windows(needle.len()).enumerate() {
        if window == needle {
            mark(at, at + needle.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_is_a_word_and_no_part_of_one() {
        let redactor = Redactor::new(["in", "k7"]);
        for (text, redacted) in [
            ("in", "[redacted]"),
            (
                "bad in, (IN), %69n, aW4= and 696e",
                "bad [redacted], ([redacted]), [redacted], [redacted]= and [redacted]",
            ),
            ("invalid_grant in_use begin k77 xk7", "invalid_grant in_use begin k77 xk7"),
            ("key=k7&x", "key=[redacted]&x"),
        ] {
            assert_eq!(redactor.text(text), redacted);
        }
        assert!(Redactor::new([""]).is_empty());
    }

    #[test]
    fn json_keeps_its_form() {
        let redactor = Redactor::new(["canary-secret", "12345678"]);
        let body = "{ \"a\" : 1.50,\n\"canary-secret\": [\"x\", \"is \\u0063anary-secret\", 12345678, -1e5],\n\"a\": \"canary-secret\", \"b\": \"\\\"\\\\\" }";
        assert_eq!(
            redactor.body(&Bytes::from(body)),
            "{ \"a\" : 1.50,\n\"[redacted]\": [\"x\", \"is [redacted]\", \"[redacted]\", -1e5],\n\"a\": \"[redacted]\", \"b\": \"\\\"\\\\\" }"
        );
        assert_eq!(redactor.body(&Bytes::from_static(br#"["\ud800 canary-secret"]"#)), r#"["[redacted]"]"#);
        assert_eq!(redactor.body(&Bytes::from_static(b"<p>canary-secret\xff")), "<p>[redacted]\u{fffd}");
        let clean = Bytes::from_static(b"\xff{ \"a\" : 1 }");
        assert_eq!(redactor.body(&clean), clean);
    }

    #[test]
    fn an_endless_text_is_replaced_as_a_whole() {
        let text = "x".repeat(LONGEST + 1);
        assert_eq!(Redactor::new(["canary-secret"]).text(&text), REDACTED);
        assert_eq!(Redactor::default().text(&text), text);
    }
}
