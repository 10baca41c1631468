//! Collections that are served without code of their own.
//!
//! A [`Resource`] says where items lie, which type they have and what is served of them. Those that every sandbox has
//! are listed beside their other routes; a program teaches more ([`Collection`]).

mod checks;
mod property;
mod serve;
mod teach;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use self::checks::Checks;
use super::access::Access;
use super::call::Call;
use super::fault::{Fault, Service};
use super::mailbox::Mailbox;
use super::router::{Route, Router, Run};
use super::store::Set;
use super::tenant::Tenant;
use super::types::{self, Type};
use super::view::Paging;

pub use self::property::Property;
pub(crate) use self::teach::Nested;
pub use self::teach::{Collection, ETag, Permissions};

/// What is done with a collection or one of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// `GET` of the collection.
    List,
    /// `POST` to the collection.
    Create,
    /// `GET` of an item.
    Get,
    /// `PATCH` of an item.
    Update,
    /// `DELETE` of an item.
    Delete,
}

/// Every verb.
const ALL: [Verb; 5] = [Verb::List, Verb::Create, Verb::Get, Verb::Update, Verb::Delete];

impl Verb {
    fn method(self) -> &'static str {
        match self {
            Verb::List | Verb::Get => "GET",
            Verb::Create => "POST",
            Verb::Update => "PATCH",
            Verb::Delete => "DELETE",
        }
    }

    fn reads(self) -> bool {
        matches!(self, Verb::List | Verb::Get)
    }
}

/// A collection, as it is served.
pub(crate) struct Resource {
    path: &'static str,
    /// The variable of an item, which stands behind the path.
    variable: &'static str,
    verbs: Vec<Verb>,
    ty: Cow<'static, Type>,
    /// What stands behind `#` in the `@odata.context`; taken from the path of the request if `None`.
    context: Option<&'static str>,
    service: Service,
    paging: Paging,
    store: Store,
    /// What a taught collection checks; `None` for those of which the sandbox has code for every change.
    checks: Option<Checks>,
}

/// Finds the container of a request among the tenant's records.
pub(crate) type Container = fn(&Tenant, &Call<'_>) -> Result<u64, Fault>;

/// Where the items lie.
enum Store {
    /// In [`Tenant::records`] under the name of their type.
    Records(Container),
    /// In the owner's mailbox.
    Mailbox(fn(&Mailbox) -> &Set, fn(&mut Mailbox) -> &mut Set),
    /// In [`Tenant::records`] under the collection's path; the values in the path of a request name the container.
    Taught,
}

impl Resource {
    /// Describes a collection of the directory, of records whose type the tables describe.
    pub(crate) fn records(
        path: &'static str,
        ty: &'static str,
        context: &'static str,
        verbs: &[Verb],
        container: Container,
    ) -> Resource {
        Resource {
            path,
            variable: "other",
            verbs: verbs.to_vec(),
            ty: Cow::Borrowed(types::get(ty)),
            context: Some(context),
            service: Service::Directory,
            paging: Paging { page: 100, max: 999, natural: None },
            store: Store::Records(container),
            checks: None,
        }
    }

    /// Describes a collection of each mailbox, of items whose type the tables describe.
    pub(crate) fn mailbox(
        path: &'static str,
        ty: &'static str,
        verbs: &[Verb],
        set: fn(&Mailbox) -> &Set,
        set_mut: fn(&mut Mailbox) -> &mut Set,
    ) -> Resource {
        Resource {
            service: Service::Outlook,
            paging: Paging { page: 100, max: 1000, natural: None },
            store: Store::Mailbox(set, set_mut),
            context: None,
            ..Resource::records(path, ty, "", verbs, |_, _| Ok(0))
        }
    }

    /// Names the variable of an item, as `access.table` does.
    pub(crate) fn variable(mut self, name: &'static str) -> Resource {
        self.variable = name;
        self
    }

    /// Returns the routes that it is served at.
    pub(crate) fn routes(self: &Arc<Resource>) -> impl Iterator<Item = Route> {
        let nested = self.checks.iter().flat_map(|checks| checks.nested.iter().copied());
        let nested = nested.flat_map(|nested| {
            let verbs = [Verb::List, Verb::Create].into_iter().filter(|verb| self.verbs.contains(verb));
            verbs.map(move |verb| (verb, Cow::Borrowed(nested.path), Some(nested)))
        });
        let own = self.verbs.iter().map(|verb| match verb {
            Verb::List | Verb::Create => (*verb, Cow::Borrowed(self.path), None),
            Verb::Get | Verb::Update | Verb::Delete => {
                (*verb, Cow::Owned(format!("{}/{{{}}}", self.path, self.variable)), None)
            }
        });
        own.chain(nested).map(|(verb, pattern, nested)| Route {
            method: verb.method(),
            pattern,
            run: Run::Collection(Served { resource: self.clone(), verb, nested }),
        })
    }

    fn set<'t>(&self, tenant: &'t Tenant, call: &Call<'_>) -> Result<Option<&'t Set>, Fault> {
        Ok(match self.store {
            Store::Records(_) => tenant.records.get(self.ty.name),
            Store::Taught => tenant.records.get(self.path),
            Store::Mailbox(set, _) => Some(set(tenant.mailbox(call.owner)?)),
        })
    }

    fn set_mut<'t>(&self, tenant: &'t mut Tenant, call: &Call<'_>) -> Result<&'t mut Set, Fault> {
        Ok(match self.store {
            Store::Records(_) => tenant.records.entry(self.ty.name).or_default(),
            Store::Taught => tenant.records.entry(self.path).or_default(),
            Store::Mailbox(_, set) => set(tenant.mailbox_mut(call.owner)?),
        })
    }
}

/// A route of a collection.
#[derive(Clone)]
pub(crate) struct Served {
    pub(super) resource: Arc<Resource>,
    pub(super) verb: Verb,
    /// The second path that it is reached by.
    pub(super) nested: Option<Nested>,
}

impl Served {
    /// Returns who may do it, if a program said so; else `access.table` does.
    pub(crate) fn access(&self) -> Option<&Access> {
        self.resource.checks.as_ref().map(|checks| if self.verb.reads() { &checks.read } else { &checks.write })
    }
}

/// Adds taught collections to a tenant, and returns their routes.
///
/// # Panics
/// If a description contradicts itself, or an item that is there from the start does not fit it.
pub(crate) fn teach(tenant: &mut Tenant, collections: Vec<Collection>) -> Router {
    let seeds: Vec<_> = collections.iter().map(|collection| (collection.path, collection.seeds.clone())).collect();
    let paths: Vec<&'static str> = collections.iter().map(|collection| collection.path).collect();
    let resources: Vec<Arc<Resource>> = collections
        .into_iter()
        .map(|collection| {
            let ty = Type::taught(collection.type_name, checks::properties(&collection));
            Arc::new(Resource {
                path: collection.path,
                // No variable of a path can have this name.
                variable: ".id",
                verbs: collection.verbs.clone(),
                ty: Cow::Owned(ty),
                context: None,
                service: Service::General,
                paging: Paging { page: collection.page_size, max: collection.largest_page, natural: None },
                store: Store::Taught,
                checks: Some(Checks::new(collection, &paths)),
            })
        })
        .collect();
    let router = Router::new(resources.iter().flat_map(Resource::routes));
    for (path, seeds) in seeds {
        let resource = resources.iter().find(|resource| resource.path == path);
        for (at, items) in seeds {
            let container = checks::container_at(tenant, path, &at)
                .unwrap_or_else(|| panic!("`{at}` is no path of the collection {path} with a value for each variable"));
            for item in items {
                resource.into_iter().for_each(|resource| resource.seed(tenant, &container, &item));
            }
        }
    }
    router
}

impl Resource {
    /// Adds an item that is there from the start.
    fn seed(&self, tenant: &mut Tenant, container: &str, item: &Value) {
        let Some(checks) = &self.checks else { return };
        let refuse = |why: String| panic!("an item of the collection {} does not fit it: {why}: {item}", self.path);
        let given = item.as_object().unwrap_or_else(|| refuse("it is no object".to_owned()));
        if let Err(fault) = types::check_object(&self.ty, given) {
            refuse(Fault::body(self.service, fault).message);
        }
        if let Err(fault) = checks.require(given) {
            refuse(fault.message);
        }
        let mut given: Map<String, Value> = given.clone();
        types::spell(&self.ty, &mut given);
        checks.insert(self.path, tenant, container, given);
    }
}
