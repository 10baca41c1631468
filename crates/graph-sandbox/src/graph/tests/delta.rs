//! Delta queries.

use serde_json::{Value, json};

use crate::graph::Feeds;
use crate::graph::testing::{Answer, Bench};

const INBOX: &str = "/me/mailFolders/inbox/messages/delta";

fn link(answer: &Answer) -> String {
    answer.body["@odata.deltaLink"].as_str().unwrap_or_else(|| panic!("no delta link: {}", answer.body)).to_owned()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[test]
fn messages_come_once_and_then_only_their_changes() {
    let bench = Bench::adele();
    let total = bench.get("/me/mailFolders/inbox").ok(200)["totalItemCount"].as_u64().unwrap();
    let (all, last) = bench.all(&format!("{INBOX}?$select=subject,isRead"));
    assert_eq!(all.len() as u64, total);
    let delta = link(&last);
    assert_eq!(bench.get(&delta).items().len(), 0);
    let new = bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": "New" }));
    let (read, moved, gone) = (ids(&all)[0], ids(&all)[1], ids(&all)[2]);
    bench.patch(&format!("/me/messages/{read}"), json!({ "isRead": true })).ok(200);
    bench.patch(&format!("/me/messages/{read}"), json!({ "isRead": false })).ok(200);
    bench.post(&format!("/me/messages/{moved}/move"), json!({ "destinationId": "archive" })).ok(201);
    bench.delete(&format!("/me/messages/{gone}")).ok(204);
    let round = bench.get(&delta);
    assert_eq!(ids(round.items()), [new.as_str(), read, moved, gone]);
    assert_eq!(
        round.items()[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["@odata.etag", "id", "subject", "isRead"]
    );
    assert_eq!(round.items()[2]["@removed"]["reason"], "deleted");
    assert_eq!(bench.get(&link(&round)).items().len(), 0);
    assert_eq!(bench.get(&delta).items().len(), 4, "an old token gives the same changes again");
}

#[test]
fn what_came_and_went_between_rounds_is_not_told() {
    let bench = Bench::adele();
    let (_, last) = bench.all(INBOX);
    let id = bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": "Brief" }));
    bench.delete(&format!("/me/messages/{id}")).ok(204);
    assert_eq!(bench.get(&link(&last)).items().len(), 0);
}

#[test]
fn pages_keep_to_the_size_and_lose_nothing() {
    let bench = Bench::adele().header("prefer", "odata.maxpagesize=3");
    let first = bench.get(INBOX);
    assert_eq!(first.items().len(), 3);
    // What arrives during the first round is told in the next.
    let new = bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": "Meanwhile" }));
    let (_, last) = bench.all(first.body["@odata.nextLink"].as_str().unwrap());
    for i in 0..4 {
        bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": i.to_string() }));
    }
    let (changes, _) = bench.all(&link(&last));
    assert_eq!(changes.len(), 5);
    assert_eq!(changes[0]["id"], new.as_str());
}

#[test]
fn filters_and_change_types_count_for_all_rounds() {
    let bench = Bench::adele();
    let (all, last) =
        bench.all(&format!("{INBOX}?changeType=created&$filter=receivedDateTime ge 2026-03-01T00:00:00Z"));
    assert!(!all.is_empty() && all.iter().all(|message| message["receivedDateTime"].as_str().unwrap() >= "2026-03-01"));
    bench.patch(&format!("/me/messages/{}", ids(&all)[0]), json!({ "isRead": true })).ok(200);
    bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": "New" }));
    let round = bench.get(&link(&last));
    assert_eq!(round.items().len(), 1);
    assert_eq!(round.items()[0]["subject"], "New");
    bench.get(&format!("{INBOX}?changeType=moved")).refused(400, "ErrorInvalidUrlQuery");
    bench.get(&format!("{INBOX}?$filter=isRead eq true")).refused(400, "ErrorInvalidUrlQuery");
    bench.get(&format!("{INBOX}?$search=\"x\"")).refused(400, "RequestBroker--ParseUri");
}

#[test]
fn forgotten_tokens_are_gone() {
    let bench = Bench::adele();
    let (_, last) = bench.all(INBOX);
    let (_, users) = bench.all("/users/delta?$select=displayName");
    bench.graph.expire_delta_tokens();
    bench.get(&link(&last)).refused(410, "SyncStateNotFound");
    let answer = bench.get(&link(&users));
    let fresh = answer.header("location").to_owned();
    answer.refused(410, "syncStateNotFound");
    assert_eq!(bench.get(&fresh).items().len(), 12);
    bench.get("/users/delta?$deltatoken=made-up").refused(410, "syncStateNotFound");
    // A token is good for its own path only.
    let (_, groups) = bench.all("/groups/delta");
    let token = link(&groups).split_once('=').unwrap().1.to_owned();
    bench.get(&format!("/users/delta?$deltatoken={token}")).refused(410, "syncStateNotFound");
}

#[test]
fn the_directory_tells_deletions_apart() {
    let bench = Bench::adele();
    let latest = bench.get("/users/delta?$deltatoken=latest");
    assert_eq!(latest.items().len(), 0);
    let id = bench.get("/users/gradya@contoso.example").ok(200)["id"].as_str().unwrap().to_owned();
    bench.patch("/users/leeg@contoso.example", json!({ "city": "Oslo" })).ok(204);
    bench.delete(&format!("/users/{id}")).ok(204);
    let round = bench.get(&link(&latest));
    assert_eq!(round.items()[0]["displayName"], "Lee Gu");
    assert_eq!(round.items()[1], json!({ "id": id, "@removed": { "reason": "changed" } }));
    bench.delete(&format!("/directory/deletedItems/{id}")).ok(204);
    let round = bench.get(&link(&round));
    assert_eq!(round.items()[0]["@removed"]["reason"], "deleted");
}

#[test]
fn groups_tell_of_their_members() {
    let bench = Bench::adele();
    let (groups, last) = bench.all("/groups/delta?$select=displayName,members");
    let retail = groups.iter().find(|group| group["displayName"] == "Retail").unwrap();
    assert_eq!(retail["members@delta"].as_array().unwrap().len(), 3);
    let path = format!("/groups/{}/members", retail["id"].as_str().unwrap());
    let alex = bench.get("/users/alexw@contoso.example").ok(200)["id"].as_str().unwrap().to_owned();
    let megan = bench.get("/users/meganb@contoso.example").ok(200)["id"].as_str().unwrap().to_owned();
    bench
        .post(&format!("{path}/$ref"), json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{alex}") }))
        .ok(204);
    bench.delete(&format!("{path}/{megan}/$ref")).ok(204);
    let round = bench.get(&link(&last));
    assert_eq!(round.items().len(), 1);
    let members = round.items()[0]["members@delta"].as_array().unwrap();
    assert!(members.contains(&json!({ "@odata.type": "#microsoft.graph.user", "id": alex })));
    assert!(members.contains(
        &json!({ "@odata.type": "#microsoft.graph.user", "id": megan, "@removed": { "reason": "deleted" } })
    ));
}

#[test]
fn what_goes_and_comes_back_and_goes_again_is_told() {
    let bench = Bench::adele();
    let (all, last) = bench.all("/users/delta?$select=id");
    let user = ids(&all)[1];
    let restore = format!("/directory/deletedItems/{user}/restore");
    bench.delete(&format!("/users/{user}")).ok(204);
    bench.post(&restore, json!({})).ok(200);
    let back = bench.get(&link(&last));
    assert_eq!((back.items().len(), back.items()[0].get("@removed")), (1, None));
    for _ in 0..2 {
        bench.delete(&format!("/users/{user}")).ok(204);
        bench.post(&restore, json!({})).ok(200);
    }
    bench.delete(&format!("/users/{user}")).ok(204);
    assert_eq!(bench.get(&link(&back)).items()[0]["@removed"]["reason"], "changed");
}

// Each change is told at least once, whatever the feed does.
#[test]
fn a_disturbed_feed_tells_each_change() {
    let bench = Bench::adele();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..50 {
        bench.graph.disturb_feeds(Feeds::default(), 0);
        let (all, last) = bench.all(&format!("{INBOX}?$select=subject,isRead"));
        bench.graph.disturb_feeds(Feeds::all(&["isRead"]), seed);
        let (known, gone) = (ids(&all)[0].to_owned(), ids(&all)[1].to_owned());
        let new = bench.graph.deliver("adelev@contoso.example", "inbox", json!({ "subject": "New" }));
        bench.patch(&format!("/me/messages/{known}"), json!({ "isRead": seed % 2 == 0 })).ok(200);
        bench.delete(&format!("/me/messages/{gone}")).ok(204);
        let mut told: Vec<Value> = Vec::new();
        let mut at = link(&last);
        for round in 0..6 {
            let mut page = bench.get(&at);
            loop {
                told.extend(page.items().to_vec());
                for (kind, is_it) in [
                    ("empty", page.items().is_empty()),
                    ("next", page.body["@odata.nextLink"].is_string()),
                    ("later", round > 0 && !page.items().is_empty()),
                ] {
                    seen.extend(is_it.then_some(kind));
                }
                let Some(next) = page.body["@odata.nextLink"].as_str().map(str::to_owned) else { break };
                page = bench.get(&next);
            }
            at = link(&page);
        }
        let of = |id: &str| told.iter().filter(|item| item["id"] == id).cloned().collect::<Vec<_>>();
        assert!(of(&new).iter().any(|item| item["subject"] == "New"), "{seed}");
        assert!(of(&known).iter().all(|item| item["isRead"] == (seed % 2 == 0)) && !of(&known).is_empty(), "{seed}");
        seen.extend(of(&known).iter().any(|item| item.get("subject").is_none()).then_some("fragment"));
        seen.extend((of(&known).len() > 1).then_some("again"));
        assert!(!of(&gone).is_empty() && of(&gone).iter().all(|item| item["@removed"].is_object()), "{seed}");
        assert_eq!(told.len(), of(&new).len() + of(&known).len() + of(&gone).len(), "{seed}: nothing else is told");
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["again", "empty", "fragment", "later", "next"]);
}
