//! What is asked of a host, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Json};
use graph_client::{Files, NoFiles, Progress, Silent};
use serde_json::Value;

/// One run of an action.
#[derive(Clone)]
pub struct Run {
    /// Which action, with its connector: `outlook.send_email`.
    pub action: String,
    /// On which connection, by name.
    pub connection: String,
    /// The input.
    pub input: Value,
    /// Whether it is done or only shown.
    pub mode: Mode,
    /// An idempotency key, of 1 to 255 bytes: the same action with the same key is done once, and every later run
    /// returns the first outcome. A run that broke off is gone on with by the next one of the same key. It counts for
    /// actions that change something.
    pub key: Option<String>,
    /// How long it may take in all.
    pub deadline: Option<Duration>,
    /// The files that are attached, and the place for those that it returns.
    pub files: Arc<dyn Files>,
    /// Who hears how it is getting on.
    pub progress: Arc<dyn Progress>,
}

impl Run {
    /// A live run without key, deadline and files.
    pub fn new(action: impl Into<String>, connection: impl Into<String>, input: Value) -> Run {
        Run {
            action: action.into(),
            connection: connection.into(),
            input,
            mode: Mode::Live,
            key: None,
            deadline: None,
            files: Arc::new(NoFiles),
            progress: Arc::new(Silent),
        }
    }
    /// Only show what would be sent.
    #[must_use]
    pub fn preview(mut self) -> Run {
        self.mode = Mode::Preview;
        self
    }
    /// Sets the idempotency key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Run {
        self.key = Some(key.into());
        self
    }
    /// Sets how long it may take in all.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Run {
        self.deadline = Some(deadline);
        self
    }
    /// Attaches files.
    #[must_use]
    pub fn files(mut self, files: Arc<dyn Files>) -> Run {
        self.files = files;
        self
    }
    /// Says who hears how it is getting on.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Run {
        self.progress = progress;
        self
    }
}

/// Whether a run is done or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is done.
    Live,
    /// Its requests are shown, and nothing is sent: neither to Graph nor to the sign-in service.
    Preview,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The output, raw; for a preview, the requests.
    pub output: Json,
    /// Whether it is the outcome of an earlier run with the same key.
    pub repeated: bool,
    /// Why none of many inputs was done, where none was: their common code, or `incomplete` where they differ. The
    /// output tells each.
    pub failed: Option<Code>,
}
