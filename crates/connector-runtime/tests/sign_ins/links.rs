//! Links that begin a sign-in in whatever browser opens them.

use connector_runtime::Code;

use crate::world::{ADELE, World, agent, begin, by_browser, has};

#[tokio::test]
async fn a_link_that_one_process_makes_another_opens_until_the_sign_in_ends() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let seen = agent(&here, "agent");
    let sign_in = begin(&seen, by_browser("mine")).await;
    assert_eq!(sign_in.redirect_uri(), "http://localhost:49152/");
    let id = sign_in.id().to_owned();
    let link = sign_in.suspend_with_link(None).await.unwrap();
    assert_eq!(link.id, id);
    assert!(!format!("{link:?}").contains(link.token.expose()));
    let opened = there.connections().open_sign_in_link(link.token.expose()).await.unwrap();
    let again = here.connections().open_sign_in_link(link.token.expose()).await.unwrap();
    assert_eq!((&opened.url, opened.browser), (&again.url, again.browser), "a preview of the link uses nothing up");
    let query = world.browse(&opened.url, ADELE).await;
    assert!(there.connections().resume(&query, &opened.browser).await.unwrap().outcome.is_ok());
    let error = here.connections().open_sign_in_link(link.token.expose()).await.err().unwrap();
    assert_eq!((error.code(), error.reason()), (Code::NotConnected, Some("unknown")));
    assert!(has(&here, "mine").await);
}

#[tokio::test]
async fn what_is_no_link_and_what_is_too_old_is_refused_alike() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let link = begin(&seen, by_browser("mine")).await.suspend_with_link(None).await.unwrap();
    world.pass(600);
    for token in [link.token.expose(), "", "x", &"0".repeat(64), "main/..", &link.token.expose()[1..]] {
        let error = host.connections().open_sign_in_link(token).await.err().unwrap();
        assert_eq!(error.message(), "this link leads to no sign-in: it was used before, or has expired");
    }
}
