//! `new_or_updated_managed_device`

use connector_sdk::watch::Beginning;
use connector_sdk::{
    Context, Effect, Error, Event, Link, Page, Plan, Poll, Properties, Request, Result, Resumed, Spec, Trigger,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::devices::list_snapshot::Roll;
use crate::permissions::MANAGED_DEVICES_READ;
use crate::vocabulary::{ManagedDevice, ONLY_WHEN_SELECTED};

/// Watch for devices that are newly enrolled in Intune or have changed there. Graph reports no changes of devices, so
/// each poll reads the list and compares it with the previous one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "filter": "operatingSystem eq 'Windows'", "watchFields": ["complianceState"] })]))]
pub struct NewOrUpdatedManagedDevice {
    /// Only devices for which this OData expression is true, such as `operatingSystem eq 'Windows'`.
    #[schemars(length(min = 1, max = 2000))]
    filter: Option<String>,
    /// Fire for a known device only when one of these properties has changed. The defaults are `complianceState`,
    /// `enrolledDateTime` and `lastSyncDateTime`, so that every check-in fires.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 64)))]
    watch_fields: Vec<String>,
    /// From when on: devices that were enrolled before do not fire as new ones.
    #[serde(flatten)]
    beginning: Beginning,
}

const WATCHED: [&str; 3] = ["complianceState", "enrolledDateTime", "lastSyncDateTime"];
const PAGE: u32 = 1000;

/// Where the next look begins.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor {
    // In the first round, what was enrolled before only becomes known.
    since: Timestamp,
    round: u64,
    // Within a round, the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
    roll: Roll,
}

impl Trigger for NewOrUpdatedManagedDevice {
    type Event = ManagedDevice;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_managed_device", "New or updated managed device", Effect::Read)
        .scopes(MANAGED_DEVICES_READ);

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<ManagedDevice, Cursor>>> {
        if let Some(at) = self.watch_fields.iter().position(|name| ONLY_WHEN_SELECTED.contains(&name.as_str())) {
            return Err(Error::invalid(
                format!("/watchFields/{at}"),
                "Graph does not return this property in lists, so it cannot be watched",
            ));
        }
        let watched: Vec<String> =
            if self.watch_fields.is_empty() { WATCHED.map(str::to_owned).to_vec() } else { self.watch_fields };
        let (beginning, now) = (self.beginning.moment(cx.now)?, cx.now);
        let start =
            Request::get("/deviceManagement/managedDevices").query_opt("$filter", self.filter).query("$top", PAGE);
        let Cursor { since, round, next, mut roll } =
            cursor.unwrap_or_else(|| Cursor { since: beginning, round: 0, next: None, roll: Roll::default() });
        let page = match next {
            None => Plan::finish(start, |response| Page::read(&response).map(Resumed::found)),
            // A round whose place is lost begins again: what is the same in it does not fire.
            Some(next) => start.resume(next, start.clone(), Page::read),
        };
        Ok(page.map(move |Resumed { page, lost, .. }| {
            let mut events = Vec::new();
            let empty = page.items.is_empty();
            for item in page.items {
                let device = Properties::of(&item);
                let id = device.identity();
                // The last time that there is means never.
                let enrolled = device.time("enrolledDateTime").filter(|at| *at < Timestamp::MAX);
                let Some(version) = roll.differs(&id, &item, &watched) else { continue };
                if round > 0 && now >= since || enrolled.is_some_and(|at| at >= since) {
                    events.push(Event::new(format!("{id} {round} {version:x}"), item));
                }
            }
            let more = page.next.is_some();
            if !more {
                roll.close();
            }
            let cursor = Cursor { since, round: round + u64::from(!more), next: page.next, roll };
            Poll::new(events, cursor).with_more(more && lost.is_none()).with_empty(empty).with_lost(lost)
        }))
    }
}
