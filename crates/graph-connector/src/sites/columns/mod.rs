//! The shape of a list's items, as its columns tell it.
//!
//! What is in the `fields` of an item depends on the list. `GET /sites/{id}/lists/{id}/columns` says what it
//! may be: the [columnDefinition resource][1]. This makes a JSON Schema of that, for what is read and for
//! what is written, and gives values of several parts the annotation that Graph wants with them.
//!
//! A person and a lookup are written by a number, under the name `<name>LookupId`; see [fieldValueSet][2].
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/resources/columndefinition
//! [2]: https://learn.microsoft.com/en-us/graph/api/resources/fieldvalueset

use serde_json::{Map, Value, json};

use connector_sdk::dynamic_schema::ADVICE;
use connector_sdk::schema::DIALECT;

/// What a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The values of an item that is made: what is required must be there.
    Create,
    /// The values of an item that are changed: all may be absent, and null clears.
    Update,
    /// The values of an item as Graph returns them.
    Read,
}

/// The kinds of columns, each the name of the property that a column of that kind has.
const KINDS: [&str; 14] = [
    "text",
    "number",
    "currency",
    "choice",
    "dateTime",
    "boolean",
    "personOrGroup",
    "lookup",
    "calculated",
    "hyperlinkOrPicture",
    "term",
    "geolocation",
    "thumbnail",
    "contentApprovalStatus",
];

/// Where Graph says "without a bound", it names the greatest number that there is.
const NO_BOUND: f64 = 1e300;

/// The JSON Schema of an item's `fields`, from the list's columns as Graph returns them.
///
/// To write, columns that are read-only or calculated are left out, and other names are refused. A hidden column is not
/// listed, and may be written: the terms of a managed column go into the hidden one beside it. To read, every other
/// property may be there too. Columns that cannot be made out are left open.
pub fn schema(columns: &[Value], used: Use) -> Value {
    let mut properties = Map::new();
    let mut unlisted: Map<String, Value> =
        UNLISTED.map(|pattern| (pattern.to_owned(), json!({}))).into_iter().collect();
    let mut required = Vec::new();
    for column in columns {
        let Some(name) = column["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let flag = |flag: &str| column[flag] == true;
        if used != Use::Read && is_read_only(column) {
            continue;
        }
        if column["hidden"] == true {
            unlisted.insert(exactly(name), json!({}));
            continue;
        }
        let kind = KINDS.into_iter().find(|kind| column[kind].is_object()).unwrap_or_default();
        let (name, mut value) = property(name, kind, &column[kind], used);
        describe(&mut value, column, kind);
        if used == Use::Create && flag("required") && !has_default(column) {
            required.push(Value::from(name.as_str()));
        }
        if used == Use::Update {
            admit_null(&mut value);
        }
        properties.insert(name, value);
    }
    let mut schema = json!({ "$schema": DIALECT, "type": "object", "properties": properties });
    if !required.is_empty() {
        // SharePoint asks people for it, and makes items without it for programs.
        schema["required"] = required.into();
        schema[ADVICE] = json!(["required"]);
    }
    if used != Use::Read {
        // An annotation says of what type a value is: `Tags@odata.type`.
        unlisted.insert(r"@odata\.type$".to_owned(), json!({ "type": "string" }));
        schema["patternProperties"] = unlisted.into();
        schema["additionalProperties"] = false.into();
    }
    schema
}

/// Names of columns that SharePoint may not list, as patterns: what begins with `_` goes by a longer name in OData, and
/// the hidden column of a managed one is called by 32 hexadecimal digits or by the name with `_0`.
const UNLISTED: [&str; 3] = ["^OData__", "^[A-Za-z0-9]{32}$", "_0$"];

fn exactly(name: &str) -> String {
    let escaped = name
        .chars()
        .flat_map(|sign| (!sign.is_alphanumeric() && sign != '_').then_some('\\').into_iter().chain([sign]));
    format!("^{}$", escaped.collect::<String>())
}

/// Gives every list of values among an item's `fields` the annotation that Graph cannot do without:
/// `Tags` gets `Tags@odata.type`, directly before it, unless there is one.
pub fn annotated(fields: Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::with_capacity(fields.len());
    let known: Vec<String> = fields.keys().filter(|name| name.ends_with(TYPE)).cloned().collect();
    for (name, value) in fields {
        let note = format!("{name}{TYPE}");
        if let Value::Array(values) = &value
            && !known.contains(&note)
        {
            let numbers = if values.is_empty() { name.ends_with(ID) } else { values.iter().all(Value::is_i64) };
            out.insert(note, if numbers { "Collection(Edm.Int32)" } else { "Collection(Edm.String)" }.into());
        }
        out.insert(name, value);
    }
    out
}

const TYPE: &str = "@odata.type";
const ID: &str = "LookupId";

fn is_read_only(column: &Value) -> bool {
    // What comes along with a lookup is that lookup's, not the item's.
    let follows = column["lookup"]["primaryLookupColumnId"].is_string();
    column["readOnly"] == true
        || column["calculated"].is_object()
        || column["contentApprovalStatus"].is_object()
        || follows
}

fn has_default(column: &Value) -> bool {
    let default = &column["defaultValue"];
    [&default["value"], &default["formula"]].iter().any(|value| value.as_str().is_some_and(|text| !text.is_empty()))
}

/// The name under which a column's value goes, and the schema of the value.
fn property(name: &str, kind: &str, of: &Value, used: Use) -> (String, Value) {
    let flag = |flag: &str| of[flag] == true;
    let several = flag("allowMultipleSelection") || flag("allowMultipleValues");
    let plain = match kind {
        "text" => text(of),
        "number" => number(of),
        "currency" => json!({ "type": "number" }),
        "boolean" => json!({ "type": "boolean" }),
        "choice" => choice(of),
        "dateTime" if of["format"] == "dateOnly" && used != Use::Read => {
            json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T.*)?$", "examples": ["2027-01-31"] })
        }
        "dateTime" => json!({ "type": "string", "format": "date-time" }),
        "calculated" => calculated(of),
        "hyperlinkOrPicture" => {
            let parts = json!({ "Url": { "type": "string" }, "Description": { "type": "string" } });
            json!({ "type": "object", "properties": parts })
        }
        "personOrGroup" | "lookup" if several && used == Use::Read => {
            let parts = json!({ "LookupId": { "type": "integer" }, "LookupValue": { "type": "string" } });
            json!({ "type": "array", "items": { "type": "object", "properties": parts } })
        }
        "personOrGroup" | "lookup" => return (format!("{name}{ID}"), reference(several, used)),
        _ => json!({}),
    };
    (name.to_owned(), plain)
}

fn text(of: &Value) -> Value {
    let mut schema = json!({ "type": "string" });
    // The length that Graph tells of a column with several lines does not bind.
    if let (Some(most), false) = (of["maxLength"].as_u64().filter(|most| *most > 0), of["allowMultipleLines"] == true) {
        schema["maxLength"] = most.into();
    }
    schema
}

fn number(of: &Value) -> Value {
    let mut schema = json!({ "type": "number" });
    for bound in ["minimum", "maximum"] {
        if let Some(value) = of[bound].as_f64().filter(|value| value.abs() < NO_BOUND) {
            // `10` reads better than `10.0`.
            let whole = value.fract() == 0.0 && value.abs() < 1e15;
            schema[bound] = if whole { Value::from(value as i64) } else { Value::from(value) };
        }
    }
    schema
}

fn choice(of: &Value) -> Value {
    let choices = of["choices"].as_array().filter(|choices| !choices.is_empty());
    let one = match choices {
        Some(choices) if of["allowTextEntry"] != true => json!({ "type": "string", "enum": choices }),
        Some(choices) => json!({ "type": "string", "examples": choices }),
        None => json!({ "type": "string" }),
    };
    if of["displayAs"] == "checkBoxes" { json!({ "type": "array", "items": one, "uniqueItems": true }) } else { one }
}

fn calculated(of: &Value) -> Value {
    match of["outputType"].as_str() {
        Some("number" | "currency") => json!({ "type": "number" }),
        Some("boolean") => json!({ "type": "boolean" }),
        Some("dateTime") => json!({ "type": "string", "format": "date-time" }),
        Some("text") => json!({ "type": "string" }),
        _ => json!({}),
    }
}

// Graph returns the number as a text, and takes it as both.
fn reference(several: bool, used: Use) -> Value {
    let one = match used {
        Use::Read => json!({ "type": "string" }),
        _ if several => json!({ "type": "integer", "minimum": 1 }),
        _ => json!({ "type": ["integer", "string"], "minimum": 1, "pattern": "^[0-9]+$" }),
    };
    if several { json!({ "type": "array", "items": one, "uniqueItems": true }) } else { one }
}

fn describe(schema: &mut Value, column: &Value, kind: &str) {
    let text = |name: &str| column[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let means = match kind {
        "personOrGroup" => Some("By the number that the person or group has in the site's list of users."),
        "lookup" => Some("By the number of the item in the other list."),
        "hyperlinkOrPicture" | "term" | "geolocation" | "thumbnail" => Some("Graph may refuse to write it."),
        _ => None,
    };
    let told: Vec<String> = text("description").map(sentence).into_iter().chain(means.map(str::to_owned)).collect();
    if let Some(title) = text("displayName") {
        schema["title"] = title.into();
    }
    if !told.is_empty() {
        schema["description"] = told.join(" ").into();
    }
    if let Some(list) = column["lookup"]["listId"].as_str().filter(|list| !list.is_empty()) {
        schema["x-lookup-list"] = list.into();
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?', ':', ')']) { text.to_owned() } else { format!("{text}.") }
}

// A schema without a type takes null already.
fn admit_null(schema: &mut Value) {
    schema["type"] = match schema.get("type") {
        Some(Value::String(kind)) => json!([kind, "null"]),
        Some(Value::Array(kinds)) => kinds.iter().cloned().chain([Value::from("null")]).collect(),
        _ => return,
    };
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.push(Value::Null);
    }
}

#[cfg(test)]
mod tests;
