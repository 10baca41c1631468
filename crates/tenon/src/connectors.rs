//! The list of connectors.

use std::sync::OnceLock;

use connector_sdk::Connector;

// Those that the program adds, set once when it starts.
static OWN: OnceLock<&'static [fn() -> Connector]> = OnceLock::new();

/// Adds connectors of the program to the list. Only the first call adds something.
pub(crate) fn add(own: &'static [fn() -> Connector]) {
    let _ = OWN.set(own);
}

/// Returns all connectors of the program.
pub(crate) fn all() -> Vec<Connector> {
    let mut all = vec![
        // One line for each; `cargo xtask new connector` adds to it.
        graph_connector::connector(),
        graph_raw::connector(),
        outlook_connector::connector(),
        entra_connector::connector(),
    ];
    all.extend(OWN.get().into_iter().flat_map(|own| own.iter()).map(|connector| connector()));
    all
}
