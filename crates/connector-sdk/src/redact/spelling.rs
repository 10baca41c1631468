//! Spellings of a secret in a text.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A decoded byte of a text, and its position: from `start` to `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Returns the bytes of a text without decoding.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    let spelled = |(start, letter): (usize, char)| {
        let end = start + letter.len_utf8();
        text.as_bytes()[start..end].iter().map(move |byte| Letter { byte: *byte, start, end })
    };
    text.char_indices().flat_map(spelled).collect()
}

/// Returns whether a byte counts in a comparison; separators, padding and line breaks do not.
pub(super) fn counts(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Returns the bytes that count, in lower case.
pub(super) fn skeleton(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| counts(*byte)).map(|byte| byte.to_ascii_lowercase()).collect()
}

/// Returns a short secret as it is, in hex and in base64, without case: each is searched for as a word of its own.
pub(super) fn words(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut words = vec![secret.to_vec()];
    for secret in cases(secret) {
        words.push(hex(&secret));
        words.push(STANDARD_NO_PAD.encode(&secret).into_bytes());
        words.push(URL_SAFE_NO_PAD.encode(&secret).into_bytes());
    }
    words.iter_mut().for_each(|word| word.make_ascii_lowercase());
    words.sort_unstable();
    words.dedup();
    words
}

fn cases(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut cases = vec![secret.to_vec(), secret.to_ascii_lowercase(), secret.to_ascii_uppercase()];
    cases.dedup();
    cases
}

fn hex(secret: &[u8]) -> Vec<u8> {
    secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// Returns the encodings of a secret in base64 and hex, as it is and in either case. Base64 comes in each position that
/// it can have in a longer text, without the letters that depend on what stands beside it. The URL-safe alphabet has
/// the same letters and digits.
pub(super) fn encodings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for secret in cases(secret) {
        all.push(hex(&secret));
        for (before, depends) in [(0, 0), (1, 2), (2, 3)] {
            let encoded = STANDARD_NO_PAD.encode([&[0; 2][..before], &secret].concat());
            let whole = (before + secret.len()) * 8 / 6;
            all.push(encoded.as_bytes()[depends..whole].to_vec());
        }
    }
    all
}

/// Decodes one layer of escapes: percent encoding, those of JSON and JavaScript, character references of HTML. Each
/// makes the text shorter; a text without escapes is returned unchanged.
pub(super) fn read_escapes(letters: &[Letter]) -> Vec<Letter> {
    let mut out = Vec::with_capacity(letters.len());
    let mut rest = letters;
    while let Some(first) = rest.first() {
        let (bytes, length) = escape(rest).unwrap_or((vec![first.byte], 1));
        let end = rest[length - 1].end;
        out.extend(bytes.into_iter().map(|byte| Letter { byte, start: first.start, end }));
        rest = &rest[length..];
    }
    out
}

/// Decodes the escape at the beginning, and returns its bytes and its length.
fn escape(letters: &[Letter]) -> Option<(Vec<u8>, usize)> {
    let byte = |at: usize| letters.get(at).map(|letter| letter.byte);
    match byte(0)? {
        b'%' => Some((vec![u8::try_from(number(letters.get(1..3)?, 16)?).ok()?], 3)),
        b'\\' => match byte(1)? {
            b'u' => character(letters.get(2..6)?, 16, 6),
            b'x' => character(letters.get(2..4)?, 16, 4),
            b'n' | b'r' | b't' | b'b' | b'f' => Some((b" ".to_vec(), 2)),
            other => Some((vec![other], 2)),
        }
        .or_else(|| Some((vec![byte(1)?], 2))),
        b'&' => reference(letters),
        _ => None,
    }
}

/// Decodes a character reference: `&#43;`, `&#x2b;`, and the names that stand for signs of markup.
fn reference(letters: &[Letter]) -> Option<(Vec<u8>, usize)> {
    const NAMES: [(&[u8], u8); 5] = [(b"amp", b'&'), (b"lt", b'<'), (b"gt", b'>'), (b"quot", b'"'), (b"apos", b'\'')];
    let end = letters.iter().take(12).position(|letter| letter.byte == b';')?;
    let name: Vec<u8> = letters[1..end].iter().map(|letter| letter.byte.to_ascii_lowercase()).collect();
    match name.as_slice() {
        [b'#', b'x', ..] => character(&letters[3..end], 16, end + 1),
        [b'#', ..] => character(&letters[2..end], 10, end + 1),
        name => NAMES.iter().find(|(known, _)| *known == name).map(|(_, byte)| (vec![*byte], end + 1)),
    }
}

fn character(digits: &[Letter], radix: u32, length: usize) -> Option<(Vec<u8>, usize)> {
    let character = char::from_u32(number(digits, radix)?)?;
    let bytes = character.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
    // The loop over layers ends because each is shorter.
    (bytes.len() < length).then_some((bytes, length))
}

fn number(digits: &[Letter], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u32, |sum, digit| sum.checked_mul(radix)?.checked_add(char::from(digit.byte).to_digit(radix)?))
}
