//! What a schema says beside its types, as part of its description.

use serde_json::{Map, Value};

/// Returns the description of a schema with what the portable form has no keyword for. `name` is that of the property;
/// it stands in where there is no text at all.
pub(super) fn describe(schema: &Map<String, Value>, name: Option<&str>) -> Option<String> {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).map(str::to_owned);
    let mut parts: Vec<String> = Vec::new();
    // A title that only repeats the name adds nothing to a description.
    parts.extend(text("description").or_else(|| text("title")).or_else(|| name.map(|name| format!("The `{name}`."))));
    let mentions = |parts: &[String], word: &str| parts.iter().any(|part| part.to_lowercase().contains(word));
    parts.extend(schema.get("x-enum-descriptions").and_then(Value::as_object).and_then(values));
    parts.extend(text("format").and_then(|format| shape(&format)).filter(|_| !mentions(&parts, "such as")));
    if schema.get("x-moment").is_some_and(|moment| *moment == true) {
        parts.push("A time such as `2026-05-04T09:00:00Z`, with or without an offset, or a day.".to_owned());
    }
    if text("contentEncoding").is_some_and(|encoding| encoding == "base64") && !mentions(&parts, "base64") {
        parts.push("Written as base64.".to_owned());
    }
    if let Some(default) = schema.get("default").filter(|default| is_telling(default))
        && !mentions(&parts, "default")
    {
        parts.push(format!("The default is `{}`.", plain(default)));
    }
    if let Some(only) = schema.get("const").filter(|only| !only.is_string() && !mentions(&parts, "always")) {
        parts.push(format!("Always `{}`.", plain(only)));
    }
    parts.extend(text("x-picklist").map(|picklist| format!("Choices: picklist `{picklist}`.")));
    if schema.contains_key("x-dynamic-schema") {
        parts
            .push("Its properties depend on the other inputs; they are listed when the action is resolved.".to_owned());
    }
    let ended = parts.into_iter().map(|part| if part.ends_with(['.', '?', '!']) { part } else { format!("{part}.") });
    let all: Vec<String> = ended.collect();
    match all.as_slice() {
        [] => None,
        // A text of its own is left as it is.
        [only] => Some(text("description").or_else(|| text("title")).unwrap_or_else(|| only.clone())),
        _ => Some(all.join(" ")),
    }
}

// `null`, an empty list and an empty object say nothing that leaving the property out does not.
fn is_telling(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

fn values(meanings: &Map<String, Value>) -> Option<String> {
    let texts = meanings.iter().filter_map(|(value, meaning)| Some((value, meaning.as_str()?)));
    let texts: Vec<String> =
        texts.map(|(value, meaning)| format!("`{value}`: {}", meaning.trim_end_matches('.'))).collect();
    (!texts.is_empty()).then(|| format!("{}.", texts.join("; ")))
}

fn shape(format: &str) -> Option<String> {
    let shape = match format {
        "uuid" => "A UUID.",
        "email" => "An email address.",
        "date" => "A day such as `2026-05-04`.",
        "time" => "A time of day such as `09:00:00`.",
        "duration" => "A duration such as `PT1H`.",
        "uri" => "A URL.",
        _ => return None,
    };
    Some(shape.to_owned())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
