//! The list of categories, and the senders that the focused inbox treats apart.

use serde_json::{Value, json};

use super::items::context;
use super::tenant_info::Stored;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::{Mailbox, object};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, Set, guid};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/outlook/masterCategories", |t, c| many(t, c, &CATEGORIES)),
    route("POST", "@/outlook/masterCategories", create_category),
    route("GET", "@/outlook/masterCategories/{category}", |t, c| get(t, c, &CATEGORIES)),
    route("PATCH", "@/outlook/masterCategories/{category}", update_category),
    route("DELETE", "@/outlook/masterCategories/{category}", |t, c| delete(t, c, &CATEGORIES)),
    route("GET", "@/inferenceClassification/overrides", |t, c| many(t, c, &OVERRIDES)),
    route("POST", "@/inferenceClassification/overrides", create_override),
    route("PATCH", "@/inferenceClassification/overrides/{override}", update_override),
    route("DELETE", "@/inferenceClassification/overrides/{override}", |t, c| delete(t, c, &OVERRIDES)),
];

const PAGING: Paging = Paging { page: 100, max: 1000, natural: None };
/// The most overrides of one mailbox.
const MOST_OVERRIDES: usize = 1000;

/// One of the two lists.
struct List {
    ty: &'static str,
    context: &'static str,
    param: &'static str,
    set: fn(&Mailbox) -> &Set,
    set_mut: fn(&mut Mailbox) -> &mut Set,
}

static CATEGORIES: List = List {
    ty: "outlookCategory",
    context: "outlook/masterCategories",
    param: "category",
    set: |mailbox| &mailbox.preferences.categories,
    set_mut: |mailbox| &mut mailbox.preferences.categories,
};
static OVERRIDES: List = List {
    ty: "inferenceClassificationOverride",
    context: "inferenceClassification/overrides",
    param: "override",
    set: |mailbox| &mailbox.preferences.overrides,
    set_mut: |mailbox| &mut mailbox.preferences.overrides,
};

fn many(tenant: &mut Tenant, call: &Call<'_>, of: &List) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get(of.ty))?;
    let view = View::new(types::get(of.ty), &Stored, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call, of.context), (of.set)(mailbox).iter(), None)
}

fn find(tenant: &Tenant, call: &Call<'_>, of: &List) -> Result<u64, Fault> {
    let set = (of.set)(tenant.mailbox(call.owner)?);
    let found = set.iter().find(|entity| entity.text("id").eq_ignore_ascii_case(call.param(of.param)));
    found.map(|entity| entity.key).ok_or_else(Fault::item)
}

fn show(tenant: &Tenant, call: &Call<'_>, of: &List, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get(of.ty))?;
    let entity = (of.set)(tenant.mailbox(call.owner)?).get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get(of.ty), &Stored, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, of.context), entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>, of: &List) -> Outcome {
    show(tenant, call, of, find(tenant, call, of)?, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>, of: &List) -> Outcome {
    let key = find(tenant, call, of)?;
    (of.set_mut)(tenant.mailbox_mut(call.owner)?).remove(key, false);
    Ok(Reply::empty(204))
}

fn create_category(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("outlookCategory")?;
    let name = body.get("displayName").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| {
        Fault::new(400, "ErrorInvalidRequest", "Required property 'displayName' of a category is missing.")
    })?;
    let key = tenant.key();
    let categories = &mut tenant.mailbox_mut(call.owner)?.preferences.categories;
    if categories.iter().any(|category| category.text("displayName").eq_ignore_ascii_case(name)) {
        return Err(Fault::new(409, "Conflict", format!("A category with the name '{name}' exists already.")));
    }
    let color = body.get("color").and_then(Value::as_str).unwrap_or("none");
    let fields = json!({ "id": guid(&format!("category {key}")), "displayName": name, "color": color });
    categories.insert(Entity::new(key, 0, 0, object(fields)));
    show(tenant, call, &CATEGORIES, key, 201)
}

/// A category keeps its name, because messages are marked with it.
fn update_category(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("outlookCategory")?;
    let key = find(tenant, call, &CATEGORIES)?;
    if body.contains_key("displayName") {
        return Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            "The property 'displayName' cannot be changed after the category was made.",
        ));
    }
    tenant.mailbox_mut(call.owner)?.preferences.categories.update(key, |fields| {
        fields.insert(
            "color".into(),
            body.get("color").filter(|color| !color.is_null()).cloned().unwrap_or("none".into()),
        );
    });
    show(tenant, call, &CATEGORIES, key, 200)
}

fn create_override(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("inferenceClassificationOverride")?;
    let sender = body.get("senderEmailAddress").cloned().unwrap_or_default();
    let address = sender["address"].as_str().unwrap_or_default().to_owned();
    let class = body.get("classifyAs").and_then(Value::as_str);
    let (Some(class), true) = (class, address.contains('@')) else {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            "An override needs 'classifyAs' and the address in 'senderEmailAddress'.",
        ));
    };
    let name = sender["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(&address);
    let fresh = tenant.key();
    let overrides = &mut tenant.mailbox_mut(call.owner)?.preferences.overrides;
    let known = overrides.iter().find(|known| {
        known.fields["senderEmailAddress"]["address"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(&address))
    });
    let known = known.map(|known| known.key);
    if known.is_none() && overrides.iter().count() >= MOST_OVERRIDES {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            format!("A mailbox has at most {MOST_OVERRIDES} overrides."),
        ));
    }
    let fields = object(json!({ "classifyAs": class, "senderEmailAddress": { "name": name, "address": address } }));
    match known {
        // An address has one override; a second POST changes it.
        Some(key) => _ = overrides.update(key, |known| known.extend(fields)),
        None => {
            let mut all = object(json!({ "id": guid(&format!("override {fresh}")) }));
            all.extend(fields);
            overrides.insert(Entity::new(fresh, 0, 0, all));
        }
    }
    show(tenant, call, &OVERRIDES, known.unwrap_or(fresh), 201)
}

fn update_override(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("inferenceClassificationOverride")?;
    let key = find(tenant, call, &OVERRIDES)?;
    if let Some(name) = body.keys().find(|name| name.as_str() != "classifyAs" && !name.contains('@')) {
        return Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            format!("The property '{name}' of an override cannot be changed."),
        ));
    }
    tenant.mailbox_mut(call.owner)?.preferences.overrides.update(key, |fields| fields.extend(body));
    show(tenant, call, &OVERRIDES, key, 200)
}
