//! What outputs promise: an id that is selected, a total that can be asked for, objects that are described.

use connector_sdk::graph_type::{self, GRAPH_TYPE};
use connector_sdk::{Connector, Plan, Response, Result, ScriptedRun};
use serde_json::{Map, Value, json};
use tenon_tests::cases;
use tenon_tests::connectors;

use connector_testing::contracts::contexts;

use super::none;

/// Lists that tell a total though no property of the input says `count`, and why.
const TELL_A_TOTAL: [(&str, &str); 2] = [
    ("graph.search_query", "the search always tells it"),
    ("graph_raw.paginate_request", "its query is the caller's own, and may say `$count`"),
];

/// What has a selection and no id, and why.
const WITHOUT_ID: [(&str, &str); 1] = [("outlook.get_mailbox_settings", "settings have none")];

/// Objects that are described by no property, because what they hold is free by nature: the end of their place, and
/// why.
const FREE: [(&str, &str); 13] = [
    ("get_user_custom_attributes/anyOf/0", "the tenant names its attributes"),
    ("get_group_custom_attributes/anyOf/0", "the tenant names its attributes"),
    ("create_record/anyOf/0", "it is what the action of the record's object returns"),
    ("get_record/anyOf/0", "it is what the action of the record's object returns"),
    ("update_record/anyOf/0", "it is what the action of the record's object returns"),
    ("search_records/properties/items/items", "it is what the action of the record's object returns"),
    ("/properties/fields", "a list has its own columns"),
    ("/properties/values", "a worksheet or a table has its own columns"),
    ("add_table_rows/properties/rows/items", "a table has its own columns"),
    ("search_query/properties/items/items/properties/resource", "anything may be found, and says its type"),
    ("graph_raw.paginate_request/properties/items/items", "the caller's own request returns it"),
    ("graph_raw.delta_request/properties/items/items", "the caller's own request returns it"),
    ("graph_raw.poll_collection", "the caller's own request returns it"),
];

/// A name that no action selects by itself.
const CHOSEN: &str = "chosenByTheCaller";

/// An action or a trigger, as far as this is about it.
struct Thing<'a> {
    name: String,
    input: Value,
    output: Value,
    rehearse: Box<dyn Fn(Value) -> Vec<String> + 'a>,
}

// Plays a plan, with an answer to everything that is an object and a list without items: what is sent.
fn play<T>(plan: Result<Plan<T>>, sent: &mut Vec<String>) -> Option<T> {
    let link = "https://graph.microsoft.com/v1.0/x/delta?$deltatoken=1";
    let answer = || Response::new(200, json!({ "id": "1", "value": [], "@odata.deltaLink": link }).to_string());
    let mut stage = ScriptedRun::new((0..6).map(|_| answer()));
    let end = plan.and_then(|plan| stage.run(plan)).ok();
    sent.extend(stage.sent.iter().map(|sent| sent.url.clone()));
    end
}

fn things(connectors: &[Connector]) -> Vec<Thing<'_>> {
    let mut all = Vec::new();
    for connector in connectors {
        for action in &connector.actions {
            all.push(Thing {
                name: format!("{}.{}", connector.name, action.spec().name),
                input: action.input_schema(),
                output: action.output_schema(),
                rehearse: Box::new(move |input| {
                    let mut sent = Vec::new();
                    contexts().iter().for_each(|cx| drop(play(action.plan(input.clone(), cx), &mut sent)));
                    sent
                }),
            });
        }
        for trigger in &connector.triggers {
            all.push(Thing {
                name: format!("{}.{}", connector.name, trigger.spec().name),
                input: trigger.input_schema(),
                output: trigger.event_schema(),
                rehearse: Box::new(move |input| {
                    let mut sent = Vec::new();
                    for cx in &contexts() {
                        let first = play(trigger.poll(input.clone(), None, cx), &mut sent);
                        // Some begin at the present, and read only later.
                        let cursor = first.map(|poll| poll.cursor);
                        drop(play(trigger.poll(input.clone(), cursor.as_ref(), cx), &mut sent));
                    }
                    sent
                }),
            });
        }
    }
    all
}

// The properties of an output, or of one where it may be many.
fn properties(output: &Value) -> Option<&Map<String, Value>> {
    let one = output.pointer("/anyOf/0").filter(|_| output.get("x-bulk").is_some()).unwrap_or(output);
    one.get("properties")?.as_object()
}

// The names in `$select` of a request that selects what the caller chose.
fn selected(url: &str) -> Option<Vec<String>> {
    let (_, query) = url.split_once('?')?;
    let names = query.split('&').find_map(|pair| pair.strip_prefix("$select="))?;
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    names.iter().any(|name| name == CHOSEN).then_some(names)
}

#[test]
fn an_id_that_is_promised_is_selected() {
    let connectors = connectors();
    let (mut found, mut seen) = (Vec::new(), 0);
    for thing in things(&connectors) {
        let place = [
            "/properties/select",
            "/properties/query/properties/select",
            "/properties/query/anyOf/0/properties/select",
        ];
        let selections = place
            .into_iter()
            .filter_map(|at| Some((at, thing.input.pointer(at)?["description"].as_str().unwrap_or_default())));
        let (promised, not): (Vec<_>, Vec<_>) = selections.partition(|(_, text)| text.contains("`id` is always"));
        found.extend(
            not.iter()
                .filter(|_| !WITHOUT_ID.iter().any(|(name, _)| *name == thing.name))
                .map(|_| format!("{} promises no id", thing.name)),
        );
        for (at, _) in promised {
            seen += 1;
            let examples = thing.input.get("examples").and_then(Value::as_array).into_iter().flatten();
            let mut urls = Vec::new();
            for example in examples {
                let mut input = example.clone();
                match at.contains("query") {
                    true => {
                        let mut query = input.get("query").cloned().unwrap_or_else(|| json!({}));
                        query["select"] = json!([CHOSEN]);
                        input["query"] = query;
                    }
                    false => input["select"] = json!([CHOSEN]),
                }
                urls.extend((thing.rehearse)(input));
            }
            let selections: Vec<Vec<String>> = urls.iter().filter_map(|url| selected(url)).collect();
            if selections.is_empty() {
                found.push(format!("{} does not select what is chosen: {urls:?}", thing.name));
            }
            let without = selections.iter().filter(|names| names.iter().filter(|name| *name == "id").count() != 1);
            found.extend(without.map(|names| format!("{} selects {names:?}", thing.name)));
        }
    }
    none(&found);
    assert!(seen > 60, "only {seen} promise it");
}

#[test]
fn a_total_that_is_promised_can_be_asked_for() {
    let connectors = connectors();
    let (mut found, mut seen) = (Vec::new(), 0);
    for thing in things(&connectors) {
        let Some(output) = properties(&thing.output).filter(|all| all.contains_key("nextPageToken")) else { continue };
        let excused = TELL_A_TOTAL.iter().any(|(name, _)| *name == thing.name);
        if !output.contains_key("total") || excused {
            if excused && !output.contains_key("total") {
                found.push(format!("{} needs no excuse", thing.name));
            }
            continue;
        }
        seen += 1;
        let direct = thing.input.pointer("/properties/count").is_some();
        let mut urls = Vec::new();
        for example in thing.input.get("examples").and_then(Value::as_array).into_iter().flatten() {
            let mut input = example.clone();
            match direct {
                true => input["count"] = json!(true),
                false => {
                    let mut query = input.get("query").cloned().unwrap_or_else(|| json!({}));
                    query["count"] = json!(true);
                    input["query"] = query;
                }
            }
            found.extend(
                connector_schemas::instance::issues(&thing.input, &input)
                    .iter()
                    .map(|issue| format!("{}: {issue:?}", thing.name)),
            );
            urls.extend((thing.rehearse)(input));
        }
        if !urls.iter().any(|url| url.contains("$count=true")) {
            found.push(format!("{} does not ask for the total that it promises: {urls:?}", thing.name));
        }
    }
    none(&found);
    assert!(seen > 30, "only {seen} promise it");
}

#[test]
fn every_object_of_an_output_is_described() {
    let connectors = connectors();
    let mut bare = Vec::new();
    for thing in things(&connectors) {
        bare_objects(&thing.output, &thing.name, &mut bare);
    }
    let free = |at: &str| FREE.iter().any(|(end, _)| at.ends_with(end));
    // Microsoft's metadata has no property of some types: that they are there is all that they say, or each tenant names
    // its own.
    let typed = |ty: &Option<String>| ty.as_deref().is_some_and(graph_type::is_bare);
    let found: Vec<&(String, Option<String>)> = bare.iter().filter(|(at, ty)| !free(at) && !typed(ty)).collect();
    none(&found);
    // An excuse that is no longer needed hides the next mistake.
    let unused = FREE.iter().filter(|(end, _)| !bare.iter().any(|(at, _)| at.ends_with(end))).map(|(end, _)| *end);
    none(&unused.collect::<Vec<_>>());
}

// The objects without properties in a schema, each with its type of Graph.
fn bare_objects(schema: &Value, at: &str, found: &mut Vec<(String, Option<String>)>) {
    match schema {
        Value::Object(object) => {
            let is_object = object.get("type").is_some_and(|kind| {
                kind == "object" || kind.as_array().is_some_and(|all| all.contains(&json!("object")))
            });
            let some = |key: &&str| {
                object
                    .get(*key)
                    .is_some_and(|inner| inner.as_object().is_some_and(|inner| !inner.is_empty()) || inner.is_array())
            };
            let described = ["properties", "additionalProperties", "anyOf", "oneOf", "allOf"].iter().any(some);
            if is_object && !described {
                found.push((at.to_owned(), object.get(GRAPH_TYPE).and_then(Value::as_str).map(str::to_owned)));
            }
            object.iter().for_each(|(key, inner)| bare_objects(inner, &format!("{at}/{key}"), found));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, inner)| bare_objects(inner, &format!("{at}/{i}"), found))
        }
        _ => {}
    }
}

#[test]
fn what_transcripts_return_is_what_the_schemas_describe() {
    let connectors = connectors();
    let (mut found, mut seen) = (Vec::new(), 0);
    for case in cases() {
        let Ok(transcript) = &case.transcript else { continue };
        let Some(connector) = connectors.iter().find(|connector| connector.name == case.connector) else { continue };
        let Some(output) = &transcript.output else { continue };
        let told: Vec<(Value, &Value)> =
            match (connector.find_action(&case.action), connector.find_trigger(&case.action)) {
                (Some(action), _) => vec![(action.output_schema(), output)],
                (None, Some(trigger)) => {
                    let polls = output.as_array().into_iter().flatten();
                    let events = polls.flat_map(|poll| poll["events"].as_array().into_iter().flatten());
                    events.map(|event| (trigger.event_schema(), &event["data"])).collect()
                }
                _ => continue,
            };
        for (schema, value) in told {
            seen += 1;
            let issues = connector_schemas::instance::issues(&schema, value);
            found.extend(issues.iter().map(|issue| format!("{} {}: {}", case.name(), issue.pointer, issue.message)));
        }
    }
    none(&found);
    assert!(seen > 300, "only {seen} outputs were looked at");
}
