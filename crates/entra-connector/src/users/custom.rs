//! Custom attributes, read by their names.

use connector_sdk::{Error, Result};
use serde_json::{Map, Value};

use crate::vocabulary::{WRONG_NAME, is_extension, is_numbered};

const NUMBERED: &str = "onPremisesExtensionAttributes";

/// What has to be selected to read these attributes.
///
/// # Errors
/// `invalid_input` at `/{property}/{place}` for a name that is no custom attribute's.
pub fn select(names: &[String], property: &str) -> Result<String> {
    let mut wanted: Vec<&str> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let selected = if is_numbered(name) { NUMBERED } else { name.as_str() };
        if selected != NUMBERED && !is_extension(name) {
            return Err(Error::invalid(format!("/{property}/{place}"), WRONG_NAME));
        }
        if !wanted.contains(&selected) {
            wanted.push(selected);
        }
    }
    Ok(wanted.join(","))
}

/// The values of these attributes in an object; null for those without a value.
pub fn values(names: &[String], object: &Map<String, Value>) -> Map<String, Value> {
    let value = |name: &String| match is_numbered(name) {
        true => object.get(NUMBERED).and_then(|numbered| numbered.get(name)),
        false => object.get(name),
    };
    names.iter().map(|name| (name.clone(), value(name).cloned().unwrap_or_default())).collect()
}

/// The property that has the custom security attributes of an object, by sets.
pub const SECURITY: &str = "customSecurityAttributes";

/// These open extensions of an object that was read with them: what each holds, or null.
pub fn open_extensions(names: Vec<String>, object: &Map<String, Value>) -> Map<String, Value> {
    let all = object.get("extensions").and_then(Value::as_array);
    let is_it = |extension: &Value, name: &str| {
        ["extensionName", "id"].iter().any(|key| extension[*key].as_str() == Some(name))
    };
    let value = |name: &str| all.and_then(|all| all.iter().find(|extension| is_it(extension, name))).cloned();
    names.into_iter().map(|name| (name.clone(), value(&name).unwrap_or_default())).collect()
}

/// These custom security attributes of an object, each by its set and its name, or sets as a whole; null for those
/// without a value.
pub fn security_attributes(names: Vec<String>, object: &Map<String, Value>) -> Map<String, Value> {
    let sets = object.get(SECURITY);
    let value = |name: &str| match name.split_once('/') {
        Some((set, name)) => sets?.get(set)?.get(name),
        None => sets?.get(name),
    };
    names.into_iter().map(|name| (name.clone(), value(&name).cloned().unwrap_or_default())).collect()
}
