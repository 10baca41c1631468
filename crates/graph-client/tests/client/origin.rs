use std::sync::Arc;

use connector_sdk::{Code, Error, File, Link, Name, Plan, Request, Target, Upload};
use graph_client::{Endpoint, Session};
use http::Method;
use proptest::prelude::*;

use crate::stage::{CANARY, GRAPH, Memory, Reply, Stage, session};

/// No request to another host carried the token, in any header or in the address.
fn assert_safe(stage: &Stage) {
    for seen in stage.seen() {
        let home = seen.url.starts_with("https://graph.microsoft.com/v1.0/") || seen.url.starts_with("https://graph.microsoft.com/beta/");
        let text = format!(
            "{:?} {}",
            seen.headers.iter().map(|(n, v)| format!("{n}: {}", String::from_utf8_lossy(v.as_bytes()))).collect::<Vec<_>>(),
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

#[tokio::test(start_paused = true)]
async fn hostile_links_are_not_followed() {
    for link in HOSTILE {
        let stage = Stage::new(|_| Reply::ok());
        let error = stage.client().send(&Request::follow(Link::new(link)), &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{link}");
        assert!(error.advice().contains("token was not sent"), "{link}: {}", error.advice());
    }
    // Also as the next page of a list.
    for link in HOSTILE {
        let body = serde_json::json!({ "value": [1], "@odata.nextLink": link }).to_string();
        let stage = Stage::new(move |_| Reply::new(200, body.clone()));
        let plan = Request::get("/me/messages").pages::<serde_json::Value>(Default::default());
        let outcome = stage.client().run(plan, &session(), &mut Vec::new()).await;
        // One that says nothing is none.
        let expected = (!link.is_empty()).then_some(Code::Protocol);
        assert_eq!((outcome.err().map(|error| error.code()), stage.count()), (expected, 1), "{link}");
    }
}

async fn download(stage: &Arc<Stage>, request: Request) -> Result<File, Error> {
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    stage.client().run(request.download(Name::default()), &session, &mut Vec::new()).await
}

#[tokio::test(start_paused = true)]
async fn the_token_stays_behind_when_a_redirect_leads_away() {
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
    let stage =
        Stage::new(
            |seen| if seen.number == 0 { Reply::new(302, "").header("location", "https://a.example/") } else { Reply::new(401, "") },
        );
    download(&stage, Request::get("/x")).await.unwrap_err();
    assert_eq!(stage.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn redirects_have_limits() {
    for target in HOSTILE.into_iter().filter(|target| target.is_ascii() && !target.is_empty()).chain([
        "https://localhost/",
        "https://10.0.0.1/x",
        "http://contoso.sharepoint.com/x",
    ]) {
        let stage = Stage::new(move |seen| if seen.number == 0 { Reply::new(302, "").header("location", target) } else { Reply::ok() });
        let _ = download(&stage, Request::get("/x")).await;
        assert_safe(&stage);
        assert!(stage.seen().iter().all(|seen| seen.url.starts_with("https://")), "{target}");
        assert!(stage.seen().iter().all(|seen| !seen.url.contains("localhost") && !seen.url.contains("10.0.0.1")), "{target}");
    }
    let stage = Stage::new(|seen| Reply::new(302, "").header("location", format!("https://a.example/{}", seen.number)));
    assert_eq!((download(&stage, Request::get("/x")).await.unwrap_err().code(), stage.count()), (Code::Protocol, 6));
    // A write is not sent to where it was not meant to go.
    let stage = Stage::new(|_| Reply::new(307, "").header("location", "https://a.example/"));
    let error = stage.client().send(&Request::post("/x"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 1));
}

#[tokio::test(start_paused = true)]
async fn hostile_headers_are_refused() {
    for name in ["authorization", "host", "content-length", "transfer-encoding", "connection", "cookie", "proxy-authorization"] {
        let stage = Stage::new(|_| Reply::ok());
        let mut request = Request::get("/me");
        request.headers.insert(http::HeaderName::from_static(name), "x".parse().unwrap());
        let error = stage.client().send(&request, &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::InvalidInput, 0), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn outside_graph_there_is_no_token() {
    let stage = Stage::new(|_| Reply::new(303, "").header("location", "https://a.example/done"));
    let answer = stage.client().send(&Request::external(Link::new("https://contoso.sharepoint.com/monitor")), &session()).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.header("location"), stage.count()), (303, Some("https://a.example/done"), 1));
    assert_safe(&stage);
    for hostile in ["http://contoso.sharepoint.com/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/", "x"] {
        let stage = Stage::new(|_| Reply::ok());
        let error = stage.client().send(&Request::external(Link::new(hostile)), &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{hostile}");
    }
}

#[tokio::test(start_paused = true)]
async fn upload_addresses_get_no_token_and_are_checked() {
    let file = || connector_sdk::FileRef::Text { text: "hello".into() };
    let run = async |url: &str| {
        let stage = Stage::new(|_| Reply::new(201, r#"{"id":"1"}"#));
        let plan = Plan::Upload(
            Box::new(Upload { url: url.into(), file: file(), chunk: None, place: None }),
            connector_sdk::Then::last(Plan::from),
        );
        let outcome: Result<_, Error> = stage.client().run(plan, &session(), &mut Vec::new()).await;
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

#[tokio::test(start_paused = true)]
async fn downloads_follow_without_the_token() {
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
    let long = format!("{GRAPH}/v1.0/me?x={}", "x".repeat(70_000));
    let stage = Stage::new(|_| Reply::ok());
    let error = stage.client().send(&Request::follow(Link::new(long.as_str())), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 0), "{error}");
    let error = stage.client().send(&Request::get(format!("/me?x={}", "x".repeat(70_000))), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::InvalidInput, 0), "{error}");
    let stage = Stage::new(move |_| Reply::new(302, "").header("location", &long));
    let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 1), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_literal_leaves_the_api(text in r"[/\\@.:%a-z0-9 #?\t\r\n;\[\]_\x{ff0e}\x{2024}-]{0,30}", prefix in 0..6_usize) {
        let prefix = ["", "/", "//", "/../", "https://", "/%2e%2e/"][prefix];
        let url = format!("{prefix}{text}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        // As a literal that was checked, and as one that somebody put there without the check.
        let mut unchecked = Request::get("/");
        unchecked.target = Target::Literal(url.clone());
        for request in Request::literal(Method::GET, &url, "url").into_iter().chain([unchecked, Request::follow(Link::new(url.as_str()))]) {
            let stage = Stage::new(|_| Reply::ok());
            let _ = runtime.block_on(stage.client().send(&request, &session()));
            for seen in stage.seen() {
                let parsed = url::Url::parse(&seen.url).unwrap();
                let home = Endpoint::new(GRAPH).unwrap().bases().iter().any(|base| parsed.origin() == base.origin() && parsed.path().starts_with(&format!("{}/", base.path())));
                prop_assert!(home, "{} became {}", url, seen.url);
            }
        }
    }

    #[test]
    fn a_plain_read_is_never_led_away(hops in proptest::collection::vec((301..309_u16, 0..8_usize, "[a-z0-9./%]{0,12}"), 1..6)) {
        let hops: Vec<(u16, String)> = hops
            .into_iter()
            .map(|(status, to, path)| {
                let to = [
                    "https://graph.microsoft.com/v1.0/", "https://graph.microsoft.com/beta/", "/v1.0/", "https://contoso.sharepoint.com/",
                    "https://graph.microsoft.com/", "//evil.example/v1.0/", "http://graph.microsoft.com/v1.0/", "/v1.0/../",
                ][to];
                (status, format!("{to}{path}"))
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let chain = hops.clone();
        let stage = Stage::new(move |seen| match chain.get(seen.number) {
            Some((status, to)) => Reply::new(*status, r#"{"foreign":true}"#).header("location", to),
            None => Reply::ok(),
        });
        let outcome = runtime.block_on(stage.client().send(&Request::get("/x"), &session()));
        for seen in stage.seen() {
            let parsed = url::Url::parse(&seen.url).unwrap();
            let home = Endpoint::new(GRAPH).unwrap().bases().iter().any(|base| parsed.origin() == base.origin() && parsed.path().starts_with(&format!("{}/", base.path())));
            prop_assert!(home, "{:?} led to {}", hops, seen.url);
        }
        // What comes back is Graph's, or an error.
        prop_assert!(outcome.is_err() || outcome.is_ok_and(|answer| !answer.body.starts_with(b"{\"foreign")), "{:?}", hops);
    }
}
