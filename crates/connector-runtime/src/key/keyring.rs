//! The operating system's keyring: the Secret Service on Linux and other Unixes (GNOME Keyring, KWallet,
//! KeePassXC), the Keychain on macOS, the Credential Manager on Windows. All of them keep their entries
//! over a restart of the machine; the kernel's own keyring of Linux does not, so it is not used.

use std::sync::Arc;

use connector_sdk::{Code, Error, Result, Retry};
use keyring_core::{CredentialStore, Entry};
use zeroize::Zeroizing;

/// Name of the application, as a keyring shows it to its owner.
const SERVICE: &str = "tenon";

/// Returns the content of an entry; `None` when there is no such entry. Blocks, and may ask the user to unlock the
/// keyring.
pub(super) fn get(name: &str) -> Result<Option<Zeroizing<String>>> {
    match entry(name)?.get_secret() {
        Ok(secret) => match String::from_utf8(secret) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(Error::new(Code::InvalidInput, format!("the keyring's entry {name} holds no key")))
            }
        },
        Err(keyring_core::Error::NoEntry) => Ok(None),
        Err(error) => Err(failed("read", &error)),
    }
}

/// Creates an entry, or changes its content. Blocks.
pub(super) fn set(name: &str, text: &str) -> Result<()> {
    entry(name)?.set_secret(text.as_bytes()).map_err(|error| failed("written", &error))
}

/// Removes an entry, if it exists. Blocks.
pub(super) fn remove(name: &str) -> Result<()> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
        Err(error) => Err(failed("changed", &error)),
    }
}

fn entry(name: &str) -> Result<Entry> {
    let store = match keyring_core::get_default_store() {
        // The embedding program has chosen one.
        Some(store) => store,
        None => platform().map_err(|error| failed("opened", &error))?,
    };
    store.build(SERVICE, name, None).map_err(|error| failed("opened", &error))
}

// Opened for each use: a key is read once in a process, and the service may have been restarted meanwhile.
fn platform() -> keyring_core::Result<Arc<CredentialStore>> {
    #[cfg(target_os = "macos")]
    return Ok(apple_native_keyring_store::keychain::Store::new()?);
    #[cfg(windows)]
    return Ok(windows_native_keyring_store::Store::new()?);
    #[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
    return Ok(dbus_secret_service_keyring_store::Store::new()?);
    #[allow(unreachable_code, reason = "the systems that have none")]
    Err(keyring_core::Error::NotSupportedByStore("this system has no keyring that is supported".to_owned()))
}

// Only what is said of the keyring: some of its errors hold what was in the entry.
fn failed(what: &str, error: &keyring_core::Error) -> Error {
    use keyring_core::Error as E;
    let why = match error {
        E::PlatformFailure(why) | E::NoStorageAccess(why) => why.to_string(),
        E::NotSupportedByStore(why) | E::BadStoreFormat(why) => why.clone(),
        E::TooLong(_, limit) => format!("it takes no more than {limit} characters"),
        E::Ambiguous(_) => "it has several entries of this name".to_owned(),
        _ => "it holds something else".to_owned(),
    };
    Error::new(Code::Unavailable, format!("the system's keyring cannot be {what}: {why}"))
        .retry(Retry::Never)
        .with_hint("Log in to a desktop session and unlock the keyring. Where there is none, such as on a server, keep the key in a file (`KeySource::File`).")
}
