//! The descriptor of an action, a trigger, a picklist or a dynamic schema.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use super::{permissions, references, schema};
use crate::descriptor::descriptor_schema;
use crate::finding::Problem;
use crate::instance;
use crate::kind::{Listed, parent_name};
use crate::rule::Rule;
use crate::source::Sources;
use crate::style;

static FORM: LazyLock<(Value, Option<Validator>)> = LazyLock::new(|| {
    let schema = descriptor_schema();
    let validator = jsonschema::draft202012::new(&schema).ok();
    (schema, validator)
});

/// Returns every problem of a descriptor.
pub(super) fn check(file: &Path, kind: Listed, document: &Value, sources: &Sources) -> Vec<Problem> {
    let (form, validator) = &*FORM;
    let mut found: Vec<Problem> = validator
        .iter()
        .flat_map(|validator| instance::problems(Rule::DescriptorForm, validator, form, document))
        .collect();
    // A document of another type is told by the form, and lacks nothing else.
    if !document.is_object() {
        return found;
    }
    found.extend(properties_of_kind(kind, document));
    found.extend(names(file, document));
    found.extend(needs("/scopes", document.get("scopes")));
    for (i, case) in document.get("scopeCases").and_then(Value::as_array).into_iter().flatten().enumerate() {
        found.extend(needs(&format!("/scopeCases/{i}"), Some(case)));
    }
    found.extend(list(document));
    for part in ["input", "output", "event"] {
        // A part of another type is told by the form.
        if let Some(schema) = document.get(part).filter(|schema| schema.is_object()) {
            found.extend(
                schema_problems(kind, part, schema).into_iter().map(|problem| problem.below(&format!("/{part}"))),
            );
        }
    }
    found.extend(references::check(file, document, sources));
    found
}

fn schema_problems(kind: Listed, part: &str, document: &Value) -> Vec<Problem> {
    let mut found = schema(document);
    found.extend(match (part, kind) {
        ("input", Listed::Picklist | Listed::DynamicSchema) => style::parameters(document),
        ("input", _) => style::input(document),
        _ => style::output(document),
    });
    found
}

fn properties_of_kind(kind: Listed, document: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, owner) in [("output", Listed::Action), ("event", Listed::Trigger)] {
        let at = format!("/{name}");
        match (document.get(name).is_some(), kind == owner) {
            (false, true) => {
                let message = format!("the {} has no `{name}`", kind.word());
                let help = format!("add `{name}`: the JSON Schema of what it returns");
                found.push(Problem::new(Rule::KindProperty, at, message).help(help));
            }
            (true, false) => {
                let message = format!("a {} has no `{name}`", kind.word());
                let help = format!("remove it, or move the file to {}/", owner.folder());
                found.push(Problem::new(Rule::KindProperty, at, message).help(help));
            }
            _ => {}
        }
    }
    let effect = document.get("effect").and_then(Value::as_str);
    if kind != Listed::Action && effect.is_some_and(|effect| effect != "read") {
        let message = format!("a {} only reads", kind.word());
        found.push(Problem::new(Rule::KindEffect, "/effect", message).help("write \"effect\": \"read\""));
    }
    if document.get("undo").is_some() && effect.is_some_and(|effect| effect != "delete") {
        let message = "`undo` says how a deletion is undone, and the effect is not \"delete\"";
        found.push(Problem::new(Rule::UndoEffect, "/undo", message).help("remove `undo`"));
    }
    found
}

// Only where the folders are those of a connector: a file that stands elsewhere may be called as its author likes.
fn names(file: &Path, document: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if !Listed::ALL.iter().any(|kind| parent_name(file) == Some(kind.folder())) {
        return found;
    }
    if let (Some(name), Some(stem)) = (text("name"), file.file_stem().and_then(|stem| stem.to_str()))
        && name != stem
    {
        let message = format!("the name is \"{name}\", but the file is called {stem}.json");
        let help = format!("rename the file to {name}.json, or write \"name\": \"{stem}\"");
        found.push(Problem::new(Rule::FileName, "/name", message).help(help));
    }
    if let (Some(connector), Some(folder)) = (text("connector"), file.parent().and_then(parent_name))
        && connector != folder
    {
        let message = format!("the connector is \"{connector}\", but the file stands in {folder}/");
        let help = format!("move the file to {connector}/, or write \"connector\": \"{folder}\"");
        found.push(Problem::new(Rule::FolderName, "/connector", message).help(help));
    }
    found
}

fn needs(at: &str, needs: Option<&Value>) -> Vec<Problem> {
    let lists = ["delegated", "shared", "application"];
    lists
        .into_iter()
        .flat_map(|name| permissions::list(&format!("{at}/{name}"), needs.and_then(|needs| needs.get(name)), true))
        .collect()
}

fn list(document: &Value) -> Option<Problem> {
    let is_list = document.get("list").and_then(Value::as_bool).unwrap_or_default();
    let output = document.get("output").filter(|_| is_list)?;
    let items = output.pointer("/properties/items");
    let is_array = items.and_then(|items| items.get("type")).is_some_and(|kind| kind == "array");
    let message = "`list` is true, but the output has no array `items`";
    let help = "describe `items` in `output.properties` as an array, or write \"list\": false";
    (!is_array).then(|| Problem::new(Rule::ListItems, "/output/properties/items", message).help(help))
}
