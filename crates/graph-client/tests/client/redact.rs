//! What a server sends back of a request stays out of errors.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connector_sdk::{Error, Order, Plan, Request, Response, Result, Secret};
use graph_client::{Client, RetryPolicy, Session, Token, TokenRequest, Tokens};
use http::HeaderValue;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{Reply, Stage, Wallet, session};

struct One(String);

#[async_trait]
impl Tokens for One {
    async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
        Token::new(&Secret::new(self.0.as_str()), None)
    }
}

fn escaped(text: &str, spell: impl Fn(u8) -> String) -> String {
    text.bytes().map(spell).collect()
}

const SPELLINGS: usize = 17;

/// Returns a secret as a server may spell it.
fn spell(secret: &str, how: usize) -> String {
    let hex = |byte| format!("{byte:02x}");
    match how {
        0 => secret.to_owned(),
        1 => secret.to_ascii_uppercase(),
        2 => secret.to_ascii_lowercase(),
        3 => STANDARD.encode(secret),
        4 => URL_SAFE_NO_PAD.encode(secret),
        5 => STANDARD.encode(format!("Bearer {secret}")),
        6 => STANDARD.encode(format!("authorization: Bearer {secret}\r\nhost: x")),
        7 => STANDARD
            .encode(format!("x:{secret}"))
            .as_bytes()
            .chunks(20)
            .map(|line| String::from_utf8_lossy(line) + "\r\n")
            .collect(),
        8 => escaped(secret, hex),
        9 => escaped(secret, hex).to_ascii_uppercase(),
        10 => escaped(secret, |byte| format!("{byte:02x}:")),
        11 => escaped(secret, |byte| format!("%{byte:02X}")),
        12 => escaped(secret, |byte| format!("%25{byte:02x}")),
        13 => escaped(secret, |byte| format!("\\u{byte:04x}")),
        14 => escaped(secret, |byte| format!("&#x{byte:x};")),
        15 => serde_json::to_string(&json!({ "token": secret }).to_string()).unwrap(),
        _ => STANDARD.encode(secret).replace('+', "\\u002B").replace('/', "\\/").replace('=', "%3D"),
    }
}

/// Returns an error response that says this in each place that becomes part of an error.
fn quoting(echo: &str) -> Value {
    json!({ "error": {
        "code": echo, "message": format!("before {echo} after"),
        "innerError": { "code": echo, "request-id": echo, "client-request-id": echo, "innererror": { "code": echo } },
    } })
}

/// Returns all texts of an error.
fn told(error: &Error) -> Vec<String> {
    let said = error.upstream().cloned().unwrap_or_default();
    let mut all = vec![error.to_string(), format!("{error:#}"), error.message().to_owned(), error.advice().to_owned()];
    all.extend([said.code, said.message, said.request_id, said.client_request_id].into_iter().flatten());
    all.extend(said.inner_codes);
    // As they stand in JSON and in `Debug`.
    all.extend([serde_json::to_string(error).unwrap(), format!("{error:?}")].map(|text| text.replace("\\\\", "\\")));
    all
}

/// Returns all names and texts of a value.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| format!("{name}\n{}", texts(value))).collect(),
        _ => String::new(),
    }
}

fn assert_hidden(error: &Error, secret: &str, echo: &str) -> std::result::Result<(), TestCaseError> {
    for text in told(error) {
        let text = text.to_lowercase();
        prop_assert!(!text.contains(&secret.to_lowercase()), "{secret} is in {text}");
        prop_assert!(!text.contains(&echo.to_lowercase()), "{echo} is in {text}");
    }
    Ok(())
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(work)
}

fn client(stage: &Arc<Stage>) -> Client {
    Client::builder(stage.clone()).retries(RetryPolicy { tries: 1, ..RetryPolicy::default() }).build()
}

fn with_header(mut request: Request, secret: &str) -> Request {
    let mut value = HeaderValue::from_str(secret).unwrap();
    value.set_sensitive(true);
    request.headers.insert("x-api-key", value);
    request
}

const STATUSES: [u16; 10] = [302, 400, 401, 403, 404, 409, 422, 429, 500, 503];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Tokens, and headers that the caller marked, in every spelling and in every place of an answer.
    #[test]
    fn an_echo_is_redacted(
        secret in r"[A-Za-z0-9._~+/=-]{8,90}|[!-~]{8,40}",
        how in 0..SPELLINGS,
        status in 0..STATUSES.len(),
        is_token in any::<bool>(),
        in_batch in any::<bool>(),
        writes in any::<bool>(),
        as_json in any::<bool>(),
    ) {
        let (echo, status) = (spell(&secret, how), STATUSES[status]);
        // A part that is redirected is sent by itself.
        let status = if in_batch { status.max(400) } else { status };
        let body = if as_json { quoting(&echo) } else { Value::String(echo.clone()) };
        let answer = echo.clone();
        let stage = Stage::new(move |seen| {
            let header = HeaderValue::from_str(&answer).map_or("", |_| answer.as_str());
            // A part whose token is rejected is sent by itself.
            if seen.path() == "/$batch" {
                let part = |id| json!({ "id": id, "status": status, "headers": { "request-id": header }, "body": body });
                return Reply::new(200, json!({ "responses": [part("r1"), part("r2")] }).to_string());
            }
            Reply::new(status, body.to_string()).header("request-id", header)
        });
        let request = || {
            let request = if writes { Request::post("/x") } else { Request::get("/x") };
            if is_token { request } else { with_header(request, &secret) }
        };
        let tokens = Arc::new(One(if is_token { secret.clone() } else { "another-token".to_owned() }));
        let session = Session { tokens, ..session() };
        if in_batch {
            let plan = Plan::finish_all(vec![request(), request()], Order::Any, Ok);
            let answers: Vec<Result<Response>> = run(client(&stage).run(plan, &session, &mut Vec::new())).unwrap();
            for answer in answers {
                assert_hidden(&answer.unwrap_err(), &secret, &echo)?;
            }
        } else {
            assert_hidden(&run(client(&stage).send(&request(), &session)).unwrap_err(), &secret, &echo)?;
        }
    }

    /// What a plan that sends a batch by itself is answered: its failures say nothing, its successes are untouched.
    #[test]
    fn an_echo_in_a_part_of_a_batch_is_redacted(
        secret in r"[A-Za-z0-9._~+/=-]{8,90}|[!-~]{8,40}",
        how in 0..SPELLINGS,
        status in 0..STATUSES.len(),
        is_token in any::<bool>(),
        spoilt in any::<bool>(),
    ) {
        let (echo, status) = (spell(&secret, how), STATUSES[status]);
        let (answer, quoted) = (quoting(&echo).to_string(), serde_json::to_string(&echo).unwrap());
        let stage = Stage::new(move |_| {
            let page = if spoilt { r#",{"id":"4","status":500,"body":<html>}"# } else { "" };
            Reply::new(200, format!(
                r#"{{"responses":[{{"id":"1","status":200,"body":{{"as it is":{quoted}}}}},{{"id":"2","status":{status},"headers":{{"x":{quoted},{quoted}:"y"}},"body":{answer}}},{{"id":"3","status":{status},"body":{quoted}}}{page}]}}"#
            ))
        });
        let request = Request::post("/$batch").json(json!({ "requests": [] }));
        let request = if is_token { request } else { request.hide([Secret::new(secret.as_str())]) };
        let session = Session { tokens: Arc::new(One(if is_token { secret.clone() } else { "another-token".to_owned() })), ..session() };
        let answer = run(client(&stage).send(&request, &session)).unwrap();
        let parts = connector_sdk::BatchAnswer::read(&answer.body).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.status).collect::<Vec<_>>(), [200, status, status]);
        let success: Value = parts[0].body.as_ref().unwrap().read().unwrap();
        prop_assert_eq!(success, json!({ "as it is": echo.as_str() }));
        for part in &parts[1..] {
            for said in [&part.headers, &part.body].into_iter().flatten() {
                let value: Value = said.read().unwrap();
                for text in [said.as_str().to_lowercase(), texts(&value).to_lowercase()] {
                    prop_assert!(!text.contains(&secret.to_lowercase()), "{secret} is in {text}");
                    prop_assert!(!text.contains(&echo.to_lowercase()), "{echo} is in {text}");
                }
            }
        }
    }

    /// A long secret is found by 31 of its letters and digits.
    #[test]
    fn a_part_of_a_secret_is_redacted(secret in "[A-Za-z0-9]{60,200}", from in 0..20_usize, length in 31..40_usize) {
        let part = secret[from..from + length].to_owned();
        let body = quoting(&part).to_string();
        let stage = Stage::new(move |_| Reply::new(400, body.clone()));
        let error = run(client(&stage).send(&Request::get("/x"), &Session { tokens: Arc::new(One(secret)), ..session() })).unwrap_err();
        assert_hidden(&error, &part, &part)?;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_secret_stays() {
    let body = r#"{"error":{"code":"ErrorItemNotFound","message":"The token canary-token-1, sent by \"Bearer canary-token-1\", is odd.","innerError":{"request-id":"r1"}}}"#;
    let stage = Stage::new(move |_| Reply::new(404, body).header("request-id", "r0"));
    let error = stage.client().send(&Request::get("/x"), &session()).await.unwrap_err();
    assert!(error.has_upstream_code("ErrorItemNotFound"));
    assert_eq!(
        error.to_string(),
        "Graph answered 404: ErrorItemNotFound: The token [redacted], sent by \"[redacted]\", is odd. (request-id r0)"
    );
    // An address in it, and letters of all kinds, stay as they are where nothing is found.
    let body = r#"{"error":{"code":"x","message":"Grüße %41 A \\n 東京 &amp; 100%"}}"#;
    let stage = Stage::new(move |_| Reply::new(404, body));
    let error = stage.client().send(&Request::get("/x"), &session()).await.unwrap_err();
    assert_eq!(error.upstream().unwrap().message.as_deref(), Some(r"Grüße %41 A \n 東京 &amp; 100%"));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_refused_as_a_whole_tells_nothing_of_its_parts() {
    let stage = Stage::new(|_| Reply::new(500, quoting("canary-of-a-header and canary-of-a-body").to_string()));
    let request = || with_header(Request::post("/x"), "canary-of-a-header").hide([Secret::new("canary-of-a-body")]);
    let plan = Plan::finish_all(vec![request(), request()], Order::Any, Ok);
    let answers: Vec<Result<Response>> = client(&stage).run(plan, &session(), &mut Vec::new()).await.unwrap();
    assert_eq!((stage.count(), answers.len()), (1, 2));
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(told(&error).iter().all(|text| !text.contains("canary")), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_former_token_is_redacted_too() {
    let stage = Stage::new(|_| Reply::new(401, quoting("canary-token-1 and canary-token-2").to_string()));
    let wallet = Arc::new(Wallet::default());
    let error = stage.client().send(&Request::get("/x"), &Session { tokens: wallet, ..session() }).await.unwrap_err();
    assert_eq!(stage.count(), 2);
    assert!(told(&error).iter().all(|text| !text.contains("canary")), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_a_credential_is_redacted() {
    let stage = Stage::new(|seen| match seen.number {
        0 => Reply::new(302, "")
            .header("location", "https://contoso.sharepoint.com/f?tempauth=canary-of-the-address&x=1"),
        _ => Reply::new(403, quoting("canary-of-the-address").to_string()),
    });
    let plan = Request::get("/me/drive/items/x/content").store(connector_sdk::DownloadName::default());
    let error = stage.client().run(plan, &session(), &mut Vec::new()).await.unwrap_err();
    assert_eq!((stage.count(), error.status()), (2, Some(403)));
    assert!(told(&error).iter().all(|text| !text.contains("canary")), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn of_a_large_error_the_status_counts() {
    let stage = Stage::new(|_| Reply::new(404, "x".repeat(2 << 20)));
    let error = stage.client().send(&Request::get("/x"), &session()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (connector_sdk::Code::NotFound, "Graph answered 404: Not Found")
    );
}
