//! Triggers whose round of looks does not end.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use connector_runtime::{Host, Listen, Listener};
use connector_sdk::{Code, Result};
use futures_util::future::BoxFuture;
use graph_client::{Answer, AnswerBody, Call, Next, Policy};
use graph_sim::Sandbox;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use support::with_sandbox;

/// Answers each look with the page that `page` makes of its number: its items, and the place of the next.
struct Pages<F>(AtomicU32, F);

impl<F: Fn(u32) -> (Value, u32) + Send + Sync> Policy for Pages<F> {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<Answer>> {
        if !call.url().path().ends_with("/delta") {
            return next.send(call);
        }
        let (items, place) = (self.1)(self.0.fetch_add(1, Ordering::Relaxed));
        let url = call.url();
        let next = format!("{}://{}{}?$skiptoken={place}", url.scheme_str().unwrap(), url.authority().unwrap(), url.path());
        let body = json!({ "value": items, "@odata.nextLink": next }).to_string();
        let answer = Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            retry_after: None,
            body: AnswerBody::Whole(body.into()),
            home: true,
            coded: false,
        };
        Box::pin(async { Ok(answer) })
    }
}

async fn listen<F: Fn(u32) -> (Value, u32) + Send + Sync + 'static>(page: F) -> (Listener, Arc<Pages<F>>) {
    let (sandbox, pages) = (Sandbox::new(), Arc::new(Pages(AtomicU32::new(0), page)));
    let builder = Host::builder().connector(outlook_connector::connector()).policy_per_call(pages.clone());
    let host = with_sandbox(builder, &sandbox, &["User.Read", "Mail.Read"]).build().unwrap();
    (host.listen(Listen::new("outlook.new_email", "sandbox", json!({}))).await.unwrap(), pages)
}

fn email(id: u32) -> Value {
    json!([{ "id": id.to_string(), "receivedDateTime": "2100-01-01T00:00:00Z" }])
}

#[tokio::test]
async fn a_round_in_circles_ends_and_what_it_found_is_kept() {
    let (mut listener, pages) = listen(|look| (email(look % 3), look % 3)).await;
    let mut found = Vec::new();
    let error = loop {
        match listener.try_next().await {
            Ok(event) => {
                let event = event.unwrap();
                listener.ack(&event).await.unwrap();
                found.push(event.data.read::<Value>().unwrap()["id"].clone());
            }
            Err(error) => break error,
        }
    };
    assert_eq!((error.code(), found), (Code::Protocol, vec![json!("0"), json!("1"), json!("2")]));
    assert!(error.message().contains("does not end") && error.advice().contains("another name"), "{error}");
    assert_eq!(pages.0.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_round_of_empty_pages_pauses() {
    let (mut listener, pages) = listen(|look| (json!([]), look)).await;
    for looks in [1_000, 2_000] {
        assert_eq!(listener.try_next().await.unwrap(), None);
        assert_eq!(pages.0.load(Ordering::Relaxed), looks);
    }
}
