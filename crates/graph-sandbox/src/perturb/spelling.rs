//! The spelling of JSON.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::Formatter;

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Writes the same JSON with white space between its tokens, and letters as escapes.
///
/// Allowed by RFC 8259, sections 2 and 7.
pub(super) struct Spelling;

impl Perturbation for Spelling {
    fn name(&self) -> &'static str {
        "spelling"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "writes JSON with white space and escapes"
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        if !wire.is_json() || random.happens(1, 3) {
            return;
        }
        if let Ok(body) = serde_json::from_slice::<Value>(&wire.body) {
            wire.body = write(&body, random).into();
        }
    }
}

fn write(value: &Value, random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    let spelling = Spelt { random: random.clone() };
    // Writing a `Value` into memory cannot fail.
    let _ = value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, spelling));
    out.push(b'\n');
    out
}

struct Spelt {
    random: Random,
}

impl Spelt {
    fn space<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        const SPACES: [&[u8]; 6] = [b"", b"", b" ", b"\r\n  ", b"\t", b"\n"];
        out.write_all(SPACES[self.random.below(SPACES.len())])
    }
}

impl Formatter for Spelt {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b"," })?;
        self.space(out)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.space(out)
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b"," })?;
        self.space(out)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.space(out)?;
        out.write_all(b":")?;
        self.space(out)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.space(out)
    }
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        for letter in fragment.chars() {
            let escaped = !letter.is_ascii() || self.random.happens(1, 40);
            if letter == '/' && self.random.happens(1, 2) {
                out.write_all(b"\\/")?;
            } else if escaped && self.random.happens(3, 4) {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                write!(out, "{letter}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_the_same() {
        let value = serde_json::json!({ "a/b": ["Ünï \u{1f600} \" \\ \n", 1.5, null, {}, []], "@odata.nextLink": "https://a.example/b?c=d" });
        for seed in 0..50 {
            let text = write(&value, &mut Random::new(seed));
            assert_eq!(
                serde_json::from_slice::<Value>(&text).unwrap(),
                value,
                "seed {seed}: {}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}
