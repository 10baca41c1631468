//! Following a folder of mail by its changes, or a folder and all folders below it.
//!
//! Each folder has a place of its own in its changes. A look reads a page of each folder that has more to
//! tell; when none has, it looks at the tree again and begins a new round. A message that moves within the
//! tree has the same id, so it is not told twice.

use connector_sdk::{
    Code, DeltaPage, Error, Event, Json, Link, Lost, Order, Plan, Poll, Properties, Request, Response, Result, Resumed,
    Root, Skipped, Whole, whole_items,
};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mail::folders;
use crate::mail::mail_filter::Seen;
use crate::tree::Found;
use crate::vocabulary::FolderId;
use connector_sdk::watch::{Since, since_again};

/// How far before the newest message a lost place starts again. Mail is indexed late at times; what is read twice has
/// the same id and is dropped.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The most messages that Graph returns in a round of changes with a filter: more are left out, and it does not say so.
/// See [the page on changes of messages][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/delta-query-messages
const MOST: usize = 5000;

/// Which folders. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Folders {
    /// The folder; the default is the inbox.
    folder_id: Option<FolderId>,
    /// Watch all folders below it too. Each folder costs a request at each poll.
    #[serde(default)]
    include_subfolders: bool,
}

impl Folders {
    /// Returns the path of the messages that Graph notifies of, below the mailbox: those of one folder, or of all.
    pub fn messages(&self) -> String {
        match (&self.folder_id, self.include_subfolders) {
            (_, true) => "messages".to_owned(),
            (Some(folder), false) => messages_of(&folder.0),
            (None, false) => messages_of("inbox"),
        }
    }
}

/// Returns the path of a folder's messages, below the mailbox.
pub fn messages_of(folder: &str) -> String {
    format!("mailFolders('{}')/messages", folder.replace('\'', "''"))
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    places: Vec<Place>,
    // Where it all began: nothing from before fires, whatever happens to the places.
    since: Timestamp,
    // The newest arrival seen, from which to start again where a place is no longer known.
    newest: Timestamp,
    // The folders whose folders cannot be read, which was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    folder: String,
    // None where the changes begin.
    link: Option<Link>,
    // Whether there is more to read right now.
    more: bool,
    // Whether the first round is over.
    #[serde(default)]
    settled: bool,
    // When a round was last read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Timestamp>,
    // Whether it cannot be read, which was told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
    // How many messages the round brought that is being read.
    #[serde(default, skip_serializing_if = "is_zero")]
    brought: usize,
    // Whether it has begun again in this look, so that the next one has time.
    #[serde(skip)]
    waits: bool,
}

impl Place {
    fn begin(folder: String) -> Place {
        Place { folder, link: None, more: true, settled: false, read: None, closed: false, brought: 0, waits: false }
    }
}

/// How a folder's changes are asked for, and what is made of a page of them.
pub trait Look: Send + 'static {
    /// What an event holds.
    type Event: Send + 'static;
    /// Asks for the changes of a folder from the beginning, as far as messages since `from` are concerned.
    fn begin(&self, changes: Request, from: Timestamp) -> Request;
    /// Returns whether it asks with a filter, so that Graph may leave messages out of a large round.
    fn is_filtered(&self) -> bool {
        false
    }
    /// The properties by which it judges. A message that lacks one is read whole.
    fn needs(&self) -> Vec<&str>;
    /// Makes an event of a message, if it is one. `since` says what is too old.
    fn event(&mut self, message: Seen, item: Whole, since: Since) -> Option<Event<Self::Event>>;
}

impl Folders {
    /// One look; returns the looker too, which may have learned something.
    pub fn look<L: Look>(
        self,
        root: Root,
        cursor: Option<Cursor>,
        since: Timestamp,
        now: Timestamp,
        look: L,
    ) -> Plan<(Poll<L::Event, Cursor>, L)> {
        let first = self.folder_id.unwrap_or_default();
        let cursor = cursor.unwrap_or_else(|| Cursor {
            places: vec![Place::begin(first.0.clone())],
            since,
            newest: since,
            closed: Vec::new(),
        });
        let rests = cursor.places.iter().all(|place| !place.more);
        let begins = cursor.places.iter().all(|place| place.link.is_none());
        if self.include_subfolders && (rests || begins) {
            return folders::with_subfolders(&root, first).and_then(move |all| {
                let (cursor, skipped) = cursor.over(all);
                Round::new(root, look, cursor, now, skipped).read()
            });
        }
        Round::new(root, look, cursor, now, Vec::new()).read()
    }
}

impl Cursor {
    // The places of these folders, the known ones as they were, and what is told of those that cannot be looked into.
    fn over(mut self, (mut folders, closed): Found) -> (Cursor, Vec<Skipped>) {
        if !closed.is_empty() {
            // What is in them is not found, and there all the same.
            let known = self.places.iter().map(|place| &place.folder);
            let more: Vec<String> = known.filter(|known| !folders.contains(known)).cloned().collect();
            folders.extend(more);
        }
        let skipped = closed.iter().filter(|folder| !self.closed.contains(&folder.id)).map(|folder| {
            Skipped::with_reason(format!("the folders in the folder {}", folder.id), folder.reason.as_str())
        });
        let skipped = skipped.collect();
        self.closed = closed.into_iter().map(|folder| folder.id).collect();
        let known = |folder: &String| self.places.iter().find(|place| place.folder == *folder).cloned();
        self.places =
            folders.into_iter().map(|folder| known(&folder).unwrap_or_else(|| Place::begin(folder))).collect();
        (self, skipped)
    }
}

struct Round<L> {
    root: Root,
    look: L,
    cursor: Cursor,
    now: Timestamp,
    // What was read, each page with the place that it belongs to.
    pages: Vec<(usize, DeltaPage)>,
    lost: Option<Lost>,
    skipped: Vec<Skipped>,
}

impl<L: Look> Round<L> {
    fn new(root: Root, look: L, cursor: Cursor, now: Timestamp, skipped: Vec<Skipped>) -> Round<L> {
        Round { root, look, cursor, now, pages: Vec::new(), lost: None, skipped }
    }

    // A folder below that cannot be read holds up no other. Where it is gone, so is what there was to tell of it; else
    // it is told once, and asked for again with the next round.
    fn pass_over(&mut self, at: usize, error: &Error) -> bool {
        if at == 0 || error.stops_all() {
            return false;
        }
        let place = &mut self.cursor.places[at];
        if is_gone(error) {
            place.folder.clear();
            return true;
        }
        if !std::mem::replace(&mut place.closed, true) {
            self.skipped.push(Skipped::new(format!("the messages in the folder {}", place.folder), error));
        }
        place.more = false;
        true
    }

    fn read(mut self) -> Plan<(Poll<L::Event, Cursor>, L)> {
        if self.cursor.places.iter().all(|place| !place.more) {
            self.cursor.places.iter_mut().for_each(|place| place.more = true);
        }
        let due: Vec<usize> = (0..self.cursor.places.len()).filter(|&at| self.cursor.places[at].more).collect();
        let requests = due.iter().map(|&at| self.request(&self.cursor.places[at])).collect();
        let go = move |answers: Vec<Result<Response>>| {
            let mut refused = Vec::new();
            for (&at, answer) in due.iter().zip(answers) {
                match answer.and_then(|answer| DeltaPage::read(&answer)) {
                    Ok(page) => self.pages.push((at, page)),
                    Err(error) if self.cursor.places[at].link.is_some() => refused.push((at, error)),
                    Err(error) if self.pass_over(at, &error) => {}
                    Err(error) => return Plan::fail(error),
                }
            }
            self.begin_again(refused)
        };
        Plan::all(requests, Order::Any, go)
    }

    // Places that were refused, one after the other: they begin again where they are lost.
    fn begin_again(mut self, mut refused: Vec<(usize, Error)>) -> Plan<(Poll<L::Event, Cursor>, L)> {
        let Some((at, error)) = refused.pop() else { return self.judge() };
        let place = &self.cursor.places[at];
        let (later, again) = (self.request(place), self.request_again(place));
        let read =
            later.restart(error, again.delta_page(), DeltaPage::read).map(Ok).or_else(|error| Plan::done(Err(error)));
        read.and_then(move |read| {
            match read {
                Ok(Resumed { page, lost, .. }) => {
                    let place = &mut self.cursor.places[at];
                    (place.settled, place.waits) = (place.settled && lost.is_none(), lost.is_some());
                    place.brought = if lost.is_some() { 0 } else { place.brought };
                    self.lost = self.lost.or(lost);
                    self.pages.push((at, page));
                }
                Err(error) if self.pass_over(at, &error) => {}
                Err(error) => return Plan::fail(error),
            }
            self.begin_again(refused)
        })
    }

    // Makes events of the messages, those that came in part once they are whole.
    fn judge(mut self) -> Plan<(Poll<L::Event, Cursor>, L)> {
        let mut items = Vec::new();
        let mut empty = true;
        for (at, page) in std::mem::take(&mut self.pages) {
            let place = &mut self.cursor.places[at];
            // One that was read to its end and begins again does not tell once more what it told long ago.
            let since = if place.settled { self.cursor.since } else { since_again(self.cursor.since, place.read) };
            let since = Since::new(since, place.settled, self.now);
            place.settled |= !page.more;
            place.read = if page.more { place.read } else { Some(self.now) };
            place.closed = false;
            (place.link, place.more) = (Some(page.link.clone()), page.more && !std::mem::take(&mut place.waits));
            place.brought = place.brought.saturating_add(page.changes.len());
            if !page.more && std::mem::take(&mut place.brought) >= MOST && self.look.is_filtered() {
                self.skipped.push(beyond(&place.folder));
            }
            empty &= page.changes.is_empty();
            items.extend(page.items().into_iter().map(|item| (item, since)));
        }
        let (items, since): (Vec<Json>, Vec<Since>) = items.into_iter().unzip();
        let needed: Vec<String> = self.look.needs().into_iter().map(str::to_owned).collect();
        let fragment = move |item: &Properties<'_>| needed.iter().any(|name| !item.is_sent(name));
        let root = self.root.clone();
        whole_items(items, fragment, |id| root.get("/messages/{message}").exchange_id("message", id)).map(
            move |items| {
                let (mut events, mut skipped) = (Vec::new(), self.skipped);
                for (item, since) in items.into_iter().zip(since).filter(|(item, _)| !item.is_gone()) {
                    let message = Seen::read(&item.item);
                    // What is dated after now hides nothing that comes before it.
                    let newest = &mut self.cursor.newest;
                    *newest = message.received_date_time.map_or(*newest, |at| at.min(self.now).max(*newest));
                    let perhaps = since.skipped(&item);
                    let event = self.look.event(message, item, since);
                    skipped.extend(perhaps.filter(|_| event.is_none()));
                    events.extend(event);
                }
                self.cursor.places.retain(|place| !place.folder.is_empty());
                let more = self.cursor.places.iter().any(|place| place.more);
                (
                    Poll::new(events, self.cursor)
                        .with_more(more)
                        .with_empty(empty)
                        .with_lost(self.lost)
                        .with_skipped(skipped),
                    self.look,
                )
            },
        )
    }

    fn request(&self, place: &Place) -> Request {
        let changes = self.changes(place);
        match &place.link {
            Some(link) => changes.at(link.clone()),
            None => {
                let Cursor { since, newest, .. } = self.cursor;
                self.look.begin(changes, newest.saturating_sub(OVERLAP).unwrap_or(since).max(since))
            }
        }
    }

    // Asks for the changes of a folder anew, whose place may be lost.
    fn request_again(&self, place: &Place) -> Request {
        if place.read.is_none() && place.settled {
            return self.request(&Place { link: None, ..place.clone() });
        }
        // Nobody knows what is on the pages that were not reached, whatever else has been seen since.
        self.look.begin(self.changes(place), since_again(self.cursor.since, place.read))
    }

    fn changes(&self, place: &Place) -> Request {
        let changes =
            self.root.get("/mailFolders/{folder}/messages/delta").exchange_id("folder", place.folder.as_str());
        changes.prefer("odata.maxpagesize=100")
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

// What a round leaves out that brought as many messages as there can be. That there are more is likely, and not certain.
fn beyond(folder: &str) -> Skipped {
    Skipped::with_reason(
        format!("messages beyond {MOST} in the folder {folder}"),
        format!(
            "Graph returns at most {MOST} messages at once of those that arrived since the beginning; list_emails finds all"
        ),
    )
}

fn is_gone(error: &Error) -> bool {
    error.code() == Code::NotFound
}
