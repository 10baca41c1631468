//! The tenant: everything that the sandbox's Graph knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::drive::Drives;
use super::fault::Fault;
use super::feeds::Disturbed;
use super::json::object;
use super::mailbox::Mailbox;
use super::meetings::Meetings;
use super::notify::Watch;
use super::replication::Replication;
use super::sites::Sites;
use super::store::{Entity, Set, What, guid};
use super::time::stamp;
use crate::clock::Clock;

/// Which of the directory's sets an object lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    User,
    Group,
    Application,
    ServicePrincipal,
    Device,
    DirectoryRole,
    RoleTemplate,
    Unit,
}

impl ObjectKind {
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            ObjectKind::User => "user",
            ObjectKind::Group => "group",
            ObjectKind::Application => "application",
            ObjectKind::ServicePrincipal => "servicePrincipal",
            ObjectKind::Device => "device",
            ObjectKind::DirectoryRole => "directoryRole",
            ObjectKind::RoleTemplate => "directoryRoleTemplate",
            ObjectKind::Unit => "administrativeUnit",
        }
    }

    /// The `@odata.type` of such an object.
    pub(crate) fn odata_type(self) -> &'static str {
        match self {
            ObjectKind::User => "#microsoft.graph.user",
            ObjectKind::Group => "#microsoft.graph.group",
            ObjectKind::Application => "#microsoft.graph.application",
            ObjectKind::ServicePrincipal => "#microsoft.graph.servicePrincipal",
            ObjectKind::Device => "#microsoft.graph.device",
            ObjectKind::DirectoryRole => "#microsoft.graph.directoryRole",
            ObjectKind::RoleTemplate => "#microsoft.graph.directoryRoleTemplate",
            ObjectKind::Unit => "#microsoft.graph.administrativeUnit",
        }
    }

    /// The name of the collection.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            ObjectKind::User => "users",
            ObjectKind::Group => "groups",
            ObjectKind::Application => "applications",
            ObjectKind::ServicePrincipal => "servicePrincipals",
            ObjectKind::Device => "devices",
            ObjectKind::DirectoryRole => "directoryRoles",
            ObjectKind::RoleTemplate => "directoryRoleTemplates",
            ObjectKind::Unit => "administrativeUnits",
        }
    }
}

/// The tenant's data.
pub(crate) struct Tenant {
    pub(crate) clock: Clock,
    pub(crate) id: String,
    pub(crate) domain: &'static str,
    pub(crate) directory: Directory,
    pub(crate) mailboxes: HashMap<u64, Mailbox>,
    pub(crate) drives: Drives,
    pub(crate) meetings: Meetings,
    pub(crate) sites: Sites,
    /// What has no set of its own, by the name of its type; items of taught collections by the path of the collection.
    pub(crate) records: HashMap<&'static str, Set>,
    /// The photos of users.
    pub(crate) photos: HashMap<u64, bytes::Bytes>,
    /// To change notifications.
    pub(crate) subscriptions: Set,
    /// What each of them watches, by its key, and up to where it was notified.
    pub(crate) watching: BTreeMap<u64, Watch>,
    /// Delta tokens of earlier epochs are forgotten.
    pub(crate) epoch: u64,
    pub(crate) replication: Replication,
    pub(crate) disturbed: Disturbed,
    /// The numbers of the containers of taught collections, by their names.
    containers: HashMap<String, u64>,
    next_key: u64,
}

impl Tenant {
    pub(crate) fn new(clock: Clock, domain: &'static str) -> Tenant {
        Tenant {
            clock,
            id: guid(&format!("tenant {domain}")),
            domain,
            directory: Directory::default(),
            mailboxes: HashMap::new(),
            drives: Drives::default(),
            meetings: Meetings::default(),
            sites: Sites::default(),
            records: HashMap::new(),
            photos: HashMap::new(),
            subscriptions: Set::new(),
            watching: BTreeMap::new(),
            epoch: 0,
            replication: Replication::default(),
            disturbed: Disturbed::default(),
            containers: HashMap::new(),
            next_key: 1,
        }
    }

    /// A number that nothing else in the tenant has.
    pub(crate) fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// The number of a container of a taught collection.
    pub(crate) fn container(&mut self, name: String) -> u64 {
        if let Some(number) = self.containers.get(&name) {
            return *number;
        }
        let number = self.key();
        self.containers.insert(name, number);
        number
    }

    /// Adds a record, whose properties include its id.
    pub(crate) fn add_record(&mut self, ty: &'static str, container: u64, fields: Value) -> u64 {
        let key = self.key();
        self.records.entry(ty).or_default().insert(Entity::new(key, container, 0, object(fields)));
        key
    }

    /// The records of a type, in all containers.
    pub(crate) fn records_of(&self, ty: &str) -> impl Iterator<Item = &Entity> {
        self.records.get(ty).into_iter().flat_map(Set::iter)
    }

    /// Counts on from here. Each part of the seed has numbers of its own, so that what one of them adds
    /// changes no id of another: ids stand in examples.
    pub(crate) fn count_from(&mut self, key: u64) {
        debug_assert!(key >= self.next_key, "the numbers from {key} are taken");
        self.next_key = key;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time as Graph prints it, to the second.
    pub(crate) fn stamp(&self) -> String {
        stamp(self.now())
    }

    /// The user's mailbox.
    ///
    /// # Errors
    /// As Exchange answers for a user without a licence.
    pub(crate) fn mailbox(&self, owner: u64) -> Result<&Mailbox, Fault> {
        self.mailboxes.get(&owner).ok_or_else(no_mailbox)
    }

    pub(crate) fn mailbox_mut(&mut self, owner: u64) -> Result<&mut Mailbox, Fault> {
        self.mailboxes.get_mut(&owner).ok_or_else(no_mailbox)
    }
}

fn no_mailbox() -> Fault {
    Fault::new(
        404,
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    )
}

/// Users, groups and the other objects of the directory, and how they hang together.
#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) users: Set,
    pub(crate) groups: Set,
    /// Those of the other kinds, in their order.
    others: [Set; 6],
    /// What was deleted and may come back.
    pub(crate) deleted: Set,
    ids: HashMap<String, (ObjectKind, u64)>,
    /// User principal names and addresses in lower case.
    names: HashMap<String, u64>,
    pub(crate) members: HashMap<u64, BTreeSet<u64>>,
    pub(crate) owners: HashMap<u64, BTreeSet<u64>>,
    pub(crate) managers: HashMap<u64, u64>,
    /// Open extensions of users, in their order.
    pub(crate) extensions: HashMap<u64, Vec<Value>>,
}

impl Directory {
    pub(crate) fn set(&self, kind: ObjectKind) -> &Set {
        match kind {
            ObjectKind::User => &self.users,
            ObjectKind::Group => &self.groups,
            other => &self.others[other as usize - ObjectKind::Application as usize],
        }
    }

    pub(crate) fn set_mut(&mut self, kind: ObjectKind) -> &mut Set {
        match kind {
            ObjectKind::User => &mut self.users,
            ObjectKind::Group => &mut self.groups,
            other => &mut self.others[other as usize - ObjectKind::Application as usize],
        }
    }

    /// Adds an object; `fields` has its `id`.
    pub(crate) fn add(&mut self, kind: ObjectKind, key: u64, fields: Map<String, Value>) {
        let entity = Entity::new(key, 0, 0, fields);
        self.ids.insert(entity.text("id").to_owned(), (kind, key));
        self.set_mut(kind).insert(entity);
        self.index(kind, key);
    }

    /// Makes a user's names known, or no longer known before they change.
    pub(crate) fn index(&mut self, kind: ObjectKind, key: u64) {
        for name in self.names_of(kind, key) {
            self.names.insert(name, key);
        }
    }

    pub(crate) fn forget_names(&mut self, kind: ObjectKind, key: u64) {
        for name in self.names_of(kind, key) {
            self.names.remove(&name);
        }
    }

    fn names_of(&self, kind: ObjectKind, key: u64) -> Vec<String> {
        if kind != ObjectKind::User {
            return Vec::new();
        }
        let user = self.users.get(key);
        let names = user.map(|user| [user.text("userPrincipalName").to_lowercase(), user.text("mail").to_lowercase()]);
        names.into_iter().flatten().filter(|name| !name.is_empty()).collect()
    }

    /// A user by object id or user principal name.
    pub(crate) fn user(&self, name: &str) -> Option<&Entity> {
        let key = match self.find(name) {
            Some((ObjectKind::User, key)) => key,
            _ => self.user_key(name)?,
        };
        self.users.get(key)
    }

    /// The user that a name or address belongs to.
    pub(crate) fn user_key(&self, name: &str) -> Option<u64> {
        match self.names.get(name) {
            Some(key) => Some(*key),
            None => self.names.get(&name.to_lowercase()).copied(),
        }
    }

    /// Any object that is not deleted, by its id.
    pub(crate) fn find(&self, id: &str) -> Option<(ObjectKind, u64)> {
        let found = self.ids.get(id).or_else(|| self.ids.get(&id.to_ascii_lowercase())).copied()?;
        self.set(found.0).get(found.1).map(|_| found)
    }

    /// A deleted object by its id.
    pub(crate) fn find_deleted(&self, id: &str) -> Option<(ObjectKind, u64)> {
        let found = self.ids.get(&id.to_ascii_lowercase()).copied()?;
        self.deleted.get(found.1).map(|_| found)
    }

    /// The id that an object has, or had before it was deleted for good.
    pub(crate) fn id_of(&self, kind: ObjectKind, key: u64) -> String {
        let known =
            self.set(kind).get(key).or_else(|| self.deleted.get(key)).map(|entity| entity.text("id").to_owned());
        let ended = || self.ids.iter().find(|(_, of)| **of == (kind, key)).map(|(id, _)| id.clone());
        known.or_else(ended).unwrap_or_default()
    }

    pub(crate) fn object(&self, kind: ObjectKind, key: u64) -> Option<&Entity> {
        self.set(kind).get(key)
    }

    /// The kind of an object, deleted or not.
    pub(crate) fn kind(&self, entity: &Entity) -> ObjectKind {
        self.ids.get(entity.text("id")).map_or(ObjectKind::User, |(kind, _)| *kind)
    }

    /// An object of any kind by its key.
    pub(crate) fn any(&self, key: u64) -> Option<(ObjectKind, &Entity)> {
        let user = self.users.get(key).map(|entity| (ObjectKind::User, entity));
        let other = || self.others.iter().find_map(|set| set.get(key)).map(|entity| (self.kind(entity), entity));
        user.or_else(|| self.groups.get(key).map(|entity| (ObjectKind::Group, entity))).or_else(other)
    }

    /// The groups, roles and units that `member` is in directly.
    pub(crate) fn containers_of(&self, member: u64) -> impl Iterator<Item = &Entity> {
        let others = [ObjectKind::DirectoryRole, ObjectKind::Unit].into_iter().flat_map(|kind| self.set(kind).iter());
        let all = self.groups.iter().chain(others);
        all.filter(move |it| self.members.get(&it.key).is_some_and(|members| members.contains(&member)))
    }

    /// The groups that `member` is in directly.
    pub(crate) fn groups_of(&self, member: u64) -> impl Iterator<Item = &Entity> {
        self.groups
            .iter()
            .filter(move |group| self.members.get(&group.key).is_some_and(|members| members.contains(&member)))
    }
}

/// What a new group has before the caller's own properties.
pub(crate) fn new_group(key: u64, now: &str) -> Map<String, Value> {
    let id = guid(&format!("group {key}"));
    let fields = json!({
        "id": id, "createdDateTime": now, "renewedDateTime": now, "creationOptions": [], "groupTypes": [], "proxyAddresses": [],
        "resourceBehaviorOptions": [], "resourceProvisioningOptions": [], "securityIdentifier": format!("S-1-12-1-{key}"),
        "onPremisesProvisioningErrors": [],
    });
    object(fields)
}

/// Adds a member, which may not be one already.
pub(crate) fn link_member(tenant: &mut Tenant, group: u64, member: u64) {
    if tenant.directory.members.entry(group).or_default().insert(member) {
        tenant.directory.groups.log.record(0, group, What::Linked(member));
    }
}
