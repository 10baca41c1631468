//! What a taught collection checks, and how its items are made.

use std::collections::HashMap;

use http::header::IF_MATCH;
use serde_json::{Map, Value};

use super::property::{Property, Stamped};
use super::teach::{Collection, ETag, Nested, Permissions};
use crate::graph::access::Access;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::path;
use crate::graph::store::{Entity, change_key, guid};
use crate::graph::tenant::Tenant;
use crate::graph::types::{self, Kind};

/// What a program said of a collection.
pub(super) struct Checks {
    properties: Vec<Property>,
    /// What is printed of an item: its id, then its properties in their order.
    pub(super) names: Vec<&'static str>,
    pub(super) nested: Vec<Nested>,
    pub(super) etag: ETag,
    pub(super) silent_update: bool,
    pub(super) read: Access,
    pub(super) write: Access,
    /// The paths of all taught collections, among which are those that contain this one.
    taught: Vec<&'static str>,
}

impl Checks {
    /// Checks a description, and keeps what it says.
    ///
    /// # Panics
    /// If it contradicts itself.
    pub(super) fn new(collection: Collection, taught: &[&'static str]) -> Checks {
        let path = collection.path;
        assert!(path.starts_with(['/', '@']), "the path of the collection {path} must begin with `/` or `@`");
        let same = taught.iter().filter(|known| known.eq_ignore_ascii_case(path)).count();
        assert!(same == 1, "the collection {path} is taught twice");
        for (verb, permissions) in [("read", &collection.read), ("change", &collection.write)] {
            let has = [&permissions.delegated, &permissions.shared, &permissions.application];
            let needed = verb == "read" || collection.verbs.iter().any(|verb| !verb.reads());
            assert!(
                !needed || has.iter().any(|list| !list.is_empty()),
                "the collection {path} does not say who may {verb} it: see `Collection::permissions`"
            );
        }
        for nested in &collection.nested {
            let property = collection.properties.iter().find(|property| property.name == nested.property);
            let is_text = property.is_some_and(|it| matches!(it.kind, Kind::Text | Kind::Guid) && !it.list);
            assert!(is_text, "the collection {path} has no text in a property `{}`", nested.property);
            let last = path::variables(nested.path).last();
            assert!(last.is_some(), "the path {} has no variable", nested.path);
        }
        let names = std::iter::once("id").chain(collection.properties.iter().map(|property| property.name)).collect();
        Checks {
            names,
            nested: collection.nested,
            etag: collection.etag,
            silent_update: collection.silent_update,
            read: access(path, &collection.read),
            write: access(path, &collection.write),
            properties: collection.properties,
            taught: taught.to_vec(),
        }
    }

    /// Checks that the items exist which the path names before the collection.
    ///
    /// # Errors
    /// 404 for one that does not.
    pub(super) fn require_containers(&self, path: &str, tenant: &mut Tenant, call: &Call<'_>) -> Result<(), Fault> {
        for known in &self.taught {
            let Some(variable) = path.strip_prefix(known).and_then(|rest| path::variables(rest).next()) else {
                continue;
            };
            if !path[known.len()..].starts_with("/{") {
                continue;
            }
            let id = call.param(variable);
            let container = tenant.container(container_name(known, call));
            let exists = tenant
                .records
                .get(known)
                .is_some_and(|set| set.children(container).any(|item| item.text("id").eq_ignore_ascii_case(id)));
            if !exists {
                return Err(Fault::missing(Service::General, id));
            }
        }
        Ok(())
    }

    /// Checks that a body sets no property that only the sandbox sets.
    ///
    /// # Errors
    /// 400, worded as Graph does.
    pub(super) fn refuse_read_only(&self, body: &Map<String, Value>) -> Result<(), Fault> {
        let is_read_only = |name: &str| self.properties.iter().any(|known| known.name == name && known.read_only);
        match body.keys().find(|name| *name == "id" || is_read_only(name)) {
            Some(name) => Err(Fault::bad(format!("The property '{name}' is read-only and cannot be set."))),
            None => Ok(()),
        }
    }

    /// Checks that an item has what it must have.
    ///
    /// # Errors
    /// 400, worded as Graph does.
    pub(super) fn require(&self, item: &Map<String, Value>) -> Result<(), Fault> {
        let lacks = |known: &&Property| {
            let empty = match item.get(known.name).unwrap_or(&known.default) {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                _ => false,
            };
            known.required && empty
        };
        match self.properties.iter().find(lacks) {
            Some(known) => Err(Fault::bad(format!("A value is required for property '{}'.", known.name))),
            None => Ok(()),
        }
    }

    /// Checks `If-Match` against what the item is now.
    ///
    /// # Errors
    /// 412 for another ETag, 428 where one is needed.
    pub(super) fn check_etag(&self, call: &Call<'_>, item: &Entity) -> Result<(), Fault> {
        let given = call.headers.get(IF_MATCH).and_then(|value| value.to_str().ok());
        match (self.etag, given) {
            (ETag::None, _) | (ETag::Optional, None) => Ok(()),
            (ETag::Required, None) => {
                Err(Fault::new(428, "PreconditionRequired", "The If-Match header must be specified for this request."))
            }
            (_, Some(given)) if given == "*" || given == etag(item) => Ok(()),
            _ => Err(Fault::new(
                412,
                "PreconditionFailed",
                "The item has changed: its ETag does not match the one in the If-Match header.",
            )),
        }
    }

    /// Adds an item: what is given, then defaults, times and an id.
    pub(super) fn insert(
        &self,
        path: &'static str,
        tenant: &mut Tenant,
        container: &str,
        mut given: Map<String, Value>,
    ) -> u64 {
        let container = tenant.container(container.to_owned());
        let (key, now) = (tenant.key(), tenant.stamp());
        let id = given.remove("id").unwrap_or_else(|| guid(&format!("{path} {key}")).into());
        let mut fields = Map::new();
        fields.insert("id".to_owned(), id);
        for property in &self.properties {
            let value = given.remove(property.name).unwrap_or_else(|| match property.stamped {
                Stamped::Never => property.initial(),
                Stamped::OnCreate | Stamped::OnUpdate => now.clone().into(),
            });
            fields.insert(property.name.to_owned(), value);
        }
        tenant.records.entry(path).or_default().insert(Entity::new(key, container, 0, fields));
        key
    }

    /// Writes changes into an item.
    pub(super) fn apply(&self, fields: &mut Map<String, Value>, changes: Map<String, Value>, now: String) {
        fields.extend(changes);
        for property in self.properties.iter().filter(|property| property.stamped == Stamped::OnUpdate) {
            fields.insert(property.name.to_owned(), now.clone().into());
        }
    }
}

/// The ETag of an item.
pub(super) fn etag(item: &Entity) -> String {
    format!("W/\"{}\"", change_key(item.key, item.version))
}

/// The properties of the type of a taught collection.
pub(super) fn properties(collection: &Collection) -> HashMap<&'static str, types::Property> {
    let id = Property::string("id");
    collection.properties.iter().chain([&id]).map(|property| (property.name, property.described())).collect()
}

/// Whether each user has items of their own at such a path.
fn is_in_user(path: &str) -> bool {
    ["@/", "/me/", "/users/{user}/"].iter().any(|start| path.starts_with(start))
}

fn access(path: &str, permissions: &Permissions) -> Access {
    let Permissions { delegated, shared, application } = permissions.clone();
    if is_in_user(path) {
        Access::new(Service::General, delegated, shared, application)
    } else {
        Access::new(Service::General, Vec::new(), [delegated, shared].concat(), application)
    }
}

/// The name of the container that a request names, among those of the collection at `path`.
pub(super) fn container_name(path: &str, call: &Call<'_>) -> String {
    let owner = is_in_user(path).then_some(call.owner);
    name_container(owner, path::variables(path).filter(|name| *name != "user").map(|name| call.param(name)))
}

fn name_container<'v>(owner: Option<u64>, values: impl Iterator<Item = &'v str>) -> String {
    let owner = owner.map(|owner| owner.to_string());
    let values = values.map(str::to_lowercase);
    owner.into_iter().chain(values).collect::<Vec<_>>().join("/")
}

/// The name of the container that the path `at` names, among those of the collection at `path`; `None` if it is no such
/// path.
pub(super) fn container_at(tenant: &Tenant, path: &str, at: &str) -> Option<String> {
    let pattern = path.strip_prefix('@').map_or_else(|| path.to_owned(), |rest| format!("/users/{{user}}{rest}"));
    let (names, given) = (path::segments(&pattern).ok()?, path::segments(at).ok()?);
    let (mut owner, mut values) = (None, Vec::new());
    for (name, value) in names.iter().zip(&given) {
        match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if value.starts_with('{') => return None,
            Some("user") => owner = Some(tenant.directory.user(value)?.key),
            Some(_) => values.push(value.as_str()),
            None if name.eq_ignore_ascii_case(value) => {}
            None => return None,
        }
    }
    // Whose `/me` it is, only a request says.
    let is_path = names.len() == given.len() && (owner.is_some() || !is_in_user(path));
    is_path.then(|| name_container(owner, values.into_iter()))
}
