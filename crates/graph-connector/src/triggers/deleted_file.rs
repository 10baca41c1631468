//! `deleted_file`

use connector_sdk::{Context, Effect, Event, Json, Plan, Poll, Properties, Raw, Result, Spec, Trigger};
use http::Method;
use outlook_connector::follow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, drive_request};

/// Watch a drive for files and folders that are deleted. What goes while the place in the changes is lost is not told: Graph does not keep it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedFile {
    /// The drive; the default is the OneDrive of the signed-in user.
    drive: Option<DriveId>,
}

/// What is gone. Graph tells little more of it than its id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "driveItem"))]
pub struct GoneItem {
    /// Its id.
    id: String,
    /// Its name, where Graph still tells it.
    name: Option<String>,
    /// That it is deleted, and how.
    deleted: Option<Map<String, Value>>,
    /// Where it was.
    parent_reference: Option<Map<String, Value>>,
}

impl Trigger for DeletedFile {
    type Event = GoneItem;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("deleted_file", "Deleted file", Effect::Read).scopes(FILES_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<GoneItem, follow::Cursor>>> {
        // A first round tells what is there, and nothing of what is gone.
        let start = drive_request(Method::GET, self.drive.as_ref(), "/root/delta");
        Ok(follow::follow(start, cursor, cx.now, |page, _| page.items.into_iter().filter_map(event).collect()))
    }
}

fn event(item: Json) -> Option<Event<GoneItem>> {
    let gone = Properties::of(&item);
    let id = gone.has("deleted").then(|| gone.identity())?;
    Some(Event { id, data: Raw::new(item) })
}
