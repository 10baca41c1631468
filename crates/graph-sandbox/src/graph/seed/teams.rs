//! Teams and chats, with what is said in them, and who is there.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::DOMAIN;
use super::people::key_of;
use crate::graph::json::object;
use crate::graph::store::guid;
use crate::graph::teams::exact;
use crate::graph::teams::{MessagePlace, post_message};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;

/// When the teams were made. It is fixed, so that the first message has the same id each time: ids stand in examples.
const BEGINNING: i64 = 1_616_990_000_000;

/// Group, its channels.
const TEAMS: [(&str, &[(&str, &str)]); 2] = [
    ("Retail", &[("General", "Everything about the shops"), ("Campaigns", "What is planned")]),
    ("Mark8", &[("General", "The Mark 8 project"), ("Design", "How it looks")]),
];

/// Name, topic, members.
const CHATS: [(&str, Option<&str>, &[&str]); 3] = [
    ("AdeleMegan", None, &["AdeleV", "MeganB"]),
    ("Launch", Some("Launch of the autumn campaign"), &["AdeleV", "AlexW", "IsaiahL"]),
    ("LeeGrady", None, &["LeeG", "GradyA"]),
];

/// Alias, availability, activity.
const PRESENCES: [(&str, &str, &str); 3] =
    [("AdeleV", "Available", "Available"), ("MeganB", "Busy", "InAMeeting"), ("LeeG", "Away", "Away")];

pub(super) fn teams(tenant: &mut Tenant) {
    tenant.count_from(970_000);
    for (nickname, channels) in TEAMS {
        team(tenant, nickname, channels);
    }
    for (name, topic, members) in CHATS {
        chat(tenant, name, topic, members);
    }
    for (alias, availability, activity) in PRESENCES {
        let key = key_of(tenant, alias);
        let presence = json!({
            "id": guid(&format!("user {alias}")), "availability": availability, "activity": activity, "statusMessage": null, "sequenceNumber": "A0",
            "outOfOfficeSettings": { "message": null, "isOutOfOffice": false },
        });
        tenant.add_record("presence", key, presence);
    }
}

fn team(tenant: &mut Tenant, nickname: &str, channels: &[(&str, &str)]) {
    let Some(group) = tenant.directory.groups.iter().find(|group| group.text("mailNickname") == nickname).cloned()
    else {
        return;
    };
    tenant
        .directory
        .groups
        .amend(group.key, |fields| _ = fields.insert("resourceProvisioningOptions".into(), json!(["Team"])));
    let created = exact(Timestamp::from_millisecond(BEGINNING).unwrap_or_default());
    let id = group.text("id").to_owned();
    let url =
        |what: &str, id: &str| format!("https://teams.example/l/{what}/{}", id.replace(':', "%3A").replace('@', "%40"));
    let team = json!({
        "id": id, "createdDateTime": created, "displayName": group.text("displayName"), "description": group.text("description"), "internalId": channel_id(nickname, "General"),
        "classification": null, "specialization": "none", "visibility": "private", "webUrl": url("team", &id), "isArchived": false, "tenantId": tenant.id,
    });
    tenant.add_record("team", group.key, team);
    for (i, (name, description)) in channels.iter().enumerate() {
        let channel = channel_id(nickname, name);
        let fields = json!({
            "id": channel, "createdDateTime": created, "displayName": name, "description": description, "email": "", "isFavoriteByDefault": i == 0,
            "isArchived": false, "membershipType": "standard", "webUrl": url("channel", &channel), "tenantId": tenant.id,
        });
        let key = tenant.add_record("channel", group.key, fields);
        if i == 0 {
            let told = json!({ "channelIdentity": { "teamId": id, "channelId": channel } });
            talk(tenant, nickname, key, &told);
        }
    }
}

fn channel_id(nickname: &str, name: &str) -> String {
    format!("19:{}@thread.tacv2", guid(&format!("channel {nickname} {name}")).replace('-', ""))
}

/// A welcome with an answer, and a question of yesterday that mentions somebody.
fn talk(tenant: &mut Tenant, nickname: &str, channel: u64, told: &Value) {
    let (host, guest) = if nickname == "Retail" { ("AdeleV", "IsaiahL") } else { ("LeeG", "GradyA") };
    let fixed = |milliseconds: i64| Timestamp::from_millisecond(BEGINNING + milliseconds).unwrap_or_default();
    // Each team has a beginning of its own.
    let first = if nickname == "Retail" { 32_035 } else { 61_712 };
    let place = MessagePlace { parent: channel, told: told.clone() };
    let welcome = say(
        tenant,
        &place,
        host,
        fixed(first),
        json!({ "subject": "Welcome", "body": { "contentType": "text", "content": "Welcome to our team." } }),
    );
    let id =
        tenant.records.get("chatMessage").and_then(|set| set.get(welcome)).map(|message| message.text("id").to_owned());
    let mut answer = told.clone();
    answer["replyToId"] = json!(id);
    let place_of_answer = MessagePlace { parent: welcome, told: answer };
    say(
        tenant,
        &place_of_answer,
        guest,
        fixed(first + 90_000),
        json!({ "body": { "contentType": "text", "content": "Thank you!" } }),
    );
    let name = tenant
        .directory
        .users
        .get(key_of(tenant, guest))
        .map(|user| user.text("displayName").to_owned())
        .unwrap_or_default();
    let question = json!({
        "importance": "high",
        "body": { "contentType": "html", "content": format!("<p><at id=\"0\">{name}</at>, when do we open on Sunday?</p>") },
        "mentions": [{ "id": 0, "mentionText": name, "mentioned": {
            "application": null, "device": null, "conversation": null,
            "user": { "@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": guid(&format!("user {guest}")), "displayName": name, "userIdentityType": "aadUser" },
        } }],
    });
    let yesterday = seconds_later(tenant.now(), -86_400);
    say(tenant, &place, host, yesterday, question);
}

fn say(tenant: &mut Tenant, place: &MessagePlace, alias: &str, at: Timestamp, message: Value) -> u64 {
    let from = key_of(tenant, alias);
    post_message(tenant, place, from, at, object(message))
        .map_err(|fault| fault.message)
        .expect("the seed's messages are whole")
}

fn chat(tenant: &mut Tenant, name: &str, topic: Option<&str>, members: &[&str]) {
    let ids: Vec<String> = members.iter().map(|alias| guid(&format!("user {alias}"))).collect();
    let (kind, id) = match topic {
        None => ("oneOnOne", format!("19:{}@unq.gbl.spaces", ids.join("_"))),
        Some(_) => ("group", format!("19:{}@thread.v2", guid(&format!("chat {name}")).replace('-', ""))),
    };
    let begun = seconds_later(tenant.now(), -9 * 86_400);
    let fields = json!({
        "id": id, "topic": topic, "chatType": kind, "createdDateTime": exact(begun), "lastUpdatedDateTime": exact(begun), "tenantId": tenant.id,
        "webUrl": format!("https://teams.example/l/chat/{name}"), "onlineMeetingInfo": null, "isHiddenForAllMembers": false,
    });
    let key = tenant.add_record("chat", 0, fields);
    for (alias, user) in members.iter().zip(&ids) {
        let shown = tenant.directory.users.get(key_of(tenant, alias)).map(|user| user.text("displayName").to_owned());
        let member = json!({
            "@odata.type": "#microsoft.graph.aadUserConversationMember", "id": guid(&format!("member {name} {alias}")), "roles": ["owner"],
            "displayName": shown, "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z", "userId": user, "email": format!("{alias}@{DOMAIN}"), "tenantId": tenant.id,
        });
        tenant.add_record("conversationMember", key, member);
    }
    let place = MessagePlace { parent: key, told: json!({ "chatId": id }) };
    for (i, alias) in members.iter().enumerate() {
        let at = seconds_later(begun, 600 * (i64::try_from(i).unwrap_or_default() + 1));
        let text = if i == 0 { "Shall we meet on Thursday?" } else { "Fine with me." };
        say(tenant, &place, alias, at, json!({ "body": { "contentType": "text", "content": text } }));
    }
}
