//! The list of connectors.

use connector_sdk::Connector;

/// Returns all connectors of the program.
pub(crate) fn all() -> Vec<Connector> {
    vec![
        // One line for each; `cargo xtask new connector` adds to it.
        graph_connector::connector(),
        graph_raw::connector(),
        outlook_connector::connector(),
        entra_connector::connector(),
    ]
}
