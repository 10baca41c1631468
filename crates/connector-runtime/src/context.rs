//! What a run gives to its plan, and what it gives to the client: contexts and sessions.

use connector_sdk::{Context, Result, Spec};
use graph_client::Session;
use serde_json::Value;
use tokio::time::Instant;

use crate::connection::Connected;
use crate::host::Host;
use crate::run::Run;

impl Host {
    /// Creates the session of a run.
    pub(crate) fn session(&self, connected: &Connected, spec: &Spec, run: &Run) -> Session {
        Session {
            deadline: run.deadline.map(|deadline| Instant::now() + deadline),
            files: run.files.clone(),
            uploads: Some(connected.uploads.clone()),
            progress: run.progress.clone(),
            ..connected.session(spec.scopes)
        }
    }

    /// Creates the context of a run's plan.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(crate) fn context(&self, connected: &Connected, run: &Run, session: &Session) -> Result<Context> {
        let mut files = Vec::new();
        named_files(&run.input, &mut files);
        let files = files.into_iter().filter_map(|name| run.files.meta(name).map(|meta| (name.to_owned(), meta)));
        Ok(Context::new(connected.who.clone())
            .with_granted(connected.tokens.granted())
            .with_graph(session.endpoint.text(), session.endpoint.version())
            .with_now((self.0.now)())
            .with_key(run.key.clone())
            .with_entropy(self.0.rng.take()?)
            .with_files(files)
            .with_reference(self.0.reference.clone())
            .with_notifications(self.0.notifications.clone()))
    }
}

/// Collects the names under which the input refers to attached files.
pub(crate) fn named_files<'v>(input: &'v Value, names: &mut Vec<&'v str>) {
    match input {
        Value::Object(object) => match object.get("file") {
            Some(Value::String(name)) if object.len() == 1 => names.push(name),
            _ => object.values().for_each(|value| named_files(value, names)),
        },
        Value::Array(items) => items.iter().for_each(|value| named_files(value, names)),
        _ => {}
    }
}
