//! Items of lists, with the values of their columns.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::changes::Delta;
use super::{lists, sites};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::list_values::{read, shown};
use crate::graph::odata::{Expand, Expr, Operand, Options};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::sites::{By, add_item, change_item, etag, remove_item};
use crate::graph::store::{Change, Entity, round};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/sites/{site}/lists/{list}/items", items),
    route("POST", "/sites/{site}/lists/{list}/items", create),
    route("GET", "/sites/{site}/lists/{list}/items/delta", delta),
    route("GET", "/sites/{site}/lists/{list}/items/{item}", get),
    route("DELETE", "/sites/{site}/lists/{list}/items/{item}", delete),
    route("GET", "/sites/{site}/lists/{list}/items/{item}/fields", get_fields),
    route("PATCH", "/sites/{site}/lists/{list}/items/{item}/fields", update),
];

const PAGING: Paging = Paging { page: 200, max: 5000, natural: None };
/// With it, columns without an index are filtered and sorted by too.
const UNINDEXED: &str = "HonorNonIndexedQueriesWarningMayFailRandomly";

/// Prints items of a list.
struct Items<'t> {
    tenant: &'t Tenant,
    site: &'t Entity,
    list: &'t Entity,
}

impl Items<'_> {
    /// The values of an item's columns, or of those that are named.
    fn values(&self, item: &Entity, names: Option<&[String]>) -> Value {
        let mut out = Map::new();
        out.insert("@odata.etag".into(), etag(item, "item").into());
        let Some(Value::Object(known)) = item.fields.get("fields") else { return out.into() };
        match names {
            None => out.extend(known.clone()),
            Some(names) => {
                for name in names {
                    let own = known.get(name).cloned();
                    // A person or an item of another list has its name under the column's own.
                    let value = own.or_else(|| {
                        let column = self.tenant.sites.column(self.list.key, name)?;
                        shown(self.tenant, column, known.get(&format!("{name}LookupId"))?).map(Value::from)
                    });
                    out.extend(value.map(|value| (name.clone(), value)));
                }
            }
        }
        out.into()
    }

    fn view<'a>(&'a self, options: &'a Options) -> View<'a> {
        View::new(types::get("listItem"), self, Service::Drive, options)
    }
}

impl Source for Items<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
    fn etag(&self, entity: &Entity) -> Option<String> {
        Some(etag(entity, "item"))
    }
    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        match name {
            "eTag" => Some(etag(entity, "item").into()),
            "webUrl" => Some(format!("{}/{}_.000", self.list.text("webUrl"), entity.text("id")).into()),
            "parentReference" => Some(json!({ "siteId": self.site.text("id") })),
            _ => None,
        }
    }
    fn derived_names(&self) -> &'static [&'static str] {
        &["eTag", "webUrl", "parentReference"]
    }
    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "fields" => Ok(self.values(entity, expand.options.select.as_deref())),
            name => Err(Fault::query(Service::Drive, format!("The property '{name}' cannot be expanded."))),
        }
    }
}

fn source<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<Items<'t>, Fault> {
    Ok(Items { tenant, site: sites::of(tenant, call)?, list: lists::of(tenant, call)? })
}

fn item(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let list = lists::of(tenant, call)?;
    tenant.sites.item(list.key, call.param("item")).map(|item| item.key).ok_or_else(Fault::drive_item)
}

/// The columns that an expression looks at.
fn columns_of(expr: &Expr, found: &mut Vec<String>) {
    let mut operand = |operand: &Operand| path_of(operand, found);
    match expr {
        Expr::Compare(left, _, right) | Expr::Test(_, left, right) => {
            operand(left);
            operand(right);
        }
        Expr::In(left, _) | Expr::Truth(left) => operand(left),
        Expr::And(left, right) | Expr::Or(left, right) => {
            columns_of(left, found);
            columns_of(right, found);
        }
        Expr::Not(inner) => columns_of(inner, found),
        Expr::Any(..) | Expr::All(..) => {}
    }
}

fn path_of(operand: &Operand, found: &mut Vec<String>) {
    match operand {
        Operand::Path { steps, .. } => found.extend(column_of(steps)),
        Operand::Lower(inner) | Operand::Upper(inner) | Operand::Count(inner) => path_of(inner, found),
        Operand::Literal(_) => {}
    }
}

fn column_of(path: &[String]) -> Option<String> {
    match path {
        [first, name] if first == "fields" => Some(name.clone()),
        _ => None,
    }
}

/// Refuses to filter and sort by columns without an index, unless the request says that it may fail.
fn check_query(source: &Items<'_>, call: &Call<'_>, options: &Options) -> Result<(), Fault> {
    let mut columns: Vec<String> = options.orderby.iter().filter_map(|order| column_of(&order.path)).collect();
    if let Some(filter) = &options.filter {
        columns_of(filter, &mut columns);
    }
    for name in columns.iter().filter(|name| name.as_str() != "id") {
        let known = |name: &str| source.tenant.sites.column(source.list.key, name);
        let column = known(name).or_else(|| name.strip_suffix("LookupId").and_then(known));
        let Some(column) = column else {
            return Err(Fault::new(400, "invalidRequest", format!("Field '{name}' is not recognized")));
        };
        if !column.flag("indexed") && call.preference(UNINDEXED).is_none() {
            let message = format!(
                "Field '{name}' cannot be referenced in filter or orderby as it is not indexed. Provide the 'Prefer: {UNINDEXED}' header to \
                 allow this, but be warned that such queries may fail on large lists."
            );
            return Err(Fault::new(400, "invalidRequest", message));
        }
    }
    Ok(())
}

fn items(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let source = source(tenant, call)?;
    let options = call.options(types::get("listItem"))?;
    check_query(&source, call, &options)?;
    let context = format!("sites('{}')/lists('{}')/items", source.site.text("id"), source.list.text("id"));
    list(call, &source.view(&options), &PAGING, &options, &context, tenant.sites.items.children(source.list.key), None)
}

/// One item. Its values come along, unless `$expand` says which.
fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let source = source(tenant, call)?;
    let mut options = call.options(types::get("listItem"))?;
    if options.expand.is_empty() && options.select.is_none() {
        options.expand = Expand::parse("fields", types::get("listItem"), Service::Drive)?;
    }
    let entity = tenant.sites.items.get(key).ok_or_else(Fault::drive_item)?;
    source.view(&options).reply(call, status, "listItems", entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = item(tenant, call)?;
    show(tenant, call, key, 200)
}

fn show_fields(tenant: &Tenant, call: &Call<'_>, key: u64) -> Outcome {
    let source = source(tenant, call)?;
    let options = call.options(types::get("fieldValueSet"))?;
    let entity = tenant.sites.items.get(key).ok_or_else(Fault::drive_item)?;
    let mut out = Map::new();
    out.insert("@odata.context".into(), call.context("fieldValueSet/$entity").into());
    if let Value::Object(values) = source.values(entity, options.select.as_deref()) {
        out.extend(values);
    }
    Ok(Reply::value(200, &Value::Object(out)))
}

fn get_fields(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = item(tenant, call)?;
    show_fields(tenant, call, key)
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let list = lists::of(tenant, call)?;
    if list.fields["list"]["template"] == "documentLibrary" {
        return Err(Fault::new(
            400,
            "invalidRequest",
            "Cannot create an item in a document library; upload a file instead.",
        ));
    }
    let list = list.key;
    let Some(Value::Object(fields)) = body.get("fields") else {
        return Err(Fault::new(400, "invalidRequest", "The body has to have 'fields'."));
    };
    let values = read(tenant, list, fields)?;
    let values = values.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let by = By::now(tenant, call.owner);
    let key = add_item(tenant, list, &by, values);
    show(tenant, call, key, 201)
}

/// `If-Match` against what the item is now.
fn check_version(tenant: &Tenant, call: &Call<'_>, key: u64) -> Result<(), Fault> {
    let now = tenant.sites.items.get(key).map(|item| etag(item, "item")).unwrap_or_default();
    match call.headers.get(http::header::IF_MATCH).and_then(|value| value.to_str().ok()) {
        Some(given) if given != "*" && given != now => {
            Err(Fault::new(412, "resourceModified", "ETag does not match current item's value"))
        }
        _ => Ok(()),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.object()?;
    let key = item(tenant, call)?;
    check_version(tenant, call, key)?;
    let list = lists::of(tenant, call)?.key;
    let values = read(tenant, list, &given)?;
    change_item(tenant, key, call.owner, values);
    show_fields(tenant, call, key)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = item(tenant, call)?;
    check_version(tenant, call, key)?;
    remove_item(tenant, key);
    Ok(Reply::empty(204))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let source = source(tenant, call)?;
    let delta = Delta::begin(tenant, call, &tenant.sites.items, types::get("listItem"))?;
    let options = delta.options.clone();
    let round = round(&tenant.sites.items, Some(source.list.key), delta.stage(), delta.page(200, 5000), &|_| true);
    let view = source.view(&options);
    delta.reply(call, "Collection(listItem)", round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { key, .. } => {
            let gone = json!({ "id": tenant.sites.gone.get(key), "deleted": { "state": "deleted" } });
            out.extend_from_slice(gone.to_string().as_bytes());
            Ok(())
        }
    })
}
