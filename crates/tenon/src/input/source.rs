//! Sources of texts and bytes: the command line, a file, standard input, the environment.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Maximum size of a text or file that is read whole, in bytes. A larger file is attached, and passes in chunks.
const LARGEST: u64 = 256 << 20;

/// Reads to the end, which must come: a device such as `/dev/zero` has none.
///
/// # Errors
/// The reader's; `FileTooLarge` for more than is read whole.
pub(crate) fn read_whole(reader: impl Read) -> io::Result<Vec<u8>> {
    read_at_most(reader, LARGEST)
}

fn read_at_most(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {limit} bytes"))),
        false => Ok(bytes),
    }
}

/// Reader of what `@…` names. Standard input can be read once.
#[derive(Default)]
pub(crate) struct Sources {
    stdin_read: bool,
}

impl Sources {
    /// Reads the bytes of a file; of standard input for `-`; of an environment variable for `env:NAME`.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        if name == "-" {
            if std::mem::replace(&mut self.stdin_read, true) {
                return Err("standard input is read twice; only one value can come from it".to_owned());
            }
            return read_whole(io::stdin().lock()).map_err(|error| format!("standard input cannot be read: {error}"));
        }
        if let Some(variable) = name.strip_prefix("env:") {
            return match std::env::var(variable) {
                Ok(text) => Ok(text.into_bytes()),
                Err(std::env::VarError::NotPresent) => Err(format!("the environment has no variable `{variable}`")),
                Err(std::env::VarError::NotUnicode(_)) => Err(format!("the variable `{variable}` is not UTF-8 text")),
            };
        }
        File::open(Path::new(name))
            .and_then(read_whole)
            .map_err(|error| format!("the file `{name}` cannot be read: {error}"))
    }

    /// Reads text as [`Sources::bytes`] reads bytes.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(name)?).map_err(|_| match name {
            "-" => "what came from standard input is not UTF-8 text".to_owned(),
            _ => format!("the file `{name}` is not UTF-8 text"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_not_read_for_ever() {
        assert_eq!(read_at_most(io::repeat(0), 1000).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read_at_most(io::repeat(0).take(1000), 1000).unwrap().len(), 1000);
    }
}
