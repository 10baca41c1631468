//! `new_or_updated_file`

use connector_sdk::{Context, Effect, Event, Json, Plan, Poll, Raw, Result, Spec, Trigger};
use http::Method;
use outlook_connector::follow::{self, Beginning};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveItem, drive_request};

/// Watch a drive for files, or folders, that are new or have changed. Each fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "nameEndsWith": ".csv", "kind": "file" })]))]
pub struct NewOrUpdatedFile {
    /// The drive; the default is the OneDrive of the signed-in user.
    drive: Option<DriveId>,
    /// Only what is in this folder, or in a folder below it, by its path from the top of the drive.
    #[schemars(length(min = 1, max = 400))]
    folder_path: Option<String>,
    /// Only what has a name that ends like this, in letters of either case.
    #[schemars(length(min = 1, max = 255))]
    name_ends_with: Option<String>,
    /// Only files, or only folders; the default is files.
    #[serde(default)]
    kind: Kind,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

/// What fires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Kind {
    /// Files.
    #[default]
    File,
    /// Folders.
    Folder,
    /// Both.
    Any,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    id: String,
    name: Option<String>,
    e_tag: Option<String>,
    last_modified_date_time: Option<jiff::Timestamp>,
    parent_reference: Option<Map<String, Value>>,
    file: Option<Map<String, Value>>,
    folder: Option<Map<String, Value>>,
    root: Option<Map<String, Value>>,
    deleted: Option<Map<String, Value>>,
}

impl Trigger for NewOrUpdatedFile {
    type Event = DriveItem;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_file", "New or updated file", Effect::Read).scopes(FILES_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<DriveItem, follow::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let start = drive_request(Method::GET, self.drive.as_ref(), "/root/delta");
        Ok(follow::follow(start, cursor, since, move |page, since| {
            page.items.into_iter().filter_map(|item| self.event(item, since)).collect()
        }))
    }
}

impl NewOrUpdatedFile {
    fn event(&self, item: Json, since: jiff::Timestamp) -> Option<Event<DriveItem>> {
        let seen: Seen = item.read().ok()?;
        let kind = match self.kind {
            Kind::File => seen.file.is_some(),
            Kind::Folder => seen.folder.is_some(),
            Kind::Any => true,
        };
        let recent = seen.last_modified_date_time.is_some_and(|at| at >= since);
        let name = seen.name.as_deref().unwrap_or_default().to_lowercase();
        let named = self.name_ends_with.as_ref().is_none_or(|end| name.ends_with(&end.to_lowercase()));
        let there = seen.deleted.is_none() && seen.root.is_none();
        let wanted = kind && recent && named && there && self.is_below(seen.parent_reference.as_ref());
        let id = format!("{} {}", seen.id, seen.e_tag.unwrap_or_default());
        wanted.then(|| Event { id, data: Raw::new(item) })
    }

    // A path is `/drive/root:/Documents/2027`, percent-encoded as Graph likes it.
    fn is_below(&self, parent: Option<&Map<String, Value>>) -> bool {
        let Some(folder) = &self.folder_path else { return true };
        let path = parent.and_then(|parent| parent.get("path")).and_then(Value::as_str).unwrap_or_default();
        let path = path.split_once("root:").map_or("", |(_, path)| path).replace("%20", " ");
        let (path, folder) = (path.trim_matches('/').to_lowercase(), folder.trim_matches('/').to_lowercase());
        path == folder || path.starts_with(&format!("{folder}/"))
    }
}
