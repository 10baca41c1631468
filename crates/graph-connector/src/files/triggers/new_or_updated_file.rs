//! `new_or_updated_file`

use connector_sdk::watch::{self, Beginning, Followed, Since};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Result, Spec, Trigger};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::files::folder_tree::{FolderTree, Whereabouts};
use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveItem, DriveRoot};

/// Watch a drive for files, or folders, that are new or have changed. Each fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "nameEndsWith": ".csv", "kind": "file" })]))]
pub struct NewOrUpdatedFile {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
    /// Only what is in this folder, or in a folder below it, by its path from the top of the drive.
    #[schemars(length(min = 1, max = 400))]
    folder_path: Option<String>,
    /// Only what has a name that ends like this, ignoring case.
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

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(flatten)]
    place: watch::Cursor,
    // The folders that came by, where one is watched.
    #[serde(default)]
    folders: FolderTree,
}

impl Trigger for NewOrUpdatedFile {
    type Event = DriveItem;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_file", "New or updated file", Effect::Read)
        .scopes(FILES_READ)
        .misses("files and folders that were moved, copied or restored with an older date");

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<DriveItem, Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let drive = DriveRoot::of(self.drive.as_ref(), cx, "drive")?;
        let (start, of) = (drive.request(Method::GET, "/root/delta"), drive.clone());
        let (place, mut folders) =
            cursor.map_or((None, FolderTree::default()), |cursor| (Some(cursor.place), cursor.folders));
        let look = watch::page(start, place, since, now).and_then(|Followed { page, since, cursor, more, lost }| {
            let empty = page.changes.is_empty();
            let wanted = self.needs();
            let ask = move |id: &str| of.request(Method::GET, "/items/{item}").path_param("item", id);
            let whole = page.whole(move |item| is_fragment(item, since, &wanted), ask);
            whole.map(move |page| {
                let items = page.items();
                let skipped = items.iter().filter_map(|whole| since.skipped(whole)).collect();
                (
                    self,
                    items,
                    since,
                    Poll::new(Vec::new(), cursor)
                        .with_more(more)
                        .with_empty(empty)
                        .with_lost(lost)
                        .with_skipped(skipped),
                )
            })
        });
        Ok(look.and_then(move |(this, items, since, mut poll)| {
            let mut found = Vec::new();
            for item in items.into_iter().map(|whole| whole.item) {
                let seen = Properties::of(&item);
                if this.folder_path.is_some() {
                    folders.see(&seen);
                }
                if let Some(id) = this.event(&seen, since) {
                    let place = Whereabouts::of(&seen);
                    found.push((place, Event::new(id, item)));
                }
            }
            let Some(folder) = this.folder_path else {
                let events = found.into_iter().map(|(_, event)| event).collect();
                return Plan::done(poll.with(|_: Vec<Event<DriveItem>>| events, |place| Cursor { place, folders }));
            };
            let ask = move |id: &str| {
                let folder = drive.request(Method::GET, "/items/{item}").path_param("item", id);
                folder.query("$select", "id,name,parentReference,root")
            };
            folders.within(folder, found, ask).map(move |(events, skipped, folders)| {
                poll.skipped.extend(skipped);
                poll.with(|_: Vec<Event<DriveItem>>| events, |place| Cursor { place, folders })
            })
        }))
    }
}

// The facets that say what an item is.
const KINDS: [&str; 6] = ["file", "folder", "package", "remoteItem", "bundle", "notebook"];

// Whether an item comes in part. One that is deleted, and the top of the drive, are whole with very little.
fn is_fragment(item: &Properties<'_>, since: Since, needed: &[&str]) -> bool {
    let is_kind = KINDS.iter().any(|kind| item.has(kind));
    let is_whole =
        is_kind && needed.iter().all(|name| item.is_sent(name)) && !since.lacks(item, "lastModifiedDateTime");
    !is_whole && !item.has("deleted") && !item.has("root")
}

impl NewOrUpdatedFile {
    // The properties by which it judges.
    fn needs(&self) -> Vec<&'static str> {
        let needed = [("name", self.name_ends_with.is_some()), ("parentReference", self.folder_path.is_some())];
        needed.into_iter().filter(|(_, needed)| *needed).map(|(name, _)| name).collect()
    }

    // The id of the event that an item is, if it is one.
    fn event(&self, item: &Properties<'_>, since: Since) -> Option<String> {
        // What was not sent, also when it was read whole, holds nothing back.
        let unknown = !KINDS.iter().any(|kind| item.is_sent(kind));
        let kind = unknown
            || match self.kind {
                Kind::File => item.has("file"),
                Kind::Folder => item.has("folder"),
                Kind::Any => true,
            };
        let name = item.text("name").unwrap_or_default().to_lowercase();
        let named =
            !item.is_sent("name") || self.name_ends_with.as_ref().is_none_or(|end| name.ends_with(&end.to_lowercase()));
        let there = !item.has("deleted") && !item.has("root");
        let recent = since.changed(item.time("lastModifiedDateTime"));
        (kind && named && there && recent).then(|| format!("{} {}", item.identity(), item.version(&["eTag", "cTag"])))
    }
}
