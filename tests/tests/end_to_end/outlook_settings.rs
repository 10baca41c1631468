//! Rules, settings, categories and what the server knows.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.list_message_rules": rules_are_made_changed_and_deleted, nobody_looks_into_the_settings_of_others;
    action "outlook.get_message_rule": rules_are_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.create_message_rule": rules_are_made_changed_and_deleted, what_outlook_refuses_is_an_error;
    action "outlook.update_message_rule": rules_are_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.delete_message_rule": rules_are_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.get_mailbox_settings": settings_change_and_stay, nobody_looks_into_the_settings_of_others;
    action "outlook.update_mailbox_settings": settings_change_and_stay, what_outlook_refuses_is_an_error;
    action "outlook.set_automatic_replies": automatic_replies_are_told_to_senders, what_outlook_refuses_is_an_error;
    action "outlook.list_categories": categories_have_colours, nobody_looks_into_the_settings_of_others;
    action "outlook.create_category": categories_have_colours, what_outlook_refuses_is_an_error;
    action "outlook.update_category": categories_have_colours, what_is_not_there_is_not_found;
    action "outlook.delete_category": categories_have_colours, what_is_not_there_is_not_found;
    action "outlook.list_focused_inbox_overrides": senders_have_their_part_of_the_inbox, nobody_looks_into_the_settings_of_others;
    action "outlook.create_focused_inbox_override": senders_have_their_part_of_the_inbox, what_outlook_refuses_is_an_error;
    action "outlook.update_focused_inbox_override": senders_have_their_part_of_the_inbox, what_is_not_there_is_not_found;
    action "outlook.delete_focused_inbox_override": senders_have_their_part_of_the_inbox, what_is_not_there_is_not_found;
    action "outlook.get_mail_tips": automatic_replies_are_told_to_senders, what_outlook_refuses_is_an_error;
    action "outlook.list_supported_time_zones": the_server_tells_what_it_knows, nobody_asks_the_server_without_the_permission;
    action "outlook.list_supported_languages": the_server_tells_what_it_knows, nobody_asks_the_server_without_the_permission;
    action "outlook.translate_exchange_ids": ids_are_translated_there_and_back, nobody_asks_the_server_without_the_permission;
    picklist "outlook.languages": the_server_tells_what_it_knows, nobody_asks_the_server_without_the_permission;
    picklist "outlook.message_rules": rules_are_made_changed_and_deleted, nobody_asks_the_server_without_the_permission;
    picklist "outlook.categories": categories_are_offered_by_name, nobody_asks_the_server_without_the_permission;
    picklist "outlook.time_zones": time_zones_are_offered_by_name, nobody_asks_the_server_without_the_permission;
}

#[tokio::test]
async fn time_zones_are_offered_by_name() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.time_zones", json!({}), Some("berlin")).await.unwrap();
    assert_eq!(
        choices.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(),
        ["W. Europe Standard Time"]
    );
    let all = stage.choices("outlook.time_zones", json!({}), None).await.unwrap();
    assert!(all.choices.len() > 100, "{}", all.choices.len());
}

#[tokio::test]
async fn nobody_asks_the_server_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for picklist in ["outlook.time_zones", "outlook.categories", "outlook.languages", "outlook.message_rules"] {
        assert_eq!(
            stage.choices(picklist, json!({}), None).await.unwrap_err().code(),
            Code::MissingScope,
            "{picklist}"
        );
    }
    let ids = json!({ "ids": ["x"], "sourceIdType": "restId", "targetIdType": "ewsId" });
    for (action, input) in [
        ("list_supported_time_zones", json!({})),
        ("list_supported_languages", json!({})),
        ("translate_exchange_ids", ids),
    ] {
        assert_eq!(stage.fails(&format!("outlook.{action}"), input).await.code(), Code::MissingScope, "{action}");
    }
}

#[tokio::test]
async fn categories_are_offered_by_name() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.categories", json!({}), Some("blue")).await.unwrap();
    assert_eq!(choices.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(), ["Blue category"]);
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn rules_are_made_changed_and_deleted() {
    let stage = Stage::new();
    let input = json!({
        "displayName": "From Alex", "sequence": 3, "conditions": { "fromAddresses": ["alexw@contoso.example"], "hasAttachments": true },
        "actions": { "assignCategories": ["Blue category"], "forwardTo": ["meganb@contoso.example"], "stopProcessingRules": true },
    });
    let made = stage.works("outlook.create_message_rule", input).await;
    assert_eq!(made["actions"]["forwardTo"][0]["emailAddress"]["address"], "meganb@contoso.example");
    let id = &made["id"];
    stage
        .works(
            "outlook.update_message_rule",
            json!({ "ruleId": id, "isEnabled": false, "actions": { "markAsRead": true } }),
        )
        .await;
    let read = stage.works("outlook.get_message_rule", json!({ "ruleId": id })).await;
    assert_eq!(
        (&read["isEnabled"], &read["actions"]["markAsRead"], &read["sequence"]),
        (&json!(false), &json!(true), &json!(3))
    );
    let choices = stage.choices("outlook.message_rules", json!({}), Some("alex")).await.unwrap();
    assert_eq!(choices.choices.len(), 1);
    stage.works("outlook.delete_message_rule", json!({ "ruleId": id })).await;
    assert_eq!(names(&stage.works("outlook.list_message_rules", json!({})).await), ["Newsletters", "Invoices"]);
}

#[tokio::test]
async fn settings_change_and_stay() {
    let stage = Stage::new();
    let before = stage.works("outlook.get_mailbox_settings", json!({})).await;
    let hours = json!({ "daysOfWeek": ["monday", "tuesday"], "startTime": "08:00", "endTime": "16:30", "timeZone": "Europe/Berlin" });
    stage
        .works(
            "outlook.update_mailbox_settings",
            json!({ "timeZone": "W. Europe Standard Time", "language": "de-DE", "workingHours": hours }),
        )
        .await;
    let after = stage.works("outlook.get_mailbox_settings", json!({})).await;
    assert_eq!(
        (&after["timeZone"], &after["language"]["locale"]),
        (&json!("W. Europe Standard Time"), &json!("de-DE"))
    );
    assert_eq!(after["workingHours"]["daysOfWeek"], json!(["monday", "tuesday"]));
    assert_eq!(after["dateFormat"], before["dateFormat"], "what was not named stays");
}

#[tokio::test]
async fn automatic_replies_are_told_to_senders() {
    let stage = Stage::new();
    stage
        .works("outlook.set_automatic_replies", json!({ "status": "alwaysEnabled", "internalMessage": "I am away." }))
        .await;
    let tips = stage
        .works(
            "outlook.get_mail_tips",
            json!({ "emailAddresses": ["adelev@contoso.example", "alexw@contoso.example"] }),
        )
        .await;
    assert!(tips["items"][0]["automaticReplies"]["message"].as_str().unwrap().contains("I am away."), "{tips}");
    assert_eq!(tips["items"].as_array().unwrap().len(), 2);
    let settings = stage.works("outlook.set_automatic_replies", json!({ "status": "disabled" })).await;
    assert_eq!(settings["automaticRepliesSetting"]["status"], "disabled");
}

#[tokio::test]
async fn what_one_of_several_requests_fails_to_tell_stands_beside_the_rest() {
    let stage = Stage::new();
    let addresses: Vec<String> = (0..150).map(|number| format!("person{number}@contoso.example")).collect();
    let refused = || {
        Rule::new(Fault::Status { status: 400, code: "ErrorInvalidRequest".into(), message: String::new() })
            .path("getMailTips")
    };
    stage.sandbox.faults().add(refused().once());
    let tips = stage.works("outlook.get_mail_tips", json!({ "emailAddresses": addresses })).await;
    let failed = tips["failed"].as_array().unwrap();
    let inputs = failed[0]["inputs"].as_array().unwrap().len();
    assert_eq!((failed.len(), inputs + tips["items"].as_array().unwrap().len()), (1, 150));
    assert_eq!(failed[0]["error"]["code"], "rejected", "{}", failed[0]);
    stage.sandbox.faults().add(refused());
    let error = stage.fails("outlook.get_mail_tips", json!({ "emailAddresses": addresses })).await;
    assert_eq!(error.status(), Some(400), "nothing is no success: {error}");
}

#[tokio::test]
async fn categories_have_colours() {
    let stage = Stage::new();
    let made = stage.works("outlook.create_category", json!({ "displayName": "Travel", "color": "preset4" })).await;
    let changed = stage.works("outlook.update_category", json!({ "categoryId": made["id"], "color": "preset7" })).await;
    assert_eq!((&changed["displayName"], &changed["color"]), (&json!("Travel"), &json!("preset7")));
    stage.works("outlook.delete_category", json!({ "categoryId": made["id"] })).await;
    assert!(!names(&stage.works("outlook.list_categories", json!({})).await).contains(&"Travel"));
}

#[tokio::test]
async fn senders_have_their_part_of_the_inbox() {
    let stage = Stage::new();
    let made = stage
        .works(
            "outlook.create_focused_inbox_override",
            json!({ "senderEmail": "diegos@contoso.example", "classifyAs": "other" }),
        )
        .await;
    let changed = stage
        .works("outlook.update_focused_inbox_override", json!({ "overrideId": made["id"], "classifyAs": "focused" }))
        .await;
    assert_eq!(changed["classifyAs"], "focused");
    let again = stage
        .works(
            "outlook.create_focused_inbox_override",
            json!({ "senderEmail": "DiegoS@contoso.example", "classifyAs": "other" }),
        )
        .await;
    assert_eq!(again["id"], made["id"], "a sender has one");
    stage.works("outlook.delete_focused_inbox_override", json!({ "overrideId": made["id"] })).await;
    assert_eq!(
        stage.works("outlook.list_focused_inbox_overrides", json!({})).await["items"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn the_server_tells_what_it_knows() {
    let stage = Stage::new();
    let zones = stage.works("outlook.list_supported_time_zones", json!({ "format": "iana" })).await;
    assert!(zones["items"].as_array().unwrap().iter().any(|it| it["alias"] == "Europe/Berlin"), "{zones}");
    let windows = stage.works("outlook.list_supported_time_zones", json!({})).await;
    assert!(windows["items"].as_array().unwrap().iter().any(|it| it["alias"] == "W. Europe Standard Time"));
    let languages = stage.works("outlook.list_supported_languages", json!({})).await;
    assert!(languages["items"].as_array().unwrap().iter().any(|it| it["locale"] == "de-DE"), "{languages}");
    let choices = stage.choices("outlook.languages", json!({}), Some("german")).await.unwrap();
    assert_eq!(choices.choices[0].value, "de-DE");
}

#[tokio::test]
async fn ids_are_translated_there_and_back() {
    let stage = Stage::new();
    let list = stage.works("outlook.list_emails", json!({ "limit": 2 })).await;
    let stable: Vec<Value> = list["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    let there = json!({ "ids": stable, "sourceIdType": "restImmutableEntryId", "targetIdType": "restId" });
    let moving = stage.works("outlook.translate_exchange_ids", there).await;
    let moving: Vec<Value> = moving["items"].as_array().unwrap().iter().map(|it| it["targetId"].clone()).collect();
    assert_ne!(moving, stable);
    let input = json!({ "messageId": moving[0], "immutableIds": false, "select": ["subject"] });
    assert_eq!(stage.works("outlook.get_email", input).await["subject"], list["items"][0]["subject"]);
    let back = json!({ "ids": moving, "sourceIdType": "restId", "targetIdType": "restImmutableEntryId" });
    let back = stage.works("outlook.translate_exchange_ids", back).await;
    assert_eq!(back["items"].as_array().unwrap().iter().map(|it| it["targetId"].clone()).collect::<Vec<_>>(), stable);
}

#[tokio::test]
async fn nobody_looks_into_the_settings_of_others() {
    let stage = Stage::new();
    for (action, code) in [
        ("list_message_rules", Code::Forbidden),
        ("get_mailbox_settings", Code::Forbidden),
        ("list_categories", Code::Forbidden),
        ("list_focused_inbox_overrides", Code::MissingScope),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), json!({ "mailbox": "meganb@contoso.example" })).await;
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    let nowhere = "11111111-2222-4333-8444-555555555555";
    for (action, input) in [
        ("get_message_rule", json!({ "ruleId": "AQAAAAAAAAA=" })),
        ("update_message_rule", json!({ "ruleId": "AQAAAAAAAAA=", "isEnabled": true })),
        ("delete_message_rule", json!({ "ruleId": "AQAAAAAAAAA=" })),
        ("update_category", json!({ "categoryId": nowhere, "color": "none" })),
        ("delete_category", json!({ "categoryId": nowhere })),
        ("update_focused_inbox_override", json!({ "overrideId": nowhere, "classifyAs": "other" })),
        ("delete_focused_inbox_override", json!({ "overrideId": nowhere })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    for (action, input, code) in [
        ("create_message_rule", json!({ "displayName": "X", "sequence": 1, "actions": {} }), Code::InvalidInput),
        ("update_mailbox_settings", json!({ "language": "xx-XX" }), Code::Rejected),
        ("update_mailbox_settings", json!({ "timeZone": "Nowhere" }), Code::InvalidInput),
        (
            "set_automatic_replies",
            json!({ "status": "scheduled", "start": "2027-01-02", "end": "2027-01-01", "timeZone": "UTC" }),
            Code::InvalidInput,
        ),
        (
            "set_automatic_replies",
            json!({ "status": "scheduled", "start": "2027-01-01", "end": "2027-01-02" }),
            Code::InvalidInput,
        ),
        ("create_category", json!({ "displayName": "blue category" }), Code::Conflict),
        ("create_focused_inbox_override", json!({ "senderEmail": "x", "classifyAs": "other" }), Code::InvalidInput),
        ("get_mail_tips", json!({ "emailAddresses": [] }), Code::InvalidInput),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}

#[tokio::test]
async fn a_rule_takes_a_folder_by_its_name() {
    let stage = Stage::new();
    let archive = stage.look("/me/mailFolders/archive")["id"].clone();
    let input =
        json!({ "displayName": "File", "sequence": 3, "actions": { "moveToFolder": "archive", "markAsRead": true } });
    let made = stage.works("outlook.create_message_rule", input).await;
    let path = format!("/me/mailFolders/inbox/messageRules/{}", made["id"].as_str().unwrap());
    assert_eq!(stage.look(&path)["actions"], json!({ "moveToFolder": archive, "markAsRead": true }));
    let change = json!({ "ruleId": made["id"], "actions": { "copyToFolder": "archive" } });
    stage.works("outlook.update_message_rule", change).await;
    assert_eq!(stage.look(&path)["actions"], json!({ "copyToFolder": archive }));
    let nothing = json!({ "displayName": "None", "sequence": 4, "actions": { "assignCategories": [] } });
    assert_eq!(stage.fails("outlook.create_message_rule", nothing).await.code(), Code::InvalidInput);
}

#[tokio::test]
async fn looking_a_folder_up_takes_a_permission_to_see_folders() {
    let stage = Stage::with(&["MailboxSettings.ReadWrite"]);
    let rule = |folder: &str| json!({ "displayName": "File", "sequence": 3, "actions": { "moveToFolder": folder } });
    let error = stage.fails("outlook.create_message_rule", rule("archive")).await;
    assert_eq!(error.code(), Code::MissingScope, "{error}");
    let id = stage.look("/me/mailFolders/archive")["id"].as_str().unwrap().to_owned();
    stage.works("outlook.create_message_rule", rule(&id)).await;
}
