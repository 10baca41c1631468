//! The examples that the schemas show are true: each is run against the sandbox.

use std::sync::Arc;

use connector_runtime::{Listen, LocalFiles, Run};

use tenon_tests::cases;
use tenon_tests::transcript::Case;

use crate::stage::Stage;

/// Every example of an input schema.
fn examples(schema: &serde_json::Value) -> Vec<serde_json::Value> {
    schema["examples"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn every_example_of_an_action_works() {
    let list = Stage::new();
    let (mut wrong, mut unserved) = (Vec::new(), Vec::new());
    for connector in list.host.connectors() {
        for action in &connector.actions {
            let id = format!("{}.{}", connector.name, action.spec().name);
            let (examples, described) = (examples(&action.input_schema()), action.output_schema());
            // What a user cannot do at all, an app does.
            let connection = if action.spec().scopes.delegated.is_never() { "app" } else { "adele" };
            assert!(!examples.is_empty(), "{id}");
            for example in examples {
                // Each on a sandbox of its own, so that none needs another one first.
                let stage = Stage::new();
                let run = Run::new(id.as_str(), connection, example.clone()).files(Arc::new(LocalFiles::new()));
                match stage.execute(run).await {
                    Ok(output) => {
                        // And what comes is what the schema describes.
                        let issues = connector_schemas::instance::issues(&described, &output);
                        wrong.extend(
                            issues
                                .iter()
                                .map(|issue| format!("{id} {example}: output{}: {}", issue.pointer, issue.message)),
                        );
                    }
                    Err(error) if error.has_upstream_code(NOT_SERVED) => unserved.push(id.clone()),
                    Err(error) => wrong.push(format!("{id} {example}: {error}")),
                }
            }
        }
    }
    // Transcripts show what the sandbox cannot; the coverage test demands them.
    unserved.retain(|id| !is_shown(id));
    wrong.extend(unserved.iter().map(|id| format!("{id}: the sandbox does not serve it, and no transcript shows it")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Code of the sandbox for what Graph serves and it does not.
const NOT_SERVED: &str = "sandboxNotServed";

// Whether a transcript shows that an action works.
fn is_shown(id: &str) -> bool {
    let shows = |case: &Case| case.transcript.as_ref().is_ok_and(|it| it.output.is_some());
    cases().iter().any(|case| format!("{}.{}", case.connector, case.action) == id && shows(case))
}

// What stands beside each option of a query, added to an example of the list.
#[tokio::test(start_paused = true)]
async fn every_example_of_an_option_of_a_query_is_taken() {
    let list = Stage::new();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for connector in list.host.connectors() {
        for action in &connector.actions {
            let id = format!("{}.{}", connector.name, action.spec().name);
            let schema = action.input_schema();
            let Some(options) = schema["properties"]["query"]["properties"].as_object() else { continue };
            for (option, property) in options {
                let Some(example) = property["examples"].get(0) else { continue };
                let connection = if action.spec().scopes.delegated.is_never() { "app" } else { "adele" };
                let mut refused = Vec::new();
                // An example may be about one list of several, such as one with an indexed column.
                for mut whole in examples(&schema) {
                    whole["query"] = serde_json::json!({ option: example });
                    let run = Run::new(id.as_str(), connection, whole.clone()).files(Arc::new(LocalFiles::new()));
                    match Stage::new().execute(run).await {
                        Ok(_) => {
                            refused.clear();
                            break;
                        }
                        Err(error) if error.has_upstream_code(NOT_SERVED) => {
                            refused.clear();
                            break;
                        }
                        Err(error) => refused.push(format!("{id} {whole}: {error}")),
                    }
                }
                wrong.extend(refused);
                tried += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 80, "{tried}");
}

#[tokio::test(start_paused = true)]
async fn every_example_of_a_trigger_can_be_listened_to() {
    let list = Stage::new();
    let mut wrong = Vec::new();
    for connector in list.host.connectors() {
        for trigger in &connector.triggers {
            let id = format!("{}.{}", connector.name, trigger.spec().name);
            for example in examples(&trigger.input_schema()) {
                let stage = Stage::new();
                let listen = Listen::new(id.as_str(), "adele", example.clone());
                let looked = match stage.host.listen(listen).await {
                    Ok(mut listener) => listener.try_next().await.map(|_| ()),
                    Err(error) => Err(error),
                };
                if let Err(error) = looked
                    && !(error.has_upstream_code(NOT_SERVED) && is_shown(&id))
                {
                    wrong.push(format!("{id} {example}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
