//! What takes longer than one request: `upload_session` and `poll_operation`.

use std::time::Duration;

use crate::stage::{answer, plan, play, pointers, with};
use connector_sdk::{Code, Response, Retry, Step};
use serde_json::{Value, json};

const UPLOAD: &str = "https://contoso.sharepoint.com/upload/1";

#[test]
fn a_file_goes_to_its_session_in_pieces() {
    let input = json!({ "createUrl": "/me/drive/root:/a.txt:/createUploadSession", "content": { "text": "Hello" }, "item": { "item": { "name": "a.txt" } }, "chunkSize": 655_360 });
    let Step::Call { request, then, .. } = plan("upload_session", input.clone()).unwrap().into_step() else {
        panic!("no call")
    };
    assert!(request.options().is_idempotent());
    let Step::Upload { upload, .. } = then.go(Ok(answer(200, json!({ "uploadUrl": UPLOAD })))).into_step() else {
        panic!("no upload")
    };
    assert_eq!((upload.url.as_str(), upload.chunk), (UPLOAD, Some(655_360)));

    let (output, stage) =
        play("upload_session", input, [answer(200, json!({ "uploadUrl": UPLOAD })), answer(201, json!({ "id": "1" }))]);
    assert_eq!(output.unwrap(), json!({ "status": 201, "headers": {}, "body": { "id": "1" } }));
    assert_eq!(stage.sent[0].body, Some(json!({ "item": { "name": "a.txt" } })));
    assert_eq!((stage.sent[1].url.as_str(), stage.sent[1].body.clone()), (UPLOAD, Some(json!("5 bytes"))));
}

#[test]
fn an_upload_that_cannot_work_is_refused() {
    let input = |create: &str, content: Value, chunk: Value| json!({ "createUrl": create, "content": content, "chunkSize": chunk });
    let text = json!({ "text": "x" });
    for chunk in [1, 327_679, 327_681, 0, 62_914_560] {
        assert_eq!(
            pointers("upload_session", input("/x/createUploadSession", text.clone(), json!(chunk))),
            ["/chunkSize"],
            "{chunk}"
        );
    }
    for chunk in [327_680, 3_932_160, 62_586_880] {
        assert!(plan("upload_session", input("/x/createUploadSession", text.clone(), json!(chunk))).is_ok(), "{chunk}");
    }
    let all = input("//evil.example", json!({ "file": "nowhere" }), json!(5));
    assert_eq!(pointers("upload_session", all), ["/chunkSize", "/content", "/createUrl"]);
    assert_eq!(pointers("upload_session", input("/x", json!({ "text": "" }), Value::Null)), ["/content"]);

    let (output, _) =
        play("upload_session", input("/me", text.clone(), Value::Null), [answer(200, json!({ "id": 1 }))]);
    assert_eq!(output.unwrap_err().code(), Code::Protocol);
    let (output, _) = play(
        "upload_session",
        input("/x", text, Value::Null),
        [answer(200, json!({ "uploadUrl": UPLOAD })), answer(507, json!({}))],
    );
    assert_eq!(output.unwrap_err().status(), Some(507));
}

fn poll(url: &str, script: Vec<Response>) -> connector_sdk::Result<Value> {
    play("poll_operation", json!({ "url": url }), script).0
}

#[test]
fn an_operation_is_watched_until_it_ends() {
    for going in ["notStarted", "running", "inProgress", "updating", "WAITING"] {
        let script = vec![
            answer(202, json!({ "status": going })),
            answer(200, json!({ "status": going })),
            answer(200, json!({ "status": "succeeded", "resourceLocation": "x" })),
        ];
        let output = poll("/teams/1/operations/2", script).unwrap();
        assert_eq!((&output["status"], &output["body"]["resourceLocation"]), (&json!(200), &json!("x")), "{going}");
    }
    assert_eq!(
        poll("/me", vec![answer(202, json!({})), Response::new(202, ""), answer(200, json!({ "id": "1" }))]).unwrap()["body"]
            ["id"],
        "1"
    );
    assert_eq!(poll("/me", vec![answer(202, json!({ "status": "completed" }))]).unwrap()["status"], 202);
}

#[test]
fn an_operation_that_fails_is_an_error() {
    let bodies = [
        json!({ "status": "failed", "error": { "code": "quotaLimitReached", "message": "full" } }),
        json!({ "status": "failed", "error": "quotaLimitReached" }),
        json!({ "status": "deleteFailed", "statusDescription": "quotaLimitReached" }),
    ];
    for body in bodies {
        let error = poll("/me/x", vec![answer(200, body.clone())]).unwrap_err();
        assert_eq!(error.code(), Code::Rejected, "{body}");
        assert!(error.message().contains("quotaLimitReached"), "{error}");
    }
    assert_eq!(poll("/me/x", vec![answer(202, json!({})), answer(404, json!({}))]).unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_monitor_outside_graph_gets_no_token() {
    let monitor = "https://contoso.sharepoint.com/_api/v2.0/monitor/1?tempauth=x";
    let external = |url: &str| match plan("poll_operation", json!({ "url": url })).unwrap().into_step() {
        Step::Call { request, .. } => request.is_external(),
        other => panic!("{other:?}"),
    };
    assert!(external(monitor));
    assert!(external("https://graph.microsoft.com/monitor/1"), "outside the API's path there is no token either");
    assert!(!external("https://graph.microsoft.com/v1.0/teams/1/operations/2"));
    assert!(!external("/teams/1/operations/2"));
    let moved = with(Response::new(303, ""), "location", "https://graph.microsoft.com/v1.0/drives/1/items/2");
    let output = poll(monitor, vec![answer(202, json!({ "status": "inProgress" })), moved]).unwrap();
    assert_eq!(output["headers"]["location"], "https://graph.microsoft.com/v1.0/drives/1/items/2");
    for hostile in [
        "http://contoso.sharepoint.com/monitor",
        "https://127.0.0.1/m",
        "https://[::1]/m",
        "https://169.254.169.254/latest",
        "https://localhost/m",
        "https://intranet/m",
        "https://user:pass@contoso.sharepoint.com/m",
        "https://contoso.sharepoint.com/\r\nm",
        "https:\\\\contoso.sharepoint.com/m",
        "//contoso.sharepoint.com/m",
        "ftp://contoso.sharepoint.com/m",
    ] {
        assert_eq!(pointers("poll_operation", json!({ "url": hostile })), ["/url"], "{hostile}");
    }
}

// The waits of a plan whose every look is answered with `response`, and how it ends.
fn waits(input: Value, response: Response) -> (Vec<u64>, connector_sdk::Error) {
    let mut waits = Vec::new();
    let mut now = plan("poll_operation", input).unwrap();
    loop {
        now = match now.into_step() {
            Step::Call { then, .. } => then.go(Ok(response.clone())),
            Step::Wait { time, then, .. } => {
                waits.push(time.as_secs());
                then.go(Ok(()))
            }
            Step::Fail(error) => return (waits, error),
            other => panic!("{other:?}"),
        };
    }
}

#[test]
fn it_waits_as_asked_and_not_for_ever() {
    let running = |after: Option<u64>| Response::new(202, "").with_retry_after(after.map(Duration::from_secs));
    let (pauses, error) = waits(json!({ "url": "/x", "intervalS": 4, "timeoutS": 10 }), running(None));
    assert_eq!((pauses, error.code()), (vec![4, 4, 2], Code::Unavailable));
    let (pauses, _) = waits(json!({ "url": "/x", "intervalS": 1, "timeoutS": 10 }), running(Some(5)));
    assert_eq!(pauses, [5, 5], "longer than the interval");
    let (pauses, error) = waits(json!({ "url": "/x", "timeoutS": 10 }), running(Some(60)));
    assert_eq!(
        (pauses, error.retryability()),
        (vec![], Retry::After(Duration::from_secs(60))),
        "never earlier than asked"
    );
}
