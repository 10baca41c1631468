//! Messages and their attachments.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ADELE, Stage};

covers! {
    action "outlook.send_email_and_wait": the_first_answer_decides, what_cannot_go_together_is_refused_before;
    action "outlook.send_mime_email": a_message_in_mime_is_sent_and_read, what_outlook_refuses_is_an_error;
    action "outlook.get_email_mime": a_message_in_mime_is_sent_and_read, what_is_not_there_is_not_found;
    action "outlook.create_draft": a_draft_is_made_changed_and_sent, what_cannot_go_together_is_refused_before;
    action "outlook.update_draft": a_draft_is_made_changed_and_sent, what_is_no_draft_stays_as_it_is;
    action "outlook.send_draft": a_draft_is_made_changed_and_sent, what_is_not_there_is_not_found;
    action "outlook.reply_to_email": answers_go_where_they_belong, what_cannot_go_together_is_refused_before;
    action "outlook.create_reply_draft": drafts_of_answers_are_complete, what_is_not_there_is_not_found;
    action "outlook.forward_email": answers_go_where_they_belong, what_is_not_there_is_not_found;
    action "outlook.create_forward_draft": drafts_of_answers_are_complete, what_is_not_there_is_not_found;
    action "outlook.search_emails": messages_are_found_by_what_is_known, what_cannot_go_together_is_refused_before;
    action "outlook.list_email_changes": changes_are_told_once, what_cannot_go_together_is_refused_before;
    action "outlook.update_email": a_message_is_marked_in_every_way, what_is_no_draft_stays_as_it_is;
    action "outlook.flag_email": a_message_is_marked_in_every_way, what_cannot_go_together_is_refused_before;
    action "outlook.add_email_categories": categories_come_and_go, what_is_not_there_is_not_found;
    action "outlook.remove_email_categories": categories_come_and_go, what_is_not_there_is_not_found;
    action "outlook.move_email": messages_move_and_are_copied, what_is_not_there_is_not_found;
    action "outlook.copy_email": messages_move_and_are_copied, what_is_not_there_is_not_found;
    action "outlook.archive_email": messages_move_and_are_copied, what_is_not_there_is_not_found;
    action "outlook.delete_email": messages_are_deleted_and_deleted_for_good, what_is_not_there_is_not_found;
    action "outlook.permanently_delete_email": messages_are_deleted_and_deleted_for_good, what_is_not_there_is_not_found;
    action "outlook.list_attachments": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.get_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.download_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.download_all_attachments": files_are_attached_and_come_back, what_cannot_go_together_is_refused_before;
    action "outlook.add_attachment": files_are_attached_and_come_back, what_cannot_go_together_is_refused_before;
    action "outlook.delete_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.get_email": a_message_comes_with_what_was_asked_for, what_is_not_there_is_not_found;
    action "outlook.mark_email_read": many_are_marked_and_each_has_its_fate, what_is_not_there_is_not_found;
    picklist "outlook.messages": messages_are_offered_by_subject_and_sender, nobody_looks_into_a_mailbox_without_the_permission;
}

const GONE: &str = "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAD0JAAA==";

const GONE_FOLDER: &str = "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAD0JAAA==";

fn subjects(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["subject"].as_str().unwrap()).collect()
}

pub(crate) async fn inbox(stage: &Stage, count: u64) -> Vec<String> {
    let input = json!({ "limit": count, "query": { "select": ["id"] } });
    let list = stage.works("outlook.list_emails", input).await;
    list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_message_comes_with_what_was_asked_for() {
    let stage = Stage::new();
    let ids = inbox(&stage, 2).await;
    let input = json!({ "messageId": ids[1], "select": ["subject"], "includeAttachments": true });
    let message = stage.works("outlook.get_email", input).await;
    assert_eq!((&message["id"], &message["subject"]), (&json!(ids[1]), &json!("Quarterly budget review")));
    assert_eq!(message["attachments"][0]["name"], "figures.txt");
    assert_eq!(message.get("body"), None);
    let text = stage.works("outlook.get_email", json!({ "messageId": ids[1], "bodyFormat": "text" })).await;
    assert_eq!(text["body"]["contentType"], "text");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    let only = [
        "get_email",
        "mark_email_read",
        "get_email_mime",
        "send_draft",
        "create_reply_draft",
        "create_forward_draft",
        "archive_email",
        "delete_email",
    ];
    for action in only {
        let error = stage.fails(&format!("outlook.{action}"), json!({ "messageId": GONE })).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
    let there = inbox(&stage, 1).await.remove(0);
    for (action, input) in [
        ("permanently_delete_email", json!({ "messageId": GONE, "confirm": true })),
        ("forward_email", json!({ "messageId": GONE, "to": ["alexw@contoso.example"] })),
        ("add_email_categories", json!({ "messageId": GONE, "categories": ["x"] })),
        ("remove_email_categories", json!({ "messageId": GONE, "categories": ["x"] })),
        ("move_email", json!({ "messageId": GONE, "destinationFolderId": "archive" })),
        ("copy_email", json!({ "messageId": there, "destinationFolderId": GONE_FOLDER })),
        ("list_attachments", json!({ "messageId": GONE })),
        ("get_attachment", json!({ "messageId": there, "attachmentId": GONE })),
        ("download_attachment", json!({ "messageId": there, "attachmentId": GONE })),
        ("delete_attachment", json!({ "messageId": there, "attachmentId": GONE })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn many_are_marked_and_each_has_its_fate() {
    let stage = Stage::new();
    let ids = inbox(&stage, 25).await;
    stage.sandbox.forget_requests();
    let mut items: Vec<Value> = ids.iter().map(|id| json!({ "messageId": id, "isRead": false })).collect();
    items.insert(3, json!({ "messageId": GONE }));
    let output = stage.works("outlook.mark_email_read", json!({ "items": items })).await;
    assert_eq!((&output["succeeded"], &output["failed"], &output["skipped"]), (&json!(25), &json!(1), &json!(0)));
    assert_eq!((&output["items"][3]["ok"], &output["items"][3]["error"]["code"]), (&json!(false), &json!("not_found")));
    assert_eq!(output["items"][4]["output"]["isRead"], false);
    assert_eq!(stage.seen(), ["POST /$batch", "POST /$batch"], "26 requests travel in two batches");
    let unread = stage.look("/me/mailFolders/inbox/messages?$filter=isRead eq false&$top=50&$select=id");
    let unread: Vec<&str> = unread["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(unread.len() >= 25, "{unread:?}");
}

#[tokio::test]
async fn messages_are_offered_by_subject_and_sender() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.messages", json!({ "folderId": "inbox" }), None).await.unwrap();
    assert_eq!(choices.choices[0].label, "Welcome to the retail team – Megan Bowen");
    let found = stage.choices("outlook.messages", json!({}), Some("launch \"date")).await.unwrap();
    assert!(
        !found.choices.is_empty() && found.choices.iter().all(|choice| choice.label.to_lowercase().contains("launch")),
        "{found:?}"
    );
}

#[tokio::test]
async fn nobody_looks_into_a_mailbox_without_the_permission() {
    let stage = Stage::with(&["User.Read", "Mail.Read"]);
    let error =
        stage.choices("outlook.messages", json!({ "mailbox": "meganb@contoso.example" }), None).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("Mail.Read.Shared"), "{error}");
    let run = Run::new("outlook.get_email", "adele", json!({ "mailbox": "meganb@contoso.example", "messageId": GONE }));
    assert_eq!(stage.execute(run).await.unwrap_err().code(), Code::MissingScope);
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_decides() {
    let stage = Stage::new();
    let question = json!({ "to": ["meganb@contoso.example"], "subject": "Chairs", "body": "May I order them?", "formFields": ["Cost centre"], "timeoutMinutes": 5 });
    let asking = stage.works("outlook.send_email_and_wait", question.clone());
    let answering = async {
        tokio::time::sleep(std::time::Duration::from_secs(70)).await;
        let copy =
            stage.look("/me/mailFolders/sentitems/messages?$filter=subject eq 'Chairs'&$select=conversationId,body");
        assert!(copy["value"][0]["body"]["content"].as_str().unwrap().contains("Approve"), "{copy}");
        let sender = json!({ "emailAddress": { "address": "meganb@contoso.example" } });
        let reply = json!({
            "subject": "RE: Chairs", "from": sender, "body": { "contentType": "text", "content": "approve\r\nCost centre: 4711\r\nRegards" },
            "conversationId": copy["value"][0]["conversationId"],
        });
        stage.sandbox.graph().deliver(ADELE, "inbox", reply);
    };
    let (chosen, ()) = tokio::join!(asking, answering);
    assert_eq!(
        (&chosen["selected"], &chosen["responder"], &chosen["timedOut"]),
        (&json!("Approve"), &json!("meganb@contoso.example"), &json!(false))
    );
    assert_eq!(chosen["fields"], json!({ "Cost centre": "4711" }));
    let mut other = question;
    other["subject"] = json!("Tables");
    let nobody = stage.works("outlook.send_email_and_wait", other).await;
    assert_eq!(nobody, json!({ "timedOut": true }));
}

#[tokio::test]
async fn a_message_in_mime_is_sent_and_read() {
    let stage = Stage::new();
    let mime = "To: meganb@contoso.example\r\nSubject: In MIME\r\nContent-Type: text/plain\r\n\r\nAt noon?\r\n";
    assert_eq!(stage.works("outlook.send_mime_email", json!({ "mime": { "text": mime } })).await["sent"], true);
    assert_eq!(stage.count("sentitems", "In MIME"), 1);
    let sent = stage.works("outlook.search_emails", json!({ "subject": "MIME", "folderId": "sentitems" })).await;
    let file = stage.works("outlook.get_email_mime", json!({ "messageId": sent["items"][0]["id"] })).await;
    assert_eq!((&file["name"], &file["contentType"]), (&json!("message.eml"), &json!("message/rfc822")));
    assert!(decoded(&file).contains("Subject: In MIME"), "{}", decoded(&file));
}

fn decoded(file: &Value) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_draft_is_made_changed_and_sent() {
    let stage = Stage::new();
    let input = json!({
        "to": ["alexw@contoso.example"], "cc": ["diegos@contoso.example"], "subject": "First", "body": "At noon?", "bodyType": "text",
        "attachments": [{ "name": "large.txt", "content": { "text": "x".repeat(4 << 20) } }, { "name": "small.txt", "content": { "text": "y" } }],
    });
    // In base64 these files fill more than a request takes, though they are no larger than it.
    let third = || "x".repeat((1 << 20) - 100);
    let files: Vec<Value> =
        ["a", "b", "c"].iter().map(|name| json!({ "name": name, "content": { "text": third() } })).collect();
    let tight = stage.works("outlook.create_draft", json!({ "subject": "Tight", "attachments": files })).await;
    assert_eq!(tight["hasAttachments"], true);
    let draft = stage.works("outlook.create_draft", input).await;
    assert_eq!((&draft["isDraft"], &draft["hasAttachments"]), (&json!(true), &json!(true)));
    let id = &draft["id"];
    let change = json!({ "messageId": id, "to": ["meganb@contoso.example"], "cc": null, "subject": "Second", "importance": "high" });
    let changed = stage.works("outlook.update_draft", change).await;
    assert_eq!(changed["toRecipients"][0]["emailAddress"]["address"], "meganb@contoso.example");
    assert_eq!((&changed["ccRecipients"], &changed["importance"]), (&json!([]), &json!("high")));
    assert_eq!(
        stage.works("outlook.send_draft", json!({ "messageId": id })).await,
        json!({ "sent": true, "messageId": id })
    );
    assert_eq!((stage.count("sentitems", "Second"), stage.count("drafts", "Second")), (1, 0));
    let arrived = Run::new("outlook.list_emails", "app", json!({ "mailbox": "meganb@contoso.example", "limit": 1 }));
    assert_eq!(stage.execute(arrived).await.unwrap()["items"][0]["subject"], "Second");
}

#[tokio::test]
async fn what_is_no_draft_stays_as_it_is() {
    let stage = Stage::new();
    let id = inbox(&stage, 1).await.remove(0);
    for action in ["outlook.update_draft", "outlook.update_email"] {
        let error = stage.fails(action, json!({ "messageId": id, "subject": "Other" })).await;
        assert_eq!(error.code(), Code::Conflict, "{action}: {error}");
        assert!(error.advice().contains("Mail-Advanced.ReadWrite"), "{}", error.advice());
    }
    assert_eq!(stage.count("inbox", "Other"), 0);
}

#[tokio::test]
async fn answers_go_where_they_belong() {
    let stage = Stage::new();
    let found = stage.works("outlook.search_emails", json!({ "subject": "Quarterly budget review", "limit": 1 })).await;
    let id = &found["items"][0]["id"];
    stage.works("outlook.reply_to_email", json!({ "messageId": id, "comment": "Thank you." })).await;
    assert_eq!(stage.count("sentitems", "RE: Quarterly budget review"), 1);
    let with_file = json!({ "messageId": id, "replyAll": true, "comment": "Here.", "attachments": [{ "name": "a.txt", "content": { "text": "x" } }] });
    let sent = stage.works("outlook.reply_to_email", with_file).await;
    let copy =
        stage.works("outlook.get_email", json!({ "messageId": sent["messageId"], "includeAttachments": true })).await;
    assert_eq!((&copy["isDraft"], &copy["attachments"][0]["name"]), (&json!(false), &json!("a.txt")));
    stage
        .works(
            "outlook.forward_email",
            json!({ "messageId": id, "to": ["alexw@contoso.example"], "cc": ["meganb@contoso.example"] }),
        )
        .await;
    let forward = stage.look("/me/mailFolders/sentitems/messages?$filter=subject eq 'FW: Quarterly budget review'&$select=toRecipients,ccRecipients,hasAttachments");
    assert_eq!(forward["value"][0]["ccRecipients"][0]["emailAddress"]["address"], "meganb@contoso.example");
    assert_eq!(forward["value"][0]["hasAttachments"], true, "the file goes along");
    let once =
        crate::stage::as_adele("outlook.reply_to_email", json!({ "messageId": id, "comment": "Once." })).key("k");
    let first = stage.execute(once.clone()).await.unwrap();
    assert_eq!(stage.execute(once).await.unwrap(), first);
    assert_eq!(stage.count("sentitems", "RE: Quarterly budget review"), 3);
}

#[tokio::test]
async fn drafts_of_answers_are_complete() {
    let stage = Stage::new();
    let id = inbox(&stage, 2).await.remove(1);
    let reply = stage
        .works("outlook.create_reply_draft", json!({ "messageId": id, "body": "My text.", "bodyType": "text" }))
        .await;
    assert_eq!((&reply["isDraft"], &reply["subject"]), (&json!(true), &json!("RE: Quarterly budget review")));
    assert!(reply["body"]["content"].as_str().unwrap().contains("My text."), "{reply}");
    let forward = stage
        .works(
            "outlook.create_forward_draft",
            json!({ "messageId": id, "to": ["alexw@contoso.example"], "comment": "See." }),
        )
        .await;
    assert_eq!(forward["toRecipients"][0]["emailAddress"]["address"], "alexw@contoso.example");
    assert_eq!(stage.count("sentitems", "FW: Quarterly budget review"), 0);
}

#[tokio::test]
async fn messages_are_found_by_what_is_known() {
    let stage = Stage::new();
    let found = stage
        .works(
            "outlook.search_emails",
            json!({ "subject": "launch date", "from": "Lee", "select": ["subject"], "folderId": "inbox" }),
        )
        .await;
    assert!(
        !subjects(&found).is_empty()
            && subjects(&found).iter().all(|subject| subject.starts_with("Mark 8 launch date")),
        "{found}"
    );
    let flagged = json!({ "isRead": false, "hasAttachments": true, "folderId": "inbox", "select": ["subject", "isRead", "hasAttachments"], "fetchAll": true });
    let list = stage.works("outlook.search_emails", flagged).await;
    let all = list["items"].as_array().unwrap();
    assert!(!all.is_empty() && all.iter().all(|it| it["isRead"] == false && it["hasAttachments"] == true), "{list}");
    let words = json!({ "search": "budget", "isRead": true, "folderId": "inbox" });
    let list = stage.works("outlook.search_emails", words).await;
    assert!(list["items"].as_array().unwrap().iter().all(|it| it["isRead"] == true), "{list}");
    let newest =
        stage.works("outlook.list_emails", json!({ "limit": 1 })).await["items"][0]["receivedDateTime"].clone();
    let list = stage
        .works("outlook.search_emails", json!({ "search": "team", "receivedAfter": newest, "folderId": "inbox" }))
        .await;
    assert_eq!(subjects(&list), ["Welcome to the retail team"]);
    let nothing =
        stage.works("outlook.search_emails", json!({ "subject": "\" OR from:\"Lee", "folderId": "inbox" })).await;
    assert_eq!(nothing["items"], json!([]), "a quotation mark ends nothing");
}

#[tokio::test]
async fn changes_are_told_once() {
    let stage = Stage::new();
    let all = stage.works("outlook.list_email_changes", json!({ "folderId": "drafts", "select": ["subject"] })).await;
    assert_eq!(subjects(&all), ["Draft: vacation request"]);
    stage.works("outlook.create_draft", json!({ "subject": "New" })).await;
    stage.works("outlook.delete_email", json!({ "messageId": all["items"][0]["id"] })).await;
    let since = stage
        .works("outlook.list_email_changes", json!({ "folderId": "drafts", "deltaToken": all["deltaToken"] }))
        .await;
    assert_eq!((subjects(&since), &since["removed"][0]["id"]), (vec!["New"], &all["items"][0]["id"]));
    let nothing = stage
        .works("outlook.list_email_changes", json!({ "folderId": "drafts", "deltaToken": since["deltaToken"] }))
        .await;
    assert_eq!((&nothing["items"], &nothing["removed"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_message_is_marked_in_every_way() {
    let stage = Stage::new();
    let id = inbox(&stage, 1).await.remove(0);
    let change = json!({
        "messageId": id, "isRead": true, "importance": "high", "inferenceClassification": "other", "categories": ["Blue category"],
        "flag": { "status": "flagged", "due": "2026-05-08" },
    });
    let changed = stage.works("outlook.update_email", change).await;
    assert_eq!(
        (&changed["isRead"], &changed["importance"], &changed["inferenceClassification"]),
        (&json!(true), &json!("high"), &json!("other"))
    );
    assert_eq!(
        (&changed["flag"]["flagStatus"], &changed["categories"]),
        (&json!("flagged"), &json!(["Blue category"]))
    );
    let done = stage
        .works(
            "outlook.flag_email",
            json!({ "messageId": id, "status": "complete", "completed": "2026-05-08T12:00:00Z" }),
        )
        .await;
    assert_eq!(done["flag"]["flagStatus"], "complete");
    let cleared = stage.works("outlook.update_email", json!({ "messageId": id, "categories": null })).await;
    assert_eq!(
        (&cleared["categories"], &cleared["importance"]),
        (&json!([]), &json!("high")),
        "what was not named stays"
    );
}

#[tokio::test]
async fn categories_come_and_go() {
    let stage = Stage::new();
    let id = inbox(&stage, 1).await.remove(0);
    let added = stage
        .works(
            "outlook.add_email_categories",
            json!({ "messageId": id, "categories": ["Red category", "Green category"] }),
        )
        .await;
    assert_eq!(added["categories"], json!(["Red category", "Green category"]));
    stage.sandbox.forget_requests();
    stage.works("outlook.add_email_categories", json!({ "messageId": id, "categories": ["Red category"] })).await;
    assert_eq!(stage.sandbox.request_count(), 1, "nothing is written that is there already");
    let left = stage
        .works("outlook.remove_email_categories", json!({ "messageId": id, "categories": ["red CATEGORY", "unknown"] }))
        .await;
    assert_eq!(left["categories"], json!(["Green category"]));
}

#[tokio::test]
async fn messages_move_and_are_copied() {
    let stage = Stage::new();
    let ids = inbox(&stage, 3).await;
    let moved =
        stage.works("outlook.move_email", json!({ "messageId": ids[0], "destinationFolderId": "deleteditems" })).await;
    assert_eq!(moved["id"], json!(ids[0]), "the immutable id stays");
    let copy =
        stage.works("outlook.copy_email", json!({ "messageId": ids[1], "destinationFolderId": "archive" })).await;
    assert_ne!(copy["id"], json!(ids[1]));
    stage.works("outlook.archive_email", json!({ "items": [{ "messageId": ids[1] }, { "messageId": ids[2] }] })).await;
    assert_eq!(stage.count("archive", "Quarterly budget review"), 2);
    assert_eq!(stage.count("deleteditems", "Welcome to the retail team"), 1);
    assert_eq!(stage.count("inbox", "Mark 8 launch date"), 0);
}

#[tokio::test]
async fn messages_are_deleted_and_deleted_for_good() {
    let stage = Stage::new();
    let ids = inbox(&stage, 2).await;
    assert_eq!(stage.works("outlook.delete_email", json!({ "messageId": ids[0] })).await, json!({ "deleted": true }));
    assert_eq!(stage.count("deleteditems", "Welcome to the retail team"), 1);
    stage.works("outlook.permanently_delete_email", json!({ "messageId": ids[1], "confirm": true })).await;
    assert_eq!(
        (stage.count("inbox", "Quarterly budget review"), stage.count("deleteditems", "Quarterly budget review")),
        (0, 0)
    );
}

#[tokio::test]
async fn files_are_attached_and_come_back() {
    let stage = Stage::new();
    let draft = stage.works("outlook.create_draft", json!({ "subject": "Files" })).await;
    let id = &draft["id"];
    let small = stage
        .works(
            "outlook.add_attachment",
            json!({ "messageId": id, "name": "small.txt", "content": { "text": "Soup" }, "contentType": "text/plain" }),
        )
        .await;
    let logo = json!({ "messageId": id, "name": "logo.png", "content": { "base64": "iVBORw0KGgo=" }, "isInline": true, "contentId": "logo" });
    stage.works("outlook.add_attachment", logo).await;
    let draft = stage.works("outlook.create_draft", json!({ "subject": "Many files" })).await;
    let files: Vec<Value> = (0..3)
        .map(|at| json!({ "messageId": draft["id"], "name": format!("{at}.txt"), "content": { "text": "x" } }))
        .collect();
    let many = stage.works("outlook.add_attachment", json!({ "items": files })).await;
    assert_eq!((&many["succeeded"], &many["failed"]), (&json!(3), &json!(0)), "one after the other: {many}");
    let large = json!({ "messageId": id, "name": "large.txt", "content": { "text": "x".repeat(4 << 20) } });
    let large = stage.works("outlook.add_attachment", large).await;
    assert_eq!((&large["name"], large["size"].as_u64().unwrap() >= 4 << 20), (&json!("large.txt"), true));
    let list = stage.works("outlook.list_attachments", json!({ "messageId": id })).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    assert!(list["items"].as_array().unwrap().iter().all(|it| it.get("contentBytes").is_none()), "{list}");
    let one = json!({ "messageId": id, "attachmentId": small["id"] });
    assert_eq!(stage.works("outlook.get_attachment", one.clone()).await["contentBytes"], "U291cA==");
    let file = stage.works("outlook.download_attachment", one.clone()).await;
    assert_eq!((&file["name"], decoded(&file).as_str()), (&json!("small.txt"), "Soup"));
    let all = stage.works("outlook.download_all_attachments", json!({ "messageId": id, "namePattern": "*.txt" })).await;
    let sizes: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["size"].as_u64().unwrap()))
        .collect();
    assert_eq!(sizes, [("small.txt", 4), ("large.txt", 4 << 20)]);
    assert_eq!((&all["skipped"][0]["name"], &all["skipped"][0]["reason"]), (&json!("logo.png"), &json!("inline")));
    stage.works("outlook.delete_attachment", one).await;
    let left = stage.works("outlook.list_attachments", json!({ "messageId": id, "includeContent": true })).await;
    assert_eq!(left["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    let error = stage.fails("outlook.send_mime_email", json!({ "mime": { "text": "no message" } })).await;
    assert_eq!(error.code(), Code::Rejected, "{error}");
}

#[tokio::test]
async fn what_cannot_go_together_is_refused_before() {
    let stage = Stage::new();
    let gone = json!({ "file": "missing" });
    for (action, input, place) in [
        ("create_draft", json!({ "attachments": [{ "name": "a", "content": gone }] }), "/attachments/0/content"),
        (
            "send_email_and_wait",
            json!({ "to": ["meganb@contoso.example"], "subject": "X", "options": [" "] }),
            "/options/0",
        ),
        ("reply_to_email", json!({ "messageId": GONE, "comment": "a", "body": "b" }), "/body"),
        ("search_emails", json!({ "receivedAfter": "2026-02-30", "timeZone": "UTC" }), "/receivedAfter"),
        ("search_emails", json!({ "receivedAfter": "2026-02-03" }), "/receivedAfter"),
        ("list_email_changes", json!({ "folderId": "inbox", "deltaToken": "x" }), "/deltaToken"),
        ("flag_email", json!({ "messageId": GONE, "status": "notFlagged", "due": "2026-02-03" }), "/due"),
        ("add_attachment", json!({ "messageId": GONE, "name": "a", "content": gone }), "/content"),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(
            (error.code(), error.violations()[0].pointer.as_str()),
            (Code::InvalidInput, place),
            "{action}: {error}"
        );
    }
    assert_eq!(stage.sandbox.request_count(), 0);
    let id = inbox(&stage, 2).await.remove(1);
    let error = stage.fails("outlook.download_all_attachments", json!({ "messageId": id, "maxTotalBytes": 10 })).await;
    assert_eq!(error.violations()[0].pointer, "/maxTotalBytes");
}
