//! Teams, channels, chats and what is said in them.

use connector_runtime::Run;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.list_joined_teams": teams_and_channels_are_listed, an_app_says_for_whom;
    action "graph.list_channels": teams_and_channels_are_listed, what_is_not_ones_own_is_closed;
    action "graph.list_channel_messages": a_conversation_in_a_channel, what_is_not_ones_own_is_closed;
    action "graph.send_channel_message": a_conversation_in_a_channel, what_does_not_fit_together_is_not_sent;
    action "graph.reply_to_channel_message": a_conversation_in_a_channel, what_is_not_ones_own_is_closed;
    action "graph.list_chats": a_conversation_in_a_chat, an_app_says_for_whom;
    action "graph.list_chat_messages": a_conversation_in_a_chat, what_is_not_ones_own_is_closed;
    action "graph.send_chat_message": a_conversation_in_a_chat, a_lost_answer_is_not_sent_again;
    action "graph.get_presence": presence_is_told, an_app_says_for_whom;
    trigger "graph.new_channel_message": new_messages_in_a_channel_fire_once, what_cannot_be_watched_is_told;
    trigger "graph.new_chat_message": new_messages_in_a_chat_fire_once, what_cannot_be_watched_is_told;
    picklist "graph.teams": teams_channels_and_chats_are_offered, nobody_is_offered_what_is_not_theirs;
    picklist "graph.channels": teams_channels_and_chats_are_offered, nobody_is_offered_what_is_not_theirs;
    picklist "graph.chats": teams_channels_and_chats_are_offered, nobody_is_offered_what_is_not_theirs;
}

const SCOPES: &[&str] = &[
    "User.Read",
    "Team.ReadBasic.All",
    "Channel.ReadBasic.All",
    "ChannelMessage.Read.All",
    "ChannelMessage.Send",
    "Chat.ReadWrite",
    "Presence.Read.All",
];

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}

fn contents(list: &[Value]) -> Vec<&str> {
    list.iter().map(|message| message["body"]["content"].as_str().unwrap()).collect()
}

fn group(stage: &Stage, nickname: &str) -> Value {
    stage.look(&format!("/groups?$filter=mailNickname eq '{nickname}'"))["value"][0]["id"].clone()
}

fn user(stage: &Stage, alias: &str) -> String {
    stage.sandbox.graph().user_by_name(&format!("{alias}@contoso.example")).unwrap().id
}

/// Team and channel, as they stand in an input.
async fn general(stage: &Stage) -> Value {
    let team = &items(&stage.works("graph.list_joined_teams", json!({})).await)[0]["id"].clone();
    let channels = stage.works("graph.list_channels", json!({ "team": team })).await;
    json!({ "team": team, "channel": items(&channels)[0]["id"] })
}

fn with(place: &Value, more: Value) -> Value {
    let mut input = place.clone();
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn chat(stage: &Stage, topic: &str) -> Value {
    let chats = stage.works("graph.list_chats", json!({})).await;
    items(&chats).iter().find(|chat| chat["topic"].as_str().unwrap_or_default().contains(topic)).unwrap()["id"].clone()
}

#[tokio::test]
async fn teams_and_channels_are_listed() {
    let stage = Stage::with(SCOPES);
    let teams = stage.works("graph.list_joined_teams", json!({})).await;
    assert_eq!((items(&teams).len(), &items(&teams)[0]["displayName"]), (1, &json!("Retail")));
    let channels = stage.works("graph.list_channels", json!({ "team": items(&teams)[0]["id"] })).await;
    assert_eq!(
        items(&channels).iter().map(|it| it["displayName"].as_str().unwrap()).collect::<Vec<_>>(),
        ["General", "Campaigns"]
    );
    let one = stage.works("graph.list_channels", json!({ "team": items(&teams)[0]["id"], "limit": 1 })).await;
    assert!(items(&one).len() == 1 && one["nextPageToken"].is_string(), "{one}");
    let of_lee = Run::new("graph.list_joined_teams", "app", json!({ "user": "leeg@contoso.example" }));
    assert_eq!(items(&stage.execute(of_lee).await.unwrap())[0]["displayName"], "Mark 8 Project Team");
}

#[tokio::test]
async fn a_conversation_in_a_channel() {
    let stage = Stage::with(SCOPES);
    let place = general(&stage).await;
    let isaiah = user(&stage, "isaiahl");
    let input = with(
        &place,
        json!({
            "subject": "Sunday", "importance": "urgent", "body": "<at id=\"3\">Isaiah</at>, see this.",
            "mentions": [{ "id": 3, "mentioned": isaiah }],
            "attachments": [{ "id": "153fa47d-18c9-4179-be08-9879815a9f90", "contentType": "reference", "contentUrl": "https://contoso.example/Plan.docx", "name": "Plan.docx" }],
        }),
    );
    let sent = stage.works("graph.send_channel_message", input).await;
    assert_eq!((&sent["importance"], &sent["body"]["contentType"]), (&json!("urgent"), &json!("html")));
    assert_eq!(sent["mentions"][0]["mentioned"]["user"]["displayName"], "Isaiah");
    assert!(
        sent["body"]["content"]
            .as_str()
            .unwrap()
            .ends_with("<attachment id=\"153fa47d-18c9-4179-be08-9879815a9f90\"></attachment>")
    );
    stage
        .works("graph.reply_to_channel_message", with(&place, json!({ "messageId": sent["id"], "body": "a < b" })))
        .await;
    let list =
        stage.works("graph.list_channel_messages", with(&place, json!({ "includeReplies": true, "limit": 1 }))).await;
    assert_eq!((&items(&list)[0]["id"], &items(&list)[0]["subject"]), (&sent["id"], &json!("Sunday")));
    let replies = items(&list)[0]["replies"].as_array().unwrap();
    assert_eq!((contents(replies), &replies[0]["body"]["contentType"]), (vec!["a < b"], &json!("text")));
    let rest = stage
        .works("graph.list_channel_messages", with(&place, json!({ "pageToken": list["nextPageToken"], "limit": 10 })))
        .await;
    assert_eq!(items(&rest).len(), 2, "{rest}");
}

#[tokio::test]
async fn a_conversation_in_a_chat() {
    let stage = Stage::with(SCOPES);
    let launch = chat(&stage, "Launch").await;
    let many =
        json!({ "items": [{ "chat": launch, "body": "One" }, { "chat": "19:nothing@thread.v2", "body": "Two" }] });
    let fates = stage.works("graph.send_chat_message", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)), "{fates}");
    let since =
        json!({ "chat": launch, "query": { "filter": "lastModifiedDateTime gt 2000-01-01T00:00:00Z" }, "limit": 2 });
    let list = stage.works("graph.list_chat_messages", since).await;
    assert_eq!(contents(items(&list)), ["One", "Fine with me."]);
    let future = json!({ "chat": launch, "query": { "filter": "lastModifiedDateTime gt 2100-01-01T00:00:00Z" } });
    assert_eq!(items(&stage.works("graph.list_chat_messages", future).await).len(), 0, "the filter counts");
    let members = stage
        .works("graph.list_chats", json!({ "query": { "expand": ["members"], "filter": "chatType eq 'oneOnOne'" } }))
        .await;
    assert_eq!((items(&members).len(), items(&members)[0]["members"].as_array().unwrap().len()), (1, 2));
}

#[tokio::test]
async fn presence_is_told() {
    let stage = Stage::with(SCOPES);
    assert_eq!(stage.works("graph.get_presence", json!({})).await["availability"], "Available");
    let many = json!({ "items": [{ "user": "meganb@contoso.example" }, { "user": "nobody@contoso.example" }] });
    let fates = stage.works("graph.get_presence", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)), "{fates}");
}

#[tokio::test]
async fn an_app_says_for_whom() {
    let stage = Stage::with(SCOPES);
    for action in ["list_joined_teams", "list_chats", "get_presence"] {
        let error = stage.execute(Run::new(format!("graph.{action}").as_str(), "app", json!({}))).await.unwrap_err();
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/user"), "{action}");
    }
    for (action, input) in [
        ("send_chat_message", json!({ "chat": "x", "body": "x" })),
        (
            "send_channel_message",
            json!({ "team": "11111111-2222-4333-8444-555555555555", "channel": "x", "body": "x" }),
        ),
        (
            "reply_to_channel_message",
            json!({ "team": "11111111-2222-4333-8444-555555555555", "channel": "x", "messageId": "1", "body": "x" }),
        ),
    ] {
        let error = stage.execute(Run::new(format!("graph.{action}").as_str(), "app", input)).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_is_not_ones_own_is_closed() {
    let stage = Stage::new();
    let (mark, hr) = (group(&stage, "Mark8"), group(&stage, "sg-HR"));
    assert_eq!(stage.fails("graph.list_channels", json!({ "team": mark })).await.code(), Code::Forbidden);
    assert_eq!(stage.fails("graph.list_channels", json!({ "team": hr })).await.code(), Code::NotFound);
    let place = json!({ "team": mark, "channel": "19:x@thread.tacv2" });
    assert_eq!(stage.fails("graph.list_channel_messages", place.clone()).await.code(), Code::Forbidden);
    let answer = json!({ "messageId": "1", "body": "x" });
    assert_eq!(
        stage.fails("graph.reply_to_channel_message", with(&place, answer.clone())).await.code(),
        Code::Forbidden
    );
    let place = general(&stage).await;
    assert_eq!(stage.fails("graph.reply_to_channel_message", with(&place, answer)).await.code(), Code::NotFound);
    let of_lee = Run::new("graph.list_chats", "app", json!({ "user": "leeg@contoso.example" }));
    let theirs = Stage::with(&["Chat.Read.All"]).execute(of_lee).await.unwrap();
    let theirs = items(&theirs)[0]["id"].clone();
    assert_eq!(stage.fails("graph.list_chat_messages", json!({ "chat": theirs })).await.code(), Code::Forbidden);
}

#[tokio::test]
async fn what_does_not_fit_together_is_not_sent() {
    let stage = Stage::with(SCOPES);
    let place = json!({ "team": "11111111-2222-4333-8444-555555555555", "channel": "y" });
    for (more, pointer) in [
        (json!({ "body": "Hello", "mentions": [{ "id": 0, "mentioned": "x" }] }), "/mentions/0/id"),
        (json!({ "body": "<at id=\"0\">x</at>", "bodyType": "html" }), "/body"),
        (
            json!({ "body": "<at id=\"0\">x</at>", "bodyType": "text", "mentions": [{ "id": 0, "mentioned": "x" }] }),
            "/bodyType",
        ),
        (
            json!({ "body": "x", "attachments": [{ "id": "a", "contentType": "reference" }] }),
            "/attachments/0/contentUrl",
        ),
    ] {
        let error = stage.fails("graph.send_channel_message", with(&place, more)).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer));
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_not_sent_again() {
    let stage = Stage::with(SCOPES);
    let launch = chat(&stage, "Launch").await;
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/messages").method("POST").once());
    let error = stage.fails("graph.send_chat_message", json!({ "chat": launch, "body": "Once" })).await;
    assert_eq!(error.code(), Code::OutcomeUnknown);
    let list = stage.works("graph.list_chat_messages", json!({ "chat": launch })).await;
    assert_eq!(contents(items(&list)).iter().filter(|text| **text == "Once").count(), 1);
}

#[tokio::test]
async fn new_messages_in_a_channel_fire_once() {
    let stage = Stage::with(SCOPES);
    let place = general(&stage).await;
    let mut all =
        stage.listen("graph.new_channel_message", with(&place, json!({ "includeReplies": true }))).await.unwrap();
    let mut first = stage.listen("graph.new_channel_message", place.clone()).await.unwrap();
    assert_eq!(
        (heard(&mut all).await.len(), heard(&mut first).await.len()),
        (0, 0),
        "what was there before does not fire"
    );
    let sent = stage.works("graph.send_channel_message", with(&place, json!({ "body": "New" }))).await;
    stage
        .works("graph.reply_to_channel_message", with(&place, json!({ "messageId": sent["id"], "body": "Answer" })))
        .await;
    let old = with(&place, json!({ "messageId": "1616990032035", "body": "Answer to an old one" }));
    stage.works("graph.reply_to_channel_message", old).await;
    let told = heard(&mut all).await;
    let mut texts = contents(&told);
    texts.sort_unstable();
    assert_eq!(texts, ["Answer", "Answer to an old one", "New"]);
    assert_eq!(contents(&heard(&mut first).await), ["New"]);
    stage.sandbox.graph().expire_delta_tokens();
    assert_eq!((heard(&mut all).await.len(), heard(&mut first).await.len()), (0, 0), "a lost place invents nothing");
    stage.works("graph.send_channel_message", with(&place, json!({ "body": "Newer" }))).await;
    assert_eq!((contents(&heard(&mut all).await), contents(&heard(&mut first).await)), (vec!["Newer"], vec!["Newer"]));
}

#[tokio::test]
async fn new_messages_in_a_chat_fire_once() {
    let stage = Stage::with(SCOPES);
    let launch = chat(&stage, "Launch").await;
    let mut listener = stage.listen("graph.new_chat_message", json!({ "chat": launch })).await.unwrap();
    assert_eq!(heard(&mut listener).await.len(), 0, "what was there before does not fire");
    // More than a page.
    for number in 0..53 {
        stage.works("graph.send_chat_message", json!({ "chat": launch, "body": format!("{number}") })).await;
    }
    let told = heard(&mut listener).await;
    let mut texts = contents(&told);
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((told.len(), texts.len()), (53, 53));
    assert_eq!(heard(&mut listener).await.len(), 0, "what is seen twice fires once");
    stage.works("graph.send_chat_message", json!({ "chat": launch, "body": "Last" })).await;
    assert_eq!(contents(&heard(&mut listener).await), ["Last"]);
    let mut past = stage
        .listen("graph.new_chat_message", json!({ "chat": launch, "since": "2000-01-01T00:00:00Z" }))
        .await
        .unwrap();
    assert_eq!(heard(&mut past).await.len(), 57);
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    let place = json!({ "team": group(&stage, "Mark8"), "channel": "19:x@thread.tacv2" });
    for (trigger, input, code) in [
        ("graph.new_channel_message", place, Code::Forbidden),
        ("graph.new_chat_message", json!({ "chat": "19:x@thread.v2" }), Code::NotFound),
    ] {
        let mut listener = stage.listen(trigger, input).await.unwrap();
        assert_eq!(listener.try_next().await.unwrap_err().code(), code, "{trigger}");
    }
}

#[tokio::test]
async fn teams_channels_and_chats_are_offered() {
    let stage = Stage::with(SCOPES);
    let teams = stage.choices("graph.teams", json!({}), None).await.unwrap().choices;
    assert_eq!(teams[0].label, "Retail");
    let channels =
        stage.choices("graph.channels", json!({ "team": teams[0].value }), Some("camp")).await.unwrap().choices;
    assert_eq!(channels.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(), ["Campaigns"]);
    let chats = stage.choices("graph.chats", json!({}), None).await.unwrap().choices;
    assert_eq!(
        chats.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(),
        ["Adele Vance, Megan Bowen", "Launch of the autumn campaign"]
    );
    assert_eq!(stage.choices("graph.chats", json!({}), Some("megan")).await.unwrap().choices.len(), 1);
}

#[tokio::test]
async fn nobody_is_offered_what_is_not_theirs() {
    let stage = Stage::new();
    let error = stage.choices("graph.channels", json!({ "team": group(&stage, "Mark8") }), None).await.unwrap_err();
    assert_eq!(error.code(), Code::Forbidden);
    let megan = json!({ "user": "meganb@contoso.example" });
    for picklist in ["graph.teams", "graph.chats"] {
        assert_eq!(
            stage.choices(picklist, megan.clone(), None).await.unwrap_err().code(),
            Code::Forbidden,
            "{picklist}"
        );
    }
}
