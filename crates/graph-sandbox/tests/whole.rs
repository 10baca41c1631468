//! Sign-in, faults and Graph together.

mod common;

use bytes::Bytes;
use common::{World, answer, ask, callback, claims, redeem, world};
use connector_sdk::Transport as _;
use graph_sandbox::{Fault, Holder, Limit, Rule, Sandbox, seeds};
use serde_json::{Value, json};

const MEGAN: &str = "MeganB@contoso.example";

fn token(sandbox: &Sandbox) -> String {
    sandbox.issue_token(Holder::User(MEGAN), &["User.Read", "Mail.ReadWrite", "Mail.Send", "Files.ReadWrite"])
}

async fn post(world: &World, path: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
    let request = world.http.post(world.url(path)).bearer_auth(token(&world.sandbox));
    request.header("content-type", "application/json").body(body.to_string()).send().await
}

async fn subjects(world: &World) -> Vec<String> {
    let response = world.graph("/v1.0/me/messages?$select=subject&$top=500", &token(&world.sandbox)).await;
    let (status, body) = answer(response).await;
    assert_eq!(status, 200, "{body}");
    body["value"].as_array().unwrap().iter().map(|message| message["subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_seeded_user_signs_in_and_reads() {
    let world = world().await;
    let page =
        world.get(&format!("/contoso.example/oauth2/v2.0/authorize?{}", ask("", &[("sandbox_auto", "0")]))).await;
    assert!(page.text().await.unwrap().contains(MEGAN));
    let code = callback(&world, "contoso.example", &ask(MEGAN, &[])).await["code"].clone();
    let (_, tokens) = world.token("contoso.example", &redeem(&code)).await;
    let (status, me) = answer(world.graph("/v1.0/me", tokens["access_token"].as_str().unwrap()).await).await;
    assert_eq!((status, &me["userPrincipalName"]), (200, &MEGAN.into()));
    assert_eq!(claims(&tokens["id_token"])["oid"], me["id"]);
    // nobody is named: the first one
    assert!(callback(&world, "common", &ask("", &[])).await.contains_key("code"));
}

#[tokio::test]
async fn a_lost_answer_means_that_the_work_was_done() {
    let world = world().await;
    for (fault, subject, done) in
        [(Fault::ResetBefore, "never written", false), (Fault::ResetAfter, "written, answer lost", true)]
    {
        world.sandbox.faults().add(Rule::new(fault).method("POST").once());
        assert!(post(&world, "/v1.0/me/messages", &json!({ "subject": subject })).await.is_err());
        assert_eq!(subjects(&world).await.iter().any(|have| have == subject), done, "{subject}");
    }
}

#[tokio::test]
async fn the_parts_of_a_batch_fail_one_by_one() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::throttle(3)).path("/me/mailFolders").once());
    let part = |id: &str, url: &str| json!({ "id": id, "method": "GET", "url": url });
    let batch =
        json!({ "requests": [part("1", "/me"), part("2", "/me/mailFolders"), part("3", "/me/mailFolders?$top=1")] });
    let (status, body) = answer(post(&world, "/v1.0/$batch", &batch).await.unwrap()).await;
    assert_eq!(status, 200, "{body}");
    let of = |id: &str| body["responses"].as_array().unwrap().iter().find(|part| part["id"] == id).unwrap();
    assert_eq!([&of("1")["status"], &of("2")["status"], &of("3")["status"]], [200, 429, 200]);
    let header = of("2")["headers"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
        .unwrap();
    assert_eq!(header.1, "3");
    // the same part again, at once
    let (_, body) =
        answer(post(&world, "/v1.0/$batch", &json!({ "requests": [part("1", "/me/mailFolders")] })).await.unwrap())
            .await;
    assert_eq!((&body["responses"][0]["status"], world.sandbox.faults().counts().early), (&429.into(), 1));
}

#[tokio::test(start_paused = true)]
async fn me_and_the_name_are_one_mailbox() {
    let sandbox = Sandbox::new();
    sandbox.faults().limit(Limit::PerMailbox(1));
    sandbox.faults().add(Rule::new(Fault::slow(std::time::Duration::from_secs(1))));
    let send = async |path: &str| {
        let request = http::Request::get(format!("https://graph.microsoft.com/v1.0{path}"))
            .header("authorization", format!("Bearer {}", token(&sandbox)))
            .body(Bytes::new())
            .unwrap();
        sandbox.send(request).await.unwrap().status().as_u16()
    };
    let by_name = format!("/users/{MEGAN}/messages");
    assert_eq!(tokio::join!(send("/me/messages"), send(&by_name)), (200, 429));
    assert_eq!(tokio::join!(send("/me/messages"), send("/users/AdeleV@contoso.example/messages")).0, 200);
}

#[tokio::test]
async fn a_mail_arrives() {
    let world = world().await;
    let deliver = async |body: Value| {
        answer(world.http.post(world.url("/sandbox/deliver")).body(body.to_string()).send().await.unwrap()).await
    };
    let (status, body) = deliver(json!({ "mailbox": MEGAN, "message": { "subject": "just arrived" } })).await;
    assert!(status == 200 && body["id"].is_string(), "{body}");
    assert!(subjects(&world).await.iter().any(|subject| subject == "just arrived"));
    for bad in [
        json!({ "mailbox": MEGAN, "folder": "no such folder" }),
        json!({ "mailbox": "nobody@contoso.example" }),
        json!({ "mailbox": "BreakGlass@contoso.example" }),
    ] {
        assert_eq!(deliver(bad).await.0, 404);
    }
    assert_eq!(deliver(json!({ "mailbox": MEGAN, "message": "text" })).await.0, 400);
}

#[tokio::test]
async fn what_is_logged_appears() {
    let world = world().await;
    let log = async |body: Value| {
        answer(world.http.post(world.url("/sandbox/log")).body(body.to_string()).send().await.unwrap()).await
    };
    let (status, sign_in) = log(json!({ "user": MEGAN, "secondsAgo": 600, "entry": { "riskState": "atRisk" } })).await;
    assert_eq!(status, 200, "{sign_in}");
    let (status, audit) = log(json!({ "activity": "Add user" })).await;
    assert_eq!(status, 200, "{audit}");
    let reader = world.sandbox.issue_token(Holder::App(seeds::DAEMON), &["AuditLog.Read.All"]);
    for (path, id) in [
        ("signIns?$filter=riskState%20eq%20%27atRisk%27", sign_in),
        ("directoryAudits?$orderby=activityDateTime%20desc", audit),
    ] {
        let (_, list) = answer(world.graph(&format!("/v1.0/auditLogs/{path}"), &reader).await).await;
        assert_eq!(list["value"][0]["id"], id["id"], "{list}");
    }
    assert_eq!(log(json!({ "user": "nobody@contoso.example" })).await.0, 404);
    assert_eq!(log(json!({ "user": MEGAN, "activity": "Add user" })).await.0, 400);
}

#[tokio::test]
async fn new_objects_are_not_everywhere_at_once() {
    let world = world().await;
    let setting = world.http.post(world.url("/sandbox/replication")).body(r#"{"requests":2}"#);
    assert_eq!(setting.send().await.unwrap().status(), 200);
    let group =
        json!({ "displayName": "Press", "mailEnabled": false, "mailNickname": "press", "securityEnabled": true });
    let maker = world.sandbox.issue_token(Holder::App(seeds::DAEMON), &["Group.ReadWrite.All"]);
    let request =
        world.http.post(world.url("/v1.0/groups")).bearer_auth(&maker).header("content-type", "application/json");
    let (status, made) = answer(request.body(group.to_string()).send().await.unwrap()).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1.0/groups/{}", made["id"].as_str().unwrap());
    for expected in [404, 404, 200] {
        let (status, body) = answer(world.graph(&path, &maker).await).await;
        assert_eq!(status, expected, "{body}");
    }
}

#[tokio::test]
async fn a_large_file_goes_up_and_comes_back_without_a_token() {
    let world = world().await;
    let (status, session) =
        answer(post(&world, "/v1.0/me/drive/root:/large.bin:/createUploadSession", &json!({})).await.unwrap()).await;
    assert_eq!(status, 200, "{session}");
    let size = 12 * 1024 * 1024;
    let body: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    let upload = world.http.put(session["uploadUrl"].as_str().unwrap());
    let range = format!("bytes 0-{}/{size}", size - 1);
    let response = upload.header("content-range", range).body(body.clone()).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let response = world.graph("/v1.0/me/drive/root:/large.bin:/content", &token(&world.sandbox)).await;
    assert_eq!(response.status(), 302);
    let response = world.http.get(response.headers()["location"].to_str().unwrap()).send().await.unwrap();
    assert!(response.bytes().await.unwrap() == body);
    assert_eq!(world.sandbox.requests().iter().filter(|seen| !seen.authorized).count(), 2);
}

#[tokio::test]
async fn an_app_reads_what_its_roles_allow() {
    let world = world().await;
    let reader = world.sandbox.issue_token(Holder::App(seeds::DAEMON), &["User.Read.All"]);
    assert_eq!(world.graph("/v1.0/users", &reader).await.status(), 200);
    assert_eq!(world.graph(&format!("/v1.0/users/{MEGAN}/messages"), &reader).await.status(), 403);
}
