//! Types, operations and roots of paths.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A type, or a collection of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRef {
    /// Full name, such as `microsoft.graph.user` or `Edm.String`.
    pub name: String,
    /// Whether it is a collection.
    pub collection: bool,
}

impl TypeRef {
    /// Returns the name without its namespace.
    pub fn short(&self) -> &str {
        self.name.strip_prefix("microsoft.graph.").unwrap_or(&self.name)
    }
}

/// An entity or complex type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// Full name of the base type.
    pub base: Option<String>,
    /// Whether it may have properties that are not declared.
    pub open: bool,
    /// Properties of the type itself, without those of its base.
    pub properties: BTreeMap<String, Property>,
}

/// A property of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Type of the property.
    pub ty: TypeRef,
    /// Whether it is a navigation property, which leads to other objects.
    pub navigation: bool,
    /// Whether it may be null; of a collection, whether its items may.
    pub nullable: bool,
}

/// An action or a function of a type or of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Name of the operation.
    pub name: String,
    /// Type, or collection of it, that the operation is bound to.
    pub binding: TypeRef,
    /// Whether it is an action, which changes something, and not a function.
    pub action: bool,
    /// Names and types of the parameters.
    pub parameters: Vec<(String, TypeRef)>,
    /// Type that is returned.
    pub returns: Option<TypeRef>,
}

/// Capabilities that the metadata denies to an address, though its kind would have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) insert: bool,
    pub(crate) update: bool,
    pub(crate) delete: bool,
}

/// The types, operations and roots of a version of Graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub(crate) types: BTreeMap<String, Type>,
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    // By name: entity sets and singletons.
    pub(crate) roots: BTreeMap<String, TypeRef>,
    // By name in lower case.
    pub(crate) operations: BTreeMap<String, Vec<Operation>>,
    // By type, or by type and navigation property.
    pub(crate) refused: BTreeMap<String, Refused>,
}

/// Maximum depth of inheritance; Graph's is six or seven. It also ends a type that is derived from itself.
const DEEPEST: usize = 100;

impl Model {
    /// Returns a type by its full name, or by its name in `microsoft.graph`.
    pub fn find_type(&self, name: &str) -> Option<(&str, &Type)> {
        let full =
            if name.starts_with("microsoft.graph.") { name.to_owned() } else { format!("microsoft.graph.{name}") };
        self.types.get_key_value(&full).map(|(name, ty)| (name.as_str(), ty))
    }

    /// Returns the members of an enumeration, by its full name.
    pub fn members(&self, name: &str) -> Option<&[String]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// Returns the number of types.
    pub fn type_count(&self) -> usize {
        self.types.len()
    }

    /// Returns the names of a type and of all its base types, itself first.
    pub(crate) fn lineage<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m str> {
        std::iter::successors(Some(name), |name| self.types.get(*name)?.base.as_deref()).take(DEEPEST)
    }

    /// Returns a property of a type or of its bases.
    pub fn property(&self, ty: &str, name: &str) -> Option<&Property> {
        self.lineage(ty).find_map(|ty| self.types.get(ty)?.properties.get(name))
    }

    /// Returns a property as [`Model::property`] does, but ignoring case, with the type that declares it.
    pub(crate) fn property_in_any_case<'m>(
        &'m self,
        ty: &'m str,
        name: &str,
    ) -> Option<(&'m str, &'m str, &'m Property)> {
        self.lineage(ty).find_map(|ty| {
            let found = self.types.get(ty)?.properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some((ty, found.0.as_str(), found.1))
        })
    }

    /// Returns a property of a type that is derived from this one: an object of a list may be of any of them.
    pub(crate) fn property_of_derived(&self, base: &str, name: &str) -> Option<&Property> {
        let derived = self.types.iter().filter(|(_, ty)| ty.properties.contains_key(name));
        derived.filter(|(ty, _)| self.is_a(ty, base)).find_map(|(_, ty)| ty.properties.get(name))
    }

    /// Returns the names of all properties of a type.
    pub fn property_names<'m>(&'m self, ty: &'m str) -> impl Iterator<Item = &'m str> {
        self.lineage(ty).filter_map(|ty| self.types.get(ty)).flat_map(|ty| ty.properties.keys().map(String::as_str))
    }

    /// Returns whether a type may have properties that are not declared.
    pub(crate) fn is_open(&self, ty: &str) -> bool {
        self.lineage(ty).any(|ty| self.types.get(ty).is_some_and(|ty| ty.open))
    }

    /// Returns whether a type has only properties that are not declared, such as the values of a list's columns.
    pub(crate) fn is_bag(&self, ty: &str) -> bool {
        self.types.get(ty).is_some_and(|ty| ty.open && ty.properties.is_empty())
    }

    /// Returns whether `ty` is `base` or derived from it.
    pub fn is_a(&self, ty: &str, base: &str) -> bool {
        self.lineage(ty).any(|name| name == base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Found by fuzzing.
    #[test]
    fn types_that_are_derived_from_each_other_have_an_end() {
        let csdl = r#"<Schema Namespace="microsoft.graph" Alias="graph"><EntityType Name="self" BaseType="graph.self"/>
            <EntityType Name="a" BaseType="graph.b"><Property Name="x" Type="Edm.String"/></EntityType>
            <EntityType Name="b" BaseType="graph.a"/></Schema>"#;
        let model = Model::from_csdl(csdl).unwrap();
        assert!(model.property("microsoft.graph.b", "x").is_some());
        for name in ["microsoft.graph.self", "microsoft.graph.a"] {
            assert!(model.property(name, "y").is_none() && !model.is_a(name, "microsoft.graph.c"), "{name}");
            assert!(model.property_names(name).count() <= DEEPEST, "{name}");
        }
    }
}
