//! Lists of sites, and their columns.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::sites::{self, PAGING};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::list_values::check_column;
use crate::graph::odata::Expand;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::sites::{By, add_list, etag, who};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/sites/{site}/lists", lists),
    route("POST", "/sites/{site}/lists", create),
    route("GET", "/sites/{site}/lists/{list}", get),
    route("PATCH", "/sites/{site}/lists/{list}", update),
    route("GET", "/sites/{site}/lists/{list}/columns", columns),
    route("GET", "/sites/{site}/lists/{list}/drive", drive),
];

/// Prints lists.
struct Lists<'t> {
    tenant: &'t Tenant,
}

impl Source for Lists<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
    fn etag(&self, entity: &Entity) -> Option<String> {
        Some(etag(entity, "list"))
    }
    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        (name == "eTag").then(|| etag(entity, "list").into())
    }
    fn derived_names(&self) -> &'static [&'static str] {
        &["eTag"]
    }
    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "columns" => {
                let view = View::new(types::get("columnDefinition"), &Stored, Service::Drive, &expand.options);
                self.tenant.sites.columns.children(entity.key).map(|column| view.inline(column)).collect()
            }
            "drive" => Ok(self.tenant.library(entity.key).map_or(Value::Null, |drive| drive.describe())),
            name => Err(Fault::query(Service::Drive, format!("The property '{name}' cannot be expanded."))),
        }
    }
}

/// The list that the path names.
///
/// # Errors
/// 404 if there is none.
pub(super) fn of<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t Entity, Fault> {
    let site = sites::of(tenant, call)?;
    let list = tenant.sites.list(site.key, call.param("list"));
    list.ok_or_else(|| Fault::new(404, "itemNotFound", "The specified list was not found"))
}

fn lists(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let site = sites::of(tenant, call)?;
    let options = call.options(types::get("list"))?;
    // The system's own lists come only to those who ask for what tells them apart.
    let all = options.select.as_ref().is_some_and(|names| names.iter().any(|name| name == "system"));
    let source = Lists { tenant };
    let view = View::new(types::get("list"), &source, Service::Drive, &options);
    let found = |list: &Entity| all || !list.fields.contains_key("system");
    let context = format!("sites('{}')/lists", site.text("id"));
    list(call, &view, &PAGING, &options, &context, tenant.sites.lists.children(site.key), Some(&found))
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get("list"))?;
    let entity = tenant.sites.lists.get(key).ok_or_else(Fault::drive_item)?;
    View::new(types::get("list"), &Lists { tenant }, Service::Drive, &options).reply(call, status, "lists", entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = of(tenant, call)?.key;
    show(tenant, call, key, 200)
}

/// The title that a body gives, which no other list of the site may have.
fn title(tenant: &Tenant, site: u64, given: &Map<String, Value>, own: Option<u64>) -> Result<(), Fault> {
    let Some(title) = given.get("displayName").and_then(Value::as_str).filter(|title| !title.trim().is_empty()) else {
        return Err(Fault::new(400, "invalidRequest", "A list must have a displayName."));
    };
    match tenant.sites.list(site, title).filter(|list| Some(list.key) != own) {
        Some(_) => Err(Fault::new(409, "nameAlreadyExists", "The specified name is already in use.")),
        None => Ok(()),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("list")?;
    let site = sites::of(tenant, call)?.key;
    title(tenant, site, &given, None)?;
    let columns = given.get("columns").and_then(Value::as_array).cloned().unwrap_or_default();
    columns.iter().try_for_each(check_column)?;
    let id = guid(&format!("list {}", tenant.key()));
    let by = By::now(tenant, call.owner);
    let key = add_list(tenant, site, &by, id, &given, columns);
    show(tenant, call, key, 201)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("list")?;
    let (site, known) = (sites::of(tenant, call)?.key, of(tenant, call)?.key);
    if given.contains_key("displayName") {
        title(tenant, site, &given, Some(known))?;
    }
    let (now, who) = (tenant.stamp(), who(tenant, call.owner));
    tenant.sites.lists.update(known, |list| {
        list.insert("lastModifiedDateTime".into(), now.into());
        list.insert("lastModifiedBy".into(), who);
        list.extend(given.into_iter().filter(|(name, _)| matches!(name.as_str(), "displayName" | "description")));
    });
    show(tenant, call, known, 200)
}

fn columns(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let of = of(tenant, call)?;
    let options = call.options(types::get("columnDefinition"))?;
    let view = View::new(types::get("columnDefinition"), &Stored, Service::Drive, &options);
    let context = format!("lists('{}')/columns", of.text("id"));
    list(call, &view, &PAGING, &options, &context, tenant.sites.columns.children(of.key), None)
}

fn drive(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    call.options(types::get("drive"))?;
    let list = of(tenant, call)?.key;
    let found = tenant.library(list).ok_or_else(|| Fault::new(404, "itemNotFound", "The list has no drive."))?;
    let mut drive = json!({ "@odata.context": call.context("drives/$entity") });
    if let (Value::Object(all), Value::Object(found)) = (&mut drive, found.describe()) {
        all.extend(found);
    }
    Ok(Reply::value(200, &drive))
}
