//! Dynamic schemas: resolved for a connection, and inputs validated against them.

use std::sync::Arc;

use connector_sdk::{AnyAction, Code, Error, Issue, Result, Spec, Step, dynamic_schema};
use serde_json::{Map, Value, json};

use crate::connection::Connected;
use crate::host::Host;
use crate::registry::Found;
use crate::run::Run;
use crate::validate::Validator;

/// The schemas of an action or a trigger, with their dynamic schemas resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Schema of the input.
    pub input: Value,
    /// Schema of an action's output, or of a trigger's event.
    pub output: Value,
}

/// A run whose input is validated against dynamic schemas.
pub(crate) struct CheckedRun<'a> {
    /// Action that runs.
    pub(crate) found: &'a Found<'a, dyn AnyAction>,
    /// Connection that it runs on.
    pub(crate) connected: &'a Connected,
    /// Run of the action.
    pub(crate) run: &'a Run,
    /// Whether Graph may be asked: not for a preview, and not for a run that will not come to anything.
    pub(crate) may_send: bool,
}

impl Host {
    /// Returns the schemas of an action or a trigger with their dynamic schemas resolved. The values that these depend
    /// on, such as the site and the list, are read from `input`, which may hold less than a run needs.
    ///
    /// # Errors
    /// `unknown_action`; `invalid_input` where something that a dynamic schema depends on is missing; and
    /// those of [`Host::execute`].
    pub async fn resolve(&self, id: &str, connection: &str, input: &Value) -> Result<Resolved> {
        self.resolve_as(id, connection, None, input).await
    }

    // `connection_id`: that the connection must have.
    pub(crate) async fn resolve_as(
        &self,
        id: &str,
        connection: &str,
        connection_id: Option<&str>,
        input: &Value,
    ) -> Result<Resolved> {
        let mut resolved = match self.0.registry.action(id) {
            Ok(found) => Resolved { input: found.item.input_schema(), output: found.item.output_schema() },
            Err(error) => match self.0.registry.trigger(id) {
                Ok(found) => Resolved { input: found.item.input_schema(), output: found.item.event_schema() },
                Err(_) => return Err(error),
            },
        };
        let mut names: Vec<String> = [&resolved.input, &resolved.output]
            .into_iter()
            .flat_map(dynamic_schema::names)
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Ok(resolved);
        }
        let connected = self.0.connections.connect_as(connection, connection_id).await?;
        let run = Run::new(id, connection, Value::Null);
        for name in names {
            let schema = self.ask(&name, input, &connected, &run, true).await?.unwrap_or_default();
            dynamic_schema::put(&mut resolved.input, &name, &schema);
            dynamic_schema::put(&mut resolved.output, &name, &schema);
        }
        Ok(resolved)
    }

    /// Validates the input of a run against its dynamic schemas. Where nothing may be sent, only those count that need
    /// nothing of Graph, and those that are cached.
    ///
    /// # Errors
    /// `invalid_input` with every violation; for a single input also those of asking Graph.
    pub(crate) async fn check(&self, held: CheckedRun<'_>, input: &Value) -> Result<()> {
        let mut names = Vec::new();
        for name in held.found.validator.dynamic() {
            if self.0.registry.dynamic_schema(&sibling(&held.run.action, name))?.item.is_held() {
                names.push(name.as_str());
            }
        }
        let spec = held.found.item.spec();
        if names.is_empty() {
            return Ok(());
        }
        let Some(many) = input.get("items").and_then(Value::as_array).filter(|_| spec.bulk) else {
            return self.hold_one(&held, &names, input).await;
        };
        let mut issues: Vec<Issue> = Vec::new();
        for (i, input) in many.iter().enumerate() {
            match self.hold_one(&held, &names, input).await {
                Ok(()) => {}
                Err(error) if error.code() == Code::InvalidInput => {
                    issues.extend_from_slice(error.at(&format!("/items/{i}")).violations());
                }
                // What is wrong with one of many is a part of its own fate.
                Err(error) => {
                    tracing::debug!(action = held.run.action, %error, "one of many is not validated against its dynamic schema")
                }
            }
        }
        if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
    }

    async fn hold_one(&self, held: &CheckedRun<'_>, names: &[&str], input: &Value) -> Result<()> {
        let mut key = format!("{}\n{}", held.connected.id, held.run.action);
        for name in names {
            key.push('\n');
            key.push_str(&self.depends(name, input, &held.run.action)?.to_string());
        }
        // What is remembered is not believed when it refuses, unless nobody may ask.
        let known = self.0.remembered.get(&key).map(|known| known.check(input));
        if let Some(Ok(())) = known {
            return Ok(());
        }
        let mut schema = part(&held.found.item.input_schema());
        for name in names {
            match self.ask(name, input, held.connected, held.run, held.may_send).await {
                Ok(Some(resolved)) => dynamic_schema::put(&mut schema, name, &dynamic_schema::certain(resolved)),
                Ok(None) => return known.unwrap_or(Ok(())),
                // Whoever may write but not read what a thing looks like is believed.
                Err(error) if matches!(error.code(), Code::MissingScope | Code::Forbidden) => {
                    tracing::debug!(action = held.run.action, %error, "an input is not validated against its dynamic schema");
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
        let given =
            wanted.filter_map(|key| Some((key.clone(), input.get(key).filter(|value| !value.is_null())?.clone())));
        Ok(Value::Object(given.collect()))
    }

    // `None` where it would have to ask Graph and must not.
    async fn ask(
        &self,
        name: &str,
        input: &Value,
        connected: &Connected,
        run: &Run,
        may_send: bool,
    ) -> Result<Option<Value>> {
        let found = self.0.registry.dynamic_schema(&sibling(&run.action, name))?;
        let depends = self.depends(name, input, &run.action)?;
        found.validator.check(&depends)?;
        let spec: &Spec = found.item.spec();
        let session = self.session(connected, spec, run);
        match found.item.schema(depends, &self.context(connected, run, &session)?)?.into_step() {
            Step::Done(schema) => Ok(Some(schema)),
            _ if !may_send => Ok(None),
            step => connected.client.run(step.into(), &session, &mut Vec::new()).await.map(Some),
        }
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
