//! `schemas/`: a file for each thing that a connector lists.

use connector_schemas::descriptor::{connector_schema, descriptor_schema};
use connector_schemas::keywords;
use serde::Serialize;

use crate::Result;
use crate::descriptor::{COMMENT, Description};
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
    made.file(format!("{FOLDER}/keywords.schema.json"), print(&keywords::meta_schema())?);
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

// Pretty, so that a change shows as the lines that changed; with a newline at the end, as editors leave it.
fn print(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
