//! Drives and their items.

use std::borrow::Cow;

use http::header::{HeaderName, LOCATION};
use serde_json::{Map, Value, json};

use super::changes::Delta;
use super::groups;
use super::transfers::download_url;
use crate::graph::call::Call;
use crate::graph::drive::{Conflict, Drive, Operation, check_name};
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::{Expand, has_phrase};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, guid, round};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/drives", drives),
    route("GET", "/groups/{group}/drives", drives),
    route("GET", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]", get_drive),
    route("GET", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]", get),
    route("PATCH", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]", update),
    route("DELETE", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]", delete),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/children",
        children,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/children",
        create_folder,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/content",
        content,
    ),
    route(
        "PUT",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/content",
        put_content,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/permanentDelete",
        delete,
    ),
    route("POST", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/copy", copy),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[|root/|items/{item}/]search",
        search,
    ),
    route("GET", "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/root/delta", delta),
];

pub(super) const PAGING: Paging = Paging { page: 200, max: 999, natural: None };
/// The most that one PUT of a file's content takes.
const SIMPLE_UPLOAD: usize = 250 * 1024 * 1024;

/// A format, and the endings of the names of files that can become it.
const CONVERSIONS: [(&str, &str); 3] = [
    ("pdf", "csv doc docx odp ods odt pot potm potx pps ppsx ppsxm ppt pptm pptx rtf xls xlsx"),
    ("html", "eml md msg"),
    ("jpg", "bmp csv doc docx gif md pdf png ppt pptx rtf svg tif tiff txt xls xlsx"),
];

/// Prints items of a drive.
pub(super) struct DriveItems<'t> {
    pub(super) drive: &'t Drive,
    pub(super) origin: &'t str,
    /// Whether the path of the folder above is told. A delta query does not tell it: renaming a folder changes nothing
    /// below it ([driveItem: delta](https://learn.microsoft.com/en-us/graph/api/driveitem-delta), Remarks).
    pub(super) paths: bool,
}

impl Source for DriveItems<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.drive.item_id(entity.key).into()
    }

    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        let id = || guid(&format!("item {} {}", self.drive.owner, entity.key)).to_uppercase();
        match name {
            "eTag" => Some(format!("\"{{{}}},{}\"", id(), entity.version).into()),
            "cTag" => Some(format!("\"c:{{{}}},{}\"", id(), entity.version).into()),
            "webUrl" => Some(self.drive.web_url(entity.key).into()),
            "folder" if entity.fields.contains_key("folder") => {
                Some(json!({ "childCount": self.drive.items.child_count(entity.key) }))
            }
            "parentReference" if entity.parent == 0 => {
                Some(json!({ "driveType": self.drive.kind(), "driveId": self.drive.id }))
            }
            "parentReference" if !self.paths => Some(json!({
                "driveType": self.drive.kind(), "driveId": self.drive.id, "id": self.drive.item_id(entity.parent),
            })),
            "parentReference" => Some(json!({
                "driveType": self.drive.kind(), "driveId": self.drive.id, "id": self.drive.item_id(entity.parent),
                "path": format!("/drives/{}/root:{}", self.drive.id, self.drive.path(entity.parent)),
            })),
            "@microsoft.graph.downloadUrl" if entity.fields.contains_key("file") => {
                Some(download_url(self.origin, self.drive, entity.key).into())
            }
            _ => None,
        }
    }

    fn derived_names(&self) -> &'static [&'static str] {
        &["eTag", "cTag", "webUrl", "folder", "parentReference", "@microsoft.graph.downloadUrl"]
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "children" => {
                let view = View::new(types::get("driveItem"), self, Service::Drive, &expand.options);
                self.drive.items.children(entity.key).map(|item| view.inline(item)).collect()
            }
            "thumbnails" => Ok(json!([])),
            name => Err(Fault::query(Service::Drive, format!("The property '{name}' cannot be expanded."))),
        }
    }
}

fn no_drive() -> Fault {
    Fault::new(404, "itemNotFound", "Unable to retrieve user's mysite URL.")
}

/// The drive that the path names.
pub(super) fn of<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t Drive, Fault> {
    tenant.drives.drives.get(&owner(tenant, call)?).ok_or_else(no_drive)
}

fn owner(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    match (call.has_param("drive"), call.has_param("group")) {
        (true, _) => tenant
            .drives
            .owner(call.param("drive"))
            .ok_or_else(|| Fault::new(404, "itemNotFound", "The drive could not be found.")),
        (_, true) => groups::key(tenant, call),
        _ => Ok(call.owner),
    }
}

pub(super) fn of_mut<'t>(tenant: &'t mut Tenant, call: &Call<'_>) -> Result<&'t mut Drive, Fault> {
    let owner = owner(tenant, call)?;
    tenant.drives.drives.get_mut(&owner).ok_or_else(no_drive)
}

/// The item from which the path goes on.
pub(super) fn base(drive: &Drive, call: &Call<'_>) -> Result<u64, Fault> {
    match call.has_param("item") {
        true => drive.by_id(call.param("item")).map(|item| item.key).ok_or_else(Fault::drive_item),
        false => Ok(drive.root),
    }
}

/// The item that the path names.
pub(super) fn item(drive: &Drive, call: &Call<'_>) -> Result<u64, Fault> {
    drive.walk(base(drive, call)?, call.param("path")).ok_or_else(Fault::drive_item)
}

/// The `@odata.context` of something in a drive.
pub(super) fn context(drive: &Drive, what: &str) -> String {
    format!("drives('{}')/{what}", drive.id.replace('!', "%21"))
}

/// Prints one item.
pub(super) fn show(drive: &Drive, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get("driveItem"))?;
    let source = DriveItems { drive, origin: call.origin, paths: true };
    let entity = drive.items.get(key).ok_or_else(Fault::drive_item)?;
    View::new(types::get("driveItem"), &source, Service::Drive, &options).reply(
        call,
        status,
        &context(drive, "items"),
        entity,
    )
}

fn drives(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?.describe();
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("drives"), "value": [drive] })))
}

fn get_drive(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    call.options(types::get("drive"))?;
    let mut drive = Map::new();
    drive.insert("@odata.context".into(), call.context("drives/$entity").into());
    drive.extend(crate::graph::json::object(of(tenant, call)?.describe()));
    Ok(Reply::value(200, &Value::Object(drive)))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    show(drive, call, item(drive, call)?, 200)
}

fn children(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let folder = item(drive, call)?;
    let options = call.options(types::get("driveItem"))?;
    let source = DriveItems { drive, origin: call.origin, paths: true };
    let view = View::new(types::get("driveItem"), &source, Service::Drive, &options);
    let context = context(drive, &format!("items('{}')/children", drive.item_id(folder)));
    list(call, &view, &PAGING, &options, &context, drive.items.children(folder), None)
}

fn search(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let query = call
        .query
        .get("q")
        .map(str::to_owned)
        .ok_or_else(|| Fault::new(400, "invalidRequest", "The parameter 'q' is required."))?;
    let below = drive.tree(base(drive, call)?);
    let options = call.options(types::get("driveItem"))?;
    let source = DriveItems { drive, origin: call.origin, paths: true };
    let view = View::new(types::get("driveItem"), &source, Service::Drive, &options);
    let found = |item: &&Entity| {
        item.parent != 0 && below.contains(&item.key) && has_phrase(item.text("name"), query.trim_start_matches('.'))
    };
    list(call, &view, &PAGING, &options, "Collection(driveItem)", drive.items.iter().filter(found), None)
}

fn folder_of(drive: &Drive, key: u64) -> Result<u64, Fault> {
    match drive.items.get(key) {
        Some(item) if item.fields.contains_key("folder") => Ok(key),
        _ => Err(Fault::new(400, "invalidRequest", "The item is not a folder.")),
    }
}

fn create_folder(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("driveItem")?;
    let mut name = body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    check_name(&name)?;
    if !body.get("folder").is_some_and(Value::is_object) {
        return Err(Fault::new(
            400,
            "invalidRequest",
            "The body has to have a 'folder' facet; files are created by uploading them.",
        ));
    }
    let conflict = Conflict::of(body.get("@microsoft.graph.conflictBehavior").and_then(Value::as_str), Conflict::Fail)?;
    let (key, now) = (tenant.key(), tenant.now());
    let drive = of_mut(tenant, call)?;
    let parent = folder_of(drive, item(drive, call)?)?;
    let conflict = if conflict == Conflict::Replace { Conflict::Fail } else { conflict };
    drive.settle(parent, &mut name, conflict)?;
    drive.insert(key, parent, &name, None, now);
    show(drive, call, key, 201)
}

/// The folder and name at the end of a path, whose folders are created as needed.
pub(super) fn place(tenant: &mut Tenant, call: &Call<'_>) -> Result<(u64, String), Fault> {
    let now = tenant.now();
    let keys: Vec<u64> = call.param("path").split('/').map(|_| tenant.key()).collect();
    let drive = of_mut(tenant, call)?;
    let mut folder = base(drive, call)?;
    let mut names: Vec<&str> = call.param("path").split('/').filter(|name| !name.is_empty()).collect();
    names.iter().try_for_each(|name| check_name(name))?;
    let name = names.pop().ok_or_else(|| Fault::new(400, "invalidRequest", "The path has no file name."))?;
    folder_of(drive, folder)?;
    for (name, key) in names.into_iter().zip(keys) {
        folder = match drive.child(folder, name).map(|item| item.key) {
            Some(known) => folder_of(drive, known)?,
            None => {
                drive.insert(key, folder, name, None, now);
                key
            }
        };
    }
    Ok((folder, name.to_owned()))
}

/// Writes a file; the answer is its key and whether it is new.
pub(super) fn write(
    tenant: &mut Tenant,
    owner: u64,
    parent: u64,
    mut name: String,
    conflict: Conflict,
    content: bytes::Bytes,
) -> Result<(u64, bool), Fault> {
    let (key, now) = (tenant.key(), tenant.now());
    let drive = tenant.drives.drives.get_mut(&owner).ok_or_else(no_drive)?;
    match drive.settle(parent, &mut name, conflict)? {
        Some(known) => {
            drive.replace(known, content, now);
            Ok((known, false))
        }
        None => {
            drive.insert(key, parent, &name, Some(content), now);
            Ok((key, true))
        }
    }
}

fn put_content(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if call.body.len() > SIMPLE_UPLOAD {
        return Err(Fault::new(413, "invalidRequest", "The file is larger than 250 MB. Use an upload session."));
    }
    let now = tenant.now();
    if !call.has_param("path") {
        let drive = of_mut(tenant, call)?;
        let key = base(drive, call)?;
        if !drive.items.get(key).is_some_and(|item| item.fields.contains_key("file")) {
            return Err(Fault::new(400, "invalidRequest", "The item is not a file."));
        }
        drive.replace(key, call.body.clone(), now);
        return show(drive, call, key, 200);
    }
    let conflict = Conflict::of(call.query.get("@microsoft.graph.conflictBehavior"), Conflict::Replace)?;
    let (parent, name) = place(tenant, call)?;
    let owner = owner(tenant, call)?;
    let (key, new) = write(tenant, owner, parent, name, conflict, call.body.clone())?;
    show(of(tenant, call)?, call, key, if new { 201 } else { 200 })
}

fn content(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let key = item(drive, call)?;
    if !drive.content.contains_key(&key) {
        return Err(Fault::new(400, "invalidRequest", "You cannot get content for a folder"));
    }
    let url = download_url(call.origin, drive, key);
    let Some(format) = call.query.get("format") else { return Ok(Reply::empty(302).header(LOCATION, url)) };
    let name = drive.items.get(key).map(|item| item.text("name").to_ascii_lowercase()).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match CONVERSIONS.iter().find(|(known, from)| *known == format && from.split(' ').any(|known| known == ending)) {
        Some(_) => Ok(Reply::empty(302).header(LOCATION, format!("{url}&format={format}"))),
        None => Err(Fault::new(406, "notSupported", format!("The file cannot be converted to {format}."))),
    }
}

/// The folder that a `parentReference` names.
fn target(drive: &Drive, reference: &Value) -> Result<u64, Fault> {
    let found = match (reference["id"].as_str(), reference["path"].as_str()) {
        (Some(id), _) => drive.by_id(id).map(|item| item.key),
        (None, Some(path)) => drive.walk(drive.root, path.split_once("root:").map_or("", |(_, path)| path)),
        _ => None,
    };
    folder_of(drive, found.ok_or_else(Fault::drive_item)?)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("driveItem")?;
    let now = stamp(tenant.now());
    let drive = of_mut(tenant, call)?;
    let key = item(drive, call)?;
    let known = drive.items.get(key).ok_or_else(Fault::drive_item)?;
    if known.parent == 0 {
        return Err(Fault::new(400, "invalidRequest", "The root of a drive cannot be changed."));
    }
    let parent = match body.get("parentReference") {
        Some(reference) => target(drive, reference)?,
        None => known.parent,
    };
    let mut name = body.get("name").and_then(Value::as_str).unwrap_or_else(|| known.text("name")).to_owned();
    check_name(&name)?;
    if drive.tree(key).contains(&parent) {
        return Err(Fault::new(400, "invalidRequest", "A folder cannot be moved into itself."));
    }
    if drive.child(parent, &name).is_some_and(|taken| taken.key != key) {
        let given = body.get("@microsoft.graph.conflictBehavior").and_then(Value::as_str);
        drive.settle(parent, &mut name, if given == Some("rename") { Conflict::Rename } else { Conflict::Fail })?;
    }
    let moved = parent != known.parent;
    drive.items.update(key, |fields| {
        fields.insert("name".into(), name.into());
        fields.insert("lastModifiedDateTime".into(), now.into());
        fields.extend(body.into_iter().filter(|(name, _)| matches!(name.as_str(), "description" | "fileSystemInfo")));
    });
    if moved {
        drive.items.relocate(key, parent, None);
    }
    show(drive, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of_mut(tenant, call)?;
    let key = item(drive, call)?;
    if key == drive.root {
        return Err(Fault::new(403, "accessDenied", "The root of a drive cannot be deleted."));
    }
    for key in drive.tree(key) {
        drive.items.remove(key, false);
        drive.content.remove(&key);
        drive.past.remove(&key);
        drive.books.remove(&key);
    }
    Ok(Reply::empty(204))
}

fn copy(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let now = tenant.now();
    let drive = of(tenant, call)?;
    let from = item(drive, call)?;
    let known = drive.items.get(from).ok_or_else(Fault::drive_item)?;
    let parent = match body.get("parentReference") {
        Some(reference) => target(drive, reference)?,
        None => known.parent,
    };
    let mut name = body.get("name").and_then(Value::as_str).unwrap_or_else(|| known.text("name")).to_owned();
    check_name(&name)?;
    let conflict = Conflict::of(call.query.get("@microsoft.graph.conflictBehavior"), Conflict::Fail)?;
    drive.settle(parent, &mut name, conflict)?;
    let tree = drive.tree(from);
    let copies: Vec<u64> = tree.iter().map(|_| tenant.key()).collect();
    let drive = of_mut(tenant, call)?;
    for (old, new) in tree.iter().zip(&copies) {
        let Some(item) = drive.items.get(*old) else { continue };
        let (label, below) = match tree.iter().position(|known| *known == item.parent) {
            Some(at) if *old != from => (item.text("name").to_owned(), copies[at]),
            _ => (name.clone(), parent),
        };
        let content = drive.content.get(old).cloned();
        drive.insert(*new, below, &label, content, now);
        if let Some(book) = drive.books.get(old).cloned() {
            drive.books.insert(*new, book);
        }
    }
    let item = drive.item_id(copies[0]);
    let id = guid(&format!("copy {}", copies[0]));
    let location = format!("{}/monitor/{id}", call.origin);
    tenant.drives.operations.insert(id, Operation { item, polls: 0 });
    Ok(Reply::empty(202).header(LOCATION, location).header(HeaderName::from_static("retry-after"), "1"))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let ty = types::get("driveItem");
    let delta = Delta::begin(tenant, call, &drive.items, ty)?;
    let options = delta.options.clone();
    // What moved is still in the drive: only what is gone from it is told as deleted.
    let keep = |change: &Change<'_>| match change {
        Change::Present { .. } => true,
        Change::Gone { key, .. } => drive.items.get(*key).is_none(),
    };
    let round = round(&drive.items, None, delta.stage(), delta.page(200, 1000), &keep);
    let source = DriveItems { drive, origin: call.origin, paths: false };
    let view = View::new(ty, &source, Service::Drive, &options);
    delta.reply(call, "Collection(driveItem)", round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { key, parent, .. } => {
            let reference = json!({ "driveId": drive.id, "id": drive.item_id(*parent) });
            let gone =
                json!({ "id": drive.item_id(*key), "parentReference": reference, "deleted": { "state": "deleted" } });
            out.extend_from_slice(gone.to_string().as_bytes());
            Ok(())
        }
    })
}
