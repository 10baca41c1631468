//! The source and the transcripts of a trigger.

use serde_json::{Value, json};

use super::Described;
use super::source::{example_of_path, path_fields, permissions, request};
use super::transcripts::{case, path};
use crate::scaffold::{fill, names};

const TRIGGER: &str = include_str!("../templates/trigger.rs.txt");

/// A time before the first poll of a transcript, and one between its first and its second poll.
const TIMES: [&str; 2] = ["2026-05-01T08:00:00Z", "2026-05-08T09:02:00Z"];

/// The file of a trigger that polls the list of the request. `event` is the type of the vocabulary that describes an
/// item, and `created` the property that says when it was created.
pub(in crate::scaffold) fn trigger_source(described: &Described, name: &str, event: &str, created: &str) -> String {
    let scopes = if described.is_for_apps_only() { " Scopes," } else { "" };
    let values = [
        ("name", name),
        ("Type", &names::pascal(name)),
        ("Title", &names::title(name)),
        ("Event", event),
        ("scopes", scopes),
        ("example", &Value::Object(example_of_path(described)).to_string()),
        ("fields", &path_fields(described)),
        ("permissions", &permissions(described)),
        ("request", &request(described)),
        ("created", created),
    ];
    fill(TRIGGER, &values)
}

/// The transcripts of a trigger, by name.
pub(in crate::scaffold) fn trigger_transcripts(described: &Described, created: &str) -> [(&'static str, Value); 2] {
    let items = [("1", TIMES[0]), ("2", TIMES[1])].map(|(id, time)| json!({ "id": id, (created): time }));
    let poll = |items: &[Value]| {
        json!({
            "request": { "method": "GET", "url": path(described) },
            "response": { "status": 200, "body": { "value": items } },
        })
    };
    let output = json!([
        { "events": [], "more": false },
        { "events": [{ "id": "2", "data": items[1] }], "more": false },
    ]);
    let input = example_of_path(described);
    let mut without_time = input.clone();
    without_time.insert("since".to_owned(), "yesterday".into());
    let polls = vec![poll(&items[..1]), poll(&items)];
    let failed = json!({ "code": "invalid_input", "issues": [{ "pointer": "/since" }] });
    let about = "What is created after the trigger has begun fires once.";
    [
        ("second_poll", case(described, about, input, polls, ("output", output))),
        ("not_a_time", case(described, "The trigger begins at a time.", without_time, Vec::new(), ("error", failed))),
    ]
}
