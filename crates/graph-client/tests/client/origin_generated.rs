//! Generated addresses and redirects: none leads to another host.

use connector_sdk::{Link, Request, Target};
use graph_client::Endpoint;
use http::Method;
use proptest::prelude::*;

use crate::stage::{GRAPH, Reply, Stage, session};

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
