//! Progress bars on standard error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use graph_client::{NoProgress, Progress, ProgressEvent};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Screen;
use crate::render::escape;

/// Delay before a bar is shown, so that short runs do not flicker.
const PATIENCE: Duration = Duration::from_millis(400);

/// Returns a listener that shows the progress of a run, if a person watches. The bar goes away with the last clone.
pub(crate) fn watched(screen: &Screen) -> Arc<dyn Progress> {
    if screen.shows_progress() {
        Arc::new(Bar::new(ProgressDrawTarget::stderr(), Instant::now()))
    } else {
        Arc::new(NoProgress)
    }
}

struct Bar {
    bar: ProgressBar,
    began: Instant,
}

impl Bar {
    fn new(target: ProgressDrawTarget, began: Instant) -> Bar {
        Bar { bar: ProgressBar::with_draw_target(None, target), began }
    }

    fn show(&self, look: StepStyle) {
        // A wait is told at once: it is long enough, and nothing else is told meanwhile.
        if self.began.elapsed() < PATIENCE && look.takes < PATIENCE {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(look.template) {
            self.bar.set_style(style);
        }
        match look.all {
            Some(all) => self.bar.set_length(all),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(look.done);
        self.bar.set_message(look.message);
    }
}

/// Appearance of a progress event.
struct StepStyle {
    template: &'static str,
    done: u64,
    all: Option<u64>,
    message: String,
    takes: Duration,
}

impl StepStyle {
    fn new(template: &'static str, done: u64, all: Option<u64>) -> StepStyle {
        StepStyle { template, done, all, message: String::new(), takes: Duration::ZERO }
    }
}

impl Progress for Bar {
    fn step(&self, step: ProgressEvent<'_>) {
        self.show(match step {
            ProgressEvent::Items(done) => StepStyle {
                message: HumanCount(done).to_string(),
                ..StepStyle::new("{spinner} {msg} items in {elapsed}", done, None)
            },
            ProgressEvent::Uploaded(done, all) => {
                StepStyle::new("{bar:30} {bytes} of {total_bytes} sent, {bytes_per_sec}, {eta} left", done, Some(all))
            }
            ProgressEvent::Downloaded(done, Some(all)) => StepStyle::new(
                "{bar:30} {bytes} of {total_bytes} received, {bytes_per_sec}, {eta} left",
                done,
                Some(all),
            ),
            ProgressEvent::Downloaded(done, None) => {
                StepStyle::new("{spinner} {bytes} received, {bytes_per_sec}", done, None)
            }
            ProgressEvent::Requests(done, all) => StepStyle::new("{bar:30} {pos} of {len} requests", done, Some(all)),
            ProgressEvent::Waiting { time, why } => StepStyle {
                message: format!("waiting {:.0} s: {}", time.as_secs_f64().ceil(), escape::line(why)),
                takes: time,
                ..StepStyle::new("{spinner} {msg}", 0, None)
            },
            // A step that is newer than this door.
            _ => return,
        });
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_shown() {
        let watched = Bar::new(ProgressDrawTarget::hidden(), Instant::now().checked_sub(PATIENCE * 2).unwrap());
        watched.step(ProgressEvent::Items(1000));
        watched.step(ProgressEvent::Items(1500));
        assert_eq!((watched.bar.message().as_str(), watched.bar.length()), ("1,500", None));
        watched.step(ProgressEvent::Uploaded(1024, 2048));
        assert_eq!((watched.bar.position(), watched.bar.length()), (1024, Some(2048)));
        watched.step(ProgressEvent::Waiting { time: Duration::from_millis(1500), why: "\u{1b}[2Jthrottled" });
        assert_eq!((watched.bar.message().as_str(), watched.bar.length()), ("waiting 2 s: \\u{1b}[2Jthrottled", None));
    }

    #[test]
    fn a_long_wait_is_told_at_once() {
        let watched = Bar::new(ProgressDrawTarget::hidden(), Instant::now());
        watched.step(ProgressEvent::Waiting { time: Duration::from_secs(5), why: "throttled" });
        assert_eq!(watched.bar.message(), "waiting 5 s: throttled");
    }

    #[test]
    fn a_short_run_shows_nothing() {
        let watched = Bar::new(ProgressDrawTarget::hidden(), Instant::now());
        watched.step(ProgressEvent::Requests(1, 20));
        assert_eq!((watched.bar.position(), watched.bar.length()), (0, None));
    }
}
