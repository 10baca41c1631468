//! The list of connectors.

use connector_sdk::Connector;

/// Every connector of the program. A new one is a line here and a line in `Cargo.toml`.
pub(crate) fn all() -> Vec<Connector> {
    vec![graph_raw::connector(), outlook_connector::connector(), entra_connector::connector()]
}
