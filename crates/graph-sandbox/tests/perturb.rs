//! Perturbations change answers in the way that they say, the same way for the same seed.

use bytes::Bytes;
use connector_sdk::Transport as _;
use futures_util::TryStreamExt as _;
use graph_sandbox::{Holder, Loss, Perturbations, Sandbox, seeds};
use http::{Request, Response};
use serde_json::{Value, json};

const ORIGIN: &str = "https://graph.microsoft.com";

fn sandbox(perturbations: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.perturb(perturbations.parse().unwrap());
    sandbox
}

async fn send(sandbox: &Sandbox, method: &str, url: &str, body: &Value) -> Option<Response<Bytes>> {
    let token = sandbox.issue_token(Holder::App(seeds::DAEMON), seeds::ROLES);
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let request = Request::builder()
        .method(method)
        .uri(if url.starts_with('/') { format!("{ORIGIN}{url}") } else { url.to_owned() })
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    let (parts, body) = sandbox.send(request).await.unwrap().into_parts();
    let bytes: Vec<Bytes> = body.try_collect().await.ok()?;
    Some(Response::from_parts(parts, bytes.concat().into()))
}

async fn get(sandbox: &Sandbox, url: &str) -> Value {
    let response = send(sandbox, "GET", url, &Value::Null).await.unwrap();
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_changes_in_the_same_way() {
    let texts = async |choice: &str| {
        let sandbox = sandbox(choice);
        let mut texts = Vec::new();
        for _ in 0..8 {
            let answer = send(&sandbox, "GET", "/v1.0/users?$top=5", &Value::Null).await;
            texts.push(answer.map(|answer| (answer.status(), answer.into_body())));
        }
        texts
    };
    // The sandbox's ids of requests stand in errors, which are not the same twice.
    let choice = "3:absent,null,unknown-properties,links,order,spelling,byte-order-mark,coding,cut,pages";
    assert_eq!(texts(choice).await, texts(choice).await);
    assert_ne!(texts(choice).await, texts(&choice.replacen('3', "4", 1)).await);
}

#[tokio::test(start_paused = true)]
async fn without_a_choice_nothing_changes() {
    let plain = Sandbox::new();
    let expected = get(&plain, "/v1.0/users?$top=3").await;
    let sandbox = sandbox("1:all");
    sandbox.perturb(Perturbations::none());
    assert_eq!(get(&sandbox, "/v1.0/users?$top=3").await, expected);
}

#[tokio::test(start_paused = true)]
async fn split_pages_hold_the_whole_list() {
    let ids = |page: &Value| {
        page["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let expected = ids(&get(&Sandbox::new(), "/v1.0/users").await);
    let (mut most, mut empty) = (0, 0);
    for seed in 0..20 {
        let sandbox = sandbox(&format!("{seed}:pages"));
        let (mut found, mut pages, mut next) = (Vec::new(), 0, Some("/v1.0/users".to_owned()));
        while let Some(url) = next {
            let page = get(&sandbox, &url).await;
            found.extend(ids(&page));
            empty += u32::from(page["value"] == json!([]));
            pages += 1;
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(found, expected, "seed {seed}");
        most = most.max(pages);
    }
    assert!(most > 3 && empty > 0, "{most} {empty}");
}

#[tokio::test(start_paused = true)]
async fn what_a_request_filters_by_and_ids_stay() {
    let sandbox = sandbox("5:absent,null");
    let mut lost = 0;
    for _ in 0..30 {
        let page =
            get(&sandbox, "/v1.0/users?$filter=accountEnabled%20eq%20true&$select=id,accountEnabled,displayName").await;
        for user in page["value"].as_array().unwrap() {
            assert!(user["id"].is_string() && user["accountEnabled"] == true, "{user}");
            lost += u32::from(!user["displayName"].is_string());
        }
    }
    assert!(lost > 10, "{lost}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_or_cut_is_answered_when_it_comes_again() {
    let sandbox = sandbox("2:refused,cut");
    let (mut refused, mut cut) = (0, 0);
    for number in 0..60 {
        let url = format!("/v1.0/users?$top=2&$count=true&$search=\"displayName:{number}\"").replace('"', "%22");
        let first = send(&sandbox, "GET", &url, &Value::Null).await;
        let turned_away = match &first {
            None => true,
            Some(answer) => matches!(answer.status().as_u16(), 429 | 503),
        };
        if turned_away {
            if let Some(answer) = &first {
                refused += 1;
                assert_eq!(answer.headers()["retry-after"], "1");
            } else {
                cut += 1;
            }
            let again = send(&sandbox, "GET", &url, &Value::Null).await.expect("it is whole");
            assert!(!matches!(again.status().as_u16(), 429 | 503), "{again:?}");
        }
    }
    assert!(refused > 3 && cut == 0, "{refused} {cut}");
}

#[tokio::test(start_paused = true)]
async fn the_parts_of_a_batch_are_perturbed_as_requests_are() {
    let sandbox = sandbox("1:unknown-properties,batch-order,refused,error-shape");
    let parts: Vec<Value> = (0..20)
        .map(|id| json!({ "id": id.to_string(), "method": "GET", "url": format!("/users?$top={}", id + 1) }))
        .collect();
    let (mut additions, mut refused, mut orders) = (0, 0, std::collections::BTreeSet::new());
    for _ in 0..4 {
        let answer = send(&sandbox, "POST", "/v1.0/$batch", &json!({ "requests": parts })).await.unwrap();
        let Ok(answer) = serde_json::from_slice::<Value>(answer.body()) else { continue };
        let Some(answers) = answer["responses"].as_array() else { continue };
        assert_eq!(answers.len(), 20);
        orders.insert(answers.iter().map(|part| part["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        refused += answers.iter().filter(|part| matches!(part["status"].as_u64(), Some(429 | 503))).count();
        additions += answers.iter().filter(|part| part["body"].to_string().contains("unknown")).count();
    }
    assert!(additions > 10 && refused > 2 && orders.len() > 1, "{additions} {refused} {orders:?}");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_has_not_changed_reads_the_same() {
    let mut changed = 0;
    for seed in 0..6 {
        let sandbox = sandbox(&format!("{seed}:absent,null,dates,sizes,enum-members,unknown-properties"));
        let plain = get(&Sandbox::new(), "/v1.0/users").await;
        for user in plain["value"].as_array().unwrap() {
            let id = user["id"].as_str().unwrap();
            let alone = get(&sandbox, &format!("/v1.0/users/{id}")).await;
            let again = get(&sandbox, &format!("/v1.0/users/{id}")).await;
            let less = get(&sandbox, &format!("/v1.0/users/{id}?$select=id,displayName,mail,jobTitle")).await;
            let listed = get(&sandbox, &format!("/v1.0/users?$filter=id%20eq%20'{id}'")).await["value"][0].clone();
            let part = json!({ "requests": [{ "id": "1", "method": "GET", "url": format!("/users/{id}") }] });
            let answer = send(&sandbox, "POST", "/v1.0/$batch", &part).await.unwrap();
            let batched: Value = serde_json::from_slice(answer.body()).unwrap();
            for other in [&again, &listed, &batched["responses"][0]["body"]] {
                for (name, value) in alone.as_object().unwrap().iter().filter(|(name, _)| !name.contains("@odata")) {
                    assert_eq!(other.get(name), Some(value), "seed {seed}, {name}: {alone} {other}");
                }
            }
            // Of what was not asked for nothing comes, and what comes is as it is with the rest.
            for (name, value) in less.as_object().unwrap().iter().filter(|(name, _)| !name.contains("@odata")) {
                assert_eq!(alone.get(name), Some(value), "seed {seed}, {name}: {alone} {less}");
            }
            changed +=
                usize::from(user.as_object().unwrap().iter().any(|(name, value)| alone.get(name) != Some(value)));
        }
    }
    assert!(changed > 20, "{changed}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_loses_answers_and_gateways_speak_in_it() {
    let sandbox = sandbox("4:gateway,missing-parts,lost-parts");
    let part = |id: usize| match id % 2 {
        0 => json!({ "id": id.to_string(), "method": "GET", "url": format!("/users?$top={}", id + 1) }),
        _ => {
            json!({ "id": id.to_string(), "method": "PATCH", "url": "/users/AdeleV@contoso.example", "headers": { "content-type": "application/json" },
            "body": { "jobTitle": id.to_string() } })
        }
    };
    let (mut reads, mut writes, mut broken, mut quoted, mut pages) = (0, 0, 0, 0, 0);
    for _ in 0..40 {
        let answer =
            send(&sandbox, "POST", "/v1.0/$batch", &json!({ "requests": (0..20).map(part).collect::<Vec<_>>() }))
                .await
                .unwrap();
        let Ok(answer) = serde_json::from_slice::<Value>(answer.body()) else {
            broken += 1;
            continue;
        };
        let answers = answer["responses"].as_array().unwrap();
        let is_there = |id: usize| answers.iter().any(|part| part["id"] == id.to_string().as_str());
        reads += (0..20).step_by(2).filter(|id| !is_there(*id)).count();
        writes += (1..20).step_by(2).filter(|id| !is_there(*id)).count();
        let body = |part: &Value| part["body"].as_str().unwrap_or_default().to_owned();
        quoted += answers.iter().filter(|part| body(part).contains("</html>")).count();
        pages += answers.iter().filter(|part| part["status"] == 502 && !body(part).contains("</html>")).count();
    }
    assert!(
        reads > 5 && writes > 5 && broken > 0 && quoted > 5 && pages > 0,
        "{reads} {writes} {broken} {quoted} {pages}"
    );
}

#[tokio::test]
async fn informational_answers_come_before_the_answer() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let sandbox = sandbox("1:informational");
    let server = sandbox.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut text = String::new();
    for turn in 0..8 {
        let end = if turn == 7 { "connection: close\r\n" } else { "" };
        stream.write_all(format!("GET /v1.0/me HTTP/1.1\r\nhost: localhost\r\n{end}\r\n").as_bytes()).await.unwrap();
        let seen = text.matches("HTTP/1.1 401").count();
        while text.matches("HTTP/1.1 401").count() == seen {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).await.unwrap();
            assert_ne!(length, 0, "{text}");
            text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
    }
    assert_eq!(text.matches("HTTP/1.1 401").count(), 8, "{text}");
    assert!(
        text.contains("HTTP/1.1 103 Early Hints\r\n") && text.contains("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 "),
        "{text}"
    );
    server.shutdown().await;
}

#[test]
fn each_has_a_name_and_says_what_it_does() {
    let known: Vec<_> = Perturbations::known().collect();
    let names: std::collections::BTreeSet<_> = known.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names.len(), known.len());
    assert!(
        known.iter().all(|(name, _, summary)| !summary.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    );
    let lossless: Perturbations = "7".parse().unwrap();
    assert!(lossless.list().all(|(_, loss, _)| loss == Loss::Lossless) && lossless.to_string().starts_with("7:"));
    for wrong in ["", "x", "-1", "7:ordr", "1.5:order"] {
        let error = wrong.parse::<Perturbations>().unwrap_err().to_string();
        assert!(error.contains("unknown-properties") && error.contains("lossless"), "{wrong}: {error}");
    }
}
