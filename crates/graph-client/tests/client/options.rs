use std::sync::{Arc, Mutex};

use connector_sdk::{Request, Result};
use futures_util::future::BoxFuture;
use graph_client::{Call, CallEvent, Client, ClientOptions, HttpResponse, Next, Observer, Policy};

use crate::stage::{Reply, Stage, session};

type Log = Arc<Mutex<Vec<String>>>;

/// Policy that records when it is passed, and whether it sees a token.
struct Noting(&'static str, Log);

impl Policy for Noting {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        assert!(!call.headers.contains_key("authorization"), "the first try carries no token yet");
        self.1.lock().unwrap().push(self.0.to_owned());
        Box::pin(async move {
            let outcome = next.send(call).await;
            call.headers.remove("authorization");
            outcome
        })
    }
}

impl Observer for Noting {
    fn call_ended(&self, event: &CallEvent<'_>) {
        let CallEvent { method, template, tries, outcome, request_id, .. } = event;
        self.1.lock().unwrap().push(format!("call {method} {template} {tries} {outcome:?} {request_id:?}"));
    }
    fn try_ended(&self, event: &CallEvent<'_>) {
        self.1.lock().unwrap().push(format!("try {} {:?}", event.tries, event.outcome));
    }
}

#[tokio::test(start_paused = true)]
async fn policies_stand_outside_and_inside_retry_and_observers_hear_both() {
    let stage = Stage::script([Reply::new(429, "").header("retry-after", 1), Reply::ok().header("request-id", "r1")]);
    let log = Log::default();
    let note = |name| Arc::new(Noting(name, log.clone()));
    let mut options = ClientOptions::default();
    options.per_call.extend([note("call inner") as _, note("call outer") as _]);
    options.per_try.extend([note("try inner") as _, note("try outer") as _]);
    options.observers.push(note(""));
    let client = Client::builder(stage.clone()).options(options).build();
    client.send(&Request::get("/users/{user}").path_param("user", "adele"), &session()).await.unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "call outer",
            "call inner",
            "try outer",
            "try inner",
            "try 1 Ok(429)",
            "try outer",
            "try inner",
            "try 2 Ok(200)",
            "call GET /users/{user} 2 Ok(200) Some(\"r1\")",
        ]
    );
}

#[tokio::test]
async fn an_observer_of_a_session_hears_its_calls_alone_and_no_attempts() {
    let stage = Stage::script([Reply::ok().header("request-id", "r1"), Reply::ok(), Reply::ok()]);
    let (own, all) = (Log::default(), Log::default());
    let mut options = ClientOptions::default();
    options.observers.push(Arc::new(Noting("", all.clone())));
    let client = Client::builder(stage.clone()).options(options).build();
    let mut observed = session();
    observed.observer = Some(Arc::new(Noting("", own.clone())));
    client.send(&Request::get("/me"), &observed).await.unwrap();
    client.send(&Request::get("/users"), &session()).await.unwrap();
    assert_eq!(*own.lock().unwrap(), ["call GET /me 1 Ok(200) Some(\"r1\")"]);
    assert_eq!(all.lock().unwrap().iter().filter(|line| line.starts_with("call")).count(), 2);
    // Also without an observer of the client.
    let bare = Client::new(stage.clone());
    bare.send(&Request::get("/me"), &observed).await.unwrap();
    assert_eq!(own.lock().unwrap().len(), 2);
}
