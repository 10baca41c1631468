//! The server itself: large bodies, connections that are kept, its end.

mod common;

use common::world;

#[tokio::test]
async fn a_large_body_comes_in() {
    let world = world().await;
    let body = vec![7; 60 << 20];
    let response = world.http.put(world.url("/v1.0/nothing")).body(body).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(world.sandbox.requests()[0].bytes, 60 << 20);
}

#[tokio::test]
async fn it_ends_when_it_is_shut_down_or_dropped() {
    let world = world().await;
    let url = world.url("/v1.0/me");
    assert!(world.http.get(&url).send().await.is_ok());
    world.server.shutdown().await;
    assert!(world.http.get(&url).send().await.unwrap_err().is_connect());

    let world = common::serve(world.sandbox).await;
    let url = world.url("/v1.0/me");
    assert!(world.http.get(&url).send().await.is_ok());
    drop(world.server);
    // the task ends at its next turn
    tokio::task::yield_now().await;
    while world.http.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn counting_keeps_no_list() {
    let world = world().await;
    world.sandbox.count_only(true);
    for _ in 0..3 {
        world.get("/v1.0/me").await;
    }
    assert_eq!((world.sandbox.request_count(), world.sandbox.requests().len()), (3, 0));
    world.sandbox.forget_requests();
    assert_eq!(world.sandbox.request_count(), 0);
}
