//! The option that names a connection.

use clap::Args;

/// On which connection.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConnectionArg {
    /// The connection; `sandbox` always exists and needs no account
    #[arg(short, long, value_name = "NAME", env = "TENON_CONNECTION")]
    pub(crate) connection: Option<String>,
}
