//! Registry of the actions, triggers, picklists and dynamic schemas of a host, by name.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use connector_sdk::{
    AnyAction, AnyDynamicSchema, AnyPicklist, AnyTrigger, Code, Connector, Error, Result, Spec, nearest,
};
use serde_json::Value;

use crate::search::SearchIndex;
use crate::validate::Validator;

/// The connectors of a host, with the validators of their inputs.
pub(crate) struct Registry {
    connectors: Vec<Registered>,
    // Made at first use: it needs every schema of the actions.
    search: OnceLock<SearchIndex>,
}

struct Registered {
    connector: Connector,
    actions: Index,
    triggers: Index,
    picklists: Index,
    dynamic_schemas: Index,
    // Made at first use: it needs every schema of the connector.
    picklist_users: OnceLock<HashMap<String, Vec<String>>>,
}

/// Index of the things of one kind by name: the position in their list, and the validator.
///
/// A validator is compiled at first use and kept: a command that runs one action does not pay for the others.
struct Index(HashMap<&'static str, (usize, OnceLock<Box<Validator>>)>);

impl Index {
    /// Creates an index of these names.
    ///
    /// # Errors
    /// `bug` when two have the same name.
    fn new(connector: &str, kind: &str, names: impl ExactSizeIterator<Item = &'static str>) -> Result<Index> {
        let mut index = HashMap::with_capacity(names.len());
        for (place, name) in names.enumerate() {
            if index.insert(name, (place, OnceLock::new())).is_some() {
                return Err(Error::bug(format!("two {kind} of `{connector}` are called `{name}` (number {place})")));
            }
        }
        Ok(Index(index))
    }
}

/// An entry that was found by name, with the validator of its input.
pub(crate) struct Found<'a, T: ?Sized> {
    pub(crate) item: &'a T,
    pub(crate) validator: &'a Validator,
}

impl Registry {
    /// Creates a registry of these connectors.
    ///
    /// # Errors
    /// `bug` when two connectors, or two things of one kind in a connector, have the same name.
    pub(crate) fn new(connectors: Vec<Connector>) -> Result<Registry> {
        let mut registry = Registry { connectors: Vec::with_capacity(connectors.len()), search: OnceLock::new() };
        for connector in connectors {
            if registry.connectors.iter().any(|known| known.connector.name == connector.name) {
                return Err(Error::bug(format!("two connectors are called `{}`", connector.name)));
            }
            let name = connector.name;
            registry.connectors.push(Registered {
                actions: Index::new(name, "actions", connector.actions.iter().map(|action| action.spec().name))?,
                triggers: Index::new(name, "triggers", connector.triggers.iter().map(|trigger| trigger.spec().name))?,
                picklists: Index::new(
                    name,
                    "picklists",
                    connector.picklists.iter().map(|picklist| picklist.spec().name),
                )?,
                dynamic_schemas: Index::new(
                    name,
                    "dynamic schemas",
                    connector.dynamic_schemas.iter().map(|dynamic| dynamic.spec().name),
                )?,
                picklist_users: OnceLock::new(),
                connector,
            });
        }
        Ok(registry)
    }

    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.connectors.iter().map(|registered| &registered.connector)
    }

    pub(crate) fn connector(&self, name: &str) -> Result<&Connector> {
        self.registered(name).map(|registered| &registered.connector)
    }

    pub(crate) fn action(&self, id: &str) -> Result<Found<'_, dyn AnyAction>> {
        self.find(
            id,
            "action",
            |known| (&known.connector.actions[..], &known.actions),
            |action| action.spec(),
            |action| action.input_schema(),
        )
    }

    pub(crate) fn trigger(&self, id: &str) -> Result<Found<'_, dyn AnyTrigger>> {
        self.find(
            id,
            "trigger",
            |known| (&known.connector.triggers[..], &known.triggers),
            |trigger| trigger.spec(),
            |trigger| trigger.input_schema(),
        )
    }

    pub(crate) fn picklist(&self, id: &str) -> Result<Found<'_, dyn AnyPicklist>> {
        self.find(
            id,
            "picklist",
            |known| (&known.connector.picklists[..], &known.picklists),
            |list| list.spec(),
            |list| list.input_schema(),
        )
    }

    pub(crate) fn dynamic_schema(&self, id: &str) -> Result<Found<'_, dyn AnyDynamicSchema>> {
        self.find(
            id,
            "dynamic schema",
            |known| (&known.connector.dynamic_schemas[..], &known.dynamic_schemas),
            |dynamic| dynamic.spec(),
            |dynamic| dynamic.input_schema(),
        )
    }

    /// Returns the ids of the actions, in the order of the lists.
    pub(crate) fn action_ids(&self) -> impl Iterator<Item = String> {
        self.ids(|connector| connector.actions.iter().map(|action| action.spec().name).collect())
    }

    /// Returns the ids of the triggers, in the order of the lists.
    pub(crate) fn trigger_ids(&self) -> impl Iterator<Item = String> {
        self.ids(|connector| connector.triggers.iter().map(|trigger| trigger.spec().name).collect())
    }

    /// Returns the ids of the picklists, in the order of the lists.
    pub(crate) fn picklist_ids(&self) -> impl Iterator<Item = String> {
        self.ids(|connector| connector.picklists.iter().map(|picklist| picklist.spec().name).collect())
    }

    /// Returns the index of the actions for search by words.
    pub(crate) fn search_index(&self) -> &SearchIndex {
        self.search.get_or_init(|| {
            let all = self
                .connectors()
                .flat_map(|connector| connector.actions.iter().map(|action| (connector.name, &**action)));
            SearchIndex::new(all)
        })
    }

    fn ids(&self, names: impl Fn(&Connector) -> Vec<&'static str>) -> impl Iterator<Item = String> {
        self.connectors()
            .flat_map(move |connector| names(connector).into_iter().map(|name| format!("{}.{name}", connector.name)))
    }

    /// Returns the ids of the actions and triggers whose input has properties with this picklist, directly or as what
    /// another picklist asks for.
    pub(crate) fn users_of_picklist(&self, id: &str) -> &[String] {
        let Some((connector, name)) = id.split_once('.') else { return &[] };
        let known = self.connectors.iter().find(|known| known.connector.name == connector);
        known.and_then(|known| known.users().get(name)).map_or(&[], Vec::as_slice)
    }

    fn registered(&self, name: &str) -> Result<&Registered> {
        self.connectors.iter().find(|known| known.connector.name == name).ok_or_else(|| {
            let names = self.connectors().map(|connector| connector.name);
            unknown("connector", name, names)
        })
    }

    fn find<'a, T: ?Sized>(
        &'a self,
        id: &str,
        kind: &str,
        list: impl Fn(&'a Registered) -> (&'a [Box<T>], &'a Index),
        spec: impl Fn(&T) -> &'static Spec,
        schema: impl Fn(&T) -> Value,
    ) -> Result<Found<'a, T>> {
        let found = id.split_once('.').and_then(|(connector, name)| {
            let known = self.connectors.iter().find(|known| known.connector.name == connector)?;
            let (items, index) = list(known);
            let (at, validator) = index.0.get(name)?;
            Some((&*items[*at], validator))
        });
        let Some((item, validator)) = found else {
            let every = self.connectors.iter().flat_map(|known| {
                list(known)
                    .0
                    .iter()
                    .map(|item| format!("{}.{}", known.connector.name, spec(item).name))
                    .collect::<Vec<_>>()
            });
            return Err(unknown(kind, id, every));
        };
        if validator.get().is_none() {
            // Two that come at once may both compile; one of the results is kept.
            let _ = validator.set(Box::new(Validator::new(schema(item))?));
        }
        let validator = validator.get().ok_or_else(|| Error::bug("a validator was set and is gone"))?;
        Ok(Found { item, validator })
    }
}

impl Registered {
    // By picklist, the ids of the actions and triggers that have it.
    fn users(&self) -> &HashMap<String, Vec<String>> {
        self.picklist_users.get_or_init(|| {
            let Connector { name, actions, triggers, picklists, .. } = &self.connector;
            let mut users: HashMap<String, Vec<String>> = HashMap::new();
            let actions = actions.iter().map(|action| (action.spec().name, action.input_schema()));
            let triggers = triggers.iter().map(|trigger| (trigger.spec().name, trigger.input_schema()));
            for (own, schema) in actions.chain(triggers) {
                for picklist in named_picklists(&schema) {
                    users.entry(picklist).or_default().push(format!("{name}.{own}"));
                }
            }
            let asked: Vec<(&str, BTreeSet<String>)> =
                picklists.iter().map(|list| (list.spec().name, named_picklists(&list.input_schema()))).collect();
            // A picklist that needs a second one makes its users those of the second one, and so on.
            for _ in 0..picklists.len() {
                let mut grew = false;
                for (list, needed) in &asked {
                    let own = users.get(*list).cloned().unwrap_or_default();
                    for needed in needed {
                        let all = users.entry(needed.clone()).or_default();
                        let before = all.len();
                        all.extend(own.iter().filter(|id| !all.contains(id)).cloned().collect::<Vec<_>>());
                        grew |= all.len() > before;
                    }
                }
                if !grew {
                    break;
                }
            }
            users
        })
    }
}

fn named_picklists(schema: &Value) -> BTreeSet<String> {
    fn walk(schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                names.extend(object.get("x-picklist").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| walk(value, names));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    walk(schema, &mut names);
    names
}

/// Creates the error for an unknown name, with the nearest ones that exist.
pub(crate) fn unknown<S: AsRef<str>>(kind: &str, name: &str, every: impl Iterator<Item = S>) -> Error {
    let every: Vec<S> = every.collect();
    let error = Error::new(Code::UnknownAction, format!("there is no {kind} called `{name}`"));
    match nearest(name, every.iter().map(AsRef::as_ref)) {
        Some(near) => error.with_hint(format!("Did you mean `{near}`?")),
        None => error,
    }
}
