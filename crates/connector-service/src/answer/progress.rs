//! Progress of a run, as events.

use connector_runtime::{Progress, ProgressEvent};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Message;

/// A listener that reports progress to a stream. Where the reader is slow, reports are left out.
pub(crate) struct Reported(pub(crate) mpsc::Sender<Message>);

impl Progress for Reported {
    fn step(&self, step: ProgressEvent<'_>) {
        let Some(report) = report(&step) else { return };
        // A place for what the run returns is always left.
        if self.0.capacity() > 1 {
            let _ = self.0.try_send(Message::Progress(report));
        }
    }
}

fn report(step: &ProgressEvent<'_>) -> Option<Value> {
    Some(match step {
        ProgressEvent::Items(count) => json!({ "items": count }),
        ProgressEvent::Uploaded(bytes, total) => json!({ "uploaded": bytes, "total": total }),
        ProgressEvent::Downloaded(bytes, total) => json!({ "downloaded": bytes, "total": total }),
        ProgressEvent::Requests(answered, known) => json!({ "requests": answered, "known": known }),
        ProgressEvent::Waiting { time, why } => json!({ "waitingSeconds": time.as_secs_f64(), "why": why }),
        _ => return None,
    })
}
