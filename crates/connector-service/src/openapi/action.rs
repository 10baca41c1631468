//! Operations of the actions.

use connector_runtime::{AnyAction, Effect, Spec};
use serde_json::{Value, json};

use super::RUN;
use super::operation::success;
use super::schemas::Schemas;
use crate::route::Gives;
use crate::routes::ROUTES;

/// Returns the operation that runs an action.
pub(crate) fn operation(id: &str, action: &dyn AnyAction, schemas: &mut Schemas) -> Value {
    let spec = action.spec();
    let mut input = schemas.take(action.input_schema(), id);
    let output = schemas.take(action.output_schema(), id);
    let description = input.get("description").and_then(Value::as_str).unwrap_or(spec.title).to_owned();
    // They are those of the operation's body here.
    let examples = input.as_object_mut().and_then(|input| input.remove("examples"));
    let mut body = json!({ "schema": input });
    if let Some(Value::Array(examples)) = examples {
        let named = examples.into_iter().enumerate();
        body["examples"] = named.map(|(at, value)| (format!("example{}", at + 1), json!({ "value": value }))).collect();
    }
    let gives = ROUTES.iter().find(|route| route.id == RUN).map_or(&[Gives::Json][..], |route| route.gives);
    json!({
        "operationId": id.replace('.', "_"),
        "tags": [id.split('.').next().unwrap_or_default()],
        "summary": spec.title,
        "description": description,
        "parameters": parameters(spec),
        "requestBody": { "required": true, "content": { "application/json": body } },
        "responses": {
            "200": success(gives, &output),
            "default": { "$ref": "#/components/responses/Problem" },
        },
        "x-effect": spec.effect,
        "x-scopes": spec.scopes,
    })
}

fn parameters(spec: &Spec) -> Value {
    let run = ROUTES.iter().find(|route| route.id == RUN);
    let query = run.map_or(&[][..], |route| route.query);
    let mut all: Vec<Value> = query
        .iter()
        .map(|(name, meaning)| json!({ "name": name, "in": "query", "description": meaning, "schema": { "type": "string" } }))
        .collect();
    if spec.effect != Effect::Read {
        all.push(header(
            "Idempotency-Key",
            "Key of 1 to 255 bytes: with the same key and input the action is done once, and later calls get the first outcome.",
        ));
    }
    all.push(header(
        "Tenon-Confirm",
        "Confirmation that a preview of the same input returned, where the rules ask for it.",
    ));
    all.into()
}

fn header(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "header", "description": description, "schema": { "type": "string" } })
}
