//! Teams, channels, chats and what is said in them.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const ALL: &str = "Team.ReadBasic.All Channel.ReadBasic.All ChannelMessage.Read.All ChannelMessage.Send Chat.ReadWrite Presence.Read.All Group.Read.All";

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().replace(':', "%3A")
}

/// The messages of the first channel of Adele's team.
fn general(bench: &Bench) -> String {
    let team = id(&bench.get("/me/joinedTeams").items()[0]);
    let channel = id(&bench.get(&format!("/teams/{team}/channels?$filter=displayName eq 'General'")).items()[0]);
    format!("/teams/{team}/channels/{channel}/messages")
}

fn contents(list: &[Value]) -> Vec<&str> {
    list.iter().map(|message| message["body"]["content"].as_str().unwrap()).collect()
}

#[test]
fn messages_are_posted_answered_and_listed() {
    let bench = Bench::with(ALL);
    let messages = general(&bench);
    assert_eq!(bench.get(&messages).items()[1]["id"], "1616990032035");
    let made = bench.post(&messages, json!({ "body": { "content": "Hello" }, "importance": "urgent" })).ok(201);
    assert_eq!(
        (&made["body"]["contentType"], &made["from"]["user"]["displayName"]),
        (&json!("text"), &json!("Adele Vance"))
    );
    let answer =
        bench.post(&format!("{messages}/{}/replies", id(&made)), json!({ "body": { "content": "Hi" } })).ok(201);
    assert_eq!(answer["replyToId"], made["id"]);
    let list = bench.get(&format!("{messages}?$top=1&$expand=replies"));
    assert_eq!(
        (contents(list.items()), contents(list.items()[0]["replies"].as_array().unwrap())),
        (vec!["Hello"], vec!["Hi"])
    );
    let next = bench.get(list.body["@odata.nextLink"].as_str().unwrap());
    assert!(next.items()[0]["mentions"][0]["mentionText"] == "Isaiah Langer", "{next:?}");
    bench.get(&format!("{messages}?$filter=importance eq 'high'")).refused(400, "BadRequest");
    bench.get(&format!("{messages}?$top=51")).refused(400, "BadRequest");
    bench.get(&format!("{messages}/1")).refused(404, "NotFound");
}

#[test]
fn marks_and_mentions_agree() {
    let bench = Bench::with(ALL);
    let messages = general(&bench);
    let mention =
        json!([{ "id": 0, "mentionText": "Isaiah", "mentioned": { "user": { "id": "x", "displayName": "Isaiah" } } }]);
    let body = |content: &str| json!({ "contentType": "html", "content": content });
    bench.post(&messages, json!({ "body": body("Hello"), "mentions": mention })).refused(400, "BadRequest");
    bench.post(&messages, json!({ "body": body("<at id=\"1\">Isaiah</at>") })).refused(400, "BadRequest");
    bench.post(&messages, json!({ "body": body("<attachment id=\"a\"></attachment>") })).refused(400, "BadRequest");
    bench.post(&messages, json!({ "body": body("<at id=\"0\">Isaiah</at>"), "mentions": mention })).ok(201);
    bench.post(&messages, json!({ "body": body("") })).refused(400, "BadRequest");
}

#[test]
fn a_channel_tells_its_changes() {
    let bench = Bench::with(ALL);
    let messages = general(&bench);
    let (all, last) = bench.all(&format!("{messages}/delta?$top=1"));
    assert_eq!(all.len(), 2);
    let link = last.body["@odata.deltaLink"].as_str().unwrap();
    assert_eq!(bench.get(link).items().len(), 0);
    bench.post(&format!("{messages}/1616990032035/replies"), json!({ "body": { "content": "Late" } })).ok(201);
    assert_eq!(bench.get(link).items()[0]["id"], "1616990032035", "with its replies");
    let recent =
        bench.get(&format!("{messages}/delta?$expand=replies&$filter=lastModifiedDateTime gt 2026-03-02T08:00:00Z"));
    assert_eq!(recent.items().len(), 1);
    bench.get(&format!("{messages}/delta?$filter=createdDateTime gt 2026-03-02T08:00:00Z")).refused(400, "BadRequest");
    bench.graph.expire_delta_tokens();
    bench.get(link).refused(410, "SyncStateNotFound");
}

#[test]
fn chats_are_for_those_who_take_part() {
    let bench = Bench::with(ALL);
    let chats = bench.get("/me/chats?$expand=members,lastMessagePreview");
    assert_eq!(chats.items().len(), 2);
    assert_eq!(chats.items()[0]["lastMessagePreview"]["body"]["content"], "Fine with me.");
    assert_eq!(chats.items()[1]["members"].as_array().unwrap().len(), 3);
    let messages = format!("/chats/{}/messages", id(&chats.items()[0]));
    bench.post(&messages, json!({ "body": { "content": "Now" } })).ok(201);
    let since = "$filter=lastModifiedDateTime gt 2026-03-01T00:00:00Z";
    assert_eq!(bench.get(&format!("{messages}?{since}&$orderby=lastModifiedDateTime desc")).items().len(), 1);
    assert_eq!(
        bench.get(&format!("{messages}?{since}&$orderby=createdDateTime desc")).items().len(),
        3,
        "the filter is not seen"
    );
    bench.get(&format!("{messages}?$orderby=createdDateTime")).refused(400, "BadRequest");
    let app = Bench::app("Chat.Read.All");
    let others = id(&app.get("/users/leeg@contoso.example/chats").items()[0]);
    bench.get(&format!("/chats/{others}/messages")).refused(403, "Forbidden");
    bench.get("/chats/19%3Anothing/messages").refused(404, "NotFound");
    app.get(&format!("/chats/{others}/messages")).ok(200);
    app.post(&format!("/chats/{others}/messages"), json!({ "body": { "content": "x" } })).refused(403, "Forbidden");
}

#[test]
fn permissions_and_membership_count() {
    let bench = Bench::with(ALL);
    let mark = bench.get("/groups?$filter=mailNickname eq 'Mark8'").items()[0].clone();
    assert_eq!(mark["resourceProvisioningOptions"], json!(["Team"]));
    bench.get(&format!("/teams/{}/channels", id(&mark))).refused(403, "Forbidden");
    Bench::app("Channel.ReadBasic.All").get(&format!("/teams/{}/channels", id(&mark))).ok(200);
    bench.get("/teams/nothing/channels").refused(404, "NotFound");
    Bench::with("User.Read").get("/me/joinedTeams").refused(403, "Forbidden");
    assert_eq!(bench.get("/me/presence").ok(200)["availability"], "Available");
    assert_eq!(bench.get("/users/diegos@contoso.example/presence").ok(200)["availability"], "PresenceUnknown");
    Bench::with("Presence.Read").get("/users/meganb@contoso.example/presence").refused(403, "Forbidden");
}
