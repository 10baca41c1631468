use std::sync::Arc;

use connector_sdk::{Code, DownloadName, Error, File, Link, Plan, Request, Upload};
use graph_client::Session;

use super::{begin, client};
use crate::stage::{CANARY, GRAPH, Memory, Reply, Stage, session};

/// Asserts that no request to another host carried the token, in any header or in the address.
fn assert_safe(stage: &Stage) {
    for seen in stage.seen() {
        let home = seen.url.starts_with("https://graph.microsoft.com/v1.0/")
            || seen.url.starts_with("https://graph.microsoft.com/beta/");
        let text = format!(
            "{:?} {}",
            seen.headers
                .iter()
                .map(|(n, v)| format!("{n}: {}", String::from_utf8_lossy(v.as_bytes())))
                .collect::<Vec<_>>(),
            seen.url
        );
        assert!(home || !text.contains(CANARY), "the token left: {text}");
    }
}

const HOSTILE: [&str; 22] = [
    "https://evil.example/v1.0/me",
    "http://graph.microsoft.com/v1.0/me",
    "https://graph.microsoft.com:444/v1.0/me",
    "https://graph.microsoft.com.evil.example/v1.0/me",
    "https://graph.microsoft.com/v1.0.evil.example/me",
    "https://graph.microsoft.com/v1.0evil/me",
    "https://graph.microsoft.com/v1.0/../evil/me",
    "https://graph.microsoft.com/v1.0/%2e%2e/evil",
    "https://graph.microsoft.com@evil.example/v1.0/me",
    "https://me@graph.microsoft.com/v1.0/me",
    "https://evil.example\\@graph.microsoft.com/v1.0/me",
    "https:\\\\evil.example/v1.0/me",
    "//evil.example/v1.0/me",
    "\\\\evil.example",
    "https://graph.microsoft.com\u{2024}evil.example/v1.0/me",
    "https://xn--graph-9ta.microsoft.com/v1.0/me",
    "https://[::ffff:1.2.3.4]/v1.0/me",
    "https://graph.microsoft.com./v1.0/me",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://graph.microsoft.com/",
    "",
];

#[tokio::test]
async fn hostile_links_are_not_followed() {
    begin();
    for link in HOSTILE {
        let stage = Stage::new(|_| Reply::ok());
        let error = client(&stage).await.send(&Request::follow(Link::new(link)), &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{link}");
        assert!(error.advice().contains("token was not sent"), "{link}: {}", error.advice());
    }
    // Also as the next page of a list.
    for link in HOSTILE {
        let body = serde_json::json!({ "value": [1], "@odata.nextLink": link }).to_string();
        let stage = Stage::new(move |_| Reply::new(200, body.clone()));
        let plan = Request::get("/me/messages").pages::<serde_json::Value>(Default::default());
        let outcome = client(&stage).await.run(plan, &session(), &mut Vec::new()).await;
        // One that says nothing is none.
        let expected = (!link.is_empty()).then_some(Code::Protocol);
        assert_eq!((outcome.err().map(|error| error.code()), stage.count()), (expected, 1), "{link}");
    }
}

async fn download(stage: &Arc<Stage>, request: Request) -> Result<File, Error> {
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    client(stage).await.run(request.download(DownloadName::default()), &session, &mut Vec::new()).await
}

#[tokio::test]
async fn the_token_stays_behind_when_a_redirect_leads_away() {
    begin();
    let stage = Stage::new(|seen| match seen.number {
        0 => Reply::new(302, "").header("location", "https://graph.microsoft.com/v1.0/moved"),
        1 => Reply::new(302, "").header("location", "https://contoso.sharepoint.com/file?tempauth=x"),
        2 => Reply::new(307, "").header("location", "/other"),
        3 => Reply::new(301, "").header("location", "https://graph.microsoft.com/v1.0/back"),
        _ => Reply::ok(),
    });
    let mut request = Request::get("/me/drive/items/1/content").prefer("x").query("$select", "id");
    request.headers.insert("x-secret", "mine".parse().unwrap());
    download(&stage, request).await.unwrap();
    let seen = stage.seen();
    let with_token: Vec<_> = seen.iter().map(|seen| seen.headers.contains_key("authorization")).collect();
    assert_eq!(with_token, [true, true, false, false, false], "once away, the token does not come back");
    assert_eq!(seen[3].url, "https://contoso.sharepoint.com/other");
    for header in ["x-secret", "prefer", "client-request-id"] {
        assert_eq!((seen[1].header(header).is_some(), seen[2].header(header)), (true, None), "{header}");
    }
    // A 401 of the other host does not cost a token.
    let stage = Stage::new(|seen| {
        if seen.number == 0 {
            Reply::new(302, "").header("location", "https://a.example/")
        } else {
            Reply::new(401, "")
        }
    });
    download(&stage, Request::get("/x")).await.unwrap_err();
    assert_eq!(stage.count(), 2);
}

#[tokio::test]
async fn redirects_have_limits() {
    begin();
    for target in HOSTILE.into_iter().filter(|target| target.is_ascii() && !target.is_empty()).chain([
        "https://localhost/",
        "https://10.0.0.1/x",
        "http://contoso.sharepoint.com/x",
    ]) {
        let stage =
            Stage::new(
                move |seen| if seen.number == 0 { Reply::new(302, "").header("location", target) } else { Reply::ok() },
            );
        let _ = download(&stage, Request::get("/x")).await;
        assert_safe(&stage);
        assert!(stage.seen().iter().all(|seen| seen.url.starts_with("https://")), "{target}");
        assert!(
            stage.seen().iter().all(|seen| !seen.url.contains("localhost") && !seen.url.contains("10.0.0.1")),
            "{target}"
        );
    }
    let stage = Stage::new(|seen| Reply::new(302, "").header("location", format!("https://a.example/{}", seen.number)));
    assert_eq!((download(&stage, Request::get("/x")).await.unwrap_err().code(), stage.count()), (Code::Protocol, 6));
    // A write is not sent to where it was not meant to go.
    let stage = Stage::new(|_| Reply::new(307, "").header("location", "https://a.example/"));
    let error = client(&stage).await.send(&Request::post("/x"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 1));
}

#[tokio::test]
async fn hostile_headers_are_refused() {
    begin();
    for name in
        ["authorization", "host", "content-length", "transfer-encoding", "connection", "cookie", "proxy-authorization"]
    {
        let stage = Stage::new(|_| Reply::ok());
        let mut request = Request::get("/me");
        request.headers.insert(http::HeaderName::from_static(name), "x".parse().unwrap());
        let error = client(&stage).await.send(&request, &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::InvalidInput, 0), "{name}");
    }
}

#[tokio::test]
async fn outside_graph_there_is_no_token() {
    begin();
    let stage = Stage::new(|_| Reply::new(303, "").header("location", "https://a.example/done"));
    let answer = client(&stage)
        .await
        .send(&Request::external(Link::new("https://contoso.sharepoint.com/monitor")), &session())
        .await
        .unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.header("location"), stage.count()),
        (303, Some("https://a.example/done"), 1)
    );
    assert_safe(&stage);
    for hostile in
        ["http://contoso.sharepoint.com/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/", "x"]
    {
        let stage = Stage::new(|_| Reply::ok());
        let error = client(&stage).await.send(&Request::external(Link::new(hostile)), &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{hostile}");
    }
}

#[tokio::test]
async fn upload_addresses_get_no_token_and_are_checked() {
    begin();
    let file = || connector_sdk::FileRef::Text { text: "hello".into() };
    let run = async |url: &str| {
        let stage = Stage::new(|_| Reply::new(201, r#"{"id":"1"}"#));
        let plan = Plan::upload_then(Upload::new(url, file()), connector_sdk::Continuation::last(Plan::from));
        let outcome: Result<_, Error> = client(&stage).await.run(plan, &session(), &mut Vec::new()).await;
        assert_safe(&stage);
        (outcome.is_ok(), stage.count())
    };
    assert_eq!(run("https://outlook.office.com/api/upload?token=x").await, (true, 1));
    for hostile in [
        "http://outlook.office.com/x",
        "https://10.0.0.1/x",
        "https://localhost/x",
        "https://u:p@outlook.office.com/x",
        "ftp://x.example/",
        "/x",
    ] {
        assert_eq!(run(hostile).await, (false, 0), "{hostile}");
    }
}

#[tokio::test]
async fn downloads_follow_without_the_token() {
    begin();
    let stage = Stage::new(|seen| {
        if seen.number == 0 {
            Reply::new(302, "").header("location", "https://contoso.sharepoint.com/d?tempauth=1")
        } else {
            Reply::new(200, "bytes")
        }
    });
    let file = download(&stage, Request::get("/me/drive/items/1/content")).await.unwrap();
    assert_eq!((file.size, stage.count()), (5, 2));
    assert_safe(&stage);
}

#[tokio::test]
async fn a_link_that_is_too_long_is_the_servers_mistake() {
    begin();
    let long = format!("{GRAPH}/v1.0/me?x={}", "x".repeat(70_000));
    let stage = Stage::new(|_| Reply::ok());
    let error = client(&stage).await.send(&Request::follow(Link::new(long.as_str())), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{error}");
    let error = client(&stage)
        .await
        .send(&Request::get(format!("/me?x={}", "x".repeat(70_000))), &session())
        .await
        .unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::InvalidInput, 0), "{error}");
    let stage = Stage::new(move |_| Reply::new(302, "").header("location", &long));
    let error = client(&stage).await.send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 1), "{error}");
}
