//! A small connector, whole and with mistakes.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::fs;
use std::path::{Path, PathBuf};

use connector_schemas::{Report, Sources, validate};
use serde_json::{Value, json};
use tempfile::TempDir;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

pub(crate) fn action() -> Value {
    json!({
        "name": "get_thing", "connector": "shop", "title": "Get thing", "effect": "read", "list": false,
        "scopes": { "delegated": ["Thing.Read"], "application": null },
        "input": {
            "$schema": DIALECT, "type": "object", "title": "Get thing", "description": "Read a thing.",
            "properties": { "size": { "title": "Size", "type": "integer", "minimum": 1, "description": "The size." } },
            "required": ["size"], "additionalProperties": false, "examples": [{ "size": 3 }]
        },
        "output": { "$schema": DIALECT, "type": "object", "title": "Get thing" }
    })
}

pub(crate) fn connector() -> Value {
    json!({
        "name": "shop", "title": "Shop", "about": "Things.",
        "connection": {
            "signIns": [{ "method": "device_code", "permissions": { "minimum": [], "default": ["Thing.Read"], "optional": [] } }],
            "accountTypes": [{ "accountType": "common", "label": "Common" }]
        },
        "actions": ["get_thing"], "triggers": [], "picklists": []
    })
}

/// A folder of files.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// The files of a connector with one action.
    pub(crate) fn of(connector: &Value, action: &Value) -> Folder {
        let folder = Folder::new();
        folder.write("shop/connector.json", connector.to_string());
        folder.write("shop/actions/get_thing.json", action.to_string());
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn sources(&self) -> Sources {
        Sources::read(&[self.path().to_owned()]).unwrap()
    }

    pub(crate) fn validate(&self) -> Report {
        validate(&self.sources())
    }

    /// The findings as `file#/pointer [rule]`.
    pub(crate) fn places(&self, report: &Report) -> Vec<String> {
        let place = |file: &Path| file.strip_prefix(self.path()).unwrap().display().to_string();
        let findings = report.findings.iter();
        findings
            .map(|found| format!("{}#{} [{}]", place(&found.place.file), found.place.pointer, found.rule.id()))
            .collect()
    }
}

pub(crate) fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    match document.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    document
}

pub(crate) fn without(mut document: Value, parent: &str, name: &str) -> Value {
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    document
}
