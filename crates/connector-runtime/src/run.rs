//! Runs of actions, and their outcomes.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Json};
use graph_client::{Files, NoFiles, NoProgress, Progress};
use serde_json::Value;

/// A run of an action.
#[derive(Clone)]
pub struct Run {
    /// Id of the action, with its connector: `outlook.send_email`.
    pub action: String,
    /// Name of the connection.
    pub connection: String,
    /// Input of the action.
    pub input: Value,
    /// Mode of the run: live or preview.
    pub mode: Mode,
    /// Idempotency key, of 1 to 255 bytes: the same action with the same key is done once, and every later run returns
    /// the first outcome. A run that broke off is resumed by the next one with the same key. It counts for actions that
    /// change something.
    pub key: Option<String>,
    /// Time limit of the whole run.
    pub deadline: Option<Duration>,
    /// Files that are attached, and the store for those that the run returns.
    pub files: Arc<dyn Files>,
    /// Listener for the progress of the run.
    pub progress: Arc<dyn Progress>,
}

impl Run {
    /// Creates a live run without key, deadline and files.
    pub fn new(action: impl Into<String>, connection: impl Into<String>, input: Value) -> Run {
        Run {
            action: action.into(),
            connection: connection.into(),
            input,
            mode: Mode::Live,
            key: None,
            deadline: None,
            files: Arc::new(NoFiles),
            progress: Arc::new(NoProgress),
        }
    }
    /// Makes the run a preview, which only shows what would be sent.
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
    /// Sets the time limit of the whole run.
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
    /// Sets the listener for the progress of the run.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Run {
        self.progress = progress;
        self
    }
}

/// Mode of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Runs the action.
    Live,
    /// Shows the requests and sends nothing: neither to Graph nor to the sign-in service.
    Preview,
}

/// Outcome of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Raw output; for a preview, the requests.
    pub output: Json,
    /// Whether it is the outcome of an earlier run with the same key.
    pub repeated: bool,
    /// Reason why every input of a bulk run failed, where all did: their common code, or `incomplete` where they
    /// differ. The output reports each.
    pub failed: Option<Code>,
}
