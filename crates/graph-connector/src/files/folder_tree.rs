//! Where the items of a drive are, by the ids of the folders that they are in.
//!
//! Changes of a drive tell an item's folder by its id and not by its path, because a folder that gets another name does
//! not bring back what is in it. So folders are remembered as they come by, and those that are not known are asked for.

use std::collections::BTreeMap;

use connector_sdk::{Code, Error, Plan, Properties, Request, Skipped, details, item};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Maximum number of folders that are remembered. Others are asked for when they matter.
const MOST: usize = 1000;

/// How deep folders are looked for.
const DEEPEST: usize = 100;

/// The folders of a drive, by their ids. A part of a trigger's cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderTree(BTreeMap<String, Folder>);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Folder {
    // None for the top of the drive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    // The path of the parent, where Graph told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    top: bool,
}

// Folders that could not be looked at, for one look.
#[derive(Default)]
struct Unseen {
    // Whether what is in them may be below the folder that is watched.
    folders: BTreeMap<String, bool>,
    skipped: Vec<Skipped>,
}

impl Unseen {
    fn add(&mut self, id: String, error: &Error) {
        let refused = matches!(error.code(), Code::NotFound | Code::Rejected | Code::Forbidden);
        if error.code() != Code::NotFound {
            self.skipped.push(Skipped::new(format!("where the folder {id} is"), error));
        }
        self.folders.insert(id, !refused);
    }
}

/// Where an item is.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts {
    parent: Option<String>,
    path: Option<String>,
    // It was not sent, so the item may be anywhere.
    unknown: bool,
}

impl Whereabouts {
    /// Of an item, as far as it says.
    pub fn of(item: &Properties<'_>) -> Whereabouts {
        let parent: Map<String, Value> = item.get("parentReference").unwrap_or_default();
        let text = |name: &str| parent.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        Whereabouts {
            parent: text("id").map(str::to_owned),
            path: text("path").and_then(path_in_drive),
            unknown: !item.is_sent("parentReference"),
        }
    }
}

/// The path of a folder from the top of its drive, of a path as Graph writes it: `/drive/root:/R%26D` is `R&D`.
pub fn path_in_drive(path: &str) -> Option<String> {
    let (_, path) = path.split_once("root:")?;
    Some(percent_decode_str(path.trim_matches('/')).decode_utf8_lossy().into_owned())
}

impl FolderTree {
    /// Remembers a folder that came by.
    pub fn see(&mut self, item: &Properties<'_>) {
        let Some(id) = item.text("id").filter(|_| item.has("folder") || item.has("root")) else { return };
        if item.has("deleted") {
            self.0.remove(&id);
            return;
        }
        let folder = Folder::of(item);
        let same = self.0.get(&id).is_some_and(|known| (&known.parent, &known.name) == (&folder.parent, &folder.name));
        if !same {
            // It may have moved, and with it all that is below it: paths that were told are not certain any more.
            self.0.retain(|_, known| known.above.is_none());
            self.0.insert(id, folder);
        }
    }

    /// Keeps those of `items` that are in the folder with this path, or below it. `ask` asks for a folder. What is in
    /// a folder that is refused is not below it, as far as anybody may know; what is in one that cannot be read may be,
    /// and is kept. Both are told, and only this look remembers it.
    pub fn within<T: Send + 'static>(
        mut self,
        folder: String,
        items: Vec<(Whereabouts, T)>,
        ask: impl Fn(&str) -> Request + Send + 'static,
    ) -> Plan<(Vec<T>, Vec<Skipped>, FolderTree)> {
        let folder = folder.trim_matches('/').to_lowercase();
        // Older versions remembered for ever what was refused once.
        self.0.retain(|_, known| known.top || known.parent.is_some() || known.above.is_some());
        self.look(folder, items, ask, Unseen::default(), DEEPEST)
    }

    fn look<T: Send + 'static>(
        mut self,
        folder: String,
        items: Vec<(Whereabouts, T)>,
        ask: impl Fn(&str) -> Request + Send + 'static,
        mut unseen: Unseen,
        deep: usize,
    ) -> Plan<(Vec<T>, Vec<Skipped>, FolderTree)> {
        let mut unknown: Vec<String> = items.iter().filter_map(|(place, _)| self.path(place).err()).collect();
        unknown.retain(|id| !unseen.folders.contains_key(id));
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() || deep == 0 {
            let is_below =
                |path: String| path == folder || path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'));
            let wanted = |place: &Whereabouts| match self.path(place) {
                _ if place.unknown => true,
                Ok(path) => path.is_some_and(|path| folder.is_empty() || is_below(path)),
                Err(id) => unseen.folders.get(&id).is_some_and(|perhaps| *perhaps),
            };
            let kept = items.into_iter().filter(|(place, _)| wanted(place)).map(|(_, item)| item).collect();
            if self.0.len() > MOST {
                self.0.clear();
            }
            return Plan::done((kept, unseen.skipped, self));
        }
        let requests = unknown.iter().map(|id| ask(id)).collect();
        details(requests, item).and_then(move |answers| {
            for (id, answer) in unknown.into_iter().zip(answers) {
                match answer {
                    Ok(item) => {
                        self.0.insert(id, Folder::of(&Properties::of(&item)));
                    }
                    Err(error) => unseen.add(id, &error),
                }
            }
            self.look(folder, items, ask, unseen, deep - 1)
        })
    }

    // The path of the folder that an item is in, in small letters; none where it cannot be told. Or the id of the
    // folder that has to be asked for.
    fn path(&self, place: &Whereabouts) -> Result<Option<String>, String> {
        if let Some(path) = &place.path {
            return Ok(Some(path.to_lowercase()));
        }
        let mut names = Vec::new();
        let Some(mut id) = place.parent.as_ref() else { return Ok(None) };
        while names.len() <= DEEPEST {
            let folder = self.0.get(id).ok_or_else(|| id.clone())?;
            if !folder.top {
                names.push(folder.name.to_lowercase());
            }
            let above = folder.above.as_ref().map(|above| above.to_lowercase());
            if folder.top || above.is_some() {
                names.extend(above.filter(|above| !above.is_empty()));
                names.reverse();
                return Ok(Some(names.join("/")));
            }
            match &folder.parent {
                Some(parent) => id = parent,
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

impl Folder {
    fn of(item: &Properties<'_>) -> Folder {
        let Whereabouts { parent, path, .. } = Whereabouts::of(item);
        Folder { parent, name: item.text("name").unwrap_or_default(), above: path, top: item.has("root") }
    }
}
