//! A connection in use after its document was changed.

use connector_sdk::{Secret, SignInMethod};
use graph_auth::{Settings, TokenSet};
use graph_sandbox::Sandbox;
use jiff::Timestamp;
use serde_json::json;

use super::super::record::{ConnectionState, Renewal, Trouble};
use super::*;
use crate::Host;

fn host() -> Host {
    Host::builder().connector(outlook_connector::connector()).transport(Arc::new(Sandbox::new())).build().unwrap()
}

fn tokens(access: &str) -> TokenSet {
    TokenSet::from_sealed_json(&Secret::new(
        json!({ "access": access, "expiresAt": "2999-01-01T00:00:00Z" }).to_string(),
    ))
    .unwrap()
}

fn record(id: &str, graph: &str) -> ConnectionRecord {
    ConnectionRecord {
        id: id.to_owned(),
        connector: "outlook".to_owned(),
        settings: Settings {
            client_id: Some("11111111-2222-3333-4444-555555555555".to_owned()),
            graph_url: Some(graph.to_owned()),
            ..Settings::new(SignInMethod::DeviceCode)
        },
        tokens: Some(tokens("one")),
        identity: Some(Identity { tid: "t".to_owned(), oid: "adele".to_owned(), username: None, name: None }),
        state: ConnectionState::Ready,
        created: Timestamp::UNIX_EPOCH,
        refreshed: None,
        sign_in: Some("first".to_owned()),
        kept_by_id: true,
        renewal: Renewal::default(),
    }
}

// As another process writes it.
async fn write(host: &Host, record: &ConnectionRecord) {
    let vault = &host.connections().0.vault;
    let before = vault.revision(CONNECTION, "work").await.unwrap();
    record.store(vault, "work", before).await.unwrap();
}

#[tokio::test]
async fn a_renewal_leaves_it_and_a_sign_in_does_not() {
    let host = host();
    let connect = || host.connections().connect("work");
    let first = record("1", "https://one.invalid");
    write(&host, &first).await;
    let before = connect().await.unwrap();
    assert!(Arc::ptr_eq(&before, &connect().await.unwrap()));

    // New tokens, a trouble, and learning who it is: there is one source of tokens all the while.
    let trouble = Trouble {
        reason: None,
        code: None,
        message: "m".to_owned(),
        hint: "h".to_owned(),
        since: Timestamp::now(),
        until: None,
        claims: None,
    };
    for renewed in [
        ConnectionRecord { tokens: Some(tokens("two")), refreshed: Some(Timestamp::now()), ..first.clone() },
        ConnectionRecord { state: ConnectionState::Waiting(trouble), ..first.clone() },
        ConnectionRecord { identity: None, ..first.clone() },
        first.clone(),
    ] {
        write(&host, &renewed).await;
        assert!(Arc::ptr_eq(&before, &connect().await.unwrap()));
    }

    // Whoever made it anew: the same user elsewhere, another user, only other settings, or the same once more.
    let alex = Identity { tid: "t".to_owned(), oid: "alex".to_owned(), username: None, name: None };
    let elsewhere = record("1", "https://two.invalid");
    let mut last = before;
    for (changed, graph, user) in [
        (elsewhere.clone(), "https://two.invalid", "adele"),
        (ConnectionRecord { identity: Some(alex.clone()), ..elsewhere.clone() }, "https://two.invalid", "alex"),
        (
            ConnectionRecord { sign_in: Some("second".to_owned()), identity: Some(alex), ..elsewhere },
            "https://two.invalid",
            "alex",
        ),
        (first, "https://one.invalid", "adele"),
    ] {
        write(&host, &changed).await;
        let now = connect().await.unwrap();
        assert!(!Arc::ptr_eq(&last, &now) && !Arc::ptr_eq(&last.tokens, &now.tokens));
        assert_eq!(&*now.endpoint.text(), format!("{graph}/v1.0"));
        assert!(matches!(&*now.who, Subject::User { names } if *names == [user]));
        assert_eq!(now.id, last.id);
        last = now;
    }
}

#[tokio::test]
async fn one_that_was_removed_or_replaced_is_not_served_any_more() {
    let host = host();
    write(&host, &record("1", "https://one.invalid")).await;
    host.connections().connect("work").await.unwrap();
    let vault = &host.connections().0.vault;
    let revision = vault.revision(CONNECTION, "work").await.unwrap().unwrap();
    vault.remove(CONNECTION, "work", revision).await.unwrap();
    assert_eq!(host.connections().connect("work").await.err().unwrap().code(), connector_sdk::Code::UnknownConnection);
    write(&host, &record("2", "https://one.invalid")).await;
    assert_eq!(&*host.connections().connect("work").await.unwrap().id, "2");
}

#[tokio::test]
async fn what_hung_on_a_name_is_its_own_only_where_an_older_version_made_it() {
    let host = host();
    write(&host, &record("1", "https://one.invalid")).await;
    assert_eq!(host.connections().connect("work").await.unwrap().former, None);
    write(&host, &ConnectionRecord { kept_by_id: false, sign_in: None, ..record("1", "https://two.invalid") }).await;
    assert_eq!(host.connections().connect("work").await.unwrap().former.as_deref(), Some("work"));
}
