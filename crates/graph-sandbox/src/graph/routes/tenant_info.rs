//! `/organization`, `/subscribedSkus`, `/domains`: what there is to know of the tenant itself.

use std::borrow::Cow;

use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, Set};
use crate::graph::types;
use crate::graph::view::{Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/organization", |tenant, call| many(&tenant.organization, call, "organization")),
    route("GET", "/organization/{organization}", |tenant, call| one(&tenant.organization, call, "organization")),
    route("GET", "/subscribedSkus", |tenant, call| many(&tenant.skus, call, "subscribedSku")),
    route("GET", "/subscribedSkus/{sku}", |tenant, call| one(&tenant.skus, call, "subscribedSku")),
    route("GET", "/domains", |tenant, call| many(&tenant.domains, call, "domain")),
    route("GET", "/domains/{domain}", |tenant, call| one(&tenant.domains, call, "domain")),
];

/// Prints entities whose id is among their properties.
pub(super) struct Stored;

impl Source for Stored {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
}

fn context(ty: &str) -> &'static str {
    match ty {
        "organization" => "organization",
        "subscribedSku" => "subscribedSkus",
        _ => "domains",
    }
}

fn many(set: &Set, call: &Call<'_>, ty: &'static str) -> Outcome {
    let options = call.options(types::get(ty))?;
    let view = View::new(types::get(ty), &Stored, Service::Directory, &options);
    list(call, &view, &super::objects::PAGING, &options, context(ty), set.iter(), None)
}

fn one(set: &Set, call: &Call<'_>, ty: &'static str) -> Outcome {
    let id = call.params.last().map_or("", |(_, id)| id.as_str());
    let options = call.options(types::get(ty))?;
    let entity =
        set.iter().find(|entity| entity.text("id").eq_ignore_ascii_case(id)).ok_or_else(|| Fault::resource(id))?;
    View::new(types::get(ty), &Stored, Service::Directory, &options).reply(call, 200, context(ty), entity)
}
