//! Signals that stop the program.

use connector_sdk::{Error, Result};

/// Signal that stopped the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C, SIGINT.
    Interrupt,
    /// SIGTERM, as a service manager sends it.
    Terminate,
    /// SIGHUP, when the terminal goes away.
    Hangup,
}

impl Stop {
    /// Returns the exit code, as shells have it: 128 plus the number of the signal.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Stop::Interrupt => 130,
            Stop::Terminate => 143,
            Stop::Hangup => 129,
        }
    }
}

/// Waits for a signal to stop.
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
        let mut hangup = hangup_counts().then(|| signal(SignalKind::hangup())).transpose().map_err(failed)?;
        let hangup = async {
            match &mut hangup {
                Some(hangup) => _ = hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => Ok(Stop::Interrupt),
            _ = terminate.recv() => Ok(Stop::Terminate),
            () = hangup => Ok(Stop::Hangup),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| Stop::Interrupt).map_err(failed)
}

/// Returns whether SIGHUP stops the program: not where `nohup`, or whoever started us, has it ignored. The system is
/// asked once, before we receive it ourselves.
#[cfg(unix)]
fn hangup_counts() -> bool {
    use std::io::IsTerminal;
    use std::sync::OnceLock;
    static COUNTS: OnceLock<bool> = OnceLock::new();
    *COUNTS.get_or_init(|| match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => !is_ignored(&status),
        // What `nohup` starts has nothing left on a terminal.
        Err(_) => std::io::stdout().is_terminal() || std::io::stderr().is_terminal(),
    })
}

/// Returns whether SIGHUP is among the ignored signals of `/proc/self/status`.
#[cfg(unix)]
fn is_ignored(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_ignored;

    #[test]
    fn what_nohup_has_ignored_stays_ignored() {
        assert!(is_ignored("Name:\ttenon\nSigIgn:\t0000000000001001\n"));
        assert!(!is_ignored("Name:\ttenon\nSigIgn:\t0000000000001000\n") && !is_ignored(""));
    }
}
