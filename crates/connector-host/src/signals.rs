//! Being stopped.

use connector_sdk::{Error, Result};

/// How somebody stopped us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C, SIGINT.
    Interrupt,
    /// SIGTERM, as a service manager sends it.
    Terminate,
}

impl Stop {
    /// 128 and the number of the signal, as shells have it.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Stop::Interrupt => 130,
            Stop::Terminate => 143,
        }
    }
}

/// Waits until somebody stops us.
///
/// # Errors
/// `bug` when the system does not let us listen.
pub(crate) async fn stopped() -> Result<Stop> {
    let failed = |error: std::io::Error| Error::bug("signals cannot be received").caused_by(error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        tokio::select! {
            _ = interrupt.recv() => Ok(Stop::Interrupt),
            _ = terminate.recv() => Ok(Stop::Terminate),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| Stop::Interrupt).map_err(failed)
}
