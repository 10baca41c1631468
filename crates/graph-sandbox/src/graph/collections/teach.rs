//! How a program teaches the sandbox a collection.

use serde_json::Value;

use super::property::Property;
use super::{ALL, Verb};

/// A collection that the sandbox shall serve: objects of one type, with create, read, update, delete and list.
///
/// Give it to [`Builder::collection`](crate::Builder::collection). `docs/sandbox.md` says what the sandbox checks, and
/// what it cannot.
///
/// ```
/// use graph_sandbox::{Collection, ETag, Permissions, Property, Sandbox};
///
/// let notes = Collection::new("@/notes")
///     .type_name("note")
///     .property(Property::string("text").required())
///     .etag(ETag::Optional)
///     .permissions(
///         Permissions::delegated(["Notes.Read", "Notes.ReadWrite"]),
///         Permissions::delegated(["Notes.ReadWrite"]),
///     );
/// let sandbox = Sandbox::builder().collection(notes).build();
/// # let _ = sandbox;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Collection {
    pub(super) path: &'static str,
    pub(super) type_name: &'static str,
    pub(super) properties: Vec<Property>,
    pub(super) verbs: Vec<Verb>,
    pub(super) nested: Vec<Nested>,
    pub(super) etag: ETag,
    pub(super) page_size: usize,
    pub(super) largest_page: usize,
    pub(super) silent_update: bool,
    pub(super) read: Permissions,
    pub(super) write: Permissions,
    pub(super) seeds: Vec<(String, Vec<Value>)>,
}

/// A second path, whose items are those with the value of its last variable in `property`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nested {
    pub(crate) path: &'static str,
    pub(crate) property: &'static str,
}

/// Whether items have an ETag, and whether a change must name it in `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ETag {
    /// Items have none.
    #[default]
    None,
    /// A change may name it: 412 where it is not the current one.
    Optional,
    /// A change must name it, too: 428 where it does not.
    Required,
}

/// Permissions, of which any one suffices. Nobody has access where there is none.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Permissions {
    pub(super) delegated: Vec<&'static str>,
    pub(super) shared: Vec<&'static str>,
    pub(super) application: Vec<&'static str>,
}

impl Permissions {
    /// Lists the permissions of a signed-in user. Below `/me` and `/users/{user}` they hold for the user's own items.
    pub fn delegated(scopes: impl IntoIterator<Item = &'static str>) -> Permissions {
        Permissions { delegated: scopes.into_iter().collect(), ..Permissions::default() }
    }

    /// Lists the permissions of an app without a user, and of nobody else.
    pub fn application_only(roles: impl IntoIterator<Item = &'static str>) -> Permissions {
        Permissions::default().application(roles)
    }

    /// Asks for no permission: every caller with a token has access.
    pub fn not_needed() -> Permissions {
        Permissions { shared: vec!["*"], ..Permissions::application_only(["*"]) }
    }

    /// Adds the permissions of an app without a user.
    pub fn application(mut self, roles: impl IntoIterator<Item = &'static str>) -> Permissions {
        self.application.extend(roles);
        self
    }

    /// Adds the permissions of a signed-in user for the items of others, below `/users/{user}`.
    pub fn shared(mut self, scopes: impl IntoIterator<Item = &'static str>) -> Permissions {
        self.shared.extend(scopes);
        self
    }
}

impl Collection {
    /// Creates a collection at a path below the version, such as `/planner/tasks`.
    ///
    /// Variables stand in braces: `/todo/lists/{list}/tasks` holds separate items for each list. If `/todo/lists` is
    /// taught too, the list must exist. `@` at the beginning stands for `/me` and `/users/{user}`; each user has
    /// separate items then.
    pub fn new(path: &'static str) -> Collection {
        Collection {
            path,
            type_name: "object",
            properties: Vec::new(),
            verbs: ALL.to_vec(),
            nested: Vec::new(),
            etag: ETag::None,
            page_size: 100,
            largest_page: 999,
            silent_update: false,
            read: Permissions::default(),
            write: Permissions::default(),
            seeds: Vec::new(),
        }
    }

    /// Names the type of the items without its namespace, such as `plannerTask`; error messages show it.
    pub fn type_name(mut self, name: &'static str) -> Collection {
        self.type_name = name;
        self
    }

    /// Adds a property. Every item has an `id` as well.
    pub fn property(mut self, property: Property) -> Collection {
        self.properties.push(property);
        self
    }

    /// Serves these only. Without it, all are served.
    pub fn verbs(mut self, verbs: impl IntoIterator<Item = Verb>) -> Collection {
        self.verbs = verbs.into_iter().collect();
        self
    }

    /// Also lists and creates items at a path that ends in `/{variable}/name`, such as `/planner/plans/{plan}/tasks`:
    /// the items whose `property` has the value of that variable.
    pub fn nested(mut self, path: &'static str, property: &'static str) -> Collection {
        self.nested.push(Nested { path, property });
        self
    }

    /// Gives items an ETag. Without it, they have none.
    pub fn etag(mut self, etag: ETag) -> Collection {
        self.etag = etag;
        self
    }

    /// Sets the number of items in a page without `$top`, and the most that `$top` may ask for. The defaults are 100
    /// and 999.
    pub fn page_size(mut self, usual: usize, largest: usize) -> Collection {
        (self.page_size, self.largest_page) = (usual, largest);
        self
    }

    /// Answers an update with 204 and no body, unless the request has `Prefer: return=representation`. Without it, an
    /// update is answered with the item.
    pub fn silent_update(mut self) -> Collection {
        self.silent_update = true;
        self
    }

    /// Sets who may list and get, and who may create, update and delete.
    pub fn permissions(mut self, read: Permissions, write: Permissions) -> Collection {
        (self.read, self.write) = (read, write);
        self
    }

    /// Adds items that are there from the start. They may state their `id` and read-only properties.
    pub fn seed(self, items: impl IntoIterator<Item = Value>) -> Collection {
        let path = self.path;
        self.seed_at(path, items)
    }

    /// Adds items at a path with values for all variables, such as `/users/adelev@contoso.example/notes`.
    pub fn seed_at(mut self, path: impl Into<String>, items: impl IntoIterator<Item = Value>) -> Collection {
        self.seeds.push((path.into(), items.into_iter().collect()));
        self
    }

    /// The application permissions for reading and writing.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &'static str> {
        self.read.application.iter().chain(&self.write.application).copied().filter(|role| *role != "*")
    }
}
