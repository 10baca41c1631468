//! Sources: the names under which cursors and events of listeners are stored.

use std::time::Duration;

use connector_sdk::{Code, Error, Result};

use super::Listen;
use crate::canonical::canonical;
use crate::connection::Connected;
use crate::digest::sha256_of_lines as digest;
use crate::store::{Store, owner};

/// Time to live of the lock on the old name while a source moves away from it.
const MOVE: Duration = Duration::from_secs(10);

/// Returns the name of a listener's source. It hangs on the connection's id: another connection of the same name has
/// another.
pub(super) fn of(listen: &Listen, connected: &Connected) -> String {
    match &listen.name {
        Some(name) => format!("listener/{}", digest(&[&connected.id, name])),
        None => format!("trigger/{}", digest(&[&listen.trigger, &connected.id, &canonical(&listen.input)])),
    }
}

/// Takes over what an older version stored for this listener, under the names of its connection and itself, if the
/// connection is still the same.
///
/// # Errors
/// `conflict` when a listener of an older version is alive; the store's.
pub(super) async fn take_over(store: &dyn Store, listen: &Listen, connected: &Connected, source: &str) -> Result<()> {
    let Some(connection) = &connected.former else { return Ok(()) };
    if store.cursor(source).await?.is_some() {
        return Ok(());
    }
    let former = match &listen.name {
        Some(name) => vec![format!("named/{name}")],
        // The properties in the order in which they were given then, or in which they might have been.
        None => [listen.input.to_string(), canonical(&listen.input)]
            .map(|input| format!("trigger/{}", digest(&[&listen.trigger, connection, &input])))
            .into(),
    };
    for former in former {
        if former == source || store.cursor(&former).await?.is_none() {
            continue;
        }
        let (key, owner) = (lock_key(&former), owner()?);
        if store.lock(&key, &owner, MOVE).await?.is_none() {
            return Err(in_use());
        }
        let moved = store.rename(&former, source).await;
        store.unlock(&key, &owner).await?;
        if moved? {
            return Ok(());
        }
    }
    Ok(())
}

/// Returns the key of the lock that the listener of a source holds.
pub(super) fn lock_key(source: &str) -> String {
    format!("listen/{source}")
}

/// Creates the error for a source that another listener holds.
pub(super) fn in_use() -> Error {
    Error::new(Code::Conflict, "another listener with this name is alive").with_hint(
        "Stop it first, or give this one another name. After a crash the name is free again at once; where nobody can see that the \
         process is gone, within half a minute.",
    )
}

#[cfg(test)]
mod tests;
