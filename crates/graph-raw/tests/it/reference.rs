//! What Microsoft's description of Graph adds, where a host has it.

use std::sync::{Arc, Mutex};

use connector_sdk::{
    Account, Code, Context, Granted, Reference, Response, Result, ScriptedRun, Sent, Step, Subject, Sufficient,
};
use graph_raw::connector;
use serde_json::{Value, json};

use crate::stage::answer;

/// A description that knows one request, and doubts every other path.
#[derive(Debug, Default)]
struct Known(Mutex<Vec<Account>>);

impl Reference for Known {
    fn permissions(&self, method: &str, path: &str, account: Account) -> Result<Option<Sufficient>> {
        self.0.lock().unwrap().push(account);
        let all = vec!["Letter.Read".to_owned(), "Letter.ReadWrite".to_owned()];
        Ok((method == "GET" && path == "/me/letters").then(|| Sufficient::new(all[..1].to_vec(), all)))
    }
    fn properties(&self, _: &str) -> Option<serde_json::Map<String, Value>> {
        None
    }

    fn doubts(&self, sent: &Sent, _: &Subject, granted: Option<&Granted>) -> Vec<String> {
        assert!(granted.is_some_and(|granted| granted.has("Letter.Read")));
        if sent.url == "/me/letters" { Vec::new() } else { vec!["Did you mean `letters`?".to_owned()] }
    }
}

fn run(action: &str, input: Value, cx: Context, script: Option<Response>) -> Result<Value> {
    let cx = cx.with_granted(Arc::new(Granted::parse("Letter.Read")));
    let mut stage = ScriptedRun::new(script);
    connector()
        .find_action(action)
        .unwrap()
        .plan(input, &cx)
        .and_then(|plan| stage.run(plan))
        .and_then(|json| json.read())
}

fn informed() -> (Arc<Known>, Context) {
    let known = Arc::new(Known::default());
    (known.clone(), Context::user().with_reference(Some(known as _)))
}

#[test]
fn permissions_are_found_without_a_request() {
    let (known, cx) = informed();
    let find = |method: &str, mode: Option<&str>, cx: &Context| {
        let mut input = json!({ "method": method, "path": "/me/letters" });
        if let Some(mode) = mode {
            input["mode"] = mode.into();
        }
        run("find_permissions", input, cx.clone(), None).unwrap()
    };
    let found = json!({ "least": ["Letter.Read"], "all": ["Letter.Read", "Letter.ReadWrite"], "listed": true });
    assert_eq!(find("GET", None, &cx), found);
    assert_eq!(find("GET", Some("personal"), &cx), found);
    assert_eq!(find("DELETE", Some("application"), &cx), json!({ "least": [], "all": [], "listed": false }));
    find("GET", None, &Context::new(Subject::App { user: None }).with_reference(cx.reference.clone()));
    assert_eq!(*known.0.lock().unwrap(), [Account::Work, Account::Personal, Account::App, Account::App]);
}

#[test]
fn doubts_are_shown_and_stop_nothing() {
    let (_, cx) = informed();
    let ok = || Some(answer(200, json!({})));
    for action in ["get", "post", "put", "patch", "delete", "raw_request"] {
        let input = |url: &str| match action {
            "raw_request" => json!({ "method": "GET", "url": url }),
            _ => json!({ "url": url }),
        };
        assert_eq!(run(action, input("/me/letters"), cx.clone(), ok()).unwrap().get("warnings"), None, "{action}");
        let warned = run(action, input("/me/leters"), cx.clone(), ok()).unwrap();
        assert_eq!(warned["warnings"], json!(["Did you mean `letters`?"]), "{action}");
        let refused = Some(answer(404, json!({ "error": { "code": "ResourceNotFound", "message": "no" } })));
        let error = run(action, input("/me/leters"), cx.clone(), refused).unwrap_err();
        assert!(
            error.code() == Code::NotFound && error.advice().ends_with("Did you mean `letters`?"),
            "{action}: {}",
            error.advice()
        );
        // Nothing is said of it where the error is about something else.
        let busy = Some(answer(503, json!({ "error": { "code": "x", "message": "no" } })));
        assert!(
            !run(action, input("/me/leters"), cx.clone(), busy).unwrap_err().advice().contains("letters"),
            "{action}"
        );
    }
}

#[test]
fn a_preview_sees_the_doubts() {
    let (_, cx) = informed();
    let cx = cx.with_granted(Arc::new(Granted::parse("Letter.Read")));
    let plan = connector().find_action("get").unwrap().plan(json!({ "url": "/me/leters" }), &cx).unwrap();
    let Step::Call { request, .. } = plan.into_step() else { panic!("it is one request") };
    assert_eq!(request.options().warnings(), ["Did you mean `letters`?"]);
}
