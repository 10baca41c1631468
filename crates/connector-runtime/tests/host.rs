//! The host over the sandbox.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connector_runtime::{Host, Listen, Run};
use connector_sdk::{ChoiceQuery, Code, Result};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use graph_client::{Call, CallEvent, HttpResponse, Limits, Next, Observer, Policy, RetryPolicy};
use graph_sandbox::{Fault, RetryAfter, Rule, Sandbox};
use serde_json::{Value, json};
use support::with_sandbox;
#[cfg(feature = "reqwest")]
use support::with_served_sandbox;

const SCOPES: &[&str] = &["User.Read", "Mail.ReadWrite", "Mail.Send"];

/// Creates a host with the Outlook connector on a new sandbox.
fn host(scopes: &[&str]) -> (Host, Sandbox) {
    let sandbox = Sandbox::new();
    let builder = Host::builder().connector(outlook_connector::connector());
    (with_sandbox(builder, &sandbox, scopes).build().unwrap(), sandbox)
}

fn mail() -> Value {
    json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?", "bodyType": "text" })
}

#[tokio::test]
async fn an_email_is_sent_and_found_where_it_was_sent() {
    let (host, _) = host(SCOPES);
    let sent = host.execute(Run::new("outlook.send_email", "sandbox", mail())).await.unwrap();
    assert_eq!(sent.output.as_str(), r#"{"sent":true}"#);
    let input = json!({ "folderId": "sentitems", "limit": 1, "query": { "orderby": "sentDateTime desc" } });
    let list = host.execute(Run::new("outlook.list_emails", "sandbox", input)).await.unwrap();
    let list: Value = list.output.read().unwrap();
    assert_eq!(list["items"][0]["subject"], "Lunch");
}

#[tokio::test]
async fn bad_input_is_refused_whole_and_nothing_is_sent() {
    let (host, sandbox) = host(SCOPES);
    let input = json!({ "to": ["nobody"], "subjekt": "x", "body": 1 });
    let error = host.execute(Run::new("outlook.send_email", "sandbox", input)).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(places, ["/body", "/subject", "/subjekt", "/to/0"]);
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_preview_shows_the_request_and_sends_nothing() {
    let (host, sandbox) = host(SCOPES);
    let preview = host.execute(Run::new("outlook.send_email", "sandbox", mail()).preview()).await.unwrap();
    let preview: Value = preview.output.read().unwrap();
    assert_eq!(preview["complete"], true);
    assert_eq!(preview["requests"][0]["method"], "POST");
    assert_eq!(preview["requests"][0]["body"]["message"]["subject"], "Lunch");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_missing_permission_is_named_before_anything_leaves() {
    let (host, sandbox) = host(&["User.Read"]);
    let error = host.execute(Run::new("outlook.send_email", "sandbox", mail())).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
    assert!(format!("{} {}", error.message(), error.advice()).contains("Mail.Send"), "{error}");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn unknown_names_are_answered_with_the_nearest() {
    let (host, _) = host(SCOPES);
    let error = host.execute(Run::new("outlook.send_emial", "sandbox", json!({}))).await.unwrap_err();
    assert_eq!((error.code(), error.advice()), (Code::UnknownAction, "Did you mean `outlook.send_email`?"));
    let error = host.execute(Run::new("outlook.send_email", "sandbx", mail())).await.unwrap_err();
    assert_eq!((error.code(), error.advice()), (Code::UnknownConnection, "Did you mean `sandbox`?"));
    let error = host.execute(Run::new("outlook.send_email", "payroll", mail())).await.unwrap_err();
    assert_eq!((error.code(), error.advice()), (Code::UnknownConnection, Code::UnknownConnection.advice()));
}

#[tokio::test]
async fn an_embedder_sets_retries_limits_policies_and_observers() {
    #[derive(Default)]
    struct Counting(AtomicUsize, AtomicUsize);
    impl Policy for Counting {
        fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            next.send(call)
        }
    }
    impl Observer for Counting {
        fn call_ended(&self, _: &CallEvent<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        fn try_ended(&self, event: &CallEvent<'_>) {
            assert_eq!(event.template, "/me/sendMail");
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (calls, tries, heard) = <(Arc<Counting>, Arc<Counting>, Arc<Counting>)>::default();
    let sandbox = Sandbox::new();
    let builder = Host::builder()
        .connector(outlook_connector::connector())
        .retries(RetryPolicy { tries: 2, base: Duration::from_millis(1), ..RetryPolicy::default() })
        .limits(Limits { answer: 3_000_000, ..Limits::default() })
        .policy_per_call(calls.clone())
        .policy_per_try(tries.clone())
        .observer(heard.clone());
    let host = with_sandbox(builder, &sandbox, SCOPES).build().unwrap();
    sandbox.faults().add(Rule::new(Fault::Throttle { retry_after: Some(RetryAfter::Seconds(0)) }).path("/sendMail"));
    let error = host.execute(Run::new("outlook.send_email", "sandbox", mail())).await.unwrap_err();
    assert_eq!(error.code(), Code::Throttled, "{error}");
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    assert_eq!((count(&calls.0), count(&tries.0), sandbox.request_count()), (1, 2, 2), "two tries, as it was set");
    assert_eq!((count(&heard.0), count(&heard.1)), (1, 2));
}

#[tokio::test]
#[cfg(feature = "reqwest")]
async fn an_embedder_brings_its_http_client() {
    // As every program that makes its own client has a provider for TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = || graph_client::ReqwestClient::builder().no_proxy().user_agent("contoso/1");
    let refused = Host::builder().http_client(own().build().unwrap()).err().unwrap();
    assert!(refused.code() == Code::InvalidInput && refused.message().contains("redirects"), "{refused}");

    let sandbox = Sandbox::new();
    let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let client = own().redirect(graph_client::no_redirects()).build().unwrap();
    let builder = Host::builder().connector(outlook_connector::connector()).http_client(client).unwrap();
    let host = with_served_sandbox(builder, &sandbox, SCOPES, &server.url()).build().unwrap();
    host.execute(Run::new("outlook.send_email", "sandbox", mail())).await.unwrap();
    let input = json!({ "folderId": "sentitems", "limit": 1, "query": { "orderby": "sentDateTime desc" } });
    let list: Value =
        host.execute(Run::new("outlook.list_emails", "sandbox", input)).await.unwrap().output.read().unwrap();
    assert_eq!(list["items"][0]["subject"], "Lunch");
    server.shutdown().await;
}

#[tokio::test]
async fn one_outcome_to_a_key() {
    let (host, sandbox) = host(SCOPES);
    let run = || Run::new("outlook.send_email", "sandbox", mail()).key("order-17");
    let first = host.execute(run()).await.unwrap();
    let requests = sandbox.request_count();
    let second = host.execute(run()).await.unwrap();
    assert_eq!((first.repeated, second.repeated), (false, true));
    assert_eq!(first.output, second.output);
    assert_eq!(sandbox.request_count(), requests);
    let other = json!({ "to": ["alexw@contoso.example"], "subject": "Lunch", "body": "At noon?" });
    let error = host.execute(Run::new("outlook.send_email", "sandbox", other).key("order-17")).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[tokio::test]
async fn a_key_is_free_again_after_a_refusal() {
    let (host, _) = host(&["User.Read"]);
    let run = || Run::new("outlook.send_email", "sandbox", mail()).key("k");
    assert_eq!(host.execute(run()).await.unwrap_err().code(), Code::MissingScope);
    assert_eq!(host.execute(run()).await.unwrap_err().code(), Code::MissingScope);
}

#[tokio::test]
async fn a_list_streams_the_same_items() {
    let (host, _) = host(SCOPES);
    let input = json!({ "fetchAll": true, "query": { "top": 2 } });
    let whole: Value =
        host.execute(Run::new("outlook.list_emails", "sandbox", input.clone())).await.unwrap().output.read().unwrap();
    let streamed: Vec<Value> = host
        .stream(Run::new("outlook.list_emails", "sandbox", input))
        .map(|item| item.unwrap().read().unwrap())
        .collect()
        .await;
    assert!(streamed.len() > 2, "{}", streamed.len());
    assert_eq!(whole["items"], Value::from(streamed));
}

#[tokio::test]
async fn choices_are_a_tree_and_can_be_searched() {
    let (host, _) = host(SCOPES);
    let all = host.choices("outlook.mail_folders", "sandbox", json!({}), ChoiceQuery::default()).await.unwrap();
    assert!(all.choices.iter().any(|choice| choice.label == "Inbox"), "{all:?}");
    assert!(all.choices.iter().any(|choice| choice.parent.is_some()), "there is a folder within a folder");
    let some = host
        .choices("outlook.mail_folders", "sandbox", json!({}), ChoiceQuery::new(Some("inb".into()), None))
        .await
        .unwrap();
    assert_eq!(some.choices.len(), 1);
}

#[tokio::test]
async fn how_often_a_trigger_looks_is_an_input_and_no_part_of_its_identity() {
    let (host, _sandbox) = host(SCOPES);
    let every = |minutes: u32| Listen::new("outlook.new_email", "sandbox", json!({ "intervalMinutes": minutes }));
    let error = host.listen(every(0)).await.map(|_| ()).unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/intervalMinutes"));
    let mut listener = host.listen(every(5)).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap(), None);
    assert_eq!(host.listen(every(10)).await.map(|_| ()).unwrap_err().code(), Code::Conflict, "it is the same listener");
}

#[tokio::test]
async fn a_trigger_loses_nothing_and_invents_nothing() {
    let (host, sandbox) = host(SCOPES);
    let listen = || Listen {
        trigger: "outlook.new_email".into(),
        connection: "sandbox".into(),
        input: json!({}),
        name: Some("test".into()),
        interval: Some(Duration::from_secs(1)),
    };
    let mut listener = host.listen(listen()).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap(), None, "mail from before does not fire");
    assert_eq!(host.listen(listen()).await.map(|_| ()).unwrap_err().code(), Code::Conflict, "one listener to a name");

    let id = sandbox.graph().deliver("adelev@contoso.example", "inbox", json!({ "subject": "First" }));
    let event = listener.try_next().await.unwrap().unwrap();
    assert_eq!(event.data.read::<Value>().unwrap()["subject"], "First");
    // Not acknowledged: it comes again, also to the next listener.
    listener.stop().await.unwrap();
    let mut listener = host.listen(listen()).await.unwrap();
    let again = listener.try_next().await.unwrap().unwrap();
    assert_eq!(again, event);
    listener.ack(&again).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap(), None, "{id}");

    // A lost cursor starts anew and brings nothing twice.
    sandbox.graph().expire_delta_tokens();
    sandbox.graph().deliver("adelev@contoso.example", "inbox", json!({ "subject": "Second" }));
    let next = listener.try_next().await.unwrap().unwrap();
    assert_eq!(next.data.read::<Value>().unwrap()["subject"], "Second");
    listener.ack(&next).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap(), None);
}
