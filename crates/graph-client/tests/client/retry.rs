use std::time::Duration;

use connector_sdk::{Code, Request, Retry, RetryRule};
use graph_client::{Limits, RetryPolicy};
use tokio::time::Instant;

use crate::stage::{Reply, Stage, session};

type Fault = fn() -> Reply;

const SECOND: Duration = Duration::from_secs(1);

fn refusal(status: u16, after: &str) -> Reply {
    Reply::new(status, r#"{"error":{"code":"TooManyRequests","message":"slow down"}}"#).header("retry-after", after)
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_never_undercut() {
    let now = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (form, at_least) in [
        ("2", 2.0),
        ("0.249", 0.249),
        ("1.5", 1.5),
        ("120", 120.0),
        ("0", 0.0),
        ("Sun, 06 Nov 1994 08:49:44 GMT", 7.0),
        ("Sunday, 06-Nov-94 08:49:44 GMT", 7.0),
        ("Sun, 06 Nov 1994 08:49:30 GMT", 0.0),
    ] {
        for status in [429, 503] {
            // A POST: a refusal says that nothing was done.
            let stage = Stage::script([refusal(status, form).header("date", now), Reply::ok()]);
            stage.client().send(&Request::post("/me/sendMail"), &session()).await.unwrap();
            let seen = stage.seen();
            let waited = (seen[1].at - seen[0].at).as_secs_f64();
            assert!(waited >= at_least && waited <= at_least + 1.0, "{form} was waited for {waited} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_wait_grows_and_ends() {
    let stage = Stage::new(|_| Reply::new(429, ""));
    let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Throttled, 4));
    let seen = stage.seen();
    for (gap, most) in seen.windows(2).map(|pair| pair[1].at - pair[0].at).zip([1, 2, 4]) {
        assert!(gap <= most * SECOND + Duration::from_millis(2), "{gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_told() {
    let hour = || Stage::new(|_| refusal(429, "3600"));
    let stage = hour();
    let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), error.retryability(), stage.count()), (Code::Throttled, Retry::After(3600 * SECOND), 1));
    assert_eq!(error.upstream().unwrap().code.as_deref(), Some("TooManyRequests"));

    // The next call to the same service does not even leave.
    let client = stage.client();
    client.send(&Request::get("/me"), &session()).await.unwrap_err();
    let error = client.send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Throttled, 2));
    assert!(error.message().contains("nothing was sent"), "{error}");

    // Nor does one that its run's deadline would cut off.
    let stage = Stage::new(|_| refusal(503, "20"));
    let hurried = graph_client::Session { deadline: Some(Instant::now() + 10 * SECOND), ..session() };
    let began = Instant::now();
    let error = stage.client().send(&Request::get("/me"), &hurried).await.unwrap_err();
    assert_eq!((error.code(), error.retryability(), stage.count()), (Code::Throttled, Retry::After(20 * SECOND), 1));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn lost_answers() {
    let faults: [(&str, Fault); 10] = [
        ("lost", Reply::lost),
        ("broken", || Reply::new(200, "{").broken()),
        ("500", || Reply::new(500, "")),
        ("502", || Reply::new(502, "")),
        ("503 without Retry-After", || Reply::new(503, "")),
        ("520 of a gateway", || Reply::new(520, "")),
        ("522 of a gateway", || Reply::new(522, "<html>")),
        ("599", || Reply::new(599, "")),
        ("504", || Reply::new(504, r#"{"error":{"code":"GatewayTimeout","message":"m"}}"#)),
        ("silence", Reply::silent),
    ];
    for (name, fault) in faults {
        // What may be sent twice is.
        for request in [
            Request::get("/me"),
            Request::put("/x"),
            Request::delete("/x"),
            Request::post("/search/query").idempotent(),
        ] {
            let stage = Stage::script([fault(), Reply::ok()]);
            stage
                .client()
                .send(&request, &session())
                .await
                .unwrap_or_else(|error| panic!("{name}, {request:?}: {error}"));
            assert_eq!(stage.count(), 2);
        }
        // What must not be is not, not even under a rule that repeats everything.
        let rule = RetryRule::new(9, Duration::ZERO).with_all_errors(true);
        for request in [Request::post("/me/sendMail"), Request::patch("/me"), Request::post("/me/sendMail").retry(rule)]
        {
            let stage = Stage::script([fault()]);
            if name == "broken" {
                // Its status says that it was carried out.
                let answer = stage.client().send(&request, &session()).await.unwrap();
                assert_eq!((answer.status.as_u16(), answer.body.len(), stage.count()), (200, 0, 1));
                continue;
            }
            let error = stage.client().send(&request, &session()).await.unwrap_err();
            assert_eq!((error.code(), stage.count()), (Code::OutcomeUnknown, 1), "{name}: {error}");
            assert!(error.message().starts_with("the request may have been carried out: "), "{name}: {error}");
        }
    }
    let stage = Stage::script([Reply::new(504, r#"{"error":{"code":"GatewayTimeout","message":"m"}}"#)]);
    let error = stage.client().send(&Request::post("/x"), &session()).await.unwrap_err();
    assert!(error.has_upstream_code("GatewayTimeout"), "what Graph said is kept");
}

#[tokio::test(start_paused = true)]
async fn refusals_that_do_not_pass_are_final() {
    for status in [501, 507, 508] {
        for request in [Request::get("/me"), Request::post("/x")] {
            let stage = Stage::new(move |_| Reply::new(status, ""));
            let error = stage.client().send(&request, &session()).await.unwrap_err();
            assert_eq!(
                (error.code(), error.retryability(), stage.count()),
                (Code::Rejected, Retry::Never, 1),
                "{status}"
            );
        }
    }
    // What is locked was not changed, and may be free in a moment.
    let stage = Stage::script([Reply::new(423, ""), Reply::ok()]);
    stage.client().send(&Request::post("/x"), &session()).await.unwrap();
    let stage = Stage::new(|_| Reply::new(423, ""));
    let error = stage.client().send(&Request::post("/x"), &session()).await.unwrap_err();
    assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Later));
}

#[tokio::test(start_paused = true)]
async fn a_write_conflict_of_exchange_passes() {
    let conflict = |status| {
        Reply::new(
            status,
            r#"{"error":{"code":"ErrorIrresolvableConflict","message":"The change key does not match."}}"#,
        )
    };
    for status in [409, 412] {
        let stage = Stage::script([conflict(status), conflict(status), Reply::ok()]);
        stage.client().send(&Request::post("/me/messages/1/attachments").json("x"), &session()).await.unwrap();
        assert_eq!(stage.count(), 3, "nothing was changed, so a POST is sent again too");
        // Who names a version is told that it is not the present one.
        let stage = Stage::new(move |_| conflict(status));
        let named = Request::patch("/me/messages/1").json("x").if_match(Some("W/\"1\""));
        let error = stage.client().send(&named, &session()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Conflict, 1));
        let stage = Stage::new(move |_| Reply::new(status, r#"{"error":{"code":"Other","message":"m"}}"#));
        stage.client().send(&Request::post("/x"), &session()).await.unwrap_err();
        assert_eq!(stage.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_a_lost_try_may_have_made_is_no_conflict() {
    let outdated = || Reply::new(412, r#"{"error":{"code":"resourceModified","message":"m"}}"#);
    let change = Request::patch("/sites/s/lists/l/items/1").json("x").if_match(Some("W/\"3\"")).idempotent();
    let stage = Stage::script([Reply::new(504, ""), outdated()]);
    let error = stage.client().send(&change, &session()).await.unwrap_err();
    assert_eq!((error.code(), error.status(), stage.count()), (Code::OutcomeUnknown, Some(412), 2));
    // A refusal is no lost answer.
    for first in [Some(Reply::new(429, "")), None] {
        let stage = Stage::script(first.into_iter().chain([outdated()]));
        assert_eq!(stage.client().send(&change, &session()).await.unwrap_err().code(), Code::Conflict);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_by_a_lost_try_is_deleted() {
    for gone in [404, 410] {
        let stage = Stage::script([Reply::lost(), Reply::new(gone, "")]);
        let answer = stage.client().send(&Request::delete("/x"), &session()).await.unwrap();
        assert_eq!((answer.status.as_u16(), stage.count()), (204, 2));
        let past_the_bin =
            Request::post("/me/messages/{message}/permanentDelete").exchange_id("message", "AAA").idempotent();
        let stage = Stage::script([Reply::lost(), Reply::new(gone, "")]);
        stage.client().send(&past_the_bin, &session()).await.unwrap();
        let stage = Stage::script([Reply::new(504, ""), Reply::new(429, ""), Reply::new(gone, "")]);
        stage.client().send(&Request::delete("/x"), &session()).await.unwrap();
        // Nothing was lost: it was never there.
        for before in [None, Some(429)] {
            let stage =
                Stage::script(before.map(|status| Reply::new(status, "")).into_iter().chain([Reply::new(gone, "")]));
            let error = stage.client().send(&Request::delete("/x"), &session()).await.unwrap_err();
            assert_eq!(error.status(), Some(gone));
        }
        // Reading what is not there is no success, whatever was lost before.
        let stage = Stage::script([Reply::lost(), Reply::new(gone, "")]);
        assert!(stage.client().send(&Request::get("/x"), &session()).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn json_that_is_none_is_asked_for_once_more() {
    let json =
        |body: &'static str| Reply::new(200, body).header("content-type", "application/json; odata.metadata=minimal");
    let stage = Stage::script([json("{\"a\":"), json("{\"a\":1}")]);
    assert_eq!(stage.client().send(&Request::get("/me"), &session()).await.unwrap().body, "{\"a\":1}");
    let stage = Stage::new(move |_| json("<html>"));
    let answer = stage.client().send(&Request::get("/me"), &session()).await.unwrap();
    assert_eq!((&answer.body[..], stage.count()), (&b"<html>"[..], 2), "twice, and then it is handed on");
    // A write is never sent again to read its answer.
    let stage = Stage::new(move |_| json("<html>"));
    stage.client().send(&Request::post("/x"), &session()).await.unwrap();
    assert_eq!(stage.count(), 1);
    // What does not say that it is JSON need not be.
    let stage = Stage::new(|_| Reply::new(200, "no json"));
    stage.client().send(&Request::get("/photo"), &session()).await.unwrap();
    assert_eq!(stage.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_stays_lost_is_unavailable() {
    let stage = Stage::new(|_| Reply::lost());
    let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Unavailable, 4));
}

#[tokio::test(start_paused = true)]
async fn no_connection_repeats_anything() {
    let stage = Stage::script([Reply::unreachable(), Reply::unreachable(), Reply::ok()]);
    stage.client().send(&Request::post("/me/sendMail"), &session()).await.unwrap();
    let stage = Stage::new(|_| Reply::unreachable());
    let error = stage.client().send(&Request::post("/me/sendMail"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Unavailable, 4));
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_final_are_not_repeated() {
    for status in [400, 403, 404, 409, 412, 413, 422, 501, 507] {
        let stage = Stage::script([Reply::new(status, "")]);
        let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_may_bring_its_own_rule() {
    let rule = RetryRule::new(2, 3 * SECOND).with_exponential(true).with_all_errors(true);
    let stage = Stage::new(|_| Reply::new(404, ""));
    let error = stage.client().send(&Request::post("/x").retry(rule), &session()).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    let seen = stage.seen();
    let gaps: Vec<_> = seen.windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs()).collect();
    assert_eq!(gaps, [3, 6]);

    // It may wait longer than Graph asks, never less.
    let stage = Stage::script([refusal(429, "10"), refusal(429, "1"), Reply::ok()]);
    stage.client().send(&Request::post("/x").retry(rule), &session()).await.unwrap();
    let seen = stage.seen();
    let gaps: Vec<_> = seen.windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs()).collect();
    assert_eq!(gaps, [10, 6]);

    let never = RetryRule::new(0, SECOND);
    let stage = Stage::new(|_| refusal(429, "1"));
    stage.client().send(&Request::get("/x").retry(never), &session()).await.unwrap_err();
    assert_eq!(stage.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_left_after_seven_minutes() {
    for (request, least, code) in
        [(Request::post("/x"), 100, Code::OutcomeUnknown), (Request::get("/x"), 400, Code::Unavailable)]
    {
        let began = Instant::now();
        let stage = Stage::new(|_| Reply::silent());
        let error = stage.client().send(&request, &session()).await.unwrap_err();
        // Four tries, and at most 1, 2 and 4 seconds between them.
        let took = began.elapsed().as_secs();
        assert_eq!(error.code(), code);
        assert!((least..=least + 7).contains(&took), "{took} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_has_its_time_and_so_has_the_run() {
    let began = Instant::now();
    let request = Request::post("/x").timeout(7 * SECOND);
    let stage = Stage::new(|_| Reply::silent());
    let error = stage.client().send(&request, &session()).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed().as_secs()), (Code::OutcomeUnknown, 7));

    for (request, code) in [(Request::post("/x"), Code::OutcomeUnknown), (Request::get("/x"), Code::Unavailable)] {
        let hurried = graph_client::Session { deadline: Some(Instant::now() + 5 * SECOND), ..session() };
        let began = Instant::now();
        let error = stage.client().send(&request, &hurried).await.unwrap_err();
        assert_eq!((error.code(), began.elapsed().as_secs()), (code, 5), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_has_a_limit() {
    let stage = Stage::new(|_| Reply::new(200, vec![b' '; 1001]));
    let limits = Limits { answer: 1000, ..Limits::default() };
    let client = graph_client::Client::builder(stage.clone()).limits(limits).build();
    let error = client.send(&Request::get("/x"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Protocol, 1));
}

#[tokio::test(start_paused = true)]
async fn many_reads_through_a_bad_day() {
    // A fifth of the answers are faults, as a fixed pattern that no caller can dodge.
    let stage = Stage::new(|seen| match seen.number * 7919 % 25 {
        0 => refusal(429, "1"),
        1 => refusal(503, "0.5"),
        2 => Reply::new(502, ""),
        3 => Reply::lost(),
        4 => Reply::new(504, ""),
        _ => Reply::ok().after(Duration::from_millis(20)),
    });
    let client = graph_client::Client::builder(stage.clone())
        .retries(RetryPolicy { tries: 8, ..RetryPolicy::default() })
        .build();
    let session = session();
    let gets = (0..500).map(|_| async { client.send(&Request::get("/users"), &session).await.is_ok() });
    assert!(futures_util::future::join_all(gets).await.into_iter().all(|ok| ok));
    let posts = (0..200).map(|i| {
        let (client, session) = (&client, &session);
        async move { client.send(&Request::post("/x").json(i), session).await }
    });
    let posts = futures_util::future::join_all(posts).await;
    assert!(posts.iter().all(|answer| answer.as_ref().is_ok_and(|_| true)
        || answer.as_ref().is_err_and(|error| error.code() == Code::OutcomeUnknown)));
    // No write was repeated after anything but a refusal.
    let mut fates = std::collections::HashMap::<_, Vec<usize>>::new();
    for seen in stage.seen().into_iter().filter(|seen| seen.method == http::Method::POST) {
        fates.entry(seen.body.clone()).or_default().push(seen.number * 7919 % 25);
    }
    for fates in fates.values() {
        assert!(fates.iter().rev().skip(1).all(|fate| *fate < 2), "{fates:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_an_error_has_failed() {
    let said = r#" { "error":{"code":"generalException","message":"canary-token-1 was refused"}}"#;
    let stage = Stage::new(move |_| Reply::new(200, said));
    let error = stage.client().send(&Request::get("/me"), &session()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.upstream().unwrap().code.as_deref()),
        (Code::Unavailable, Some("generalException"))
    );
    assert!(!format!("{error:#?}").contains("canary"), "{error:?}");
    let error = stage.client().send(&Request::post("/me/sendMail"), &session()).await.unwrap_err();
    assert_eq!((error.code(), error.retryability()), (Code::OutcomeUnknown, Retry::Never));
    for fine in [
        r#"{"error":null}"#,
        r#"{"id":"op","error":{"code":"x"}}"#,
        r#"{"@odata.context":"c","error":{"code":"x"}}"#,
        r#"{"error":"text"}"#,
        r#""error""#,
    ] {
        let stage = Stage::new(move |_| Reply::new(200, fine));
        assert_eq!(stage.client().send(&Request::get("/me"), &session()).await.unwrap().body, fine);
    }
}
