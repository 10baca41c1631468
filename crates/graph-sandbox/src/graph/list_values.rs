//! What columns a list has, and what their values may be.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::json::object;
use super::store::Entity;
use super::tenant::Tenant;

/// The kinds of columns, and what Graph adds to what it is given of one.
fn kinds() -> [(&'static str, Value); 9] {
    [
        (
            "text",
            json!({ "allowMultipleLines": false, "appendChangesToExistingText": false, "linesForEditing": 0, "maxLength": 255 }),
        ),
        (
            "number",
            json!({ "decimalPlaces": "automatic", "displayAs": "number", "maximum": f64::MAX, "minimum": f64::MIN }),
        ),
        ("choice", json!({ "allowTextEntry": false, "choices": [], "displayAs": "dropDownMenu" })),
        ("dateTime", json!({ "displayAs": "default", "format": "dateOnly" })),
        ("boolean", json!({})),
        ("currency", json!({ "locale": "en-us" })),
        (
            "personOrGroup",
            json!({ "allowMultipleSelection": false, "chooseFromType": "peopleAndGroups", "displayAs": "nameWithPresence" }),
        ),
        (
            "lookup",
            json!({ "allowMultipleValues": false, "allowUnlimitedLength": false, "columnName": "Title", "listId": "" }),
        ),
        ("calculated", json!({ "format": "dateOnly", "formula": "", "outputType": "text" })),
    ]
}

/// The columns of a list: those that every list has, with `more` behind the title.
pub(super) fn with_standard(more: Vec<Value>) -> Vec<Value> {
    let title = json!({ "name": "Title", "required": true, "text": {} });
    let read_only = |name: &str, title: &str, kind: &str, of: Value| json!({ "name": name, "displayName": title, "readOnly": true, kind: of });
    let time = || json!({ "format": "dateTime" });
    let standard = [
        read_only("Modified", "Modified", "dateTime", time()),
        read_only("Created", "Created", "dateTime", time()),
        read_only("Author", "Created By", "personOrGroup", json!({})),
        read_only("Editor", "Modified By", "personOrGroup", json!({})),
        read_only("_UIVersionString", "Version", "text", json!({})),
        json!({ "name": "_ComplianceFlags", "displayName": "Label setting", "readOnly": true, "hidden": true, "text": {} }),
    ];
    // A column that is given anew takes the place of a standard one.
    let is_new = |column: &Value| more.iter().all(|given| given["name"] != column["name"]);
    let title = Some(title).filter(is_new);
    let standard: Vec<Value> = standard.into_iter().filter(is_new).collect();
    title.into_iter().chain(more).chain(standard).collect()
}

/// A column with all that Graph tells of it.
pub(super) fn column(given: &Value) -> Value {
    let mut all = object(json!({
        "columnGroup": "Custom Columns", "description": "", "displayName": given["name"], "enforceUniqueValues": false, "hidden": false, "indexed": false,
        "name": given["name"], "readOnly": false, "required": false,
    }));
    for (name, value) in given.as_object().into_iter().flatten() {
        let defaults = kinds().into_iter().find(|(kind, _)| kind == name).map(|(_, defaults)| defaults);
        let value = match (defaults, value) {
            (Some(Value::Object(mut defaults)), Value::Object(given)) => {
                defaults.extend(given.clone());
                Value::Object(defaults)
            }
            _ => value.clone(),
        };
        all.insert(name.clone(), value);
    }
    Value::Object(all)
}

/// Checks the definition of a column.
///
/// # Errors
/// 400 for one without a name, or not of exactly one kind.
pub(super) fn check_column(given: &Value) -> Result<(), Fault> {
    let kinds = kinds().iter().filter(|(kind, _)| given[kind].is_object()).count();
    let named = given["name"].as_str().is_some_and(|name| !name.is_empty());
    if named && kinds == 1 {
        Ok(())
    } else {
        Err(Fault::new(400, "invalidRequest", "Provided column definition is invalid."))
    }
}

/// Whether its values are people or items of another list.
fn is_reference(column: &Entity) -> bool {
    ["lookup", "personOrGroup"].iter().any(|kind| column.fields.contains_key(*kind))
}

fn takes_several(column: &Entity) -> bool {
    let part = |kind: &str, flag: &str| column.fields.get(kind).map_or(&Value::Null, |kind| &kind[flag]).clone();
    part("choice", "displayAs") == "checkBoxes"
        || part("lookup", "allowMultipleValues") == true
        || part("personOrGroup", "allowMultipleSelection") == true
}

fn general() -> Fault {
    Fault::new(400, "invalidRequest", "General exception while processing")
}

/// The values that a body gives, as an item keeps them.
///
/// # Errors
/// 400 for a column that the list has not or that is read-only, and for a value that it does not take.
pub(super) fn read(tenant: &Tenant, list: u64, given: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let mut values = Map::new();
    for (name, value) in given.iter().filter(|(name, _)| !name.contains('@')) {
        let known = |name: &str| tenant.sites.column(list, name);
        let base = name.strip_suffix("LookupId");
        let (column, by_id) = match (known(name), base.and_then(known)) {
            (Some(column), _) => (column, false),
            (None, Some(column)) => (column, true),
            (None, None) => return Err(Fault::new(400, "invalidRequest", format!("Field '{name}' is not recognized"))),
        };
        if column.flag("readOnly") || column.fields.contains_key("calculated") {
            return Err(Fault::new(400, "invalidRequest", format!("Field '{name}' is read-only")));
        }
        if by_id != is_reference(column) {
            return Err(general());
        }
        let Value::Array(several) = value else {
            let value = if value.is_null() { Value::Null } else { one(tenant, column, value)? };
            values.insert(name.clone(), value);
            continue;
        };
        let wanted = if by_id { "Collection(Edm.Int32)" } else { "Collection(Edm.String)" };
        if !takes_several(column) || given.get(&format!("{name}@odata.type")).and_then(Value::as_str) != Some(wanted) {
            return Err(general());
        }
        let several = several.iter().map(|value| one(tenant, column, value)).collect::<Result<Vec<Value>, Fault>>()?;
        // Several people or items are kept under the column's own name, with their names.
        let shown = |id: Value| json!({ "LookupId": id.as_str().and_then(|id| id.parse::<u64>().ok()), "LookupValue": shown(tenant, column, &id) });
        match base.filter(|_| by_id) {
            Some(base) => _ = values.insert(base.to_owned(), several.into_iter().map(shown).collect()),
            None => _ = values.insert(name.clone(), several.into()),
        }
    }
    Ok(values)
}

/// One value of a column. What it refers to is kept as a text.
fn one(tenant: &Tenant, column: &Entity, value: &Value) -> Result<Value, Fault> {
    let is = |kind: &str| column.fields.contains_key(kind);
    let length = column.fields.get("text").and_then(|text| text["maxLength"].as_u64()).unwrap_or(u64::MAX);
    let lines = column.fields.get("text").is_some_and(|text| text["allowMultipleLines"] == true);
    let good = match value {
        Value::String(text) if is("text") => lines || text.chars().count() as u64 <= length,
        Value::String(_) => is("choice"),
        Value::Number(_) => is("number") || is("currency"),
        Value::Bool(_) => is("boolean"),
        _ => false,
    };
    match value {
        _ if good => Ok(value.clone()),
        Value::String(text)
            if is("dateTime") && text.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()) =>
        {
            let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.clone() };
            whole.parse::<jiff::Timestamp>().map(|at| super::time::stamp(at).into()).map_err(|_| general())
        }
        Value::Number(_) | Value::String(_) if is_reference(column) => {
            let id = Value::from(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            if shown(tenant, column, &id).is_some() { Ok(id) } else { Err(general()) }
        }
        _ => Err(general()),
    }
}

/// What a person or an item of another list is shown as.
pub(super) fn shown(tenant: &Tenant, column: &Entity, id: &Value) -> Option<String> {
    let id = id.as_str()?;
    let Some(lookup) = column.fields.get("lookup") else {
        let at = id.parse::<usize>().ok()?.checked_sub(1)?;
        return tenant.directory.users.iter().nth(at).map(|user| user.text("displayName").to_owned());
    };
    let list = tenant
        .sites
        .lists
        .iter()
        .find(|list| lookup["listId"].as_str().is_some_and(|id| list.text("id").eq_ignore_ascii_case(id)))?;
    let item = tenant.sites.item(list.key, id)?;
    let name = lookup["columnName"].as_str().unwrap_or("Title");
    Some(item.fields.get("fields")?[name].as_str().unwrap_or_default().to_owned())
}

/// The number that somebody has in the list of users of every site; 0 for nobody.
pub(super) fn number_of(tenant: &Tenant, user: u64) -> usize {
    tenant.directory.users.iter().position(|known| known.key == user).map_or(0, |at| at + 1)
}
