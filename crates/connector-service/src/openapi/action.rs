//! Operations of the actions.

use connector_runtime::{AnyAction, Effect};
use serde_json::{Value, json};

use super::schemas::Schemas;
use super::{operation, parameters, responses};
use crate::route::Route;

/// Returns the operation that runs an action, which is the route `run` with the action's schemas.
pub(crate) fn operation(id: &str, action: &dyn AnyAction, run: &Route, schemas: &mut Schemas) -> Value {
    let spec = action.spec();
    let mut input = schemas.take(action.input_schema(), id);
    let output = schemas.take(action.output_schema(), id);
    let description = input.get("description").and_then(Value::as_str).unwrap_or(spec.title).to_owned();
    // They are those of the operation's body here.
    let examples = input.as_object_mut().and_then(|input| input.remove("examples"));
    let has_files = takes_files(&input);
    let mut body = operation::body(run.takes, input, has_files).unwrap_or_default();
    if let Some(Value::Array(examples)) = examples {
        let named = examples.into_iter().enumerate();
        body["application/json"]["examples"] =
            named.map(|(at, value)| (format!("example{}", at + 1), json!({ "value": value }))).collect();
    }
    let is_known = |name: &str| match name {
        "Idempotency-Key" | "Idempotency-Replayed" => spec.effect != Effect::Read,
        "Tenon-Failed" => spec.bulk,
        _ => true,
    };
    let query = run.query.iter().map(|param| parameters::parameter(param, "query"));
    let headers = run.headers.iter().filter(|param| is_known(param.name));
    let parameters: Vec<Value> = query.chain(headers.map(|param| parameters::parameter(param, "header"))).collect();
    let mut responses = responses::of_route(run, &output);
    if let Some(headers) = responses["200"]["headers"].as_object_mut() {
        headers.retain(|name, _| is_known(name));
    }
    json!({
        "operationId": id.replace('.', "_"),
        "tags": [id.split('.').next().unwrap_or_default()],
        "summary": spec.title,
        "description": description,
        "parameters": parameters,
        "requestBody": { "required": true, "content": body },
        "responses": responses,
        "x-effect": spec.effect,
        "x-scopes": spec.scopes,
    })
}

// The mark of a file in an input stands where the file does.
fn takes_files(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.get("x-file").is_some_and(|mark| *mark == true) || members.values().any(takes_files)
        }
        Value::Array(items) => items.iter().any(takes_files),
        _ => false,
    }
}
