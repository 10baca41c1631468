//! `deleted_file`

use connector_sdk::watch::{self, Departed};
use connector_sdk::{Context, DeltaItem, Effect, Event, Json, Plan, Poll, Properties, Removed, Result, Spec, Trigger};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveRoot};

/// Watch a drive for files and folders that are deleted. An item that is restored and deleted again fires again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedFile {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
}

/// The deleted item. Graph returns little more of it than its id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type-part" = "driveItem"))]
pub struct GoneItem {
    /// Its id.
    id: String,
    /// The name, where Graph still returns it.
    name: Option<String>,
    /// That it is deleted, and how.
    deleted: Option<Map<String, Value>>,
    /// Where it was.
    parent_reference: Option<Map<String, Value>>,
}

impl Trigger for DeletedFile {
    type Event = GoneItem;
    type Cursor = Departed;
    const SPEC: Spec = Spec::new("deleted_file", "Deleted file", Effect::Read)
        .scopes(FILES_READ)
        .misses("files and folders that were deleted");

    fn poll(self, cursor: Option<Departed>, cx: &Context) -> Result<Plan<Poll<GoneItem, Departed>>> {
        // A first round tells what is there, and nothing of what is gone.
        let start = DriveRoot::of(self.drive.as_ref(), cx, "drive")?.request(Method::GET, "/root/delta");
        Ok(watch::departures(start, cursor, cx.now, read))
    }
}

// The id of an item, and the event that it is gone, if it is. Some changes of drives say it as those of other things
// do.
fn read(change: DeltaItem) -> (String, Option<Event<GoneItem>>) {
    let item = match change {
        DeltaItem::There(item) => item,
        DeltaItem::Gone(Removed { id, .. }) => {
            let data = Json::of(&json!({ "id": id, "deleted": {} })).unwrap_or_else(|_| Json::trusted("{}"));
            return (id.clone(), Some(Event::new(id, data)));
        }
    };
    let seen = Properties::of(&item);
    let (id, gone) = (seen.identity(), seen.has("deleted"));
    (id.clone(), gone.then(|| Event::new(id, item)))
}
