//! What the connectors send.

use std::collections::BTreeMap;

use connector_sdk::{ApiVersion, ChoiceQuery, Connector, Context, ScriptedRun, Sent, Spec};
use graph_metadata::{Asked, Model};
use serde_json::{Value, json};

use super::finding;
use super::report::Finding;
use crate::transcript::Case;

/// A request, who made it, and where that is shown.
pub struct Made {
    /// The connector.
    pub connector: String,
    /// Whether an action, a trigger, a picklist or a dynamic schema made it: the folder of its schema.
    pub kind: &'static str,
    /// Its card.
    pub spec: &'static Spec,
    /// The file that shows it.
    pub file: String,
    /// Its place in the file.
    pub pointer: String,
    /// Itself.
    pub sent: Sent,
}

/// Every request that the transcripts and the examples in the schemas make.
pub fn sent(connectors: &[Connector], cases: &[Case]) -> Vec<Made> {
    let mut all = Vec::new();
    for case in cases {
        let (Ok(transcript), Some(connector)) =
            (&case.transcript, connectors.iter().find(|it| it.name == case.connector))
        else {
            continue;
        };
        let mut stage = transcript.stage();
        // How it ends is for the test of the transcripts; here counts what was sent.
        let (kind, spec) = if let Some(action) = connector.find_action(&case.action) {
            let _ = action.plan(transcript.input.clone(), &transcript.context()).and_then(|plan| stage.run(plan));
            ("actions", action.spec())
        } else if let Some(trigger) = connector.find_trigger(&case.action) {
            let _ = transcript.poll(trigger, &mut stage);
            ("triggers", trigger.spec())
        } else {
            continue;
        };
        all.extend(stage.sent.into_iter().enumerate().map(|(i, sent)| Made {
            connector: case.connector.clone(),
            kind,
            spec,
            file: case.name(),
            pointer: format!("/exchanges/{i}/request"),
            sent,
        }));
    }
    for connector in connectors {
        for action in &connector.actions {
            let plan = |input: Value, stage: &mut ScriptedRun| {
                let _ = action.plan(input, &Context::user()).and_then(|plan| stage.run(plan));
            };
            all.extend(planned(connector, "actions", action.spec(), &action.input_schema(), plan));
        }
        for trigger in &connector.triggers {
            let plan = |input: Value, stage: &mut ScriptedRun| {
                let _ = trigger.poll(input, None, &Context::user()).and_then(|plan| stage.run(plan));
            };
            all.extend(planned(connector, "triggers", trigger.spec(), &trigger.input_schema(), plan));
        }
        for picklist in &connector.picklists {
            let plan = |input: Value, stage: &mut ScriptedRun| {
                let _ =
                    picklist.choices(input, ChoiceQuery::default(), &Context::user()).and_then(|plan| stage.run(plan));
            };
            all.extend(planned(connector, "picklists", picklist.spec(), &picklist.input_schema(), plan));
        }
        for dynamic in &connector.dynamic_schemas {
            let plan = |input: Value, stage: &mut ScriptedRun| {
                let _ = dynamic.schema(input, &Context::user()).and_then(|plan| stage.run(plan));
            };
            all.extend(planned(connector, "dynamicSchemas", dynamic.spec(), &dynamic.input_schema(), plan));
        }
    }
    all
}

// Examples are planned; nobody answers, so only what is sent first is seen. What needs no input has none.
fn planned(
    connector: &Connector,
    kind: &'static str,
    spec: &'static Spec,
    schema: &Value,
    plan: impl Fn(Value, &mut ScriptedRun),
) -> Vec<Made> {
    let examples = schema.get("examples").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![json!({})]);
    let mut all = Vec::new();
    for (i, example) in examples.into_iter().enumerate() {
        let mut stage = ScriptedRun::new([]);
        plan(example, &mut stage);
        all.extend(stage.sent.into_iter().map(|sent| Made {
            connector: connector.name.to_owned(),
            kind,
            spec,
            file: format!("schemas/{}/{kind}/{}.json", connector.name, spec.name),
            pointer: format!("/input/examples/{i}"),
            sent,
        }));
    }
    all
}

/// The path and query below the API version, if the request goes to Graph's version 1.
pub fn path(sent: &Sent) -> Option<&str> {
    let below = sent.url.strip_prefix("https://graph.microsoft.com/v1.0").unwrap_or(&sent.url);
    (sent.version != Some(ApiVersion::Beta) && below.starts_with('/')).then_some(below)
}

/// Holds a request against the metadata; `None` when it does not describe it.
pub fn check(model: &Model, made: &Made) -> Option<Vec<Finding>> {
    let url = path(&made.sent)?;
    // A link that Graph hands out is as Graph writes it.
    if url.contains("deltatoken=") || url.contains("skiptoken=") {
        return None;
    }
    // Texts and forms are no JSON of Graph, whose bodies are objects.
    let headers: BTreeMap<String, String> = made.sent.headers.clone();
    let asked = Asked {
        method: made.sent.method.as_str(),
        url,
        headers: &headers,
        body: made.sent.body.as_ref().filter(|body| body.is_object()),
    };
    let found = graph_metadata::check(model, asked);
    Some(
        found
            .into_iter()
            .map(|it| finding(&made.file, &format!("{}{}", made.pointer, it.pointer), it.message))
            .collect(),
    )
}
