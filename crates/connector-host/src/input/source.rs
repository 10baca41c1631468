//! Where texts and bytes come from: the command line, a file, standard input, the environment.

use std::io::Read;
use std::path::Path;

/// Reads what `@…` names. Standard input can be read once.
#[derive(Default)]
pub(crate) struct Sources {
    stdin_read: bool,
}

impl Sources {
    /// The bytes of a file; of standard input for `-`; of a variable of the environment for `env:NAME`.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        if name == "-" {
            if std::mem::replace(&mut self.stdin_read, true) {
                return Err("standard input is read twice; only one value can come from it".to_owned());
            }
            let mut bytes = Vec::new();
            return match std::io::stdin().lock().read_to_end(&mut bytes) {
                Ok(_) => Ok(bytes),
                Err(error) => Err(format!("standard input cannot be read: {error}")),
            };
        }
        if let Some(variable) = name.strip_prefix("env:") {
            return match std::env::var(variable) {
                Ok(text) => Ok(text.into_bytes()),
                Err(std::env::VarError::NotPresent) => Err(format!("the environment has no variable `{variable}`")),
                Err(std::env::VarError::NotUnicode(_)) => Err(format!("the variable `{variable}` is not UTF-8 text")),
            };
        }
        std::fs::read(Path::new(name)).map_err(|error| format!("the file `{name}` cannot be read: {error}"))
    }

    /// As [`Sources::bytes`], for text.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(name)?).map_err(|_| match name {
            "-" => "what came from standard input is not UTF-8 text".to_owned(),
            _ => format!("the file `{name}` is not UTF-8 text"),
        })
    }
}
