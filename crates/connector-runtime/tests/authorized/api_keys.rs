//! Keys that a principal manages.

use connector_runtime::{Code, Grant, Interface, NewApiKey, Rules};

use crate::world::{World, grant, printed};

async fn seen_with(world: &World, key: &NewApiKey) -> connector_runtime::AuthorizedHost {
    world.host.authorize(world.host.authenticate(&key.key).await.unwrap(), Interface::Http)
}

#[tokio::test]
async fn the_right_to_manage_keys_is_implied_by_no_other() {
    let world = World::with(&["work"]);
    let granted = Grant { keys: false, ..Grant::everything() };
    let seen = seen_with(&world, &world.owner().api_keys().add("Agent", granted).await.unwrap()).await;
    let own = seen.principal().id.to_string();
    for error in [
        seen.api_keys().add("Child", Grant::default()).await.map(|_| ()).unwrap_err(),
        seen.api_keys().list().await.map(|_| ()).unwrap_err(),
        seen.api_keys().show(&own).await.map(|_| ()).unwrap_err(),
        seen.api_keys().change(&own, Grant::everything()).await.map(|_| ()).unwrap_err(),
        seen.api_keys().revoke(&own).await.map(|_| ()).unwrap_err(),
    ] {
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("right")));
    }
}

#[tokio::test]
async fn a_key_manages_those_that_it_made_and_sees_no_others() {
    let world = World::with(&["work"]);
    let owner = world.owner();
    let one = owner.api_keys().add("One", Grant::everything()).await.unwrap();
    let two = owner.api_keys().add("Two", Grant::everything()).await.unwrap();
    let seen = seen_with(&world, &one).await;
    let child = seen.api_keys().add("Child", Grant::everything()).await.unwrap();
    let grandchild = seen_with(&world, &child).await.api_keys().add("Grandchild", Grant::everything()).await.unwrap();
    let mut listed: Vec<_> = seen.api_keys().list().await.unwrap().into_iter().map(|(id, _)| id).collect();
    let mut made = vec![child.principal.id.clone(), grandchild.principal.id.clone()];
    listed.sort();
    made.sort();
    assert_eq!(listed, made);
    assert_eq!(owner.api_keys().list().await.unwrap().len(), 4);
    let absent = "0123456789abcdef";
    for hidden in [&two.principal.id, &one.principal.id] {
        let id = hidden.to_string();
        let answers = [
            (seen.api_keys().show(&id).await.unwrap_err(), seen.api_keys().show(absent).await.unwrap_err()),
            (seen.api_keys().revoke(&id).await.unwrap_err(), seen.api_keys().revoke(absent).await.unwrap_err()),
            (
                seen.api_keys().change(&id, Grant::everything()).await.unwrap_err(),
                seen.api_keys().change(absent, Grant::everything()).await.unwrap_err(),
            ),
        ];
        for (as_hidden, as_absent) in answers {
            assert_eq!(as_hidden.code(), Code::NotFound);
            assert_eq!(printed(&as_hidden, &id), printed(&as_absent, absent));
        }
    }
    assert_eq!(seen.api_keys().revoke(child.principal.id.as_str()).await.unwrap().len(), 2);
    for key in [&child, &grandchild] {
        assert_eq!(world.host.authenticate(&key.key).await.unwrap_err().reason(), Some("unknown_key"));
    }
    assert!(world.host.authenticate(&one.key).await.is_ok() && world.host.authenticate(&two.key).await.is_ok());
}

#[tokio::test]
async fn a_key_cannot_find_out_hidden_connections_by_making_keys() {
    let world = World::with(&["work", "home"]);
    let granted = Grant { keys: true, ..grant(&["work"], &["outlook.*"], Rules::default()) };
    let seen = seen_with(&world, &world.owner().api_keys().add("Agent", granted).await.unwrap()).await;
    let with = |name: &str| grant(&[name], &["outlook.*"], Rules::default());
    let hidden = seen.api_keys().add("Child", with("home")).await.map(|_| ()).unwrap_err();
    let absent = seen.api_keys().add("Child", with("hxxx")).await.map(|_| ()).unwrap_err();
    assert_eq!(printed(&hidden, "home"), printed(&absent, "hxxx"));
    let child = seen.api_keys().add("Child", with("*")).await.unwrap();
    let names = seen_with(&world, &child).await.connections().names().await.unwrap();
    assert_eq!(names.len(), 1, "whatever it asks for, it gets no more than its maker has");
}

#[tokio::test]
async fn a_caller_that_is_not_stored_makes_no_keys() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("sandbox", Grant::everything());
    assert_eq!(seen.api_keys().add("Child", Grant::default()).await.map(|_| ()).unwrap_err().code(), Code::Denied);
}
