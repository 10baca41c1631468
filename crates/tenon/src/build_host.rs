//! Building of the host, with no more than a command needs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_runtime::{AddressRules, ExternalConnection, Host, ObjectBlobs};
use connector_sdk::{Code, Error, Result};
use graph_client::usual_transport;

use crate::connection_arg::ConnectionArg;
use crate::output::Screen;
use crate::{connectors, data_dir, sandbox, signals};

/// Time that the end of the program may last without a message.
const SILENCE: Duration = Duration::from_secs(1);

// The hosts of the command, so that however it ends what they have begun ends first.
static HOSTS: Mutex<Vec<Host>> = Mutex::new(Vec::new());

/// Resources that a command needs beside the connectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing that outlives the command. Opening the store takes longer than many requests.
    Nothing,
    /// The store, which holds connections, cursors and outcomes.
    Store,
    /// The store, and requests through connections that are in it.
    Network,
}

/// Builds the host.
///
/// # Errors
/// Those of the store, and `invalid_input` for variables of the environment that make no sense.
pub(crate) fn host(needs: Needs) -> Result<Host> {
    let notifications = data_dir::notification_url()?;
    host_with(needs, sandbox::connection()?, data_dir::files, AddressRules::default(), notifications)
}

/// Builds the host with this connection to a sandbox, a place for temporary files that is made when it is needed, and
/// rules about the addresses that events are sent to, and the address at which Graph reaches it.
///
/// # Errors
/// As [`host`]; those of the place.
pub(crate) fn host_with(
    needs: Needs,
    sandbox: ExternalConnection,
    files: impl FnOnce() -> Result<ObjectBlobs>,
    destinations: AddressRules,
    notifications: Option<String>,
) -> Result<Host> {
    let mut builder = Host::builder().destination_rules(destinations);
    if needs == Needs::Network {
        // It reads certificates while the store opens.
        builder = builder.transport(usual_transport()?);
    }
    if needs != Needs::Nothing {
        let (store, keys) = data_dir::store()?;
        builder = builder.store(store, keys).files(Arc::new(files()?));
    }
    // Without a place for it nothing of it is there, and nothing else needs it.
    if let Ok(metadata) = data_dir::metadata() {
        builder = builder.reference(Arc::new(metadata));
    }
    if let Some(url) = notifications {
        builder = builder.notification_url(&url)?;
    }
    builder = builder.connection(sandbox::NAME, sandbox);
    let host =
        connectors::all().into_iter().fold(builder, |builder, connector| builder.connector(connector)).build()?;
    HOSTS.lock().unwrap_or_else(PoisonError::into_inner).push(host.clone());
    Ok(host)
}

/// Waits until what the command's hosts must not leave half done has ended. Signals do not hasten it: they are received
/// and ignored.
pub(crate) async fn shutdown(screen: &Screen) {
    let hosts = std::mem::take(&mut *HOSTS.lock().unwrap_or_else(PoisonError::into_inner));
    let ended = async {
        for host in &hosts {
            host.shutdown().await;
        }
    };
    let mut passed_over = std::pin::pin!(async {
        while signals::stopped().await.is_ok() {}
        std::future::pending::<()>().await;
    });
    let mut ended = std::pin::pin!(ended);
    let told = async {
        tokio::time::sleep(SILENCE).await;
        screen.note("waiting for new tokens of a connection, which would be lost otherwise");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        () = &mut ended => {}
        () = &mut passed_over => {}
        () = told => {}
    }
}

/// Returns what a command on this connection needs. The connections that are not the sandbox are in the store; so is
/// what the command `keeps` for the next one, such as the outcome of a run with a key.
pub(crate) fn needs(on: &ConnectionArg, keeps: bool) -> Needs {
    match (on.connection.as_deref() == Some(sandbox::NAME), keeps) {
        (true, false) => Needs::Nothing,
        (true, true) => Needs::Store,
        (false, _) => Needs::Network,
    }
}

/// Returns the name of the connection: the one that is named, else the only stored one that was made for the connector,
/// else the only stored one. `wanted` is what will use it, such as `outlook.list_emails`.
///
/// # Errors
/// `unknown_connection` when it cannot be known.
pub(crate) async fn connection(host: &Host, on: &ConnectionArg, wanted: &str) -> Result<String> {
    if let Some(name) = &on.connection {
        return Ok(name.clone());
    }
    let stored = host.connections().list().await?;
    let connector = wanted.split('.').next().unwrap_or_default();
    // One that cannot be read may be of any connector, and may be the one that was meant.
    let made_for = stored.iter().map(|listed| listed.card.as_ref().map_or(connector, |card| card.connector.as_str()));
    let all: Vec<(&str, &str)> = stored.iter().map(|listed| listed.name.as_str()).zip(made_for).collect();
    if let Some(name) = only(&all, connector) {
        return Ok(name.to_owned());
    }
    let error = Error::new(Code::UnknownConnection, "no connection was named");
    if all.is_empty() {
        return Err(error.with_hint("Try it with `--connection sandbox`, which always exists and needs no account."));
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    Err(error
        .with_hint(format!("Name one with --connection, or with the variable TENON_CONNECTION: {}.", names.join(", "))))
}

/// Prints the warning of a connection whose secret expires soon. Errors of the connection itself are reported by the
/// command.
pub(crate) async fn warn(host: &Host, connection: &str, screen: &Screen) {
    if let Ok(Some(warning)) = host.connections().warning(connection).await {
        screen.note(&format!("connection {connection}: {warning}"));
    }
}

fn only<'a>(all: &[(&'a str, &str)], connector: &str) -> Option<&'a str> {
    let mut fitting = all.iter().filter(|(_, made_for)| *made_for == connector);
    match (fitting.next(), fitting.next(), all) {
        (Some((name, _)), None, _) | (None, None, [(name, _)]) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_one_that_fits_is_meant() {
        let (work, home, admin) = (("work", "outlook"), ("home", "outlook"), ("admin", "entra"));
        assert_eq!(only(&[], "outlook"), None);
        assert_eq!(only(&[admin], "outlook"), Some("admin"));
        assert_eq!(only(&[work, admin], "outlook"), Some("work"));
        assert_eq!(only(&[work, home, admin], "outlook"), None);
        assert_eq!(only(&[work, home], "entra"), None);
    }
}
