//! Which properties an entity has, and of which kind they are.
//!
//! The `.types` files beside this one are facts from Microsoft's CSDL, for the types that the sandbox
//! serves and all that they are made of. A block is `[entity name : base]`, `[complex name : base]` or
//! `[enum name]`; its tokens are `property=Kind`, with brackets around the kind of a collection and
//! `>` before a navigation property. A new resource needs rows there and no code here.

mod check;

use std::collections::HashMap;
use std::sync::OnceLock;

pub(crate) use check::{BodyFault, check_object, is_guid, spell};

const FILES: [&str; 16] = [
    include_str!("directory.types"),
    include_str!("identity.types"),
    include_str!("mail.types"),
    include_str!("calendar.types"),
    include_str!("contacts.types"),
    include_str!("drive.types"),
    include_str!("settings.types"),
    include_str!("teams.types"),
    include_str!("sharing.types"),
    include_str!("conversations.types"),
    include_str!("search.types"),
    include_str!("devices.types"),
    include_str!("exchange.types"),
    include_str!("workbook.types"),
    include_str!("meetings.types"),
    include_str!("sites.types"),
];

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Float,
    Boolean,
    /// A moment with an offset.
    Moment,
    Date,
    TimeOfDay,
    Duration,
    Guid,
    Binary,
    Stream,
    Enum(&'static str),
    /// One of these members, of an enumeration that a program taught and named.
    Choice(&'static str, &'static [&'static str]),
    /// Whatever there is: a property of an open type that declares none.
    Open,
    /// A complex or entity type, by name. A type that no file describes is open.
    Object(&'static str),
}

impl Kind {
    fn of(name: &'static str, enums: &HashMap<&'static str, Vec<&'static str>>) -> Kind {
        match name {
            "String" => Kind::Text,
            "Int16" | "Int32" | "Int64" | "Byte" | "SByte" => Kind::Integer,
            "Double" | "Single" | "Decimal" => Kind::Float,
            "Boolean" => Kind::Boolean,
            "DateTimeOffset" => Kind::Moment,
            "Date" => Kind::Date,
            "TimeOfDay" => Kind::TimeOfDay,
            "Duration" => Kind::Duration,
            "Guid" => Kind::Guid,
            "Binary" => Kind::Binary,
            "Stream" => Kind::Stream,
            other if enums.contains_key(other) => Kind::Enum(other),
            other => Kind::Object(other),
        }
    }

    /// The members of an enumeration; none for other kinds.
    pub(crate) fn members(self) -> &'static [&'static str] {
        match self {
            Kind::Enum(name) => members(name),
            Kind::Choice(_, members) => members,
            _ => &[],
        }
    }

    /// The name that Graph's error messages use.
    pub(crate) fn edm(self) -> String {
        match self {
            Kind::Text => "Edm.String".into(),
            Kind::Integer => "Edm.Int32".into(),
            Kind::Float => "Edm.Double".into(),
            Kind::Boolean => "Edm.Boolean".into(),
            Kind::Moment => "Edm.DateTimeOffset".into(),
            Kind::Date => "Edm.Date".into(),
            Kind::TimeOfDay => "Edm.TimeOfDay".into(),
            Kind::Duration => "Edm.Duration".into(),
            Kind::Guid => "Edm.Guid".into(),
            Kind::Binary => "Edm.Binary".into(),
            Kind::Stream => "Edm.Stream".into(),
            Kind::Open => "Edm.Untyped".into(),
            Kind::Enum(name) | Kind::Choice(name, _) | Kind::Object(name) => format!("microsoft.graph.{name}"),
        }
    }
}

/// One property of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    pub(crate) kind: Kind,
    pub(crate) collection: bool,
    pub(crate) navigation: bool,
}

/// An entity or complex type with everything that it inherits.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    pub(crate) name: &'static str,
    base: Option<&'static str>,
    /// Open, and without properties of its own: any name is one.
    bag: bool,
    properties: HashMap<&'static str, Property>,
}

impl Type {
    /// A type that no table describes.
    pub(crate) fn taught(name: &'static str, properties: HashMap<&'static str, Property>) -> Type {
        Type { name, base: None, bag: false, properties }
    }

    pub(crate) fn property(&self, name: &str) -> Option<Property> {
        self.properties.get(name).copied()
    }

    /// As [`Type::property`], for a name in a URL, where case does not matter.
    fn property_any_case(&self, name: &str) -> Option<Property> {
        let other = || self.properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        self.property(name).or_else(|| other().map(|(_, property)| *property))
    }

    /// The property, also if only the usual members of a collection of this type have it, or if any name is one.
    pub(crate) fn reach(&self, name: &str) -> Option<Property> {
        let derived: &[&str] = match self.name {
            "directoryObject" => &["user", "group", "device", "servicePrincipal", "application", "directoryRole"],
            "attachment" => &["fileAttachment"],
            _ => &[],
        };
        let open = self.bag.then_some(Property { kind: Kind::Open, collection: false, navigation: false });
        self.property(name).or_else(|| derived.iter().find_map(|derived| get(derived).property(name))).or(open)
    }

    /// Whether it is `name` or derived from it.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name || self.base.and_then(find).is_some_and(|base| base.is(name))
    }
}

struct Table {
    types: HashMap<&'static str, Type>,
    enums: HashMap<&'static str, Vec<&'static str>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(&FILES))
}

/// The type of that name, if the tables describe it.
pub(crate) fn find(name: &str) -> Option<&'static Type> {
    table().types.get(name)
}

/// As [`find`], for a name in a URL, where case does not matter.
pub(crate) fn find_any_case(name: &str) -> Option<&'static Type> {
    find(name).or_else(|| table().types.values().find(|ty| ty.name.eq_ignore_ascii_case(name)))
}

/// The type of that name, which the code knows to exist.
pub(crate) fn get(name: &str) -> &'static Type {
    find(name).unwrap_or_else(|| panic!("no .types file describes {name}"))
}

/// Whether Graph certainly has no property `name` behind these segments. Functions and actions are not in the tables,
/// so it can be one of them.
pub(crate) fn is_unknown(before: &[String], name: &str) -> bool {
    const ROOTS: [(&str, &str); 9] = [
        ("me", "user"),
        ("users", "user"),
        ("groups", "group"),
        ("applications", "application"),
        ("servicePrincipals", "servicePrincipal"),
        ("devices", "device"),
        ("drives", "drive"),
        ("teams", "team"),
        ("chats", "chat"),
    ];
    // The tables leave out some relations of these.
    const PARTIAL: [&str; 5] = ["site", "place", "room", "roomList", "orgContact"];
    let is_elsewhere = table().types.values().any(|ty| ty.property(name).is_some());
    if is_elsewhere || name.starts_with('$') || name.eq_ignore_ascii_case("delta") {
        return false;
    }
    let mut segments = before.iter();
    let Some(root) = segments.next() else { return false };
    let Some((root, ty)) = ROOTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(root)) else { return false };
    let mut ty = find(ty);
    if *root != "me" && segments.next().is_none() {
        return false;
    }
    for segment in segments.by_ref() {
        // What is no property is the key of an item in the collection before it.
        let Some(property) = ty.and_then(|ty| ty.property_any_case(segment)) else { continue };
        let Kind::Object(of) = property.kind else { return false };
        ty = find(of);
    }
    ty.is_some_and(|ty| !PARTIAL.contains(&ty.name))
}

/// Whether properties of that name hold members of an enumeration, in every type that has one.
pub(crate) fn is_enumeration(property: &str) -> bool {
    let kinds = || table().types.values().filter_map(|ty| ty.property(property)).map(|property| property.kind);
    kinds().next().is_some() && kinds().all(|kind| matches!(kind, Kind::Enum(_)))
}

/// The members of an enumeration.
pub(crate) fn members(name: &str) -> &'static [&'static str] {
    table().enums.get(name).map_or(&[], Vec::as_slice)
}

impl Table {
    fn parse(files: &[&'static str]) -> Table {
        let blocks = || files.iter().copied().flat_map(blocks);
        let mut enums: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for block in blocks() {
            let (head, tokens) = split(block);
            if let Some(name) = head.strip_prefix("enum ") {
                enums.insert(name.trim(), tokens.split_whitespace().collect());
            }
        }
        let mut types: HashMap<&'static str, Type> = HashMap::new();
        for block in blocks() {
            let (head, tokens) = split(block);
            let Some(head) = head.strip_prefix("entity ").or_else(|| head.strip_prefix("complex ")) else { continue };
            let (head, open) = head.strip_suffix(" open").map_or((head, false), |head| (head, true));
            let (name, base) = match head.split_once(" : ") {
                Some((name, base)) => (name, Some(base)),
                None => (head, None),
            };
            let own = tokens.split_whitespace().filter_map(|token| {
                let (name, kind) = token.split_once('=')?;
                let (name, navigation) = name.strip_prefix('>').map_or((name, false), |name| (name, true));
                let inner = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']'));
                let kind = Kind::of(inner.unwrap_or(kind), &enums);
                Some((name, Property { kind, collection: inner.is_some(), navigation }))
            });
            let properties: HashMap<_, _> = own.collect();
            types.insert(name, Type { name, base, bag: open && properties.is_empty(), properties });
        }
        inherit(&mut types);
        Table { types, enums }
    }
}

/// The blocks of a file, each from behind its opening bracket at the start of a line.
fn blocks(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.split("\n[").map(|block| block.strip_prefix('[').unwrap_or(block)).filter(|block| block.contains(']'))
}

fn split(block: &'static str) -> (&'static str, &'static str) {
    block.split_once("]\n").unwrap_or((block.trim_end_matches(']'), ""))
}

fn inherit(types: &mut HashMap<&'static str, Type>) {
    let names: Vec<&'static str> = types.keys().copied().collect();
    for name in names {
        let mut inherited = Vec::new();
        let mut base = types[name].base;
        while let Some(parent) = base.and_then(|base| types.get(base)) {
            inherited.extend(parent.properties.iter().map(|(name, property)| (*name, *property)));
            base = parent.base;
        }
        let properties = &mut types.get_mut(name).expect("taken from the keys").properties;
        for (name, property) in inherited {
            properties.entry(name).or_insert(property);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_what_they_inherit() {
        let message = get("eventMessageRequest");
        assert!(message.property("id").is_some() && message.property("subject").is_some());
        assert!(message.is("message") && message.is("outlookItem") && !message.is("event"));
        assert_eq!(get("user").property("accountEnabled").map(|p| p.kind), Some(Kind::Boolean));
        assert!(get("user").property("manager").is_some_and(|p| p.navigation));
        assert_eq!(get("message").property("importance").map(|p| p.kind), Some(Kind::Enum("importance")));
        assert_eq!(members("importance"), ["low", "normal", "high"]);
    }
}
