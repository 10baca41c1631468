//! Compact serialization of both files, quick to load again.

use std::fmt;

use crate::{Model, Table};

/// Hash of the code that reads the files and holds what was read, so that no cache of another version is used. Comments
/// and layout do not change it.
const VERSION: u32 = fnv1a(&[include_bytes!("csdl.rs"), include_bytes!("permissions.rs"), include_bytes!("model.rs")]);

// FNV-1a, which can be computed while this is compiled. Outside of strings it passes over line comments and white
// space.
const fn fnv1a(texts: &[&[u8]]) -> u32 {
    let (mut hash, mut text) = (0x811c_9dc5_u32, 0);
    while text < texts.len() {
        let code = texts[text];
        let (mut at, mut in_string) = (0, false);
        while at < code.len() {
            let next = if at + 1 < code.len() { code[at + 1] } else { 0 };
            match code[at] {
                b'/' if !in_string && next == b'/' => {
                    while at < code.len() && code[at] != b'\n' {
                        at += 1;
                    }
                    continue;
                }
                space if !in_string && space.is_ascii_whitespace() => {
                    at += 1;
                    continue;
                }
                // What is escaped ends no string; nor does the letter '"' begin one.
                first if (in_string && first == b'\\') || (!in_string && first == b'\'' && next == b'"') => {
                    hash = fnv1a_step(hash, first);
                    at += 1;
                }
                b'"' => in_string = !in_string,
                _ => {}
            }
            if at < code.len() {
                hash = fnv1a_step(hash, code[at]);
            }
            at += 1;
        }
        text += 1;
    }
    hash
}

const fn fnv1a_step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// The error of a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub(crate) String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

macro_rules! stored {
    ($what:ty) => {
        impl $what {
            /// Serializes the value, for [`from_bytes`](Self::from_bytes) of the same version.
            pub fn to_bytes(&self) -> Vec<u8> {
                postcard::to_allocvec(&(VERSION, self)).unwrap_or_default()
            }

            /// Deserializes what [`to_bytes`](Self::to_bytes) wrote.
            ///
            /// # Errors
            /// When another version wrote it, or it is broken.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
                let (version, rest) =
                    postcard::take_from_bytes::<u32>(bytes).map_err(|error| Unreadable(error.to_string()))?;
                if version != VERSION {
                    return Err(Unreadable("another version wrote this".to_owned()));
                }
                postcard::from_bytes(rest).map_err(|error| Unreadable(error.to_string()))
            }
        }
    };
}

stored!(Model);
stored!(Table);

#[cfg(test)]
mod tests {
    use super::fnv1a;

    #[test]
    fn the_version_follows_code_and_strings_and_not_comments() {
        let version = |code: &str| fnv1a(&[code.as_bytes()]);
        let code = "let a = f(\"x // y\", '\"'); // why\nlet b = 1;";
        assert_eq!(version(code), version("// first\nlet a = f(\"x // y\",\n    '\"');\nlet b = 1; /// other"));
        for other in [
            "let a = f(\"x // z\", '\"'); // why\nlet b = 1;",
            "let a = f(\"x  // y\", '\"'); // why\nlet b = 1;",
            "let a = f(\"x // y\", '\"'); // why\nlet b = 2;",
            "let a = f(\"x // y\\\"\", '\"'); // why\nlet b = 1;",
        ] {
            assert_ne!(version(code), version(other), "{other}");
        }
        assert_ne!(version("\"\\n\""), version("\"\\t\""));
        assert_ne!(version("\"\\n\""), version("\"n\""));
    }
}
