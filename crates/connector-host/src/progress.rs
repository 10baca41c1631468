//! Progress bars on standard error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use graph_client::{Progress, Silent, Step};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::render::escape;
use crate::screen::Screen;

/// What is over before does not flicker.
const PATIENCE: Duration = Duration::from_millis(400);

/// Shows how a run is getting on, if somebody watches. The bar goes away with the last clone.
pub(crate) fn watched(screen: &Screen) -> Arc<dyn Progress> {
    if screen.shows_progress() { Arc::new(Bar::new(ProgressDrawTarget::stderr(), Instant::now())) } else { Arc::new(Silent) }
}

struct Bar {
    bar: ProgressBar,
    began: Instant,
}

impl Bar {
    fn new(target: ProgressDrawTarget, began: Instant) -> Bar {
        Bar { bar: ProgressBar::with_draw_target(None, target), began }
    }

    fn show(&self, style: &str, done: u64, of: Option<u64>, message: String) {
        if self.began.elapsed() < PATIENCE {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(style) {
            self.bar.set_style(style);
        }
        match of {
            Some(all) => self.bar.set_length(all),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(done);
        self.bar.set_message(message);
    }
}

impl Progress for Bar {
    fn step(&self, step: Step<'_>) {
        match step {
            Step::Items(items) => self.show("{spinner} {msg} in {elapsed}", items, None, format!("{} items", HumanCount(items))),
            Step::Uploaded(done, all) => {
                self.show("{bar:30} {bytes} of {total_bytes} sent, {bytes_per_sec}, {eta} left", done, Some(all), String::new())
            }
            Step::Downloaded(done, Some(all)) => {
                self.show("{bar:30} {bytes} of {total_bytes} received, {bytes_per_sec}, {eta} left", done, Some(all), String::new());
            }
            Step::Downloaded(done, None) => self.show("{spinner} {bytes} received, {bytes_per_sec}", done, None, String::new()),
            Step::Requests(done, all) => self.show("{bar:30} {pos} of {len} requests", done, Some(all), String::new()),
            Step::Waiting { time, why } => {
                self.show("{spinner} {msg}", 0, None, format!("waiting {:.0} s: {}", time.as_secs_f64().ceil(), escape::line(why)));
            }
            // A step that is newer than this door.
            _ => {}
        }
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
        watched.step(Step::Items(1000));
        watched.step(Step::Items(1500));
        assert_eq!((watched.bar.message().as_str(), watched.bar.length()), ("1,500 items", None));
        watched.step(Step::Uploaded(1024, 2048));
        assert_eq!((watched.bar.position(), watched.bar.length()), (1024, Some(2048)));
        watched.step(Step::Waiting { time: Duration::from_millis(1500), why: "\u{1b}[2Jthrottled" });
        assert_eq!((watched.bar.message().as_str(), watched.bar.length()), ("waiting 2 s: \\u{1b}[2Jthrottled", None));
    }

    #[test]
    fn a_short_run_shows_nothing() {
        let watched = Bar::new(ProgressDrawTarget::hidden(), Instant::now());
        watched.step(Step::Requests(1, 20));
        assert_eq!((watched.bar.position(), watched.bar.length()), (0, None));
    }
}
