//! Schemas that only Graph knows: resolved for a connection, and held against inputs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_sdk::{AnyAction, Code, Error, Issue, Result, Spec, dynamic_schema};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::connection::Connected;
use crate::host::Host;
use crate::registry::Found;
use crate::run::{Mode, Run};
use crate::validate::Validator;

/// So long a resolved schema is believed. One that refuses an input is asked for anew first.
const BELIEVED: Duration = Duration::from_secs(300);
/// So many are remembered.
const REMEMBERED: usize = 256;

/// The schemas of an action or a trigger, with the parts resolved that only Graph knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Of the input.
    pub input: Value,
    /// Of an action's output, or of a trigger's event.
    pub output: Value,
}

/// Compiled schemas of what was run lately.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<HashMap<String, (Instant, Arc<Validator>)>>);

impl Remembered {
    fn get(&self, key: &str) -> Option<Arc<Validator>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(until, _)| *until > Instant::now()).map(|(_, validator)| validator.clone())
    }

    fn put(&self, key: String, validator: Arc<Validator>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            let now = Instant::now();
            known.retain(|_, (until, _)| *until > now);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, (Instant::now() + BELIEVED, validator));
    }
}

impl Host {
    /// The schemas of an action or a trigger for these values: what its dynamic schemas depend on, such as
    /// the site and the list, is read from `input`, which may hold less than a run needs.
    ///
    /// # Errors
    /// `unknown_action`; `invalid_input` where something that a dynamic schema depends on is missing; and
    /// those of [`Host::execute`].
    pub async fn resolve(&self, id: &str, connection: &str, input: &Value) -> Result<Resolved> {
        let mut resolved = match self.0.registry.action(id) {
            Ok(found) => Resolved { input: found.item.input_schema(), output: found.item.output_schema() },
            Err(error) => match self.0.registry.trigger(id) {
                Ok(found) => Resolved { input: found.item.input_schema(), output: found.item.event_schema() },
                Err(_) => return Err(error),
            },
        };
        let mut names: Vec<String> =
            [&resolved.input, &resolved.output].into_iter().flat_map(dynamic_schema::names).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Ok(resolved);
        }
        let connected = self.0.connections.connect(connection).await?;
        let run = Run::new(id, connection, Value::Null);
        for name in names {
            let schema = self.ask(&name, input, &connected, &run).await?;
            dynamic_schema::put(&mut resolved.input, &name, &schema);
            dynamic_schema::put(&mut resolved.output, &name, &schema);
        }
        Ok(resolved)
    }

    /// Holds the input of a run against the schemas that only Graph knows. A preview sends nothing, so it
    /// takes those that are remembered.
    ///
    /// # Errors
    /// `invalid_input` with every violation; those of asking Graph.
    pub(crate) async fn hold(&self, found: &Found<'_, dyn AnyAction>, connected: &Connected, run: &Run) -> Result<()> {
        let dynamic = found.validator.dynamic();
        if dynamic.is_empty() {
            return Ok(());
        }
        let many = if found.item.spec().bulk { run.input.get("items").and_then(Value::as_array) } else { None };
        let mut issues: Vec<Issue> = Vec::new();
        for (i, input) in many.map_or(std::slice::from_ref(&run.input), Vec::as_slice).iter().enumerate() {
            let at = if many.is_some() { format!("/items/{i}") } else { String::new() };
            match self.hold_one(dynamic, found.item, input, connected, run).await {
                Err(error) if error.code() == Code::InvalidInput => issues.extend_from_slice(error.at(&at).violations()),
                other => other?,
            }
        }
        if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
    }

    async fn hold_one(&self, names: &[String], action: &dyn AnyAction, input: &Value, connected: &Connected, run: &Run) -> Result<()> {
        let mut key = format!("{}\n{}", connected.id, run.action);
        for name in names {
            key.push('\n');
            key.push_str(&self.depends(name, input, &run.action)?.to_string());
        }
        let known = self.0.remembered.get(&key);
        if known.as_ref().is_some_and(|known| known.check(input).is_ok()) || (known.is_none() && run.mode == Mode::Preview) {
            return Ok(());
        }
        if run.mode == Mode::Preview
            && let Some(known) = known
        {
            return known.check(input);
        }
        let mut schema = part(&action.input_schema());
        for name in names {
            match self.ask(name, input, connected, run).await {
                Ok(resolved) => dynamic_schema::put(&mut schema, name, &resolved),
                // Whoever may write but not read what a thing looks like is believed.
                Err(error) if matches!(error.code(), Code::MissingScope | Code::Forbidden) => {
                    tracing::debug!(action = run.action, %error, "an input is not held against its dynamic schema");
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        let validator = Arc::new(Validator::new(schema)?);
        self.0.remembered.put(key, validator.clone());
        validator.check(input)
    }

    // What a dynamic schema depends on, from the properties of the same names.
    fn depends(&self, name: &str, input: &Value, id: &str) -> Result<Value> {
        let found = self.0.registry.dynamic_schema(&sibling(id, name))?;
        let wanted = found.validator.properties().iter();
        let given = wanted.filter_map(|key| Some((key.clone(), input.get(key).filter(|value| !value.is_null())?.clone())));
        Ok(Value::Object(given.collect()))
    }

    async fn ask(&self, name: &str, input: &Value, connected: &Connected, run: &Run) -> Result<Value> {
        let found = self.0.registry.dynamic_schema(&sibling(&run.action, name))?;
        let depends = self.depends(name, input, &run.action)?;
        found.validator.check(&depends)?;
        let spec: &Spec = found.item.spec();
        let session = self.session(connected, spec, run);
        let plan = found.item.schema(depends, &self.context(connected, run, &session)?)?;
        connected.client.run(plan, &session, &mut Vec::new()).await
    }
}

// The id of something of the same connector.
fn sibling(id: &str, name: &str) -> String {
    format!("{}.{name}", id.split_once('.').map_or(id, |(connector, _)| connector))
}

// The properties that have a dynamic schema; the others were held against theirs before.
fn part(schema: &Value) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let dynamic = properties.filter(|(name, property)| *name != "items" && !dynamic_schema::names(property).is_empty());
    json!({ "type": "object", "properties": dynamic.map(|(name, property)| (name.clone(), property.clone())).collect::<Map<_, _>>() })
}
