//! What a file describes.

use std::path::Path;

use serde_json::Value;

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A connector.
    Connector,
    /// The fields of a connector's connections.
    Connection,
    /// Something that a connector lists.
    Listed(Listed),
    /// A JSON Schema without a descriptor around it, taken for that of an input.
    Schema,
    /// Nothing that is known here.
    Unknown,
}

/// What a connector lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Listed {
    Action,
    Trigger,
    Picklist,
    DynamicSchema,
}

impl Listed {
    pub(crate) const ALL: [Listed; 4] = [Listed::Action, Listed::Trigger, Listed::Picklist, Listed::DynamicSchema];

    /// Returns the folder, which is also the property of `connector.json` that lists the names.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Listed::Action => "actions",
            Listed::Trigger => "triggers",
            Listed::Picklist => "picklists",
            Listed::DynamicSchema => "dynamicSchemas",
        }
    }

    /// Returns the name for people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Listed::Action => "action",
            Listed::Trigger => "trigger",
            Listed::Picklist => "picklist",
            Listed::DynamicSchema => "dynamic schema",
        }
    }
}

impl Kind {
    /// Returns what a file describes. Its folder says so, else its properties. A file that was named alone is meant to
    /// be a descriptor; one that a folder holds besides may be anything.
    pub(crate) fn of(file: &Path, document: &Value, named_alone: bool) -> Kind {
        let folder = parent_name(file);
        if let Some(listed) = Listed::ALL.into_iter().find(|listed| folder == Some(listed.folder())) {
            return Kind::Listed(listed);
        }
        let has = |property: &str| document.get(property).is_some();
        let is = |name: &str| file.file_name().is_some_and(|own| own == name);
        if is("connection.json") {
            Kind::Connection
        } else if is("connector.json") || has("connection") {
            Kind::Connector
        } else if has("$schema") && !has("input") {
            Kind::Schema
        } else if has("event") {
            Kind::Listed(Listed::Trigger)
        } else if has("output") {
            Kind::Listed(Listed::Action)
        } else if has("input") {
            Kind::Listed(Listed::Picklist)
        } else if named_alone {
            Kind::Listed(Listed::Action)
        } else {
            Kind::Unknown
        }
    }
}

/// Returns the name of the folder that a file or folder is in.
pub(crate) fn parent_name(path: &Path) -> Option<&str> {
    path.parent()?.file_name()?.to_str()
}
