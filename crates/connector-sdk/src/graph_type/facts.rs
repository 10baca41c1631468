//! Facts and texts about Graph's types, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("facts.txt");
const SENTENCES: &str = include_str!("texts.txt");

/// Facts, read when the first output schema is requested.
pub(super) static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts::read(TEXT, SENTENCES));

/// Facts and texts about Graph's types.
#[derive(Debug, Default)]
pub(super) struct Facts {
    types: HashMap<&'static str, Type>,
    enums: HashMap<&'static str, Vec<&'static str>>,
    // By `type.property`, or by `*.property` for one that means the same everywhere.
    sentences: HashMap<(&'static str, &'static str), &'static str>,
}

#[derive(Debug, Default)]
struct Type {
    base: Option<&'static str>,
    properties: Vec<Property>,
}

/// A property of a Graph type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: &'static str,
    /// Primitive such as `Edm.String`, or the name of a type or an enumeration.
    pub(super) kind: &'static str,
    pub(super) list: bool,
    pub(super) nullable: bool,
}

/// A line of the facts.
#[derive(Debug, PartialEq, Eq)]
enum FactLine {
    Enum(&'static str, Vec<&'static str>),
    Type(&'static str, Option<&'static str>),
    Property(Property),
    Comment,
}

impl FactLine {
    fn read(line: &'static str) -> Option<FactLine> {
        let mut words = line.split_whitespace();
        Some(match (line.starts_with(' '), words.next()) {
            (_, None) => FactLine::Comment,
            (true, Some(name)) => {
                let kind = words.next()?;
                let (kind, nullable) = kind.strip_suffix('?').map_or((kind, false), |kind| (kind, true));
                let (kind, list) = kind.strip_suffix("[]").map_or((kind, false), |kind| (kind, true));
                FactLine::Property(Property { name, kind, list, nullable })
            }
            (false, Some("enum")) => FactLine::Enum(words.next()?, words.collect()),
            (false, Some("type")) => FactLine::Type(words.next()?, words.next()),
            (false, Some(word)) => return word.starts_with('#').then_some(FactLine::Comment),
        })
    }
}

impl Facts {
    fn read(text: &'static str, sentences: &'static str) -> Facts {
        let mut facts = Facts::default();
        let mut current = "";
        for line in text.lines().filter_map(FactLine::read) {
            match line {
                FactLine::Enum(name, members) => {
                    facts.enums.insert(name, members);
                }
                FactLine::Type(name, base) => {
                    current = name;
                    facts.types.insert(name, Type { base, properties: Vec::new() });
                }
                FactLine::Property(property) => {
                    if let Some(ty) = facts.types.get_mut(current) {
                        ty.properties.push(property);
                    }
                }
                FactLine::Comment => {}
            }
        }
        facts.sentences = sentences.lines().filter_map(sentence).collect();
        facts
    }

    fn lineage<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a Type)> {
        let mut next = Some(name);
        std::iter::from_fn(move || {
            let (name, ty) = self.types.get_key_value(next?)?;
            next = ty.base;
            Some((*name, ty))
        })
    }

    /// Returns the name of a type, if it is one.
    pub(super) fn ty(&self, name: &str) -> Option<&'static str> {
        self.types.get_key_value(name).map(|(name, _)| *name)
    }

    /// Returns whether a type has no properties except an id: one whose presence alone is the information, whose
    /// properties only its derived types have, or whose properties are free.
    pub(super) fn is_bare(&self, name: &str) -> bool {
        self.ty(name).is_some() && self.properties(name).iter().all(|property| property.name == "id")
    }

    /// Returns the properties of a type, those of its bases first.
    pub(super) fn properties(&self, name: &str) -> Vec<Property> {
        let mut lineage: Vec<_> = self.lineage(name).collect();
        lineage.reverse();
        lineage.into_iter().flat_map(|(_, ty)| ty.properties.iter().copied()).collect()
    }

    pub(super) fn property(&self, ty: &str, name: &str) -> Option<Property> {
        self.lineage(ty).find_map(|(_, ty)| ty.properties.iter().copied().find(|property| property.name == name))
    }

    /// Returns the known values of an enumeration; none for any other type.
    pub(super) fn known_values(&self, kind: &str) -> Option<&[&'static str]> {
        self.enums.get(kind).map(Vec::as_slice)
    }

    /// Returns the description of a property.
    pub(super) fn sentence(&self, ty: &str, property: &str) -> Option<&'static str> {
        let said = |ty: &str| self.sentences.get(&(ty, property)).copied();
        self.lineage(ty).find_map(|(ty, _)| said(ty)).or_else(|| said("*"))
    }
}

fn sentence(line: &'static str) -> Option<((&'static str, &'static str), &'static str)> {
    let (at, text) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    Some((at.split_once('.')?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_facts_is_read() {
        for (at, line) in TEXT.lines().enumerate() {
            assert!(FactLine::read(line).is_some(), "facts.txt:{}: {line}", at + 1);
        }
        let user: Vec<_> = FACTS.properties("user");
        assert_eq!((user[0].name, user[0].kind), ("id", "Edm.String"));
        assert!(user.len() > 80, "{}", user.len());
        assert_eq!(FACTS.known_values("importance"), Some(["low", "normal", "high"].as_slice()));
    }

    #[test]
    fn every_kind_is_known() {
        for (name, ty) in &FACTS.types {
            assert!(ty.base.is_none_or(|base| FACTS.types.contains_key(base)), "{name}");
            for property in &ty.properties {
                let kind = property.kind;
                let known =
                    kind.starts_with("Edm.") || FACTS.types.contains_key(kind) || FACTS.enums.contains_key(kind);
                assert!(known, "{name}.{}: {kind}", property.name);
            }
        }
    }

    #[test]
    fn every_sentence_is_about_a_property_and_stands_once() {
        let mut seen = std::collections::HashSet::new();
        for (at, line) in SENTENCES.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let place = format!("texts.txt:{}: {line}", at + 1);
            let ((ty, name), text) = sentence(line).expect(&place);
            let everywhere =
                || FACTS.types.values().any(|ty| ty.properties.iter().any(|property| property.name == name));
            let own =
                || FACTS.types.get(ty).is_some_and(|ty| ty.properties.iter().any(|property| property.name == name));
            assert!(if ty == "*" { everywhere() } else { own() }, "{place}: there is no such property");
            assert!(seen.insert((ty, name)), "{place}: it stands there twice");
            assert!(
                text.ends_with(['.', ')', '`']) && text.starts_with(|first: char| first.is_uppercase() || first == '`'),
                "{place}"
            );
        }
    }
}
