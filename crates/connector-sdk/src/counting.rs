//! The property `total` in output schemas of lists, where the input can ask for a count.

use serde_json::{Value, json};

/// Adds the property `total` to the output schema of a list that can be counted. `input` makes the schema of its input.
pub(crate) fn told(mut output: Value, input: &dyn Fn() -> Value) -> Value {
    let Some(Value::Object(properties)) = output.get_mut("properties") else { return output };
    let is_list = ["items", "nextPageToken"].iter().all(|name| properties.contains_key(*name))
        && !properties.contains_key("total");
    if let Some(property) = is_list.then(|| asked_by(&input())).flatten() {
        let text = format!("Total number of items, if `{property}` asked for it.");
        properties.insert(
            "total".to_owned(),
            json!({ "title": "Total", "type": "integer", "minimum": 0, "description": text }),
        );
    }
    output
}

// The property that asks for it.
fn asked_by(input: &Value) -> Option<&'static str> {
    let asks = |at: &str| {
        input.pointer(at).is_some_and(|count| count["type"] == "boolean" || count["type"] == json!(["boolean", "null"]))
    };
    let query = ["/properties/query/properties/count", "/properties/query/anyOf/0/properties/count"];
    match asks("/properties/count") {
        true => Some("count"),
        false => query.into_iter().any(asks).then_some("query.count"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_can_be_counted_promises_a_total() {
        let list = json!({ "properties": { "items": {}, "nextPageToken": {} } });
        let total = |output: &Value, input: Value| {
            told(output.clone(), &|| input.clone()).pointer("/properties/total/description").cloned()
        };
        let count = json!({ "type": ["boolean", "null"] });
        let query =
            json!({ "properties": { "query": { "type": ["object", "null"], "properties": { "count": count } } } });
        assert!(total(&list, query.clone()).unwrap().as_str().unwrap().contains("`query.count`"));
        assert!(total(&list, json!({ "properties": { "count": { "type": "boolean" } } })).is_some());
        assert_eq!(
            total(&list, json!({ "properties": { "query": { "type": "string" }, "count": { "type": "integer" } } })),
            None
        );
        assert_eq!(total(&json!({ "properties": { "items": {} } }), query), None);
    }
}
