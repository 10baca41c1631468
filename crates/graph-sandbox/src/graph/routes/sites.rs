//! Sites, and the drives of their document libraries.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::graph::call::Call;
use crate::graph::drive::Drive;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::has_phrase;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::sites::etag;
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/sites", search),
    route("GET", "/sites/{site}", get),
    route("GET", "/sites/{site}/sites", subsites),
    route("GET", "/sites/{site}/drives", drives),
    route("GET", "/sites/{site}/drive", drive),
];

pub(super) const PAGING: Paging = Paging { page: 100, max: 999, natural: None };

/// Prints sites.
struct Sites;

impl Source for Sites {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        (name == "eTag").then(|| etag(entity, "site").into())
    }
}

/// The site that the path names.
///
/// # Errors
/// 404 if there is none.
pub(super) fn of<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t Entity, Fault> {
    let site = tenant.sites.site(call.param("site"), call.param("path"));
    site.ok_or_else(|| Fault::new(404, "itemNotFound", "Requested site could not be found"))
}

fn many<'t>(
    call: &Call<'_>,
    context: &str,
    sites: impl Iterator<Item = &'t Entity>,
    found: &dyn Fn(&Entity) -> bool,
) -> Outcome {
    let options = call.options(types::get("site"))?;
    let view = View::new(types::get("site"), &Sites, Service::Drive, &options);
    list(call, &view, &PAGING, &options, context, sites, Some(found))
}

fn search(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let words =
        call.query.get("search").or_else(|| call.query.get("$search")).unwrap_or("*").trim_matches('"').to_owned();
    let names = ["displayName", "name", "description", "webUrl"];
    let found = |site: &Entity| words == "*" || names.iter().any(|name| has_phrase(site.text(name), &words));
    many(call, "sites", tenant.sites.sites.iter(), &found)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let site = of(tenant, call)?;
    let options = call.options(types::get("site"))?;
    View::new(types::get("site"), &Sites, Service::Drive, &options).reply(call, 200, "sites", site)
}

fn subsites(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let site = of(tenant, call)?;
    many(call, "sites", tenant.sites.sites.children(site.key), &|_| true)
}

/// The drives of a site's document libraries.
fn libraries(tenant: &Tenant, site: u64) -> impl Iterator<Item = Value> {
    tenant.sites.lists.children(site).filter_map(|list| tenant.library(list.key)).map(Drive::describe)
}

fn drives(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    call.options(types::get("drive"))?;
    let site = of(tenant, call)?.key;
    let all: Vec<Value> = libraries(tenant, site).collect();
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("drives"), "value": all })))
}

fn drive(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    call.options(types::get("drive"))?;
    let site = of(tenant, call)?.key;
    let found = libraries(tenant, site)
        .next()
        .ok_or_else(|| Fault::new(404, "itemNotFound", "The drive could not be found."))?;
    let mut drive = Map::new();
    drive.insert("@odata.context".into(), call.context("drives/$entity").into());
    drive.extend(crate::graph::json::object(found));
    Ok(Reply::value(200, &Value::Object(drive)))
}
