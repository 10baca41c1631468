//! What a principal does not reach looks as if it did not exist.

use std::sync::Arc;

use connector_runtime::{
    AuthorizedHost, ChoiceQuery, Code, Confirmation, ConnectionRef, Domain, Error, Exception, Grant, Host, Interface,
    ItemSink, Json, Listen, Patterns, Principal, PrincipalId, Rule, Rules, Run, async_trait,
};
use serde_json::json;

use crate::world::{World, grant, mail, principal, printed, send};

/// Calls everything that takes a connection, and returns the error of each call.
async fn errors_at(seen: &AuthorizedHost, connection: &str) -> Vec<Error> {
    let list = || Run::new("outlook.list_emails", connection, json!({ "limit": 1 }));
    let choices = seen.choices("outlook.mail_folders", connection, json!({}), ChoiceQuery::default());
    vec![
        seen.execute(list(), None).await.unwrap_err(),
        seen.execute_into(list(), None, &mut Vec::new()).await.unwrap_err(),
        seen.preview(list()).await.unwrap_err(),
        seen.execute(list().preview(), None).await.unwrap_err(),
        seen.execute(Run::new("outlook.list_emails", connection, json!({ "limit": "x" })), None).await.unwrap_err(),
        seen.execute(send(connection, "Lunch"), None).await.unwrap_err(),
        seen.preview(send(connection, "Lunch")).await.unwrap_err(),
        seen.execute(send(connection, "Lunch").key("key"), None).await.unwrap_err(),
        seen.execute(send(connection, "Lunch"), Some(&Confirmation::new("AAAA"))).await.unwrap_err(),
        seen.execute_into(send(connection, "Lunch"), None, &mut Vec::new()).await.unwrap_err(),
        seen.connections().show(connection).await.unwrap_err(),
        choices.await.unwrap_err(),
        seen.resolve("outlook.list_emails", connection, &json!({})).await.unwrap_err(),
    ]
}

/// Returns principals that reach the connections whose names begin with `own`, each in another way.
fn reaching(world: &World, own: &str, names: &[String]) -> Vec<AuthorizedHost> {
    let actions = ["outlook.list_emails", "outlook.send_email"];
    let beginning = format!("{own}*");
    let exact: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.starts_with(own)).collect();
    let granted = |connections: &[&str]| grant(connections, &actions, Rules::everything());
    let made = |parent: Grant, own: Grant| {
        let parent = Some(principal("parent", parent));
        let id = PrincipalId::new("child").unwrap();
        Arc::new(Principal { id, name: "Child".into(), grant: own, parent })
    };
    let principals = [
        principal("agent", granted(&[&beginning])),
        principal("agent", granted(&exact)),
        made(granted(&[&beginning]), Grant::everything()),
        made(Grant::everything(), granted(&exact)),
    ];
    principals.into_iter().map(|one| world.host.authorize(one, Interface::Http)).collect()
}

#[tokio::test]
async fn two_grants_do_not_cross_and_hidden_is_as_absent() {
    let names: Vec<String> =
        (0..50).map(|at| format!("{}{at:02}", if at % 2 == 0 { "even-" } else { "odd-" })).collect();
    let world = World::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut tried = 0;
    for (own, other) in [("even-", "odd-"), ("odd-", "even-")] {
        for seen in reaching(&world, own, &names) {
            let reached = seen.connections().names().await.unwrap();
            assert_eq!(reached.len(), 25);
            assert!(reached.iter().all(|one| one.name.starts_with(own)));
            for hidden in names.iter().filter(|name| name.starts_with(other)) {
                // As far from every name that is reached as the hidden one.
                let absent = hidden.replace(other, &other.replace(['d', 'n'], "x"));
                let as_hidden = errors_at(&seen, hidden).await;
                let as_absent = errors_at(&seen, &absent).await;
                for (hidden_error, absent_error) in as_hidden.iter().zip(&as_absent) {
                    assert_eq!(hidden_error.code(), Code::UnknownConnection, "{hidden_error:?}");
                    assert_eq!(printed(hidden_error, hidden), printed(absent_error, &absent));
                    tried += 2;
                }
            }
        }
    }
    assert_eq!(tried, 2 * 4 * 25 * 13 * 2);
    assert_eq!(world.sandbox.request_count(), 0, "nothing was sent for any of them");
}

#[tokio::test]
async fn hidden_actions_triggers_and_picklists_are_as_absent() {
    let world = World::with(&["work"]);
    let granted = grant(&["*"], &["outlook.list_*"], Rules::everything());
    let seen = world.seen_by("agent", granted.clone());
    // The same host, where the hidden things do not exist.
    let mut lesser = outlook_connector::connector();
    let reached = |name: &str| name.starts_with("list_");
    let hidden: Vec<_> = lesser.actions.iter().map(|action| action.spec().name).filter(|name| !reached(name)).collect();
    let triggers: Vec<_> = lesser.triggers.iter().map(|trigger| trigger.spec().name).collect();
    lesser.actions.retain(|action| reached(action.spec().name));
    lesser.triggers.clear();
    let mut picklists = Vec::new();
    for name in lesser.picklists.iter().map(|list| list.spec().name) {
        let id = format!("outlook.{name}");
        let error = seen.choices(&id, "work", json!({}), ChoiceQuery::default()).await.err();
        picklists.extend(error.filter(|error| error.code() == Code::UnknownAction).map(|_| name));
    }
    lesser.picklists.retain(|list| !picklists.contains(&list.spec().name));
    assert!(hidden.len() > 50 && triggers.len() > 5 && !picklists.is_empty() && !lesser.picklists.is_empty());
    let lesser = Host::builder().connector(lesser).build().unwrap();
    let lesser = lesser.authorize(seen.principal().clone(), Interface::Mcp);

    let requests = world.sandbox.request_count();
    let same = |one: Error, other: Error| {
        assert_eq!(one.code(), Code::UnknownAction);
        assert_eq!(printed(&one, "\0"), printed(&other, "\0"));
    };
    for name in hidden {
        let id = format!("outlook.{name}");
        let run = || Run::new(&*id, "work", json!({}));
        same(seen.execute(run(), None).await.unwrap_err(), lesser.execute(run(), None).await.unwrap_err());
        same(seen.preview(run()).await.unwrap_err(), lesser.preview(run()).await.unwrap_err());
        same(seen.validate(&id, &json!({})).unwrap_err(), lesser.validate(&id, &json!({})).unwrap_err());
        let resolved = seen.resolve(&id, "work", &json!({})).await.unwrap_err();
        same(resolved, lesser.resolve(&id, "work", &json!({})).await.unwrap_err());
    }
    for name in triggers {
        let id = format!("outlook.{name}");
        same(seen.trigger(&id).map(|_| ()).unwrap_err(), lesser.trigger(&id).map(|_| ()).unwrap_err());
    }
    for name in picklists {
        let id = format!("outlook.{name}");
        let choices = seen.choices(&id, "work", json!({}), ChoiceQuery::default()).await.unwrap_err();
        same(choices, lesser.choices(&id, "work", json!({}), ChoiceQuery::default()).await.unwrap_err());
    }
    assert_eq!(world.sandbox.request_count(), requests);
    let near = seen.validate("outlook.list_email", &json!({})).unwrap_err();
    assert_eq!(near.advice(), "Did you mean `outlook.list_emails`?");
    let folders = seen.choices("outlook.mail_folders", "", json!({}), ChoiceQuery::default()).await.unwrap();
    assert!(!folders.choices.is_empty());
}

#[tokio::test]
async fn a_connection_is_left_out_only_where_there_is_one() {
    let world = World::with(&["home", "work"]);
    let list = || Run::new("outlook.list_emails", "", json!({ "limit": 1 }));
    let one = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::default()));
    assert!(one.execute(list(), None).await.is_ok());
    let both = world.seen_by("agent", grant(&["work", "home"], &["outlook.*"], Rules::default()));
    let error = both.execute(list(), None).await.unwrap_err();
    assert_eq!((error.code(), error.advice()), (Code::InvalidInput, "Name one of them: home, work."));
    let none = world.seen_by("agent", grant(&["w"], &["outlook.*"], Rules::default()));
    assert_eq!(none.execute(list(), None).await.unwrap_err().code(), Code::UnknownConnection);
}

#[tokio::test]
async fn a_new_connection_under_an_old_name_is_not_reached() {
    let world = World::with(&[]);
    let first = world.store("work").await;
    let granted = grant(&["work"], &["outlook.*"], Rules::default());
    let key = world.owner().api_keys().add("Agent", granted).await.unwrap().key;
    let seen = world.host.authorize(world.host.authenticate(&key).await.unwrap(), Interface::Http);
    assert_eq!(seen.connections().show("work").await.unwrap().id, first);
    assert_eq!(seen.connections().list().await.unwrap().len(), 1);

    world.host.connections().remove("work").await.unwrap();
    let second = world.store("work").await;
    assert_ne!(first, second);
    let error = seen.connections().show("work").await.unwrap_err();
    assert_eq!(error.message(), "there is no connection called `work`");
    assert!(!error.advice().contains("Did you mean"), "{}", error.advice());
    assert!(seen.connections().list().await.unwrap().is_empty());
    assert!(world.owner().connections().show("work").await.is_ok());
}

#[tokio::test]
async fn the_rules_deny_and_say_so() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::default()));
    for error in [
        seen.execute(send("work", "Lunch"), None).await.unwrap_err(),
        seen.preview(send("work", "Lunch")).await.unwrap_err(),
    ] {
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("rule")));
    }
    let exception = Exception { actions: Patterns::new(["outlook.list_emails"]).unwrap(), rule: Rule::Deny };
    let rules = Rules { exceptions: vec![exception], ..Rules::default() };
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.list_emails"], rules));
    let choices = seen.choices("outlook.mail_folders", "work", json!({}), ChoiceQuery::default()).await;
    assert_eq!(choices.unwrap_err().code(), Code::Denied, "who may not read does not read by a picklist");
    assert_eq!(world.sandbox.request_count(), 0);
}

#[tokio::test]
async fn an_event_that_invites_and_a_rule_that_forwards_are_sendings() {
    let world = World::with(&["work"]);
    let rules = Rules { create: Rule::Allow, update: Rule::Allow, ..Rules::default() };
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], rules));
    let event = json!({
        "subject": "Lunch",
        "start": "2027-03-02T12:00",
        "end": "2027-03-02T13:00",
        "timeZone": "UTC",
    });
    let with = |name: &str, value: serde_json::Value| {
        let mut event = event.clone();
        event[name] = value;
        Run::new("outlook.create_event", "work", event)
    };
    seen.preview(Run::new("outlook.create_event", "work", event.clone())).await.unwrap();
    for run in [
        with("attendees", json!([{ "email": "meganb@contoso.example" }])),
        with("additionalProperties", json!({ "attendees": [{ "emailAddress": { "address": "m@contoso.example" } }] })),
    ] {
        assert_eq!(seen.preview(run).await.unwrap_err().code(), Code::Denied);
    }
    let rule = |actions: serde_json::Value| {
        let input = json!({ "displayName": "All", "sequence": 1, "actions": actions });
        Run::new("outlook.create_message_rule", "work", input)
    };
    assert!(seen.preview(rule(json!({ "markAsRead": true }))).await.is_ok());
    for actions in [json!({ "forwardTo": ["eve@evil.example"] }), json!({ "redirectTo": ["eve@evil.example"] })] {
        let error = seen.preview(rule(actions)).await.unwrap_err();
        assert_eq!(error.code(), Code::Denied, "{error}");
    }
}

#[tokio::test]
async fn only_named_domains_are_sent_to() {
    let world = World::with(&["work"]);
    let rules = Rules { recipients: Some(vec![Domain::new("contoso.example").unwrap()]), ..Rules::everything() };
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], rules));
    assert!(seen.execute(send("work", "Lunch"), None).await.is_ok());
    let to = |name: &str, address: &str| {
        let mut input = mail("Secrets");
        input[name] = json!([address]);
        Run::new("outlook.send_email", "work", input)
    };
    let requests = world.sandbox.request_count();
    let runs = [
        to("to", "eve@evil.example"),
        to("cc", "eve@evil.example"),
        to("bcc", "eve@sub.contoso.example"),
        Run::new("outlook.send_email", "work", json!({ "items": [mail("Lunch"), to("to", "eve@evil.example").input] })),
        Run::new("outlook.send_draft", "work", json!({ "messageId": "AAMk1" })),
        Run::new("outlook.reply_to_email", "work", json!({ "messageId": "AAMk1", "comment": "Yes" })),
    ];
    for run in runs {
        let error = seen.execute(run, None).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("recipient")), "{error}");
    }
    assert_eq!(world.sandbox.request_count(), requests);
}

#[tokio::test]
async fn the_owner_sees_the_host_as_it_is() {
    let world = World::with(&["work"]);
    let owner = world.owner();
    let actions: usize = world.host.connectors().map(|connector| connector.actions.len()).sum();
    assert_eq!(owner.actions().count(), actions);
    assert_eq!(owner.connections().names().await.unwrap(), [ConnectionRef::new("work", "work")]);
    assert!(owner.execute(send("work", "Lunch"), None).await.is_ok());
    let unknown = owner.execute(send("wrok", "Lunch"), None).await.unwrap_err();
    let bare = world.host.execute(send("wrok", "Lunch")).await.unwrap_err();
    assert_eq!(printed(&unknown, "wrok"), printed(&bare, "wrok"));
    let listen = Listen::new("outlook.new_email", "work", json!({}));
    assert!(world.host.listen(listen).await.is_ok());
}

#[tokio::test]
async fn whoever_holds_on_to_a_host_does_not_outlive_the_grant() {
    let world = World::with(&["work"]);
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60);
    let granted = Grant { expires: Some(end), ..Grant::everything() };
    let seen = world.seen_by("agent", granted);
    let list = || Run::new("outlook.list_emails", "work", json!({ "limit": 1 }));
    assert!(seen.execute(list(), None).await.is_ok());
    world.pass(61);
    assert_eq!(seen.execute(list(), None).await.unwrap_err().reason(), Some("expired"));
    assert_eq!(seen.connections().names().await.unwrap_err().reason(), Some("expired"));
    assert!(Principal::owner().expires().is_none());
}

/// A sink that lets time pass after each page.
struct Slow<'a> {
    world: &'a World,
    pages: usize,
}

#[async_trait]
impl ItemSink for Slow<'_> {
    async fn emit(&mut self, _: Vec<Json>) -> connector_runtime::Result<()> {
        self.pages += 1;
        self.world.pass(61);
        Ok(())
    }
}

#[tokio::test]
async fn a_list_ends_with_the_grant_that_it_is_read_with() {
    let world = World::with(&["work"]);
    let list = || Run::new("outlook.list_emails", "work", json!({ "fetchAll": true, "query": { "top": 2 } }));
    let mut whole = Slow { world: &world, pages: 0 };
    world.owner().execute_into(list(), None, &mut whole).await.unwrap();
    assert!(whole.pages > 2, "{}", whole.pages);
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(61 * whole.pages as i64 + 60);
    let seen = world.seen_by("agent", Grant { expires: Some(end), ..Grant::everything() });
    let mut part = Slow { world: &world, pages: 0 };
    let error = seen.execute_into(list(), None, &mut part).await.unwrap_err();
    assert_eq!((error.code(), error.reason(), part.pages), (Code::Denied, Some("expired"), 1));
}
