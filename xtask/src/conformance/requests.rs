//! What the connectors send.

use std::collections::BTreeMap;

use connector_sdk::{AnyAction, ApiVersion, Connector, Context, Rehearsal, Sent, Spec};
use graph_metadata::{Asked, Model};

use super::finding;
use super::report::Finding;
use crate::transcript::Case;

/// A request, who made it, and where that is shown.
pub struct Made {
    /// The connector.
    pub connector: String,
    /// The action's card.
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
        let (Ok(transcript), Some(connector)) = (&case.transcript, connectors.iter().find(|it| it.name == case.connector)) else {
            continue;
        };
        let Some(action) = connector.find_action(&case.action) else { continue };
        let mut stage = transcript.stage();
        // How it ends is for the test of the transcripts; here counts what was sent.
        let _ = action.plan(transcript.input.clone(), &transcript.context()).and_then(|plan| stage.run(plan));
        all.extend(stage.sent.into_iter().enumerate().map(|(i, sent)| Made {
            connector: case.connector.clone(),
            spec: action.spec(),
            file: case.name(),
            pointer: format!("/exchanges/{i}/request"),
            sent,
        }));
    }
    for connector in connectors {
        connector.actions.iter().for_each(|action| all.extend(planned(connector, action.as_ref())));
    }
    all
}

// Examples are planned; nobody answers, so only what is sent first is seen.
fn planned(connector: &Connector, action: &dyn AnyAction) -> Vec<Made> {
    let schema = action.input_schema();
    let examples = schema.get("examples").and_then(|all| all.as_array()).cloned().unwrap_or_default();
    let mut all = Vec::new();
    for (i, example) in examples.into_iter().enumerate() {
        let mut stage = Rehearsal::new([]);
        let _ = action.plan(example, &Context::user()).and_then(|plan| stage.run(plan));
        all.extend(stage.sent.into_iter().map(|sent| Made {
            connector: connector.name.to_owned(),
            spec: action.spec(),
            file: format!("schemas/{}/actions/{}.json", connector.name, action.spec().name),
            pointer: format!("/input/examples/{i}"),
            sent,
        }));
    }
    all
}

/// The path and query below the API version, if the request goes to Graph's version 1.
pub fn path(sent: &Sent) -> Option<&str> {
    let below = sent.url.strip_prefix("https://graph.microsoft.com/v1.0").unwrap_or(&sent.url);
    (sent.version == ApiVersion::V1 && below.starts_with('/')).then_some(below)
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
    let asked =
        Asked { method: made.sent.method.as_str(), url, headers: &headers, body: made.sent.body.as_ref().filter(|body| body.is_object()) };
    let found = graph_metadata::check(model, asked);
    Some(found.into_iter().map(|it| finding(&made.file, &format!("{}{}", made.pointer, it.pointer), it.message)).collect())
}
