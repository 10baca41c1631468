//! Rules, settings, categories, overrides and mail tips.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const SCOPES: &str = "Mail.ReadWrite MailboxSettings.ReadWrite";
const RULES: &str = "/me/mailFolders/inbox/messageRules";
const CATEGORIES: &str = "/me/outlook/masterCategories";
const OVERRIDES: &str = "/me/inferenceClassification/overrides";

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[test]
fn rules_come_in_their_sequence() {
    let bench = Bench::with(SCOPES);
    let body = json!({
        "displayName": "From partner", "sequence": 1, "conditions": { "senderContains": ["adele"], "importance": "High" },
        "actions": { "forwardTo": [{ "emailAddress": { "address": "alexw@contoso.example" } }], "stopProcessingRules": true },
    });
    let made = bench.post(RULES, body).ok(201);
    assert_eq!(
        (&made["isEnabled"], &made["hasError"], &made["conditions"]["importance"]),
        (&json!(true), &json!(false), &json!("high"))
    );
    let path = format!("{RULES}/{}", id(&made));
    let body = json!({ "displayName": "Later", "sequence": 9, "actions": { "markImportance": "high" } });
    let changed = bench.patch(&path, body).ok(200);
    assert_eq!(
        (&changed["actions"], &changed["conditions"]),
        (&json!({ "markImportance": "high" }), &made["conditions"])
    );
    let all = bench.get(RULES);
    let sequences: Vec<i64> = all.items().iter().map(|rule| rule["sequence"].as_i64().unwrap()).collect();
    assert!(sequences.is_sorted() && all.items().last().unwrap()["displayName"] == "Later", "{sequences:?}");
    assert_eq!(bench.get(&path).ok(200)["sequence"], 9);
    bench.delete(&path).ok(204);
    bench.get(&path).refused(404, "ErrorItemNotFound");
}

#[test]
fn rules_that_are_none_are_refused() {
    let bench = Bench::with(SCOPES);
    let good = json!({ "displayName": "x", "sequence": 1, "actions": { "delete": true } });
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        bench.post(RULES, body)
    };
    for name in ["displayName", "sequence", "actions"] {
        with(name, Value::Null).refused(400, "ErrorInvalidRequest");
    }
    with("sequence", json!(0)).refused(400, "ErrorInvalidRequest");
    with("actions", json!({})).refused(400, "ErrorInvalidRequest");
    with("actions", json!({ "moveToFolder": "x" })).refused(400, "ErrorInvalidIdMalformed");
    with("actions", json!({ "explode": true })).refused(400, "RequestBodyRead");
    with("hasError", json!(true)).refused(400, "ErrorInvalidPropertySet");
    bench.post("/me/mailFolders/archive/messageRules", good).refused(400, "ErrorInvalidRequest");
    Bench::with("MailboxSettings.Read").post(RULES, json!({})).refused(403, "ErrorAccessDenied");
    Bench::with("Mail.ReadWrite").get(RULES).refused(403, "ErrorAccessDenied");
    bench.get("/users/alexw@contoso.example/mailFolders/inbox/messageRules").refused(403, "ErrorAccessDenied");
    Bench::app("MailboxSettings.Read").get("/users/alexw@contoso.example/mailFolders/inbox/messageRules").ok(200);
}

#[test]
fn settings_are_merged_and_read_one_by_one() {
    let bench = Bench::with(SCOPES);
    let all = bench.get("/me/mailboxSettings").ok(200);
    assert_eq!((&all["userPurpose"], &all["language"]["locale"]), (&json!("user"), &json!("en-US")));
    let body = json!({ "timeZone": "W. Europe Standard Time", "workingHours": { "endTime": "18:30:00", "daysOfWeek": ["Monday"] } });
    let changed = bench.patch("/me/mailboxSettings", body).ok(200);
    assert_eq!(changed["workingHours"]["startTime"], "08:00:00.0000000");
    assert_eq!((&changed["workingHours"]["daysOfWeek"], changed.get("language")), (&json!(["monday"]), None));
    assert_eq!(bench.get("/me/mailboxSettings/timeZone").ok(200)["value"], "W. Europe Standard Time");
    assert_eq!(bench.get("/me/mailboxSettings/workingHours").ok(200)["endTime"], "18:30:00");
    let selected = bench.get("/me/mailboxSettings?$select=timeZone,dateFormat").ok(200);
    assert_eq!((selected.as_object().unwrap().len(), &selected["timeZone"]), (3, &json!("W. Europe Standard Time")));
    let language = bench.patch("/me/mailboxSettings", json!({ "language": { "locale": "de-de" } })).ok(200);
    assert_eq!(language["language"], json!({ "locale": "de-DE", "displayName": "German (Germany)" }));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let bench = Bench::with(SCOPES);
    let set = |body: Value| bench.patch("/me/mailboxSettings", body);
    set(json!({ "timeZone": "Middle Earth" })).refused(400, "TimeZoneNotSupportedException");
    set(json!({ "language": { "locale": "xx-XX" } })).refused(400, "ErrorInvalidRequest");
    set(json!({ "userPurpose": "room" })).refused(400, "ErrorInvalidPropertySet");
    set(json!({ "automaticRepliesSetting": { "status": "sometimes" } })).refused(400, "RequestBodyRead");
    let at = |day: u32| json!({ "dateTime": format!("2026-03-{day:02}T08:00:00"), "timeZone": "UTC" });
    let body = json!({ "status": "scheduled", "scheduledStartDateTime": at(9), "scheduledEndDateTime": at(8) });
    set(json!({ "automaticRepliesSetting": body })).refused(400, "ErrorInvalidScheduledOofDuration");
    bench.get("/me/mailboxSettings/nonsense").refused(400, "BadRequest");
    Bench::with("MailboxSettings.Read").patch("/me/mailboxSettings", json!({})).refused(403, "ErrorAccessDenied");
}

#[test]
fn mail_tips_tell_of_automatic_replies() {
    let bench = Bench::with(SCOPES);
    let app = Bench { graph: bench.graph.clone(), ..Bench::app("MailboxSettings.ReadWrite") };
    let time =
        |day: u32| json!({ "dateTime": format!("2026-03-{day:02}T01:00:00"), "timeZone": "Pacific Standard Time" });
    let set = |replies: Value| {
        app.patch("/users/alexw@contoso.example/mailboxSettings", json!({ "automaticRepliesSetting": replies })).ok(200)
    };
    let tips = |options: &str| {
        let to = ["alexw@contoso.example", "Retail@contoso.example", "me@elsewhere.example"];
        bench.post("/me/getMailTips", json!({ "EmailAddresses": to, "MailTipsOptions": options })).ok(200)["value"]
            .clone()
    };
    assert_eq!(tips("automaticReplies")[0]["automaticReplies"], json!({ "message": "" }));
    let set_to = set(json!({
        "status": "Scheduled", "internalReplyMessage": "Away", "scheduledStartDateTime": time(2), "scheduledEndDateTime": time(3),
    }));
    let start = &set_to["automaticRepliesSetting"]["scheduledStartDateTime"];
    assert_eq!(start, &json!({ "dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC" }));
    let away = tips("automaticReplies, totalMemberCount, recipientScope");
    assert_eq!(away[0]["automaticReplies"]["message"], "Away");
    assert_eq!(&away[0]["automaticReplies"]["scheduledStartTime"], start);
    assert_eq!((&away[1]["totalMemberCount"], &away[1]["recipientScope"]), (&json!(3), &json!("internal")));
    assert_eq!((&away[2]["recipientScope"], away[2].get("mailboxFull")), (&json!("external"), None));
    set(json!({ "status": "scheduled", "scheduledStartDateTime": time(3), "scheduledEndDateTime": time(4) }));
    assert_eq!(tips("automaticReplies")[0]["automaticReplies"]["message"], "");
    set(json!({ "status": "alwaysEnabled" }));
    assert_eq!(tips("automaticReplies")[0]["automaticReplies"]["message"], "Away");
    let body = |options: &str| json!({ "EmailAddresses": ["a@b.example"], "MailTipsOptions": options });
    bench.post("/me/getMailTips", body("gossip")).refused(400, "RequestBodyRead");
    bench
        .post("/me/getMailTips", json!({ "EmailAddresses": [], "MailTipsOptions": "automaticReplies" }))
        .refused(400, "ErrorInvalidRequest");
    Bench::with("Mail.ReadBasic").post("/me/getMailTips", body("automaticReplies")).refused(403, "ErrorAccessDenied");
}

#[test]
fn a_category_keeps_its_name() {
    let bench = Bench::with(SCOPES);
    assert_eq!(bench.get(CATEGORIES).items()[0]["displayName"], "Red category");
    let made = bench.post(CATEGORIES, json!({ "displayName": "Expenses", "color": "Preset9" })).ok(201);
    assert_eq!(made["color"], "preset9");
    let path = format!("{CATEGORIES}/{}", id(&made));
    bench.post(CATEGORIES, json!({ "displayName": "expenses" })).refused(409, "Conflict");
    bench.post(CATEGORIES, json!({ "color": "preset1" })).refused(400, "ErrorInvalidRequest");
    bench.post(CATEGORIES, json!({ "displayName": "x", "color": "preset25" })).refused(400, "RequestBodyRead");
    assert_eq!(bench.patch(&path, json!({ "color": "preset15" })).ok(200)["color"], "preset15");
    bench.patch(&path, json!({ "displayName": "Costs" })).refused(400, "ErrorInvalidPropertySet");
    assert_eq!(bench.get(&path).ok(200)["displayName"], "Expenses");
    bench.delete(&path).ok(204);
    bench.delete(&path).refused(404, "ErrorItemNotFound");
    Bench::with("Mail.ReadWrite").get(CATEGORIES).refused(403, "ErrorAccessDenied");
}

#[test]
fn a_sender_has_one_override() {
    let bench = Bench::with(SCOPES);
    let post = |name: &str, class: &str| {
        let sender = json!({ "name": name, "address": "samanthab@contoso.example" });
        bench.post(OVERRIDES, json!({ "classifyAs": class, "senderEmailAddress": sender })).ok(201)
    };
    let made = post("Samantha", "focused");
    let again = post("Samantha Booth", "Other");
    assert_eq!((&again["id"], &again["classifyAs"]), (&made["id"], &json!("other")));
    let known = bench.get(OVERRIDES).items().to_vec();
    assert_eq!(
        known.iter().filter(|it| it["id"] == made["id"]).cloned().collect::<Vec<_>>(),
        [json!({
            "id": made["id"], "classifyAs": "other", "senderEmailAddress": { "name": "Samantha Booth", "address": "samanthab@contoso.example" },
        })]
    );
    let path = format!("{OVERRIDES}/{}", id(&made));
    assert_eq!(bench.patch(&path, json!({ "classifyAs": "focused" })).ok(200)["classifyAs"], "focused");
    bench
        .patch(&path, json!({ "senderEmailAddress": { "address": "a@b.example" } }))
        .refused(400, "ErrorInvalidPropertySet");
    bench.post(OVERRIDES, json!({ "classifyAs": "focused" })).refused(400, "ErrorInvalidRequest");
    bench.delete(&path).ok(204);
}

#[test]
fn the_seed_has_one_of_each() {
    let bench = Bench::with(SCOPES);
    assert_eq!(bench.get(RULES).items().len(), 2);
    let folder = bench.get("/me/mailFolders/archive/childFolders").items()[0].clone();
    let messages = bench.get(&format!("/me/mailFolders/{}/messages?$expand=attachments", id(&folder)));
    let kinds = |message: &Value| -> Vec<Value> {
        message["attachments"].as_array().unwrap().iter().map(|part| part["@odata.type"].clone()).collect()
    };
    assert_eq!((messages.items().len(), kinds(&messages.items()[1]).len()), (2, 3));
    assert_eq!(messages.items()[0]["isDraft"], true);
    let hidden = bench.get("/me/mailFolders?includeHiddenFolders=true&$filter=isHidden eq true&$top=50");
    assert_eq!(hidden.items().len(), 1);
}
