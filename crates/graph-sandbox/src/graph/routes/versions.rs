//! What files were before.

use serde_json::{Value, json};

use super::drive::{self as files, PAGING, context, of, of_mut};
use crate::graph::call::Call;
use crate::graph::drive::Drive;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/versions",
        list_versions,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/versions/{version}/restoreVersion",
        restore,
    ),
];

/// The versions of a file, the latest first: `2.0`, `1.0`.
fn versions(drive: &Drive, file: u64) -> Result<Vec<Entity>, Fault> {
    let item = drive.items.get(file).filter(|item| item.fields.contains_key("file"));
    let item = item.ok_or_else(|| Fault::new(400, "invalidRequest", "The item is not a file and has no versions."))?;
    let past = drive.past.get(&file).map_or(&[][..], Vec::as_slice);
    let by = item.fields.get("lastModifiedBy").cloned().unwrap_or(Value::Null);
    let version = |number: usize, size: usize, modified: &str| {
        let fields = json!({ "id": format!("{number}.0"), "lastModifiedBy": by, "lastModifiedDateTime": modified, "size": size });
        Entity::new(number as u64, file, 0, object(fields))
    };
    let size = drive.content.get(&file).map_or(0, bytes::Bytes::len);
    let mut all = vec![version(past.len() + 1, size, item.text("lastModifiedDateTime"))];
    all.extend(past.iter().enumerate().rev().map(|(i, past)| version(i + 1, past.content.len(), &past.modified)));
    Ok(all)
}

fn list_versions(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let file = files::item(drive, call)?;
    let options = call.options(types::get("driveItemVersion"))?;
    let view = View::new(types::get("driveItemVersion"), &Stored, Service::Drive, &options);
    let context = context(drive, &format!("items('{}')/versions", drive.item_id(file)));
    list(call, &view, &PAGING, &options, &context, versions(drive, file)?.iter(), None)
}

fn restore(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let now = tenant.now();
    let drive = of_mut(tenant, call)?;
    let file = files::item(drive, call)?;
    let known = versions(drive, file)?.into_iter().find(|version| version.text("id") == call.param("version"));
    let known = known.ok_or_else(|| Fault::new(404, "itemNotFound", "The version could not be found."))?;
    let index = usize::try_from(known.key).unwrap_or_default().saturating_sub(1);
    match drive.past.get(&file).and_then(|past| past.get(index)).map(|past| past.content.clone()) {
        Some(content) => drive.replace(file, content, now),
        None => return Err(Fault::new(400, "invalidRequest", "The current version cannot be restored.")),
    }
    Ok(Reply::empty(204))
}
