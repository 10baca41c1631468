//! Drives: files and folders, upload sessions, and copies that take their time.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::content_hash::quick_xor;
use super::fault::Fault;
use super::store::{Entity, Set, drive_item_id, guid};
use super::tenant::Tenant;
use super::time::stamp;
use super::workbook::{Sessions, Workbook};

/// All drives of the tenant, and what goes on in them.
#[derive(Default)]
pub(crate) struct Drives {
    /// By the key of the user or group whose drive it is, or of the list whose files it has.
    pub(crate) drives: BTreeMap<u64, Drive>,
    pub(crate) uploads: HashMap<String, Upload>,
    pub(crate) operations: HashMap<String, Operation>,
    /// Of workbooks.
    pub(crate) sessions: Sessions,
}

impl Drives {
    /// The owner of the drive with that id.
    pub(crate) fn owner(&self, id: &str) -> Option<u64> {
        self.drives.values().find(|drive| drive.id.eq_ignore_ascii_case(id)).map(|drive| drive.owner)
    }
}

/// Somebody's OneDrive, or the document library of a group.
pub(crate) struct Drive {
    pub(crate) id: String,
    pub(crate) owner: u64,
    pub(crate) root: u64,
    pub(crate) items: Set,
    pub(crate) content: HashMap<u64, Bytes>,
    /// What files were before, the oldest first.
    pub(crate) past: HashMap<u64, Vec<Past>>,
    /// Who may do what, below the key of the item.
    pub(crate) permissions: Set,
    /// What is in files that are workbooks.
    pub(crate) books: HashMap<u64, Workbook>,
    ids: HashMap<String, u64>,
    site: String,
    /// Whose it is, as Graph prints it.
    pub(crate) who: Value,
    kind: &'static str,
    name: String,
}

/// What a file was.
pub(crate) struct Past {
    pub(crate) content: Bytes,
    /// When it became that.
    pub(crate) modified: String,
}

/// A file that is being uploaded.
pub(crate) struct Upload {
    pub(crate) target: Target,
    pub(crate) total: Option<u64>,
    pub(crate) data: Vec<u8>,
    pub(crate) expires: Timestamp,
}

/// What becomes of an upload.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    File {
        drive: u64,
        parent: u64,
        name: String,
        conflict: Conflict,
    },
    /// An attachment's properties, and the message or event that it belongs to.
    Attachment {
        owner: u64,
        carrier: u64,
        fields: Map<String, Value>,
        path: String,
    },
}

/// A copy that is under way. It is done when it has been asked about once.
pub(crate) struct Operation {
    pub(crate) item: String,
    pub(crate) polls: u32,
}

/// What happens when the name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    Fail,
    Replace,
    Rename,
}

impl Conflict {
    /// `@microsoft.graph.conflictBehavior`.
    ///
    /// # Errors
    /// If it is none of the three.
    pub(crate) fn of(given: Option<&str>, default: Conflict) -> Result<Conflict, Fault> {
        Ok(match given.map(str::to_ascii_lowercase).as_deref() {
            None => default,
            Some("fail") => Conflict::Fail,
            Some("replace") => Conflict::Replace,
            Some("rename") => Conflict::Rename,
            Some(_) => {
                return Err(Fault::new(
                    400,
                    "invalidRequest",
                    "The conflict behavior has to be fail, replace or rename.",
                ));
            }
        })
    }
}

impl Drive {
    pub(crate) fn new(tenant: &mut Tenant, owner: u64, name: &str, address: &str) -> Drive {
        let root = tenant.key();
        let site = address.replace(['@', '.'], "_").to_lowercase();
        let user = tenant.directory.users.get(owner).map(|user| user.text("id").to_owned()).unwrap_or_default();
        let mut drive = Drive {
            id: format!("b!{}", guid(&format!("drive {owner}")).replace('-', "")),
            owner,
            root,
            items: Set::new(),
            content: HashMap::new(),
            past: HashMap::new(),
            permissions: Set::new(),
            books: HashMap::new(),
            ids: HashMap::new(),
            site: format!("https://contoso-my.sharepoint.example/personal/{site}/Documents"),
            who: json!({ "user": { "email": address, "id": user, "displayName": name } }),
            kind: "business",
            name: "OneDrive".to_owned(),
        };
        drive.insert(root, 0, "root", None, tenant.now());
        drive
    }

    /// The document library of a group.
    pub(crate) fn library(tenant: &mut Tenant, group: u64, name: &str, address: &str) -> Drive {
        let id = tenant.directory.groups.get(group).map(|group| group.text("id").to_owned()).unwrap_or_default();
        let alias = address.split('@').next().unwrap_or_default();
        Drive {
            site: format!("https://contoso.sharepoint.example/sites/{alias}/Shared%20Documents"),
            who: json!({ "group": { "email": address, "id": id, "displayName": name } }),
            kind: "documentLibrary",
            name: "Documents".to_owned(),
            ..Drive::new(tenant, group, name, address)
        }
    }

    /// The files of a list that is a document library. `who` has it.
    pub(crate) fn of_list(tenant: &mut Tenant, list: u64, name: &str, url: String, who: Value) -> Drive {
        Drive { site: url, who, kind: "documentLibrary", name: name.to_owned(), ..Drive::new(tenant, list, name, "") }
    }

    /// What Graph calls this kind of drive.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// Adds a file, or a folder when there is no content.
    pub(crate) fn insert(&mut self, key: u64, parent: u64, name: &str, content: Option<Bytes>, now: Timestamp) {
        let now = stamp(now);
        let mut fields = Map::new();
        fields.insert("createdDateTime".into(), now.clone().into());
        fields.insert("lastModifiedDateTime".into(), now.clone().into());
        fields.insert("name".into(), name.into());
        fields.insert("size".into(), content.as_ref().map_or(0, Bytes::len).into());
        fields.insert("createdBy".into(), self.who.clone());
        fields.insert("lastModifiedBy".into(), self.who.clone());
        fields.insert("fileSystemInfo".into(), json!({ "createdDateTime": now, "lastModifiedDateTime": now }));
        match content {
            Some(content) => {
                fields.insert(
                    "file".into(),
                    json!({ "mimeType": super::media::media_type(name), "hashes": { "quickXorHash": quick_xor(&content) } }),
                );
                self.content.insert(key, content);
            }
            None => {
                fields.insert("folder".into(), json!({ "childCount": 0 }));
                if parent == 0 {
                    fields.insert("root".into(), json!({}));
                }
            }
        }
        self.ids.insert(self.item_id(key).to_uppercase(), key);
        self.items.insert(Entity::new(key, parent, 0, fields));
    }

    /// Puts other content into a file.
    pub(crate) fn replace(&mut self, key: u64, content: Bytes, now: Timestamp) {
        let now = stamp(now);
        let (size, hash) = (content.len(), quick_xor(&content));
        if let (Some(item), Some(old)) = (self.items.get(key), self.content.insert(key, content)) {
            self.past
                .entry(key)
                .or_default()
                .push(Past { content: old, modified: item.text("lastModifiedDateTime").to_owned() });
        }
        self.books.remove(&key);
        self.items.update(key, |fields| {
            fields.insert("size".into(), size.into());
            fields.insert("lastModifiedDateTime".into(), now.into());
            if let Some(file) = fields.get_mut("file") {
                file["hashes"] = json!({ "quickXorHash": hash });
            }
        });
    }

    pub(crate) fn item_id(&self, key: u64) -> String {
        drive_item_id(self.owner, key)
    }

    /// An item by its id, of any case.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Entity> {
        if id.eq_ignore_ascii_case("root") {
            return self.items.get(self.root);
        }
        self.items.get(*self.ids.get(&id.to_uppercase())?)
    }

    /// A child by its name, of any case.
    pub(crate) fn child(&self, parent: u64, name: &str) -> Option<&Entity> {
        self.items.children(parent).find(|item| item.text("name").to_lowercase() == name.to_lowercase())
    }

    /// What lies at `path` below `from`.
    pub(crate) fn walk(&self, from: u64, path: &str) -> Option<u64> {
        path.split('/')
            .filter(|name| !name.is_empty())
            .try_fold(from, |at, name| self.child(at, name).map(|item| item.key))
    }

    /// The path of an item below the root: `/a/b`, empty for the root.
    pub(crate) fn path(&self, key: u64) -> String {
        match self.items.get(key) {
            Some(item) if item.parent != 0 => format!("{}/{}", self.path(item.parent), item.text("name")),
            _ => String::new(),
        }
    }

    pub(crate) fn web_url(&self, key: u64) -> String {
        format!("{}{}", self.site, self.path(key).replace(' ', "%20"))
    }

    /// The item and all below it.
    pub(crate) fn tree(&self, key: u64) -> Vec<u64> {
        let mut all = vec![key];
        let mut at = 0;
        while let Some(next) = all.get(at).copied() {
            all.extend(self.items.children(next).map(|item| item.key));
            at += 1;
        }
        all
    }

    /// `name`, or when it is taken what `conflict` makes of it. `Ok(Some(key))` is what to replace.
    ///
    /// # Errors
    /// 409 for a name that is taken.
    pub(crate) fn settle(&self, parent: u64, name: &mut String, conflict: Conflict) -> Result<Option<u64>, Fault> {
        let Some(taken) = self.child(parent, name) else { return Ok(None) };
        match conflict {
            Conflict::Replace if taken.fields.contains_key("file") => Ok(Some(taken.key)),
            Conflict::Rename => {
                let (stem, extension) = name
                    .rsplit_once('.')
                    .map_or((name.as_str(), String::new()), |(stem, end)| (stem, format!(".{end}")));
                let free =
                    (1..).map(|i| format!("{stem} {i}{extension}")).find(|name| self.child(parent, name).is_none());
                *name = free.unwrap_or_default();
                Ok(None)
            }
            _ => {
                Err(Fault::new(409, "nameAlreadyExists", "An item with the same name already exists under the parent."))
            }
        }
    }

    /// The drive itself.
    pub(crate) fn describe(&self) -> Value {
        let used: usize = self.content.values().map(Bytes::len).sum();
        json!({
            "createdDateTime": self.items.get(self.root).map(|root| root.text("createdDateTime")), "description": "", "id": self.id,
            "lastModifiedDateTime": self.items.get(self.root).map(|root| root.text("lastModifiedDateTime")), "name": self.name,
            "webUrl": self.site, "driveType": self.kind, "createdBy": { "user": { "displayName": "System Account" } }, "owner": self.who,
            "quota": { "deleted": 0, "remaining": 1_099_511_627_776_usize - used, "state": "normal", "total": 1_099_511_627_776_usize, "used": used },
        })
    }
}

/// Checks a name as OneDrive does.
///
/// # Errors
/// 400 for a name that is empty or has characters that OneDrive does not take.
pub(crate) fn check_name(name: &str) -> Result<(), Fault> {
    let bad = name.trim().is_empty()
        || name.len() > 255
        || name.contains(['"', '*', ':', '<', '>', '?', '/', '\\', '|'])
        || matches!(name, "." | "..");
    if bad {
        Err(Fault::new(
            400,
            "invalidRequest",
            "The provided name cannot contain the characters \"*:<>?/\\|, and cannot be empty.",
        ))
    } else {
        Ok(())
    }
}
