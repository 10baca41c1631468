//! `schemas/`: a file for each thing that a connector lists.

use connector_sdk::schema;
use serde::Serialize;
use serde_json::Value;

use crate::Result;
use crate::descriptor::{COMMENT, ConnectorDescriptor, Description, Descriptor};
use crate::generated::Generated;

/// The folder.
pub const FOLDER: &str = "schemas";

/// The files of these connectors with the fields of their connections, and the schemas that the files themselves keep
/// to.
///
/// # Errors
/// When a value cannot be printed.
pub fn generated(connectors: &[Description]) -> Result<Generated> {
    let mut made = Generated { folders: vec![FOLDER], ..Generated::default() };
    made.file(format!("{FOLDER}/descriptor.schema.json"), print(&descriptor_schema())?);
    made.file(format!("{FOLDER}/connector.schema.json"), print(&connector_schema())?);
    for connector in connectors {
        let folder = format!("{FOLDER}/{}", connector.connector.name);
        made.file(format!("{folder}/connector.json"), print(&connector.connector)?);
        let mut connection = connector.connection.clone();
        connection.shift_insert(0, "$comment".into(), COMMENT.into());
        made.file(format!("{folder}/connection.json"), print(&connection)?);
        let kinds = [
            ("actions", &connector.actions),
            ("triggers", &connector.triggers),
            ("picklists", &connector.picklists),
            ("dynamicSchemas", &connector.dynamic_schemas),
        ];
        for (kind, descriptors) in kinds {
            for descriptor in descriptors {
                made.file(format!("{folder}/{kind}/{}.json", descriptor.name), print(descriptor)?);
            }
        }
    }
    Ok(made)
}

/// The schema that the descriptor of an action, a trigger, a picklist or a dynamic schema keeps to.
pub fn descriptor_schema() -> Value {
    schema::input::<Descriptor>("Descriptor")
}

/// The schema that a connector's own descriptor keeps to.
pub fn connector_schema() -> Value {
    schema::input::<ConnectorDescriptor>("Connector descriptor")
}

// Pretty, so that a change shows as the lines that changed; with a newline at the end, as editors leave it.
fn print(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples<'a>(schema: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            found.extend(property["examples"].as_array().into_iter().flatten().map(|example| (name.as_str(), example)));
            examples(property, found);
            examples(&property["items"], found);
        }
    }

    #[test]
    fn examples_of_descriptors_keep_their_schemas_and_name_permissions() {
        for schema in [descriptor_schema(), connector_schema()] {
            assert_eq!(crate::validate::wrong_examples(&schema), []);
            let mut found = Vec::new();
            examples(&schema, &mut found);
            let scopes = found.iter().filter(|(name, _)| ["delegated", "shared", "application"].contains(name));
            for scope in scopes.flat_map(|(_, example)| example.as_array()).flatten() {
                assert!(crate::validate::is_scope(scope.as_str().unwrap()), "{scope}");
            }
        }
    }
}
