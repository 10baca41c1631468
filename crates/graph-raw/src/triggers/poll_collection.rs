//! `poll_collection`

use connector_sdk::{
    Code, Context, Effect, Error, Event, Issue, Json, Link, Page, Plan, Poll, Properties, Request, Response, Result,
    Resumed, Spec, Trigger, given_time, is_since,
};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::compose::{self, Wanted};
use crate::vocabulary::{Header, Item, Url, Version};

/// Watch any collection that can be filtered by a time, such as `createdDateTime`, and that has no delta function. Each
/// poll asks for items newer than the previous one, with some minutes of overlap, so that an item that Graph lists late
/// is not lost. An item that is seen twice fires once, and again only if its time has changed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/me/messages?$select=subject,receivedDateTime", "cursorField": "receivedDateTime" }),
    json!({ "url": "/groups", "filter": "securityEnabled eq true" })
]))]
pub struct PollCollection {
    /// The path of a collection, with its query options but `$filter`.
    url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise.
    #[serde(default)]
    api_version: Option<Version>,
    /// Headers of every request. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// Only items for which this OData expression is true.
    #[schemars(length(min = 1, max = 8192))]
    filter: Option<String>,
    /// The property that says when an item came to be, or was changed: a date and time. A slash leads into a nested
    /// property.
    #[serde(default = "created")]
    #[schemars(length(max = 128), regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$"))]
    cursor_field: String,
    /// The property that identifies an item.
    #[serde(default = "id")]
    #[schemars(length(max = 128), regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$"))]
    id_field: String,
    /// Overlap in minutes: each poll begins this long before the newest item seen.
    #[serde(default = "overlap")]
    #[schemars(range(max = 10_080))]
    overlap_minutes: u32,
    /// Report items since this time, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
}

fn created() -> String {
    "createdDateTime".to_owned()
}
fn id() -> String {
    "id".to_owned()
}
fn overlap() -> u32 {
    5
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    // Nothing older is an event.
    first: Timestamp,
    // The newest item of all finished looks.
    seen: Timestamp,
    // The newest item so far, and the next page, of a look that is not finished.
    newest: Timestamp,
    next: Option<Link>,
}

impl Trigger for PollCollection {
    type Event = Item;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("poll_collection", "Poll collection", Effect::Read).by_input();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Item, Cursor>>> {
        let mut issues = Vec::new();
        for (at, name) in [("/cursorField", &self.cursor_field), ("/idField", &self.id_field)] {
            if !is_property(name) {
                issues.push(Issue::new(
                    at,
                    "is not the name of a property, such as `createdDateTime` or `status/changedAt`",
                ));
            }
        }
        if has_filter(&self.url.0) {
            issues.push(Issue::new(
                "/url",
                "has a `$filter`; give it as `filter`, so that both conditions can be joined",
            ));
        }
        let since = match self.since.as_deref().map(|since| given_time(since, "/since")) {
            // Graph tells times in seconds, so what happens in this second must not look older than now.
            None => Timestamp::from_second(cx.now.as_second()).unwrap_or(cx.now),
            Some(Ok(since)) => since,
            Some(Err(error)) => {
                issues.extend(error.violations().iter().cloned());
                cx.now
            }
        };
        let wanted = Wanted {
            url: self.url.clone(),
            version: self.api_version,
            headers: self.headers.clone(),
            ..Wanted::default()
        };
        let request = match wanted.request(Method::GET, cx) {
            Ok(request) => Some(request),
            Err(error) => {
                issues.extend(error.violations().iter().cloned());
                None
            }
        };
        let request = compose::finish(request, issues)?;
        let cursor = cursor.unwrap_or(Cursor { first: since, seen: since, newest: since, next: None });
        let fresh = Cursor { newest: cursor.seen, next: None, ..cursor.clone() };
        let now = cx.now;
        Ok(match cursor.next.clone() {
            None => self.look(self.since(&request, &fresh), fresh, now),
            Some(link) => {
                let anew = (self.since(&request, &fresh), self.clone());
                // Links to pages expire. Nothing is lost then: the look begins once more.
                let (known, reader, kept) = (request.at(link), self.clone(), cursor.clone());
                let looked = self.look(known.clone(), cursor, now).map(Resumed::found).or_else(move |error| {
                    let beginning = anew.1.look(anew.0, fresh, now);
                    known.restart(error, beginning, move |answer| reader.read(answer, kept, now))
                });
                looked.map(|Resumed { page, lost, .. }| {
                    let more = page.more && lost.is_none();
                    page.with_more(more).with_lost(lost)
                })
            }
        })
    }
}

impl PollCollection {
    fn since(&self, request: &Request, cursor: &Cursor) -> Request {
        let overlap = SignedDuration::from_mins(self.overlap_minutes.into());
        let from = cursor.seen.saturating_sub(overlap).unwrap_or(cursor.seen).max(cursor.first);
        // Graph reads at most seven digits of a second; a whole one before loses nothing.
        let newer = format!(
            "{} ge {}",
            self.cursor_field,
            jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%SZ", from).unwrap_or_default()
        );
        let filter = match &self.filter {
            Some(filter) => format!("({filter}) and {newer}"),
            None => newer,
        };
        request.clone().query("$filter", filter)
    }

    fn look(&self, request: Request, cursor: Cursor, now: Timestamp) -> Plan<Poll<Item, Cursor>> {
        let reader = self.clone();
        Plan::finish(request, move |response| reader.read(&response, cursor, now))
    }

    fn read(&self, response: &Response, cursor: Cursor, now: Timestamp) -> Result<Poll<Item, Cursor>> {
        let page = Page::read(response)?;
        let empty = page.items.is_empty();
        let mut found = Vec::with_capacity(page.items.len());
        let mut odd = Vec::new();
        let mut newest = cursor.newest;
        let (mut lacking, mut known) = (None, cursor.newest > cursor.first);
        for item in page.items {
            match read(&item, &self.cursor_field, &self.id_field) {
                Ok((time, id)) => {
                    known = true;
                    newest = newest.max(time);
                    if is_since(time, cursor.first) {
                        found.push((time, Event::new(id, item)));
                    }
                }
                Err(error) => {
                    // What was sent, and holds something odd, is what was meant.
                    known |= is_sent(&item, &self.cursor_field) && is_sent(&item, &self.id_field);
                    lacking.get_or_insert(error);
                    odd.push(item);
                }
            }
        }
        // Where no item had what was named yet, another property was meant. Else one that has it not is told as it is.
        if let Some(error) = lacking.filter(|_| !known) {
            return Err(error);
        }
        found.sort_by_key(|(time, _)| *time);
        let told_as_they_are = odd.into_iter().map(|item| Event::new(Properties::of(&item).identity(), item));
        let events = found.into_iter().map(|(_, event)| event).chain(told_as_they_are).collect();
        let more = page.next.is_some();
        // A time in the future must not hide what comes before it.
        let seen = if more { cursor.seen } else { newest.min(now).max(cursor.seen) };
        Ok(Poll::new(events, Cursor { first: cursor.first, seen, newest, next: page.next })
            .with_more(more)
            .with_empty(empty))
    }
}

// Whether an item has a property, whatever it holds.
fn is_sent(item: &Json, field: &str) -> bool {
    let Ok(value) = item.read::<Value>() else { return false };
    field
        .split('/')
        .try_fold(&value, |value, name| if value.is_null() { Some(value) } else { value.get(name) })
        .is_some()
}

// The time and the id of an item.
fn read(item: &Json, cursor_field: &str, id_field: &str) -> Result<(Timestamp, String)> {
    let value: Value = item.read().map_err(|error| error.with_code(Code::Rejected))?;
    let lacks = |field: &str, what: &str| {
        Error::new(Code::Rejected, format!("an item of the collection has no {what} in `{field}`"))
            .with_hint("Name another property, or select it in the URL's `$select`.")
    };
    let text = |field: &str| field.split('/').try_fold(&value, |value, name| value.get(name));
    let time = text(cursor_field).and_then(Value::as_str).ok_or_else(|| lacks(cursor_field, "time"))?;
    let at = connector_sdk::time(time).ok_or_else(|| lacks(cursor_field, "time with a zone"))?;
    let id = match text(id_field) {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(lacks(id_field, "id")),
    };
    Ok((at, format!("{id}@{time}")))
}

fn is_property(name: &str) -> bool {
    name.split('/').all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn has_filter(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        ["$filter", "filter"].iter().any(|known| name.eq_ignore_ascii_case(known))
    })
}
