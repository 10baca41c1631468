//! The tool `list_choices`.

use connector_runtime::{ChoiceQuery, Error, read_input};
use connector_sdk::PageToken;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agent::Agent;
use super::reply::{Reply, Told};
use super::untrusted::Nonce;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    action: String,
    property: String,
    connection: Option<String>,
    input: Option<Map<String, Value>>,
    search: Option<String>,
    page_token: Option<String>,
}

/// Lists one page of the choices of a property.
pub(super) async fn list(agent: &Agent, arguments: Value) -> Told {
    let asked: Asked = read_input(arguments)?;
    let schema = agent.host.action(&asked.action)?.input_schema();
    let Some(picklist) = picklist(&schema, &asked.property) else {
        let mut all = Vec::new();
        with_picklist(&schema, &mut all);
        let hint = match all.is_empty() {
            true => "No property of this action has choices.".to_owned(),
            false => format!("These have choices: {}.", all.join(", ")),
        };
        let message = format!("`{}` is no property with choices", asked.property.escape_debug());
        return Err(Error::invalid("/property", message).with_hint(hint).into());
    };
    let connector = asked.action.split('.').next().unwrap_or_default();
    let from = asked.page_token.as_deref().map(|text| PageToken::from_text(text, "/pageToken")).transpose()?;
    let input = Value::Object(asked.input.unwrap_or_default());
    let connection = asked.connection.unwrap_or_default();
    let ask = ChoiceQuery::new(asked.search, from);
    let page = agent.host.choices(&format!("{connector}.{picklist}"), &connection, input, ask).await?;
    let mut whole = json!({});
    if let Some(token) = &page.next_page_token {
        whole["nextPageToken"] = token.as_str().into();
    }
    whole["untrusted"] = Nonce::random().around("choices", json!(page.choices));
    Ok(Reply::json(&whole)?)
}

/// Returns the picklist of a property, wherever in the schema it stands.
fn picklist<'a>(schema: &'a Value, property: &str) -> Option<&'a str> {
    let name = property.rsplit(['.', '/']).next().unwrap_or(property);
    walk(schema, &mut |known, of| (known == name).then(|| of["x-picklist"].as_str()).flatten())
}

fn with_picklist(schema: &Value, all: &mut Vec<String>) {
    walk(schema, &mut |name, of| -> Option<()> {
        if of.get("x-picklist").is_some() && !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
        None
    });
}

// Calls `look` with each property, the outer ones first, until it returns something. Items have the name of their list.
fn walk<'a, T>(schema: &'a Value, look: &mut impl FnMut(&str, &'a Value) -> Option<T>) -> Option<T> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, of) in properties.clone() {
        if let Some(found) = look(name, of).or_else(|| look(name, of.get("items")?)) {
            return Some(found);
        }
    }
    let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
    let below = properties.map(|(_, of)| of).chain(schema.get("items")).chain(parts);
    below.into_iter().find_map(|of| walk(of, look))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_found_wherever_it_stands() {
        let schema = json!({ "properties": {
            "folderId": { "x-picklist": "mail_folders" },
            "to": { "items": { "x-picklist": "people" } },
            "query": { "anyOf": [{ "properties": { "team": { "x-picklist": "teams" } } }, { "type": "null" }] },
        } });
        for (property, expected) in [
            ("folderId", Some("mail_folders")),
            ("to", Some("people")),
            ("query.team", Some("teams")),
            ("/query/team", Some("teams")),
            ("query", None),
        ] {
            assert_eq!(picklist(&schema, property), expected, "{property}");
        }
        let mut all = Vec::new();
        with_picklist(&schema, &mut all);
        assert_eq!(all, ["folderId", "to", "team"]);
    }
}
