//! The descriptor of an action, a trigger, a picklist or a dynamic schema.

use std::path::Path;

use connector_sdk::{Issue, dynamic_schema, schema};
use serde_json::Value;

use super::{Documents, Listed, below, instance, meta};
use crate::descriptor::{Descriptor, Needs};
use crate::schemas;

/// Every breach in one descriptor.
pub(super) fn check(file: &Path, kind: Listed, document: &Value, all: &Documents) -> Vec<Issue> {
    let mut found = instance::issues(&schemas::descriptor_schema(), document);
    let Ok(descriptor) = serde_json::from_value::<Descriptor>(document.clone()) else {
        return found;
    };
    found.extend(properties_of_its_kind(kind, &descriptor));
    found.extend(named_as_its_file(file, kind, &descriptor));
    found.extend(scopes("/scopes", &descriptor.scopes));
    for (i, case) in descriptor.scope_cases.iter().enumerate() {
        found.extend(scopes(&format!("/scopeCases/{i}"), &case.needs()));
    }
    found.extend(list(&descriptor));
    for (name, closed) in [("input", true), ("output", false), ("event", false)] {
        if let Some(part) = document.get(name) {
            found.extend(below(&format!("/{name}"), schema_issues(kind, part, closed)));
        }
    }
    found.extend(siblings(file, document, all));
    found
}

fn schema_issues(kind: Listed, part: &Value, closed: bool) -> Vec<Issue> {
    let broken = meta(part);
    if !broken.is_empty() {
        return broken;
    }
    let mut found = match (closed, kind) {
        (true, Listed::Picklist | Listed::DynamicSchema) => schema::check_parameters(part),
        (true, _) => schema::check_input(part),
        (false, _) => schema::check_output(part),
    };
    found.extend(instance::examples(part));
    found
}

fn properties_of_its_kind(kind: Listed, descriptor: &Descriptor) -> Vec<Issue> {
    let (output, event) = (descriptor.output.is_some(), descriptor.event.is_some());
    let expected = (kind == Listed::Action, kind == Listed::Trigger);
    let mut found = Vec::new();
    for (name, is, should) in [("output", output, expected.0), ("event", event, expected.1)] {
        match (is, should) {
            (false, true) => found.push(Issue::new(format!("/{name}"), "is missing")),
            (true, false) => {
                found.push(Issue::new(
                    format!("/{name}"),
                    format!("does not belong into a descriptor in {}/", kind.folder()),
                ));
            }
            _ => {}
        }
    }
    if kind != Listed::Action && descriptor.effect != "read" {
        found.push(Issue::new("/effect", "is not \"read\": only actions change something"));
    }
    if descriptor.undo.is_some() && descriptor.effect != "delete" {
        found.push(Issue::new("/undo", "belongs to the effect \"delete\": nothing else takes something away"));
    }
    found
}

// Only where the folders are those of `schemas/`: a single file may be called as its author likes.
fn named_as_its_file(file: &Path, kind: Listed, descriptor: &Descriptor) -> Vec<Issue> {
    let mut found = Vec::new();
    if super::parent_name(file) != Some(kind.folder()) {
        return found;
    }
    if file.file_stem().is_none_or(|stem| stem != descriptor.name.as_str()) {
        found.push(Issue::new("/name", format!("is \"{}\", which is not the name of the file", descriptor.name)));
    }
    let folder = file.parent().and_then(super::parent_name);
    if let Some(folder) = folder
        && folder != descriptor.connector
    {
        found
            .push(Issue::new("/connector", format!("is \"{}\", but the file lies in {folder}/", descriptor.connector)));
    }
    found
}

fn scopes(at: &str, needs: &Needs) -> Vec<Issue> {
    let lists = [
        ("delegated", needs.delegated.as_deref().unwrap_or_default()),
        ("shared", needs.shared.as_slice()),
        ("application", needs.application.as_deref().unwrap_or_default()),
    ];
    let mut found = Vec::new();
    for (name, list) in lists {
        let wrong = list.iter().enumerate().filter(|(_, scope)| scope.is_empty() || !scope.split(' ').all(is_scope));
        for (i, scope) in wrong {
            found.push(Issue::new(
                format!("{at}/{name}/{i}"),
                format!("\"{scope}\" is not the name of a permission, such as Mail.Read"),
            ));
        }
    }
    found
}

/// Whether a text has the form of a permission: `Mail.Read`, `User-PasswordProfile.ReadWrite.All`,
/// `offline_access`, or such a name below a resource.
pub(crate) fn is_scope(scope: &str) -> bool {
    let short = connector_sdk::scopes::short(scope);
    !short.is_empty()
        && short.split('.').enumerate().all(|(i, part)| {
            // `.default` stands for everything that was consented to.
            (i == 0 && part.is_empty() && short == ".default")
                || (part.starts_with(|c: char| c.is_ascii_alphabetic())
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        })
}

fn list(descriptor: &Descriptor) -> Vec<Issue> {
    let Some(output) = &descriptor.output else { return Vec::new() };
    let items = output.get("properties").and_then(|properties| properties.get("items"));
    let is_array = items.and_then(|items| items.get("type")).is_some_and(|kind| kind == "array");
    match (descriptor.list, is_array) {
        (true, false) => vec![Issue::new("/output/properties/items", "is not an array, though `list` is true")],
        _ => Vec::new(),
    }
}

// A picklist or dynamic schema that a property names must be there, where the connector's folder is.
fn siblings(file: &Path, document: &Value, all: &Documents) -> Vec<Issue> {
    let Some(folder) = file.parent().and_then(Path::parent) else { return Vec::new() };
    if !all.by_file.contains_key(&folder.join("connector.json")) {
        return Vec::new();
    }
    let mut named = Vec::new();
    for part in ["input", "output", "event"] {
        if let Some(schema) = document.get(part) {
            references(schema, &format!("/{part}"), &mut named);
        }
    }
    named
        .into_iter()
        .filter(|(_, kind, name)| all.lacks(&folder.join(kind.folder()).join(format!("{name}.json"))))
        .map(|(at, kind, name)| {
            let word = if kind == Listed::Picklist { "picklist" } else { "dynamic schema" };
            Issue::new(at, format!("names the {word} \"{name}\", which the connector does not have"))
        })
        .collect()
}

fn references(schema: &Value, at: &str, named: &mut Vec<(String, Listed, String)>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                let place = format!("{at}/{}", schema::escape(key));
                match (key.as_str(), value) {
                    ("x-picklist", Value::String(name)) => named.push((place, Listed::Picklist, name.clone())),
                    (dynamic_schema::KEY, Value::String(name)) => {
                        named.push((place, Listed::DynamicSchema, name.clone()))
                    }
                    ("examples" | "default" | "const" | "enum", _) => {}
                    _ => references(value, &place, named),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                references(item, &format!("{at}/{i}"), named);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_permissions() {
        for good in [
            "Mail.Read",
            "offline_access",
            "User-PasswordProfile.ReadWrite.All",
            "https://graph.microsoft.com/.default",
            "openid",
        ] {
            assert!(is_scope(good), "{good}");
        }
        for bad in ["", "Mail Read", "Mail..Read", ".Read", "mail.read;", "https://graph.microsoft.com/"] {
            assert!(!is_scope(bad), "{bad}");
        }
    }
}
