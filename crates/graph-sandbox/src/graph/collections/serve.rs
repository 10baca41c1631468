//! What is answered at the routes of a collection.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::checks::{container_name, etag};
use super::teach::ETag;
use super::{Resource, Served, Store, Verb};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::odata::Options;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, Stored, View, list};

/// Prints items that have an ETag.
struct Tagged;

impl Source for Tagged {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        Stored.id(entity)
    }

    fn etag(&self, entity: &Entity) -> Option<String> {
        Some(etag(entity))
    }
}

impl Served {
    /// Answers a request.
    ///
    /// # Errors
    /// As the collection's service answers.
    pub(crate) fn serve(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        if let Some(checks) = &self.resource.checks {
            checks.require_containers(self.path(), tenant, call)?;
        }
        match self.verb {
            Verb::List => self.list(tenant, call),
            Verb::Create => self.create(tenant, call),
            Verb::Get => {
                let key = self.find(tenant, call)?;
                self.show(tenant, call, key, 200)
            }
            Verb::Update => self.update(tenant, call),
            Verb::Delete => self.delete(tenant, call),
        }
    }

    /// The path by which the collection is reached.
    fn path(&self) -> &'static str {
        self.nested.map_or(self.resource.path, |nested| nested.path)
    }

    fn list(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        let resource = &self.resource;
        let options = call.options(&resource.ty)?;
        if resource.checks.is_some() && options.search.is_some() {
            return Err(Fault::query(resource.service, "The query parameter '$search' is not supported."));
        }
        let container = self.container(tenant, call)?;
        let wanted = self.nested.map(|nested| (nested.property, last_value(nested.path, call)));
        let items = resource
            .set(tenant, call)?
            .into_iter()
            .flat_map(|set| set.children(container))
            .filter(|item| wanted.is_none_or(|(property, value)| item.text(property).eq_ignore_ascii_case(value)));
        let context = resource.context(self.path(), tenant, call);
        list(call, &resource.view(&options), &resource.paging, &options, &context, items, None)
    }

    fn create(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        let resource = &self.resource;
        let Some(checks) = &resource.checks else { return Err(Fault::method()) };
        let mut body = resource.body(call)?;
        checks.refuse_read_only(&body)?;
        if let Some(nested) = self.nested {
            let value = last_value(nested.path, call);
            let given = body.entry(nested.property).or_insert_with(|| value.into());
            if !given.as_str().is_some_and(|given| given.eq_ignore_ascii_case(value)) {
                let message = format!("The property '{}' has another value than the path.", nested.property);
                return Err(Fault::bad(message));
            }
        }
        checks.require(&body)?;
        let key = checks.insert(resource.path, tenant, &container_name(resource.path, call), body);
        self.show(tenant, call, key, 201)
    }

    fn update(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        let resource = &self.resource;
        let Some(checks) = &resource.checks else { return Err(Fault::method()) };
        let key = self.find(tenant, call)?;
        let now = tenant.stamp();
        let body = resource.body(call)?;
        let set = resource.set_mut(tenant, call)?;
        let item = set.get(key).ok_or_else(Fault::item)?;
        checks.check_etag(call, item)?;
        checks.refuse_read_only(&body)?;
        let mut fields = item.fields.clone();
        checks.apply(&mut fields, body, now);
        checks.require(&fields)?;
        set.update(key, |known| *known = fields);
        let wants_it = call.preference("return").is_some_and(|what| what.eq_ignore_ascii_case("representation"));
        if checks.silent_update && !wants_it { Ok(Reply::empty(204)) } else { self.show(tenant, call, key, 200) }
    }

    fn delete(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        let key = self.find(tenant, call)?;
        let set = self.resource.set_mut(tenant, call)?;
        if let (Some(checks), Some(item)) = (&self.resource.checks, set.get(key)) {
            checks.check_etag(call, item)?;
        }
        set.remove(key, false);
        Ok(Reply::empty(204))
    }

    fn show(&self, tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
        let options = call.options(&self.resource.ty)?;
        let item = self.resource.set(tenant, call)?.and_then(|set| set.get(key)).ok_or_else(Fault::item)?;
        let context = self.resource.context(self.path(), tenant, call);
        self.resource.view(&options).reply(call, status, &context, item)
    }

    /// The item that the path names.
    fn find(&self, tenant: &mut Tenant, call: &Call<'_>) -> Result<u64, Fault> {
        let id = call.param(self.resource.variable);
        let container = self.container(tenant, call)?;
        let mut items = self.resource.set(tenant, call)?.into_iter().flat_map(|set| set.children(container));
        let found = items.find(|item| item.text("id").eq_ignore_ascii_case(id)).map(|item| item.key);
        found.ok_or_else(|| Fault::missing(self.resource.service, id))
    }

    fn container(&self, tenant: &mut Tenant, call: &Call<'_>) -> Result<u64, Fault> {
        match self.resource.store {
            Store::Records(container) => container(tenant, call),
            Store::Mailbox(..) => Ok(0),
            // The container of the collection itself: a second path names it only where both have its variables.
            Store::Taught => Ok(tenant.container(container_name(self.resource.path, call))),
        }
    }
}

/// The value of the last variable of a path.
fn last_value<'c>(path: &str, call: &'c Call<'_>) -> &'c str {
    crate::graph::path::variables(path).last().map_or("", |name| call.param(name))
}

impl Resource {
    fn view<'a>(&'a self, options: &'a Options) -> View<'a> {
        let Some(checks) = &self.checks else { return View::new(&self.ty, &Stored, self.service, options) };
        let source: &dyn Source = if checks.etag == ETag::None { &Stored } else { &Tagged };
        View::new(&self.ty, source, self.service, options).defaults(&checks.names)
    }

    /// The body as an item, without annotations.
    fn body(&self, call: &Call<'_>) -> Result<Map<String, Value>, Fault> {
        let mut body = call.object()?;
        types::check_object(&self.ty, &body).map_err(|fault| Fault::body(self.service, fault))?;
        types::spell(&self.ty, &mut body);
        body.retain(|name, _| !name.contains('@'));
        Ok(body)
    }

    /// What stands behind `#` in the `@odata.context`.
    fn context<'c>(&self, path: &'static str, tenant: &Tenant, call: &'c Call<'_>) -> Cow<'c, str> {
        if let Some(context) = self.context {
            return context.into();
        }
        let user = || tenant.directory.users.get(call.owner).map(|user| user.text("id")).unwrap_or_default();
        let mut out = String::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some("user") => out.push_str(&format!("('{}')", user())),
                Some(name) => out.push_str(&format!("('{}')", call.param(name))),
                None if segment == "@" || segment == "me" => out.push_str(&format!("users('{}')", user())),
                None if out.is_empty() => out.push_str(segment),
                None => out.push_str(&format!("/{segment}")),
            }
        }
        out.into()
    }
}
