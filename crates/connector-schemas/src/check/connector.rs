//! The descriptor of a connector.

use std::path::Path;
use std::sync::LazyLock;

use connector_sdk::{SignInMethod, nearest};
use jsonschema::Validator;
use serde_json::Value;

use super::permissions;
use crate::descriptor::connector_schema;
use crate::finding::Problem;
use crate::instance::{self, listed};
use crate::kind::{Listed, parent_name};
use crate::rule::Rule;
use crate::source::Sources;

static FORM: LazyLock<(Value, Option<Validator>)> = LazyLock::new(|| {
    let schema = connector_schema();
    let validator = jsonschema::draft202012::new(&schema).ok();
    (schema, validator)
});

/// Returns every problem of a connector's own file, and of its relation to the files beside it.
pub(super) fn check(file: &Path, document: &Value, sources: &Sources) -> Vec<Problem> {
    let (form, validator) = &*FORM;
    let mut found: Vec<Problem> = validator
        .iter()
        .flat_map(|validator| instance::problems(Rule::DescriptorForm, validator, form, document))
        .collect();
    found.extend(folder_name(file, document));
    let sign_ins = document.pointer("/connection/signIns").and_then(Value::as_array);
    for (i, sign_in) in sign_ins.into_iter().flatten().enumerate() {
        found.extend(check_sign_in(&format!("/connection/signIns/{i}"), sign_in));
    }
    for kind in Listed::ALL {
        found.extend(listing(file, kind, document, sources));
    }
    found
}

fn folder_name(file: &Path, document: &Value) -> Option<Problem> {
    let name = document.get("name").and_then(Value::as_str)?;
    let is_connector = file.file_name().is_some_and(|name| name == "connector.json");
    let folder = parent_name(file).filter(|folder| is_connector && *folder != name)?;
    let message = format!("the name is \"{name}\", but the file stands in {folder}/");
    let help = format!("rename the folder to {name}/, or write \"name\": \"{folder}\"");
    Some(Problem::new(Rule::FolderName, "/name", message).help(help))
}

fn check_sign_in(at: &str, sign_in: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    let names = || SignInMethod::ALL.iter().map(|method| method.name());
    if let Some(method) = sign_in.get("method").and_then(Value::as_str)
        && !names().any(|name| name == method)
    {
        let help = match nearest(method, names()) {
            Some(candidate) => format!("did you mean \"{candidate}\"?"),
            None => {
                let all: Vec<String> = names().map(|name| format!("\"{name}\"")).collect();
                format!("the methods are {}", listed(&all, "and"))
            }
        };
        let message = format!("\"{method}\" is not a sign-in method");
        found.push(Problem::new(Rule::SignInMethod, format!("{at}/method"), message).help(help));
    }
    for name in ["minimum", "default", "optional"] {
        let list = sign_in.pointer(&format!("/permissions/{name}"));
        found.extend(permissions::list(&format!("{at}/permissions/{name}"), list, false));
    }
    found
}

// What is listed has a file, and what has a file is listed.
fn listing(file: &Path, kind: Listed, document: &Value, sources: &Sources) -> Vec<Problem> {
    let Some(folder) = file.parent().map(|folder| folder.join(kind.folder())) else { return Vec::new() };
    let listed = document.get(kind.folder()).and_then(Value::as_array);
    let names: Vec<Option<&str>> = listed.into_iter().flatten().map(Value::as_str).collect();
    let mut found = Vec::new();
    for (i, name) in names.iter().enumerate().filter_map(|(i, name)| Some((i, (*name)?))) {
        if sources.lacks(&folder.join(format!("{name}.json"))) {
            let message = format!("the {} \"{name}\" has no file {}/{name}.json", kind.word(), kind.folder());
            let problem = Problem::new(Rule::NoFile, format!("/{}/{i}", kind.folder()), message);
            found.push(problem.help("describe it there, or remove it from the list"));
        }
    }
    for other in sources.files.keys().filter(|path| path.parent() == Some(&folder)) {
        let stem = other.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !names.contains(&Some(stem)) {
            let message = format!("{}/{stem}.json is not listed", kind.folder());
            let problem = Problem::new(Rule::NotListed, format!("/{}", kind.folder()), message);
            found.push(problem.help(format!("add \"{stem}\" to `{}`, or remove the file", kind.folder())));
        }
    }
    found
}
