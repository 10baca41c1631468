//! The connectors that the tools and the whole-workspace tests work on.

use connector_sdk::Connector;

/// Every connector, by name.
pub fn connectors() -> Vec<Connector> {
    vec![
        // One line for each; `cargo xtask new connector` adds to it.
        entra_connector::connector(),
        graph_connector::connector(),
        graph_raw::connector(),
        outlook_connector::connector(),
    ]
}
