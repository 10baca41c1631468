//! The list of categories, and the senders that the focused inbox treats apart.

use serde_json::{Value, json};

use super::items::context;
use crate::graph::call::Call;
use crate::graph::collections::{Resource, Verb};
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, Set, guid};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Stored, View};

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/outlook/masterCategories", create_category),
    route("PATCH", "@/outlook/masterCategories/{category}", update_category),
    route("POST", "@/inferenceClassification/overrides", create_override),
    route("PATCH", "@/inferenceClassification/overrides/{override}", update_override),
];

/// Of both, everything but what a change checks.
pub(crate) fn collections() -> [Resource; 2] {
    use Verb::{Delete, Get, List};

    let (all, no_get) = ([List, Get, Delete], [List, Delete]);
    [
        Resource::mailbox(
            "@/outlook/masterCategories",
            CATEGORY,
            &all,
            |it| &it.preferences.categories,
            |it| &mut it.preferences.categories,
        )
        .variable("category"),
        Resource::mailbox(
            "@/inferenceClassification/overrides",
            OVERRIDE,
            &no_get,
            |it| &it.preferences.overrides,
            |it| &mut it.preferences.overrides,
        )
        .variable("override"),
    ]
}

const CATEGORY: &str = "outlookCategory";
const OVERRIDE: &str = "inferenceClassificationOverride";
/// The most overrides of one mailbox.
const MOST_OVERRIDES: usize = 1000;

/// The item that the path names.
fn find(set: &Set, id: &str) -> Result<u64, Fault> {
    let found = set.iter().find(|entity| entity.text("id").eq_ignore_ascii_case(id));
    found.map(|entity| entity.key).ok_or_else(Fault::item)
}

fn show_category(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let set = &tenant.mailbox(call.owner)?.preferences.categories;
    show(call, CATEGORY, set.get(key), &context(tenant, call, "outlook/masterCategories"), status)
}

fn show_override(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let set = &tenant.mailbox(call.owner)?.preferences.overrides;
    show(call, OVERRIDE, set.get(key), &context(tenant, call, "inferenceClassification/overrides"), status)
}

fn show(call: &Call<'_>, ty: &str, entity: Option<&Entity>, context: &str, status: u16) -> Outcome {
    let options = call.options(types::get(ty))?;
    let view = View::new(types::get(ty), &Stored, Service::Outlook, &options);
    view.reply(call, status, context, entity.ok_or_else(Fault::item)?)
}

fn create_category(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity(CATEGORY)?;
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
    show_category(tenant, call, key, 201)
}

/// A category keeps its name, because messages are marked with it.
fn update_category(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity(CATEGORY)?;
    let key = find(&tenant.mailbox(call.owner)?.preferences.categories, call.param("category"))?;
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
    show_category(tenant, call, key, 200)
}

fn create_override(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity(OVERRIDE)?;
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
    show_override(tenant, call, known.unwrap_or(fresh), 201)
}

fn update_override(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity(OVERRIDE)?;
    let key = find(&tenant.mailbox(call.owner)?.preferences.overrides, call.param("override"))?;
    if let Some(name) = body.keys().find(|name| name.as_str() != "classifyAs" && !name.contains('@')) {
        return Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            format!("The property '{name}' of an override cannot be changed."),
        ));
    }
    tenant.mailbox_mut(call.owner)?.preferences.overrides.update(key, |fields| fields.extend(body));
    show_override(tenant, call, key, 200)
}
