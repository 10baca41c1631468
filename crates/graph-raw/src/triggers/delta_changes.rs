//! `delta_changes`

use connector_sdk::{
    Context, Effect, Error, Event, Json, Link, Page, Plan, Poll, Properties, Request, Response, Result, Resumed, Spec,
    Trigger, Turns,
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::actions::delta_request::from_now;
use crate::compose::Wanted;
use crate::vocabulary::{Header, Url, Version};

/// Watch any collection that has a delta function, such as `/users/delta`. Each item that was created, changed or
/// removed is an event, as Graph sent it; what was removed has `@removed`. Graph may report a change twice: an item
/// that has not changed in between is the same event, and fires once.
///
/// Graph keeps a cursor for a limited time, such as seven days for the directory. When Graph no longer accepts it, a
/// trigger with `startFromNow` starts from now again; without it, everything is read again, and known items do not fire
/// a second time. Either way the next event reports the gap.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/users/delta?$select=displayName,mail" }),
    json!({ "url": "/me/mailFolders/inbox/messages/delta", "headers": [{ "key": "Prefer", "value": "IdType=\"ImmutableId\"" }], "startFromNow": false })
]))]
pub struct DeltaChanges {
    /// The path of a delta function, with its query options.
    url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise.
    #[serde(default)]
    api_version: Option<Version>,
    /// Headers of every request. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// Report only changes from now on. Without it, the existing items are reported first.
    #[serde(default = "yes")]
    start_from_now: bool,
}

fn yes() -> bool {
    true
}

/// What was created, changed or removed, with the properties that Graph sent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Change {
    /// The id of the item.
    pub id: String,
    /// Present if the item was removed.
    #[serde(rename = "@removed")]
    pub removed: Option<Removal>,
}

/// Why something was removed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Removal {
    /// `changed`: the object can be restored, or left the scope of the query; `deleted`: the object is gone for good.
    pub reason: Option<String>,
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    link: Link,
    // What is there already is being read past.
    #[serde(default)]
    silent: bool,
    // What was told last of each item, so that it can become again what it was.
    #[serde(default)]
    told: Turns,
}

impl Trigger for DeltaChanges {
    type Event = Change;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("delta_changes", "Delta changes", Effect::Read)
        .by_input()
        .misses("what was removed; with `startFromNow`, also what was created or changed");

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Change, Cursor>>> {
        let silent = self.start_from_now;
        let request = Wanted { url: self.url, version: self.api_version, headers: self.headers, ..Wanted::default() }
            .request(Method::GET, cx)?;
        let Some(Cursor { link, silent: silently, told }) = cursor else {
            return Ok(start(request, silent, Turns::default()));
        };
        let known = request.at(link);
        let (again, remembered) = (known.clone(), told.clone());
        let looked = look(known, silently, told).map(Resumed::found);
        let looked = looked.or_else(move |error| {
            let beginning = start(request, silent, remembered.clone());
            again.restart(error, beginning, move |answer| read(answer, silently, remembered))
        });
        Ok(looked.map(|Resumed { page, lost, .. }| {
            let more = page.more && lost.is_none();
            page.with_more(more).with_lost(lost)
        }))
    }
}

fn start(request: Request, silent: bool, told: Turns) -> Plan<Poll<Change, Cursor>> {
    if !silent {
        return look(request, false, told);
    }
    // Not every collection knows "from now": such a one is read to its end without a word.
    let all = (request.clone(), told.clone());
    look(from_now(request), true, told).or_else(move |error| {
        let unknown = error.is_resync() || error.status() == Some(400);
        if unknown { look(all.0, true, all.1) } else { Plan::fail(error) }
    })
}

fn look(request: Request, silent: bool, told: Turns) -> Plan<Poll<Change, Cursor>> {
    Plan::finish(request, move |response| read(&response, silent, told))
}

fn read(response: &Response, silent: bool, mut told: Turns) -> Result<Poll<Change, Cursor>> {
    let page = Page::read(response)?;
    let more = page.next.is_some();
    let link = page.next.or(page.delta).ok_or_else(|| {
        Error::protocol("a page of changes has neither a next nor a delta link")
            .with_hint("Give as `url` a path that ends in /delta.")
    })?;
    let empty = page.items.is_empty();
    // Where none had an id yet, it was not asked for; one that has none spoils no other.
    if !silent && !empty && told.is_empty() && page.items.iter().all(|item| Properties::of(item).text("id").is_none()) {
        return Err(Error::protocol("the changes have no `id`").with_hint("The items have no `id`; select it too."));
    }
    let events = if silent { Vec::new() } else { page.items.into_iter().map(|item| event(item, &mut told)).collect() };
    Ok(Poll::new(events, Cursor { link, silent: silent && more, told }).with_more(more).with_empty(empty))
}

// The same item with the same content is the same event, however often it is told; with another content it is
// another one, and so it is with the same content after another one.
fn event(item: Json, told: &mut Turns) -> Event<Change> {
    let id = Properties::of(&item).identity();
    let hash = hex::encode(&Sha256::digest(item.canonical())[..12]);
    let turn = told.turn(&id, &hash);
    Event::new(Turns::event_id(&format!("{id}:{hash}"), turn), item)
}
