//! Progress of a run, for a client that asked for it.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{Progress, ProgressEvent};
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use tokio::sync::watch;

/// Least time between two reports.
const PAUSE: Duration = Duration::from_millis(500);

/// A listener that keeps the latest report. What is between two reports is left out.
struct Latest(watch::Sender<String>);

impl Progress for Latest {
    fn step(&self, step: ProgressEvent<'_>) {
        let report = match step {
            ProgressEvent::Items(count) => format!("{count} items"),
            ProgressEvent::Uploaded(bytes, total) => format!("{bytes} of {total} bytes uploaded"),
            ProgressEvent::Downloaded(bytes, Some(total)) => format!("{bytes} of {total} bytes downloaded"),
            ProgressEvent::Downloaded(bytes, None) => format!("{bytes} bytes downloaded"),
            ProgressEvent::Requests(answered, known) => format!("{answered} of {known} requests answered"),
            ProgressEvent::Waiting { time, why } => format!("waiting {} s: {why}", time.as_secs_f64().round()),
            _ => return,
        };
        self.0.send_replace(report);
    }
}

/// Returns a listener for the progress of a run, and what it reports.
pub(super) fn channel() -> (Arc<dyn Progress>, watch::Receiver<String>) {
    let (sender, seen) = watch::channel(String::new());
    (Arc::new(Latest(sender)), seen)
}

/// Waits for the work, and reports its progress meanwhile, if the request has a token for it.
pub(super) async fn follow<T>(
    context: &RequestContext<RoleServer>,
    mut seen: watch::Receiver<String>,
    work: impl Future<Output = T>,
) -> T {
    let Some(token) = context.meta.get_progress_token() else { return work.await };
    let mut work = std::pin::pin!(work);
    let mut reports = 0_u32;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            changed = seen.changed() => if changed.is_err() {
                return work.await;
            },
        }
        reports += 1;
        let message = seen.borrow_and_update().clone();
        let report = ProgressNotificationParam::new(token.clone(), f64::from(reports)).with_message(message);
        let told = async {
            // Whoever does not listen any more has no use for the result either.
            let _ = context.peer.notify_progress(report).await;
            tokio::time::sleep(PAUSE).await;
        };
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = told => {}
        }
    }
}
