//! JSON Schemas of types.

use serde_json::{Map, Value, json};

use crate::{Model, TypeRef};

/// Maximum depth to which nested types are described; below it anything is valid.
const DEPTH: usize = 3;

impl Model {
    /// Returns the properties of a type and of its bases, each with its JSON Schema; not those that lead to other
    /// objects. `None` for a type that does not exist.
    pub fn json_schema(&self, ty: &str) -> Option<Map<String, Value>> {
        let (full, _) = self.find_type(ty)?;
        Some(self.properties(full, DEPTH))
    }

    fn properties(&self, ty: &str, depth: usize) -> Map<String, Value> {
        // The bases first: the id stands at the top.
        let mut lineage: Vec<&str> = self.lineage(ty).collect();
        lineage.reverse();
        let own = lineage.into_iter().filter_map(|ty| self.types.get(ty)).flat_map(|ty| &ty.properties);
        own.filter(|(_, property)| !property.navigation)
            .map(|(name, property)| (name.clone(), self.value(&property.ty, depth)))
            .collect()
    }

    fn value(&self, ty: &TypeRef, depth: usize) -> Value {
        if ty.collection {
            let one = self.value(&TypeRef { name: ty.name.clone(), collection: false }, depth);
            return json!({ "type": ["array", "null"], "items": one });
        }
        if let Some(members) = self.members(&ty.name) {
            return json!({ "type": ["string", "null"], "description": format!("One of {}.", members.join(", ")) });
        }
        if self.types.contains_key(&ty.name) {
            let mut object = json!({ "type": ["object", "null"] });
            if depth > 0 {
                let mut properties = self.properties(&ty.name, depth - 1);
                // It tells which of several types a value is of.
                properties.insert("@odata.type".into(), json!({ "type": "string" }));
                object["properties"] = Value::Object(properties);
                object["additionalProperties"] = Value::Bool(self.is_open(&ty.name) || self.has_derived(&ty.name));
            }
            return object;
        }
        primitive(&ty.name)
    }

    fn has_derived(&self, base: &str) -> bool {
        self.types.values().any(|ty| ty.base.as_deref() == Some(base))
    }
}

// As OData writes values in JSON: numbers that a reader of JSON could round may be texts.
fn primitive(name: &str) -> Value {
    match name {
        "Edm.Boolean" => json!({ "type": ["boolean", "null"] }),
        "Edm.Byte" | "Edm.SByte" | "Edm.Int16" | "Edm.Int32" => json!({ "type": ["integer", "null"] }),
        "Edm.Int64" => json!({ "type": ["integer", "string", "null"] }),
        "Edm.Single" | "Edm.Double" | "Edm.Decimal" => json!({ "type": ["number", "string", "null"] }),
        "Edm.DateTimeOffset" => json!({ "type": ["string", "null"], "format": "date-time" }),
        "Edm.Date" => json!({ "type": ["string", "null"], "format": "date" }),
        "Edm.Guid" => json!({ "type": ["string", "null"], "format": "uuid" }),
        "Edm.Untyped" => json!({}),
        _ => json!({ "type": ["string", "null"] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_becomes_a_schema() {
        let csdl = r#"<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
          <Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
            <EnumType Name="mood"><Member Name="glad" Value="0" /><Member Name="sad" Value="1" /></EnumType>
            <ComplexType Name="place"><Property Name="city" Type="Edm.String" /></ComplexType>
            <EntityType Name="entity" Abstract="true"><Property Name="id" Type="Edm.String" /></EntityType>
            <EntityType Name="person" BaseType="graph.entity">
              <Property Name="age" Type="Edm.Int32" /><Property Name="home" Type="graph.place" />
              <Property Name="moods" Type="Collection(graph.mood)" /><NavigationProperty Name="friends" Type="Collection(graph.person)" />
            </EntityType>
          </Schema></edmx:DataServices></edmx:Edmx>"#;
        let model = Model::from_csdl(csdl).unwrap();
        let properties = model.json_schema("person").unwrap();
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["id", "age", "home", "moods"]);
        assert_eq!(properties["age"], json!({ "type": ["integer", "null"] }));
        assert_eq!(properties["home"]["properties"]["city"], json!({ "type": ["string", "null"] }));
        assert_eq!(properties["home"]["additionalProperties"], false);
        assert_eq!(properties["moods"]["items"]["description"], "One of glad, sad.");
        assert!(model.json_schema("nothing").is_none());
    }
}
