//! Runs of actions, and their outcomes.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Json};
use graph_client::{Files, NoFiles, NoProgress, Progress};
use serde_json::Value;

/// A run of an action.
///
/// ```
/// use std::time::Duration;
///
/// use connector_runtime::{Mode, Run};
///
/// let input = serde_json::json!({ "messageId": "AAMk1" });
/// let run = Run::new("outlook.delete_email", "adele", input).key("clean-up-1").deadline(Duration::from_secs(30));
/// assert_eq!((run.mode, run.key.as_deref()), (Mode::Live, Some("clean-up-1")));
/// ```
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
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use connector_sdk::Secret;
    /// # use graph_client::Endpoint;
    /// # use graph_sandbox::{Holder, Sandbox};
    /// use connector_runtime::{ExternalConnection, Host, Run};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> connector_sdk::Result<()> {
    /// # let sandbox = Sandbox::new();
    /// # let adele = Holder::User("adelev@contoso.example");
    /// # let token = Secret::new(sandbox.issue_token(adele, &["Mail.ReadWrite", "Mail.Send"]));
    /// # let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &token, None)?;
    /// # let adele = given.transport(Arc::new(sandbox.clone()));
    /// # let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;
    /// let mail = serde_json::json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?" });
    /// let preview = host.execute(Run::new("outlook.send_email", "adele", mail).preview()).await?;
    /// let preview: serde_json::Value = preview.output.read()?;
    /// assert_eq!(preview["requests"][0]["url"], "https://graph.microsoft.com/v1.0/me/sendMail");
    /// assert_eq!(sandbox.request_count(), 0, "nothing was sent");
    /// # Ok(())
    /// # }
    /// ```
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
