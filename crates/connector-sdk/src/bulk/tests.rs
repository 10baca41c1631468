use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Accepted, Action, Code, Connector, Context, Effect, Error, FileRef, Order, Plan, Request, Response, Result,
    ScriptedRun, Spec, Step,
};

/// Rename a thing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    /// Which one.
    id: String,
    /// Read before it is renamed.
    notes: Option<FileRef>,
    /// Look at it first.
    #[serde(default)]
    look: bool,
}

impl Action for Rename {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("rename", "Rename", Effect::Update).application(&[]).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        if self.id == "bad" {
            return Err(Error::invalid("/id", "is bad"));
        }
        let rename = Request::patch("/things/{id}").path_param("id", &*self.id).json(json!({}));
        Ok(match (self.notes, self.look) {
            (Some(file), _) => Plan::read(file, |_| rename.accepted()),
            (None, true) => Plan::call(Request::get("/things/{id}").path_param("id", self.id), |_| rename.accepted()),
            (None, false) => rename.accepted(),
        })
    }
}

fn plan(input: Value) -> Result<Plan<crate::Json>> {
    let connector = Connector::new("t", "T", "T.", crate::ConnectionSpec::new(Vec::new(), Vec::new()));
    connector.action::<Rename>().find_action("rename").unwrap().plan(input, &Context::user())
}

fn answers(statuses: &[u16]) -> ScriptedRun {
    ScriptedRun::new(statuses.iter().map(|status| Response::new(*status, "{}")))
}

// The fates, and the counts.
fn fates(stage: &mut ScriptedRun, input: Value) -> (Vec<Value>, Value) {
    let end = stage.run(plan(input).unwrap()).unwrap();
    (stage.emitted.iter().map(|fate| fate.read().unwrap()).collect(), end.read().unwrap())
}

fn paths(stage: &ScriptedRun) -> Vec<String> {
    stage.sent.iter().map(|sent| format!("{} {}", sent.method, sent.url)).collect()
}

#[test]
fn what_goes_at_the_same_time_goes_together() {
    let plan = plan(json!({ "items": [{ "id": "1" }, { "id": "2", "look": true }, { "id": "3" }] })).unwrap();
    let Step::All { requests, order: Order::Any, then } = plan.into_step() else { panic!("nothing goes together") };
    assert_eq!(
        requests.iter().map(|request| format!("{request:?}")).collect::<Vec<_>>(),
        ["PATCH /things/{id}", "GET /things/{id}", "PATCH /things/{id}"]
    );
    assert!(!then.is_last(), "the second goes on");
}

#[test]
fn a_preview_of_single_requests_is_complete() {
    let plan = plan(json!({ "items": [{ "id": "1" }, { "id": "2" }] })).unwrap();
    let Step::All { then, .. } = plan.into_step() else { panic!("nothing goes together") };
    assert!(then.is_last());
}

#[test]
fn each_has_its_own_fate() {
    let mut stage = answers(&[204, 404, 204]);
    let (fates, counts) = fates(&mut stage, json!({ "items": [{ "id": "1" }, { "id": "2" }, { "id": "3" }] }));
    assert_eq!(fates[0], json!({ "index": 0, "ok": true, "output": { "accepted": true } }));
    assert_eq!(
        (&fates[1]["index"], &fates[1]["ok"], &fates[1]["error"]["code"]),
        (&json!(1), &json!(false), &json!("not_found"))
    );
    assert_eq!(counts, json!({ "succeeded": 2, "failed": 1, "skipped": 0 }));
}

#[test]
fn steps_and_files_find_their_way_back() {
    let mut stage = answers(&[200, 204, 204, 204]);
    stage.files.insert("n".into(), "x".into());
    let items = json!([{ "id": "1", "look": true }, { "id": "2", "notes": { "file": "n" } }, { "id": "3", "notes": { "file": "missing" } }, { "id": "4" }]);
    let (fates, counts) = fates(&mut stage, json!({ "items": items }));
    assert_eq!(counts, json!({ "succeeded": 3, "failed": 1, "skipped": 0 }));
    assert_eq!(fates.iter().map(|fate| fate["ok"].clone()).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(paths(&stage), ["GET /things/1", "PATCH /things/2", "PATCH /things/4", "PATCH /things/1"]);
}

#[test]
fn stopping_leaves_the_rest_alone() {
    let mut stage = answers(&[204, 404]);
    let (fates, counts) =
        fates(&mut stage, json!({ "items": [{ "id": "1" }, { "id": "2" }, { "id": "3" }], "stopOnError": true }));
    assert_eq!(paths(&stage), ["PATCH /things/1", "PATCH /things/2"]);
    assert_eq!(fates[2], json!({ "index": 2, "ok": false, "skipped": true }));
    assert_eq!(counts, json!({ "succeeded": 1, "failed": 1, "skipped": 1 }));
}

#[test]
fn a_bad_one_keeps_all_from_being_sent() {
    let error = plan(json!({ "items": [{ "id": "1" }, { "id": "bad" }, { "id": "bad" }] })).unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    assert_eq!(
        error.violations().iter().map(|it| it.pointer.as_str()).collect::<Vec<_>>(),
        ["/items/1/id", "/items/2/id"]
    );
}

#[test]
fn each_has_a_key_and_random_bytes_of_its_own() {
    let cx = Context { key: Some("k".into()), ..Context::user() };
    let (first, second) = (cx.part(0), cx.part(1));
    assert_eq!(first.key.as_deref(), Some("k#0"));
    assert_ne!(first.entropy, second.entropy);
    assert_ne!(first.entropy[16..], second.entropy[16..], "all of the bytes differ, not the first");
}

/// Add a thing below the last one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Append {
    /// What.
    id: String,
}

impl Action for Append {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("append", "Append", Effect::Create).bulk_in_turn();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(Plan::call(Request::get("/last"), |_| Request::put("/things/{id}").path_param("id", self.id).accepted()))
    }
}

#[test]
fn in_turn_nobody_looks_before_the_one_in_front_has_written() {
    let connector = Connector::new("t", "T", "T.", crate::ConnectionSpec::new(Vec::new(), Vec::new()));
    let input = json!({ "items": [{ "id": "1" }, { "id": "2" }, { "id": "3" }] });
    let plan = connector.action::<Append>().find_action("append").unwrap().plan(input, &Context::user()).unwrap();
    let mut stage = answers(&[200, 404, 200, 204, 200, 204]);
    let end: Value = stage.run(plan).unwrap().read().unwrap();
    assert_eq!(
        paths(&stage),
        ["GET /last", "PUT /things/1", "GET /last", "PUT /things/2", "GET /last", "PUT /things/3"]
    );
    assert_eq!(end, json!({ "succeeded": 2, "failed": 1, "skipped": 0 }));
}
