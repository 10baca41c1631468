//! A set of entities of one kind.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::log::{Log, What};

/// One entity. Its properties are as Graph prints them; what is derived (ids of Outlook items, links
/// with the caller's origin) is not among them.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    /// Its number in the tenant.
    pub(crate) key: u64,
    /// What contains it: the folder of a message, the message of an attachment; 0 for nothing.
    pub(crate) parent: u64,
    /// How often it changed; etags and change keys come from it.
    pub(crate) version: u64,
    pub(crate) fields: Map<String, Value>,
    order: i64,
}

impl Entity {
    /// An entity that comes in a list before those with a greater `order`.
    pub(crate) fn new(key: u64, parent: u64, order: i64, fields: Map<String, Value>) -> Entity {
        Entity { key, parent, version: 1, fields, order }
    }

    /// A text property, empty if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A boolean property, false if there is none.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.fields.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// A place in the order of a list.
pub(crate) type Place = (i64, i64);

/// Entities of one kind, with their order overall and per container.
#[derive(Debug, Default)]
pub(crate) struct Set {
    items: HashMap<u64, Entity>,
    all: BTreeSet<Place>,
    children: HashMap<u64, BTreeSet<Place>>,
    newest_first: bool,
    pub(crate) log: Log,
}

impl Set {
    pub(crate) fn new() -> Set {
        Set::default()
    }

    /// Among entities of the same order, the one that was added last comes first.
    pub(crate) fn newest_first() -> Set {
        Set { newest_first: true, ..Set::default() }
    }

    fn place(&self, order: i64, key: u64) -> Place {
        let key = i64::try_from(key).unwrap_or(i64::MAX);
        (order, if self.newest_first { -key } else { key })
    }

    fn at(&self, place: Place) -> &Entity {
        &self.items[&place.1.unsigned_abs()]
    }

    pub(crate) fn place_of(&self, entity: &Entity) -> Place {
        self.place(entity.order, entity.key)
    }

    pub(crate) fn insert(&mut self, entity: Entity) {
        self.log.record(entity.parent, entity.key, What::Created);
        self.insert_quietly(entity);
    }

    fn insert_quietly(&mut self, entity: Entity) {
        let place = self.place_of(&entity);
        self.all.insert(place);
        self.children.entry(entity.parent).or_default().insert(place);
        self.items.insert(entity.key, entity);
    }

    pub(crate) fn get(&self, key: u64) -> Option<&Entity> {
        self.items.get(&key)
    }

    /// Changes an entity's properties and records that it changed.
    pub(crate) fn update(&mut self, key: u64, change: impl FnOnce(&mut Map<String, Value>)) -> Option<&Entity> {
        let entity = self.items.get_mut(&key)?;
        change(&mut entity.fields);
        entity.version += 1;
        self.log.record(entity.parent, key, What::Updated);
        Some(entity)
    }

    /// Changes derived properties, of which no delta tells.
    pub(crate) fn amend(&mut self, key: u64, change: impl FnOnce(&mut Map<String, Value>)) {
        if let Some(entity) = self.items.get_mut(&key) {
            change(&mut entity.fields);
        }
    }

    /// Gives an entity another place in the order, of which no delta tells.
    pub(crate) fn reorder(&mut self, key: u64, order: i64) {
        if let Some(mut entity) = self.take(key) {
            entity.order = order;
            self.insert_quietly(entity);
        }
    }

    /// Puts an entity elsewhere, which is a removal there and an addition here.
    pub(crate) fn relocate(&mut self, key: u64, parent: u64, order: Option<i64>) -> Option<&Entity> {
        let mut entity = self.take(key)?;
        self.log.record(entity.parent, key, What::Removed { soft: false });
        entity.parent = parent;
        entity.order = order.unwrap_or(entity.order);
        entity.version += 1;
        self.insert(entity);
        self.items.get(&key)
    }

    /// Takes an entity out and records that it went. `soft` if it may come back.
    pub(crate) fn remove(&mut self, key: u64, soft: bool) -> Option<Entity> {
        let entity = self.take(key)?;
        self.log.record(entity.parent, key, What::Removed { soft });
        Some(entity)
    }

    fn take(&mut self, key: u64) -> Option<Entity> {
        let entity = self.items.remove(&key)?;
        let place = self.place_of(&entity);
        self.all.remove(&place);
        if let Some(children) = self.children.get_mut(&entity.parent) {
            children.remove(&place);
        }
        Some(entity)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entity> {
        self.all.iter().map(|place| self.at(*place))
    }

    pub(crate) fn children(&self, parent: u64) -> impl Iterator<Item = &Entity> {
        self.children.get(&parent).into_iter().flatten().map(|place| self.at(*place))
    }

    pub(crate) fn child_count(&self, parent: u64) -> usize {
        self.children.get(&parent).map_or(0, BTreeSet::len)
    }

    /// What comes behind `after`, of one container or of all.
    pub(crate) fn behind(&self, parent: Option<u64>, after: Option<Place>) -> impl Iterator<Item = &Entity> {
        let places = match parent {
            Some(parent) => self.children.get(&parent),
            None => Some(&self.all),
        };
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        places
            .into_iter()
            .flat_map(move |places| places.range((from, std::ops::Bound::Unbounded)))
            .map(|place| self.at(*place))
    }
}
