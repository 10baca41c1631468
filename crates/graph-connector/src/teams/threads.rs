//! Messages of a channel with all their answers: a message brings a thousand of them, and the way to the others at
//! times.

use std::collections::HashSet;

use connector_sdk::{Code, Error, Json, Link, Page, PageGuard, Plan, Properties, Request, Skipped, details};
use http::Method;
use serde_json::value::RawValue;

use crate::vocabulary::{Channel, TEAMS_PAGE};

/// Maximum number of replies that come with a message. Where that many have come, there may be more, also without a
/// link to them.
const FULL: usize = 1000;

/// Threads, and what of them could not be read.
#[derive(Default)]
pub struct Threads {
    /// Messages, each with its answers behind it.
    pub threads: Vec<Vec<Json>>,
    /// The answers that could not be read.
    pub skipped: Vec<Skipped>,
    // The threads that lack some.
    short: HashSet<usize>,
}

/// The threads of some messages. `replies`: with their answers, also of messages that were read by themselves. A thread
/// whose answers cannot be read has those that came.
pub fn whole(channel: Channel, messages: Vec<Json>, replies: bool) -> Plan<Threads> {
    threads(channel, messages, replies, true)
}

// `alone`: some may have been read by themselves, and then they come without their answers.
fn threads(channel: Channel, messages: Vec<Json>, replies: bool, alone: bool) -> Plan<Threads> {
    let mut reading = Reading { channel, read: Threads::default(), guard: PageGuard::default() };
    let mut pending = Vec::new();
    for message in messages {
        let item = Properties::of(&message);
        let with_it: Vec<Box<RawValue>> = if replies { item.get("replies").unwrap_or_default() } else { Vec::new() };
        let of = Thread { at: reading.read.threads.len(), id: item.identity(), begun: false };
        let cut = with_it.len() >= FULL || alone && !item.is_sent("replies");
        let more = cut || item.get::<usize>("replies@odata.count").is_some_and(|count| count > with_it.len());
        match item.text("replies@odata.nextLink").filter(|_| replies) {
            Some(link) => pending.push((of, Some(Link::new(link)))),
            None if replies && more => pending.push((of, None)),
            None => {}
        }
        let answers = with_it.into_iter().filter_map(|answer| Json::parse(String::from(Box::<str>::from(answer))).ok());
        let thread = answers.collect::<Vec<Json>>();
        reading.read.threads.push([vec![message], thread].concat());
    }
    reading.read_on(pending)
}

/// Messages with all their answers as their `replies`. One whose other answers cannot be read stays as it is, with the
/// link to them.
pub fn with_all_replies(channel: Channel, messages: Vec<Json>) -> Plan<Vec<Json>> {
    threads(channel, messages, true, false).map(|Threads { threads, short, .. }| {
        threads.into_iter().enumerate().filter_map(|(at, thread)| gathered(thread, short.contains(&at))).collect()
    })
}

// `short`: some could not be read.
fn gathered(thread: Vec<Json>, short: bool) -> Option<Json> {
    let (message, answers) = thread.split_first()?;
    let item = Properties::of(message);
    let came = item.get::<Vec<Box<RawValue>>>("replies").map_or(0, |replies| replies.len());
    // A list that was begun again brings some twice.
    let mut seen = HashSet::new();
    let answers: Vec<&str> =
        answers.iter().filter(|answer| seen.insert(Properties::of(answer).identity())).map(Json::as_str).collect();
    if answers.len() <= came {
        return Some(message.clone());
    }
    let is_short = short || item.get::<usize>("replies@odata.count").is_some_and(|count| count > answers.len());
    let all = Json::trusted(format!("[{}]", answers.join(",")));
    let changes = [("replies", Some(all)), ("replies@odata.nextLink", None)];
    let changes = if is_short { &changes[..1] } else { &changes[..] };
    Some(message.with_changes(changes).unwrap_or_else(|| message.clone()))
}

struct Thread {
    at: usize,
    id: String,
    // Whether its list was begun at the beginning: a way that is refused is taken once.
    begun: bool,
}

struct Reading {
    channel: Channel,
    read: Threads,
    guard: PageGuard,
}

impl Reading {
    // Reads a page of each list: the one at a link, or the first.
    fn read_on(mut self, pending: Vec<(Thread, Option<Link>)>) -> Plan<Threads> {
        if pending.is_empty() {
            return Plan::done(self.read);
        }
        let requests = pending.iter().map(|(thread, link)| self.request(thread, link.clone())).collect();
        details(requests, Page::read).and_then(move |answers| {
            let mut following = Vec::new();
            for ((thread, link), answer) in pending.into_iter().zip(answers) {
                match answer {
                    Ok(page) => {
                        // A list that does not end brings nothing more: the others are told.
                        let (items, guard) = (&page.items, &mut self.guard);
                        let next = page.next.map(|next| guard.check(items, items.is_empty(), &next).map(|()| next));
                        self.read.threads[thread.at].extend(page.items);
                        match next {
                            Some(Ok(next)) => following.push((thread, Some(next))),
                            Some(Err(error)) => self.skip(&thread, &error),
                            None => {}
                        }
                    }
                    // A way that is refused leads nowhere; the list itself may be read.
                    Err(_) if link.is_some() && !thread.begun => {
                        following.push((Thread { begun: true, ..thread }, None));
                    }
                    // It is gone, and its answers with it.
                    Err(error) if error.code() == Code::NotFound => {}
                    Err(error) => self.skip(&thread, &error),
                }
            }
            self.read_on(following)
        })
    }

    fn skip(&mut self, thread: &Thread, error: &Error) {
        self.read.short.insert(thread.at);
        self.read.skipped.push(Skipped::new(format!("answers to the message {}", thread.id), error));
    }

    fn request(&self, thread: &Thread, link: Option<Link>) -> Request {
        let list =
            self.channel.request(Method::GET, "/messages/{message}/replies").path_param("message", thread.id.as_str());
        let list = list.query("$top", TEAMS_PAGE);
        link.map_or_else(|| list.clone(), |link| list.at(link))
    }
}
