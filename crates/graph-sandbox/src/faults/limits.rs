//! Limits that stand: so many requests a second, so many at once in a mailbox.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::lock;

/// A limit on what Graph takes; see [throttling limits][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/throttling-limits
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Limit {
    /// So many requests in each second; the next is refused with `Retry-After: 1`. A request that comes
    /// before that second is over is refused too, and starts the second anew.
    PerSecond(u64),
    /// So many requests at once in one mailbox; one more is refused with `ApplicationThrottled`.
    PerMailbox(usize),
}

/// How long after a refusal a request may still come in that had left before.
const ON_THE_WAY: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct Limits {
    per_second: Option<PerSecond>,
    per_mailbox: Option<usize>,
    mailboxes: Arc<Mutex<Mailboxes>>,
    pub(crate) refused: u64,
    pub(crate) early: u64,
}

#[derive(Debug)]
struct PerSecond {
    limit: u64,
    began: Instant,
    taken: u64,
    // since when requests are refused, and until when
    pause: Option<(Instant, Instant)>,
}

#[derive(Debug, Default)]
pub(crate) struct Mailboxes {
    now: HashMap<String, usize>,
    most: usize,
}

/// A request that is being worked on in a mailbox.
#[derive(Debug)]
pub(crate) struct InFlight {
    mailboxes: Arc<Mutex<Mailboxes>>,
    mailbox: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut mailboxes = lock(&self.mailboxes);
        if let Some(count) = mailboxes.now.get_mut(&self.mailbox) {
            *count -= 1;
            if *count == 0 {
                mailboxes.now.remove(&self.mailbox);
            }
        }
    }
}

/// Why a limit refuses a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Rate,
    Mailbox,
}

impl Limits {
    pub(crate) fn set(&mut self, limit: Limit) {
        match limit {
            Limit::PerSecond(limit) => {
                self.per_second = Some(PerSecond { limit, began: Instant::now(), taken: 0, pause: None })
            }
            Limit::PerMailbox(limit) => self.per_mailbox = Some(limit),
        }
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        lock(&self.mailboxes).most
    }

    /// Takes one request of this second.
    pub(crate) fn rate(&mut self) -> Result<(), Over> {
        let Some(rate) = &mut self.per_second else { return Ok(()) };
        let now = Instant::now();
        if let Some((since, until)) = rate.pause {
            if now < until {
                self.refused += 1;
                if now >= since + ON_THE_WAY {
                    self.early += 1;
                    rate.pause = Some((now, now + SECOND));
                }
                return Err(Over::Rate);
            }
            rate.pause = None;
            (rate.began, rate.taken) = (now, 0);
        }
        if now >= rate.began + SECOND {
            (rate.began, rate.taken) = (now, 0);
        }
        if rate.taken == rate.limit {
            self.refused += 1;
            rate.pause = Some((now, now + SECOND));
            return Err(Over::Rate);
        }
        rate.taken += 1;
        Ok(())
    }

    /// Enters a mailbox; the place is given back when the value is dropped.
    pub(crate) fn enter(&mut self, mailbox: String) -> Result<InFlight, Over> {
        let mut mailboxes = lock(&self.mailboxes);
        let count = mailboxes.now.get(&mailbox).copied().unwrap_or_default();
        if self.per_mailbox.is_some_and(|limit| count >= limit) {
            self.refused += 1;
            return Err(Over::Mailbox);
        }
        mailboxes.now.insert(mailbox.clone(), count + 1);
        mailboxes.most = mailboxes.most.max(count + 1);
        drop(mailboxes);
        Ok(InFlight { mailboxes: self.mailboxes.clone(), mailbox })
    }
}

/// The mailbox that a request works in, as its path names it: `None` stands for the signed-in user.
pub(crate) fn mailbox(request: &Request<Bytes>) -> Option<Option<&str>> {
    const OUTLOOK: [&str; 14] = [
        "messages",
        "mailFolders",
        "sendMail",
        "events",
        "calendar",
        "calendars",
        "calendarGroups",
        "calendarView",
        "contacts",
        "contactFolders",
        "mailboxSettings",
        "outlook",
        "findMeetingTimes",
        "getMailTips",
    ];
    let mut path = request.uri().path().split('/').skip(2);
    let owner = match path.next()? {
        "me" => None,
        "users" => Some(path.next()?),
        _ => return None,
    };
    let resource = path.next()?;
    OUTLOOK.iter().any(|known| known.eq_ignore_ascii_case(resource)).then_some(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_second_has_so_many_places() {
        let mut limits = Limits::default();
        limits.set(Limit::PerSecond(2));
        assert_eq!([limits.rate(), limits.rate(), limits.rate()], [Ok(()), Ok(()), Err(Over::Rate)]);
        // it left before the refusal came back
        tokio::time::advance(Duration::from_millis(50)).await;
        assert!(limits.rate().is_err());
        assert_eq!((limits.refused, limits.early), (2, 0));
        tokio::time::advance(Duration::from_millis(900)).await;
        assert!(limits.rate().is_err());
        assert_eq!((limits.refused, limits.early), (3, 1));
        // the second began anew
        tokio::time::advance(Duration::from_millis(950)).await;
        assert!(limits.rate().is_err());
        tokio::time::advance(Duration::from_millis(1000)).await;
        assert_eq!([limits.rate(), limits.rate()], [Ok(()), Ok(())]);
    }

    #[test]
    fn a_mailbox_has_so_many_places() {
        let mut limits = Limits::default();
        limits.set(Limit::PerMailbox(2));
        let first = limits.enter("a".to_owned()).unwrap();
        let _second = limits.enter("a".to_owned()).unwrap();
        assert_eq!(limits.enter("a".to_owned()).unwrap_err(), Over::Mailbox);
        assert!(limits.enter("b".to_owned()).is_ok());
        drop(first);
        assert!(limits.enter("a".to_owned()).is_ok());
        assert_eq!((limits.most_in_flight(), limits.refused), (2, 1));
    }

    #[test]
    fn which_mailbox() {
        let of = |uri: &str| {
            let request = Request::get(uri).body(Bytes::new()).unwrap();
            mailbox(&request).map(|owner| owner.map(str::to_owned))
        };
        assert_eq!(of("/v1.0/me/messages?$top=1"), Some(None));
        assert_eq!(of("/beta/users/a@b.example/sendMail"), Some(Some("a@b.example".to_owned())));
        assert_eq!(of("/v1.0/me"), None);
        assert_eq!(of("/v1.0/users/a/drive/root"), None);
    }
}
