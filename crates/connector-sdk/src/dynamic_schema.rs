//! Dynamic schemas: schemas of properties whose form only Graph knows, such as the columns of a list.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sealed::Sealed;
use crate::{Context, Error, Plan, Result, Spec, input, schema};

/// Keyword with which a property, or the elements of one, name their dynamic schema.
pub const KEY: &str = "x-dynamic-schema";

/// A schema of a property that is resolved when it is needed; the implementing struct holds the values that it depends
/// on, such as the site and the list.
///
/// A property names it with `x-dynamic-schema`. What it depends on are properties of the same names that
/// stand beside that property. A host that runs the action validates the input against the schema before
/// anything is sent; a form resolves it with the same values.
///
/// ```
/// use connector_sdk::{Context, DynamicSchema, Effect, Plan, Request, Response, Result, ScriptedRun, Spec};
/// use serde_json::{Value, json};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct ListColumns { list_id: String }
///
/// impl DynamicSchema for ListColumns {
///     const SPEC: Spec = Spec::new("list_columns", "Columns of a list", Effect::Read).delegated(&["Sites.Read.All"]);
///     fn schema(self, _: &Context) -> Result<Plan<Value>> {
///         let columns = Request::get("/sites/root/lists/{list}/columns").path_param("list", self.list_id);
///         Ok(columns.decode::<Value>().map(|page| {
///             let names = page["value"].as_array().into_iter().flatten().filter_map(|column| column["name"].as_str());
///             json!({ "type": "object", "properties": names.map(|name| (name, json!({}))).collect::<Value>() })
///         }))
///     }
/// }
///
/// let plan = ListColumns { list_id: "l1".into() }.schema(&Context::user()).unwrap();
/// let schema = ScriptedRun::new([Response::new(200, r#"{"value":[{"name":"Title"}]}"#)]).run(plan).unwrap();
/// assert_eq!(schema, json!({ "type": "object", "properties": { "Title": {} } }));
/// ```
pub trait DynamicSchema: DeserializeOwned + JsonSchema + Send + 'static {
    /// Specification of the dynamic schema. The effect is always `Read`.
    const SPEC: Spec;
    /// Whether a host validates inputs against the schema before a run. It need not where the action itself reads the
    /// same from Graph, and refuses what does not fit before it changes anything.
    const HELD: bool = true;

    /// Returns the plan that resolves the JSON Schema (draft 2020-12) of an object.
    ///
    /// # Errors
    /// `invalid_input` where the schema of what it depends on cannot say what is wrong.
    fn schema(self, cx: &Context) -> Result<Plan<Value>>;
}

/// A type-erased [`DynamicSchema`], as a host holds it.
///
/// It is sealed: the SDK implements it for every `DynamicSchema`, and nobody else does.
pub trait AnyDynamicSchema: Sealed + Send + Sync {
    /// Returns the specification.
    fn spec(&self) -> &'static Spec;
    /// Returns the name of the implementing type. It is the same for all connectors that list the schema under their
    /// own specifications.
    fn source(&self) -> &'static str;
    /// Returns whether a host validates inputs against the schema before a run.
    fn is_held(&self) -> bool;
    /// Returns the JSON Schema of the values that it depends on.
    fn input_schema(&self) -> Value;
    /// Reads the values that it depends on and makes the plan.
    fn schema(&self, input: Value, cx: &Context) -> Result<Plan<Value>>;
}

pub(crate) struct ErasedDynamicSchema<D>(pub(crate) PhantomData<fn() -> D>);

impl<D> Sealed for ErasedDynamicSchema<D> {}

impl<D: DynamicSchema> AnyDynamicSchema for ErasedDynamicSchema<D> {
    fn spec(&self) -> &'static Spec {
        const { &D::SPEC }
    }
    fn source(&self) -> &'static str {
        std::any::type_name::<D>()
    }
    fn is_held(&self) -> bool {
        D::HELD
    }
    fn input_schema(&self) -> Value {
        schema::input::<D>(D::SPEC.title)
    }
    fn schema(&self, input: Value, cx: &Context) -> Result<Plan<Value>> {
        resolve::<D>(&input, cx)
    }
}

/// Returns the plan that resolves the schema `D` for this input, under the permissions of `D`: for a dynamic schema
/// that stands for several.
///
/// # Errors
/// Those of the dynamic schema.
pub fn resolve<D: DynamicSchema>(input: &Value, cx: &Context) -> Result<Plan<Value>> {
    let plan = input::read::<D>(input.clone())?.schema(cx)?.try_map(|schema| match schema {
        Value::Object(_) => Ok(schema),
        _ => Err(Error::bug("a dynamic schema is not an object")),
    });
    Ok(plan.with_scopes(D::SPEC.scopes))
}

/// The keyword that names those keywords of a schema that are advice: people and forms see them, and Graph takes a value
/// that breaks them.
pub const ADVICE: &str = "x-advice";

/// Returns what is certain of a resolved schema, which is what an input is validated against: an early check refuses
/// nothing that Graph would take.
///
/// ```
/// use connector_sdk::dynamic_schema;
/// use serde_json::json;
///
/// let schema = json!({ "type": "object", "required": ["Title"], "x-advice": ["required"] });
/// assert_eq!(dynamic_schema::certain(schema), json!({ "type": "object" }));
/// ```
pub fn certain(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut()
        && let Some(Value::Array(advice)) = object.shift_remove(ADVICE)
    {
        advice.iter().filter_map(Value::as_str).for_each(|keyword| drop(object.shift_remove(keyword)));
    }
    schema
}

/// Returns the names of all dynamic schemas in a schema, at any depth, each once.
pub fn names(schema: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    look(schema, &mut found);
    found
}

fn look<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(object) => {
            if let Some(name) = object.get(KEY).and_then(Value::as_str)
                && !found.contains(&name)
            {
                found.push(name);
            }
            // What examples and defaults hold are values, not schemas.
            object
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "examples" | "default" | "const" | "enum"))
                .for_each(|(_, value)| look(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| look(value, found)),
        _ => {}
    }
}

/// Replaces a dynamic schema by the resolved one, wherever its name stands. The description of the property stays, and
/// so does the name: it says that the shape holds for these values alone.
pub fn put(schema: &mut Value, name: &str, resolved: &Value) {
    match schema {
        Value::Object(object) => {
            if object.get(KEY).and_then(Value::as_str) == Some(name)
                && let Value::Object(resolved) = resolved
            {
                // What the property said of any object is more than the resolved schema says of this one.
                object.shift_remove("additionalProperties");
                for (key, value) in resolved {
                    if key == "description" && object.contains_key(key) {
                        continue;
                    }
                    object.insert(key.clone(), value.clone());
                }
                return;
            }
            object.values_mut().for_each(|value| put(value, name, resolved));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| put(value, name, resolved)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_resolved_schema_stands_where_its_name_stood() {
        let mut schema = json!({
            "examples": [{ "x-dynamic-schema": "no" }],
            "properties": {
                "fields": { "type": "object", "x-dynamic-schema": "columns", "description": "The fields.", "additionalProperties": true },
                "rows": { "type": "array", "items": { "type": "object", "x-dynamic-schema": "columns" } },
                "other": { "type": "object", "x-dynamic-schema": "header" }
            }
        });
        assert_eq!(names(&schema), ["columns", "header"]);
        let resolved =
            json!({ "type": "object", "properties": { "Title": { "type": "string" } }, "description": "Columns." });
        put(&mut schema, "columns", &resolved);
        assert_eq!(
            schema["properties"]["fields"],
            json!({ "type": "object", "x-dynamic-schema": "columns", "description": "The fields.", "properties": { "Title": { "type": "string" } } })
        );
        assert_eq!(schema["properties"]["rows"]["items"]["description"], "Columns.");
        assert_eq!(schema["properties"]["other"], json!({ "type": "object", "x-dynamic-schema": "header" }));
    }
}
