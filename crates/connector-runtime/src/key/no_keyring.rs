//! A substitute for the keyring in builds without it.

use connector_sdk::{Code, Error, Result};
use zeroize::Zeroizing;

pub(super) fn get(_name: &str) -> Result<Option<Zeroizing<String>>> {
    Err(absent())
}

pub(super) fn set(_name: &str, _text: &str) -> Result<()> {
    Err(absent())
}

pub(super) fn remove(_name: &str) -> Result<()> {
    Err(absent())
}

fn absent() -> Error {
    Error::new(Code::InvalidInput, "this program was built without access to the system's keyring")
        .with_hint("Build it with the feature `keyring`, or keep the key in a file.")
}
