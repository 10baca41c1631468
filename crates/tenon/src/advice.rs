//! Advice in the words of the command line.
//!
//! The library advises in the terms of its own API, since it does not know in which program it runs. This program puts
//! its commands and options in their place.

use connector_sdk::{Code, Error, Result};
use serde::Serialize;
use serde_json::Value;

/// Phrases of the library's advice, and what a user of this program does instead.
const COMMANDS: &[(&str, &str)] = &[
    (" (`Metadata::fetch`)", " with `tenon metadata fetch`"),
    ("give it as a file (`Metadata::add`)", "give a file with the option --file"),
    ("Move them into the file (`KeySource::move_to`)", "Move them with `tenon key move file`"),
    ("Move them into the keyring (`KeySource::move_to`)", "Move them with `tenon key move keyring`"),
    ("take the key from where it is kept (another `KeySource`)", "set TENON_KEY if the key is kept there"),
    ("make another one (`KeySource::make`)", "make another one with `tenon key make`"),
    (
        "keep the key in a file (`KeySource::File`)",
        "keep the key in a file: `tenon key move file`, or TENON_KEY_SOURCE=file for a new folder",
    ),
    ("Store it again (`Connections::put_profile`)", "Store it again with `tenon profiles put`"),
    ("Name one that is stored (`Connections::profiles`), or store it.", "`tenon profiles list` shows them."),
    ("Give an export (`Connections::export`) as it was made.", "Give a file that `tenon connections export` has made."),
    ("Name a place on disk for it (`LocalFiles::store_at`)", "Name a place on disk for it with --output PATH"),
    ("by the setting `issuer`.", "by the setting `issuer`, which is `--issuer` of `tenon connect`."),
    (
        "reconnect the connection with it.",
        "reconnect the connection with it: `tenon connections reconnect NAME --access-token-env VARIABLE`.",
    ),
    ("give its secrets in the settings: ", "give its secrets with the flags that `tenon connect` has: "),
    ("reconnect the connection `", "`tenon connections reconnect "),
];

/// Returns the advice for an error of this code, for when nothing more specific is known.
pub(crate) fn of_code(code: Code) -> &'static str {
    match code {
        Code::UnknownAction => "List the names that exist with `tenon actions`.",
        Code::UnknownConnection => {
            "`tenon connections list` shows the connections, `tenon connect` makes one; `sandbox` always exists."
        }
        _ => code.advice(),
    }
}

/// Returns the library's advice with commands in place of calls.
pub(crate) fn in_commands(advice: &str) -> String {
    COMMANDS.iter().fold(advice.to_owned(), |advice, (call, command)| advice.replace(call, command))
}

/// Replaces the advice of an error by that with commands.
pub(crate) fn with_commands(error: Error) -> Error {
    let (code, advice) = (error.code(), error.advice());
    let advice = match code {
        _ if advice == code.advice() => of_code(code).to_owned(),
        Code::UnknownConnection if advice.starts_with("Did you mean") => {
            format!("{advice} `tenon connections list` shows them all.")
        }
        _ => in_commands(advice),
    };
    error.with_hint(advice)
}

/// Returns `what` as it is printed: with commands in its advice.
pub(crate) fn printed(what: &impl Serialize) -> Result<Value> {
    let mut value =
        serde_json::to_value(what).map_err(|error| Error::bug("the output could not be printed").caused_by(error))?;
    in_json(&mut value);
    Ok(value)
}

// Advice is each text with the name `hint`.
fn in_json(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| match value {
            Value::String(hint) if name == "hint" => *hint = in_commands(hint),
            other => in_json(other),
        }),
        Value::Array(items) => items.iter_mut().for_each(in_json),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use connector_runtime::{KeySource, Metadata};
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_command_that_lists() {
        let unknown = |code| with_commands(Error::new(code, "there is none"));
        assert_eq!(unknown(Code::UnknownAction).advice(), "List the names that exist with `tenon actions`.");
        assert!(unknown(Code::UnknownConnection).advice().contains("`tenon connect` makes one"));
        let near =
            with_commands(Error::new(Code::UnknownConnection, "there is none").with_hint("Did you mean `work`?"));
        assert_eq!(near.advice(), "Did you mean `work`? `tenon connections list` shows them all.");
    }

    #[test]
    fn calls_of_the_library_become_commands() {
        let folder = tempfile::tempdir().unwrap();
        let absent = with_commands(Metadata::at(folder.path()).model().err().unwrap());
        assert_eq!(
            absent.advice(),
            "Download it once with `tenon metadata fetch`, or give a file with the option --file."
        );
        let file = folder.path().join("key");
        KeySource::File(file.clone()).make().unwrap();
        let elsewhere = with_commands(KeySource::Keyring(file).open().unwrap_err());
        assert_eq!(elsewhere.advice(), "Move them with `tenon key move keyring`, or choose the file.");
    }

    #[test]
    fn every_phrase_is_one_of_the_library() {
        let mut sources = String::new();
        for library in ["connector-runtime", "graph-auth"] {
            read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(library).join("src"), &mut sources);
        }
        for (phrase, _) in COMMANDS {
            assert!(sources.contains(phrase), "no error of the library says {phrase:?}; say here what it says now");
        }
    }

    // With texts of several lines on one line, as they are printed.
    fn read_all(folder: &Path, out: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read_all(&path, out);
            } else {
                let text = fs::read_to_string(path).unwrap();
                out.push_str(&text.split("\\\n").map(str::trim_start).collect::<String>());
            }
        }
    }

    #[test]
    fn advice_within_an_output_is_replaced_too() {
        let hint = "Sign in, or give its secrets in the settings: reconnect the connection `work`.";
        let mut card = json!({ "items": [{ "state": "broken", "hint": hint }], "other": hint });
        in_json(&mut card);
        assert_eq!(
            card["items"][0]["hint"],
            "Sign in, or give its secrets with the flags that `tenon connect` has: `tenon connections reconnect work`."
        );
        assert_eq!(card["other"], hint);
    }
}
