//! When a failed delivery is tried again.

use std::time::Duration;

/// Pauses before each further attempt: 76 hours in all.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// Longest time that a receiver may ask for.
const MOST: Duration = Duration::from_hours(24);

/// Returns the pause after `attempts` attempts that have failed; `None` after the last one. `share` is a random number
/// from 0 to 1, by which the pause is up to 20 % shorter or longer. It is never shorter than what the receiver asked
/// for, up to 24 hours.
pub(super) fn pause(attempts: usize, asked: Option<Duration>, share: f64) -> Option<Duration> {
    let pause = PAUSES.get(attempts.checked_sub(1)?)?;
    Some(varied(*pause, share).max(asked.unwrap_or_default().min(MOST)))
}

/// Returns the pause after `failures` tries of an endpoint that fails. It has no end: after the last pause of the
/// schedule that pause is repeated.
pub(super) fn endless_pause(failures: u32, asked: Option<Duration>, share: f64) -> Duration {
    let at = usize::try_from(failures).unwrap_or(usize::MAX).clamp(1, PAUSES.len());
    pause(at, asked, share).unwrap_or(MOST)
}

/// Returns a random number from 0 to 1.
pub(super) fn share() -> f64 {
    // Without random bytes all would be repeated at the same time, which is worse than a fixed number.
    crate::random::bytes::<4>().map_or(0.5, |bytes| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

fn varied(pause: Duration, share: f64) -> Duration {
    pause.mul_f64(0.8 + 0.4 * share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_pauses_follow_the_first_attempt() {
        let pauses: Vec<u64> = (1..).map_while(|attempts| pause(attempts, None, 0.5)).map(|it| it.as_secs()).collect();
        assert_eq!(pauses, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        // 75 hours, 35 minutes and 5 seconds: about 76 hours with the attempts themselves.
        assert_eq!(pauses.iter().sum::<u64>(), 272_105);
        assert_eq!(pause(0, None, 0.5), None);
    }

    #[test]
    fn pauses_vary_by_a_fifth() {
        for attempts in 1..=9 {
            let middle = pause(attempts, None, 0.5).unwrap().as_secs_f64();
            for step in 0..=100 {
                let pause = pause(attempts, None, f64::from(step) / 100.0).unwrap().as_secs_f64();
                assert!((0.8 * middle..=1.2 * middle).contains(&pause), "{pause} of {middle}");
            }
        }
        assert!((0..1000).map(|_| share()).all(|share| (0.0..=1.0).contains(&share)));
    }

    #[test]
    fn a_receiver_may_ask_for_a_day() {
        let asked = |seconds| pause(1, Some(Duration::from_secs(seconds)), 0.5).unwrap().as_secs();
        assert_eq!([0, 4, 6, 3600, 86_400, 86_401, 10_000_000].map(asked), [5, 5, 6, 3600, 86_400, 86_400, 86_400]);
        assert_eq!(pause(10, Some(Duration::from_secs(60)), 0.5), None);
    }

    #[test]
    fn an_endpoint_is_tried_for_ever() {
        let pauses = [0, 1, 2, 9, 10, 1000].map(|failures| endless_pause(failures, None, 0.5).as_secs());
        assert_eq!(pauses, [5, 5, 300, 86_400, 86_400, 86_400]);
    }
}
