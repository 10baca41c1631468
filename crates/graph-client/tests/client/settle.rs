use std::time::Duration;

use connector_sdk::{Code, Request, Retry};
use tokio::time::Instant;

use crate::stage::{Reply, Stage, session};

const ID: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";

fn made() -> Reply {
    Reply::new(
        201,
        format!(
            r#"{{"id":"{ID}","appId":"6e7b768e-07e2-4810-8459-485f84f8f204","userPrincipalName":"Grace@contoso.example"}}"#
        ),
    )
}

fn missing(name: &str) -> Reply {
    let message =
        format!("Resource '{name}' does not exist or one of its queried reference-property objects are not present.");
    Reply::new(404, format!(r#"{{"error":{{"code":"Request_ResourceNotFound","message":"{message}"}}}}"#))
}

fn create() -> Request {
    Request::post("/users").json("x")
}

fn seconds(began: Instant) -> u64 {
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn what_was_made_is_waited_for_by_each_of_its_names() {
    for name in [ID.to_uppercase().as_str(), "grace@contoso.example"] {
        // A POST too: that it does not exist says that nothing was done.
        for request in [Request::get("/users/x"), Request::post("/groups/g/members/$ref").json("x")] {
            let stage = Stage::script([made(), missing(name), missing(name), Reply::ok()]);
            let client = stage.client();
            client.send(&create(), &session()).await.unwrap();
            let began = Instant::now();
            client.send(&request, &session()).await.unwrap();
            assert_eq!((stage.count(), seconds(began)), (4, 6), "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_ends_and_says_why() {
    let stage = Stage::new(|seen| if seen.number == 0 { made() } else { missing(ID) });
    let client = stage.client();
    client.send(&create(), &session()).await.unwrap();
    let began = Instant::now();
    let error = client.send(&Request::get("/users/x"), &session()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.retryability(), stage.count(), seconds(began)),
        (Code::NotFound, Retry::Later, 6, 30)
    );
    assert!(error.advice().contains("a moment ago"), "{}", error.advice());
    // A run that would be over before is not kept waiting.
    let hasty = graph_client::Session { deadline: Some(Instant::now() + Duration::from_secs(1)), ..session() };
    let began = Instant::now();
    assert_eq!(client.send(&Request::get("/users/x"), &hasty).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(seconds(began), 0);
}

#[tokio::test(start_paused = true)]
async fn what_never_was_and_what_is_old_is_told_at_once() {
    let stage = Stage::new(|seen| if seen.number == 0 { made() } else { missing("somebody") });
    let client = stage.client();
    client.send(&create(), &session()).await.unwrap();
    // Such as the manager of a new user who has none.
    assert_eq!(client.send(&Request::get("/users/x"), &session()).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(stage.count(), 2);

    let stage = Stage::new(|seen| if seen.number == 0 { made() } else { missing(ID) });
    let client = stage.client();
    client.send(&create(), &session()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert!(client.send(&Request::get("/users/x"), &session()).await.is_err());
    assert_eq!(stage.count(), 2);

    // What is no object of the directory has nothing to wait for, and neither has what was deleted.
    let stage = Stage::new(|seen| if seen.number == 0 { made() } else { missing(ID) });
    let client = stage.client();
    client.send(&Request::post("/me/messages").json("x"), &session()).await.unwrap();
    assert!(client.send(&Request::get("/users/x"), &session()).await.is_err());
    assert_eq!(stage.count(), 2);
    let stage = Stage::script([made(), Reply::new(204, ""), missing(ID)]);
    let client = stage.client();
    client.send(&create(), &session()).await.unwrap();
    client.send(&Request::delete("/users/{user}").path_param("user", ID), &session()).await.unwrap();
    assert!(client.send(&Request::get("/users/x"), &session()).await.is_err());
    assert_eq!(stage.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_plan_may_say_that_something_is_new() {
    let message = "The appId '6E7B' of the service principal does not reference a valid application object.";
    let behind = || Reply::new(400, format!(r#"{{"error":{{"code":"Request_BadRequest","message":"{message}"}}}}"#));
    let stage = Stage::script([behind(), Reply::ok()]);
    stage.client().send(&Request::post("/servicePrincipals").json("x").expect_lag("6e7b"), &session()).await.unwrap();
    assert_eq!(stage.count(), 2);
    let stage = Stage::script([behind()]);
    let error = stage.client().send(&Request::post("/servicePrincipals").json("x"), &session()).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::Rejected, 1));
    assert!(error.advice().contains("a moment ago"), "{}", error.advice());
}
