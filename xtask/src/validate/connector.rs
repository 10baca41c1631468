//! The descriptor of a connector.

use std::path::Path;

use connector_sdk::{Issue, SignInMethod};
use serde_json::Value;

use super::{Documents, Listed, descriptor, instance};
use crate::descriptor::ConnectorDescriptor;
use crate::schemas;

/// Every breach in a connector's own file, and between it and the files beside it.
pub(super) fn check(file: &Path, document: &Value, all: &Documents) -> Vec<Issue> {
    let mut found = instance::issues(&schemas::connector_schema(), document);
    let Ok(connector) = serde_json::from_value::<ConnectorDescriptor>(document.clone()) else {
        return found;
    };
    found.extend(sign_ins(&connector));
    let lists = [&connector.actions, &connector.triggers, &connector.picklists, &connector.dynamic_schemas];
    for (kind, names) in Listed::ALL.into_iter().zip(lists) {
        found.extend(listed(file, kind, names, all));
    }
    found
}

fn sign_ins(connector: &ConnectorDescriptor) -> Vec<Issue> {
    let mut found = Vec::new();
    for (i, sign_in) in connector.connection.sign_ins.iter().enumerate() {
        let at = format!("/connection/signIns/{i}");
        if !SignInMethod::ALL.iter().any(|method| method.name() == sign_in.method) {
            found.push(Issue::new(format!("{at}/method"), format!("\"{}\" is no sign-in method", sign_in.method)));
        }
        let permissions = &sign_in.permissions;
        for (name, list) in
            [("minimum", &permissions.minimum), ("default", &permissions.default), ("optional", &permissions.optional)]
        {
            for (j, scope) in list.iter().enumerate().filter(|(_, scope)| !descriptor::is_scope(scope)) {
                let place = format!("{at}/permissions/{name}/{j}");
                found
                    .push(Issue::new(place, format!("\"{scope}\" is not the name of a permission, such as Mail.Read")));
            }
        }
    }
    found
}

// What is listed has a file, and what has a file is listed.
fn listed(file: &Path, kind: Listed, names: &[String], all: &Documents) -> Vec<Issue> {
    let Some(folder) = file.parent().map(|folder| folder.join(kind.folder())) else { return Vec::new() };
    let mut found = Vec::new();
    for (i, name) in names.iter().enumerate() {
        if all.lacks(&folder.join(format!("{name}.json"))) {
            found.push(Issue::new(
                format!("/{}/{i}", kind.folder()),
                format!("\"{name}\" has no file {}/{name}.json", kind.folder()),
            ));
        }
    }
    for other in all.by_file.keys().filter(|path| path.parent() == Some(&folder)) {
        let stem = other.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !names.iter().any(|name| name == stem) {
            found
                .push(Issue::new(format!("/{}", kind.folder()), format!("does not list \"{stem}\", which has a file")));
        }
    }
    found
}
