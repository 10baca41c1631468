//! Triggers of mail, calendars and contacts.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::{ADELE, Stage};

covers! {
    trigger "outlook.new_or_updated_email": messages_fire_for_each_version, what_is_not_there_cannot_be_watched;
    trigger "outlook.deleted_email": what_leaves_a_folder_is_told, what_is_not_there_cannot_be_watched;
    trigger "outlook.email_flagged": a_flag_fires_once, what_is_not_there_cannot_be_watched;
    trigger "outlook.email_mentioning_me": who_is_mentioned_is_told, what_is_not_there_cannot_be_watched;
    trigger "outlook.new_attachment": attachments_of_what_arrives_fire_once, what_is_not_there_cannot_be_watched;
    trigger "outlook.email_sent": what_is_sent_is_told, a_time_that_is_none_is_refused;
    trigger "outlook.new_email_matching_search": what_meets_a_filter_is_told, a_time_that_is_none_is_refused;
    trigger "outlook.new_contact": contacts_come_change_and_go, what_is_not_there_cannot_be_watched;
    trigger "outlook.new_or_updated_contact": contacts_come_change_and_go, what_is_not_there_cannot_be_watched;
    trigger "outlook.deleted_contact": contacts_come_change_and_go, what_is_not_there_cannot_be_watched;
    trigger "outlook.new_event": events_come_change_and_go, what_is_not_there_cannot_be_watched;
    trigger "outlook.new_or_updated_event": events_come_change_and_go, what_is_not_there_cannot_be_watched;
    trigger "outlook.deleted_event": events_come_change_and_go, nobody_listens_without_the_permission;
    trigger "outlook.upcoming_event": what_begins_soon_is_told_once, what_is_not_there_cannot_be_watched;
}

const GONE_FOLDER: &str = "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAD0JAAA==";

fn texts(events: &[Value], name: &str) -> Vec<String> {
    let mut all: Vec<String> = events.iter().map(|it| it[name].as_str().unwrap_or_default().to_owned()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn messages_fire_for_each_version() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.new_or_updated_email", json!({})).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "what was there before does not fire");
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "Fresh" }));
    let first = heard(&mut listener).await;
    assert_eq!(texts(&first, "subject"), ["Fresh"]);
    stage.works("outlook.mark_email_read", json!({ "messageId": first[0]["id"] })).await;
    let second = heard(&mut listener).await;
    assert_eq!((texts(&second, "subject"), &second[0]["isRead"]), (vec!["Fresh".to_owned()], &json!(true)));
    // A lost place reads everything again, and invents nothing.
    stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    assert_eq!(stage.sandbox.faults().counts().fired, 1);
}

#[tokio::test]
async fn only_what_is_watched_fires_again() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("outlook.new_or_updated_email", json!({ "watchFields": ["isRead"] })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let unread =
        stage.works("outlook.list_emails", json!({ "limit": 1, "query": { "filter": "isRead eq false" } })).await;
    let id = &unread["items"][0]["id"];
    stage.works("outlook.update_email", json!({ "messageId": id, "importance": "low" })).await;
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "nobody watches the importance");
    stage.works("outlook.mark_email_read", json!({ "messageId": id })).await;
    assert_eq!(texts(&heard(&mut listener).await, "id"), [id.as_str().unwrap()]);
    stage.works("outlook.mark_email_read", json!({ "messageId": id, "isRead": false })).await;
    assert_eq!(heard(&mut listener).await.len(), 1, "and back again");
}

#[tokio::test]
async fn attachments_are_told_where_they_are_asked_for() {
    let stage = Stage::new();
    let input = json!({ "includeAttachments": true });
    let mut new = stage.listen("outlook.new_email", input.clone()).await.unwrap();
    let mut changed = stage.listen("outlook.new_or_updated_email", input).await.unwrap();
    assert_eq!((heard(&mut new).await.len(), heard(&mut changed).await.len()), (0, 0));
    let file = json!({ "@odata.type": "#microsoft.graph.fileAttachment", "name": "plan.txt", "contentType": "text/plain", "contentBytes": "cGxhbg==" });
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "With a file", "attachments": [file] }));
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "Without" }));
    for listener in [&mut new, &mut changed] {
        let told = heard(listener).await;
        assert_eq!(texts(&told, "subject"), ["With a file", "Without"]);
        let with = told.iter().find(|mail| mail["subject"] == "With a file").unwrap();
        assert_eq!(
            (&with["attachments"][0]["name"], &with["attachments"][0]["contentBytes"]),
            (&json!("plan.txt"), &Value::Null)
        );
    }
}

#[tokio::test]
async fn a_tree_of_folders_is_followed() {
    let stage = Stage::new();
    let make = async |name: &str, parent: &str| {
        let made =
            stage.works("outlook.create_mail_folder", json!({ "displayName": name, "parentFolderId": parent })).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let projects = make("Projects", "inbox").await;
    let mut listener = stage.listen("outlook.new_email", json!({ "includeSubfolders": true })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    // One that is made later, and in another one, is followed too.
    let deep = make("Deep", &projects).await;
    for (folder, subject) in
        [("inbox", "One"), (projects.as_str(), "Two"), (deep.as_str(), "Three"), ("archive", "Elsewhere")]
    {
        stage.sandbox.graph().deliver(ADELE, folder, json!({ "subject": subject }));
    }
    let told = heard(&mut listener).await;
    assert_eq!(texts(&told, "subject"), ["One", "Three", "Two"]);
    let two = told.iter().find(|mail| mail["subject"] == "Two").unwrap();
    stage.works("outlook.move_email", json!({ "messageId": two["id"], "destinationFolderId": deep })).await;
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "what moves within the tree is not new");
    // A lost place begins again, and a folder that goes takes nothing else along.
    stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    stage.works("outlook.delete_mail_folder", json!({ "folderId": deep })).await;
    stage.sandbox.graph().deliver(ADELE, &projects, json!({ "subject": "Four" }));
    assert_eq!(texts(&heard(&mut listener).await, "subject"), ["Four"]);
}

#[tokio::test]
async fn who_is_mentioned_is_told() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.email_mentioning_me", json!({})).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let html = |link: &str| json!({ "contentType": "html", "content": format!("<p><a href=\"mailto:{link}\">@Someone</a>, please look</p>") });
    let adele = "AdeleV@contoso.example";
    for (folder, subject, body) in [
        ("inbox", "For Adele", html(adele)),
        ("archive", "Filed already", html(adele)),
        ("inbox", "For Megan", html("meganb@contoso.example")),
        ("inbox", "For a stranger", html("adelev@contoso.example.org")),
    ] {
        stage.sandbox.graph().deliver(ADELE, folder, json!({ "subject": subject, "body": body }));
    }
    assert_eq!(texts(&heard(&mut listener).await, "subject"), ["Filed already", "For Adele"]);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let mut one = stage
        .listen("outlook.email_mentioning_me", json!({ "folderId": "archive", "since": "2020-01-01T00:00:00Z" }))
        .await
        .unwrap();
    assert_eq!(texts(&heard(&mut one).await, "subject"), ["Filed already"]);
}

#[tokio::test]
async fn what_leaves_a_folder_is_told() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.deleted_email", json!({})).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let list = stage.works("outlook.list_emails", json!({ "limit": 2 })).await;
    let (one, two) = (&list["items"][0]["id"], &list["items"][1]["id"]);
    stage.works("outlook.delete_email", json!({ "messageId": one })).await;
    stage.works("outlook.archive_email", json!({ "messageId": two })).await;
    let mut expected = vec![one.as_str().unwrap().to_owned(), two.as_str().unwrap().to_owned()];
    expected.sort();
    assert_eq!(texts(&heard(&mut listener).await, "id"), expected);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_flag_fires_once() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.email_flagged", json!({})).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let id = stage.works("outlook.list_emails", json!({ "limit": 1 })).await["items"][0]["id"].clone();
    stage.works("outlook.mark_email_read", json!({ "messageId": id })).await;
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "another change is no flag");
    stage.works("outlook.flag_email", json!({ "messageId": id, "status": "flagged" })).await;
    assert_eq!(heard(&mut listener).await[0]["id"], id);
    stage.works("outlook.update_email", json!({ "messageId": id, "importance": "low" })).await;
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "the flag is the same");
}

#[tokio::test]
async fn attachments_of_what_arrives_fire_once() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.new_attachment", json!({ "nameContains": ".TXT" })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    let file = |name: &str| json!({ "@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": "U291cA==" });
    stage.sandbox.graph().deliver(
        ADELE,
        "inbox",
        json!({ "subject": "Files", "attachments": [file("menu.txt"), file("menu.pdf"), file("plan.txt")] }),
    );
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "None" }));
    let found: Vec<Value> = heard(&mut listener).await.iter().map(|it| it["attachment"].clone()).collect();
    assert_eq!(texts(&found, "name"), ["menu.txt", "plan.txt"]);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_sent_is_told() {
    let stage = Stage::new();
    let input = json!({ "to": "meganb@contoso.example", "subjectContains": "OFFER" });
    let mut listener = stage.listen("outlook.email_sent", input).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    for (to, subject) in [
        ("meganb@contoso.example", "Our offer"),
        ("alexw@contoso.example", "Other offer"),
        ("meganb@contoso.example", "Lunch"),
    ] {
        stage.works("outlook.send_email", json!({ "to": [to], "subject": subject, "body": "x" })).await;
    }
    assert_eq!(texts(&heard(&mut listener).await, "subject"), ["Our offer"]);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_meets_a_filter_is_told() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("outlook.new_email_matching_search", json!({ "filter": "importance eq 'high'" })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "Urgent", "importance": "high" }));
    stage.sandbox.graph().deliver(ADELE, "archive", json!({ "subject": "Also urgent", "importance": "high" }));
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "Not urgent" }));
    assert_eq!(texts(&heard(&mut listener).await, "subject"), ["Also urgent", "Urgent"]);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn contacts_come_change_and_go() {
    let stage = Stage::new();
    let mut new = stage.listen("outlook.new_contact", json!({})).await.unwrap();
    let mut changed = stage.listen("outlook.new_or_updated_contact", json!({})).await.unwrap();
    let mut gone = stage.listen("outlook.deleted_contact", json!({})).await.unwrap();
    for listener in [&mut new, &mut changed, &mut gone] {
        assert_eq!(heard(listener).await, Vec::<Value>::new());
    }
    let made = stage.works("outlook.create_contact", json!({ "displayName": "Nina" })).await;
    assert_eq!(
        (texts(&heard(&mut new).await, "displayName"), texts(&heard(&mut changed).await, "displayName")),
        (vec!["Nina".into()], vec!["Nina".into()])
    );
    stage.works("outlook.update_contact", json!({ "contactId": made["id"], "displayName": "Nina Ray" })).await;
    assert_eq!(heard(&mut new).await, Vec::<Value>::new(), "a change makes nothing new");
    assert_eq!(texts(&heard(&mut changed).await, "displayName"), ["Nina Ray"]);
    // What comes and goes between two looks was never there.
    assert_eq!(heard(&mut gone).await, Vec::<Value>::new());
    stage.works("outlook.delete_contact", json!({ "contactId": made["id"] })).await;
    assert_eq!(heard(&mut gone).await.len(), 1);
    for listener in [&mut new, &mut changed, &mut gone] {
        stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
        assert_eq!(heard(listener).await, Vec::<Value>::new(), "a lost place invents nothing");
    }
}

#[tokio::test]
async fn events_come_change_and_go() {
    let stage = Stage::new();
    let mut new = stage.listen("outlook.new_event", json!({})).await.unwrap();
    let mut changed = stage.listen("outlook.new_or_updated_event", json!({})).await.unwrap();
    let mut gone = stage.listen("outlook.deleted_event", json!({})).await.unwrap();
    for listener in [&mut new, &mut changed, &mut gone] {
        assert_eq!(heard(listener).await, Vec::<Value>::new());
    }
    let start = jiff::Timestamp::now().as_second() + 86_400;
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    let made = stage
        .works("outlook.create_event", json!({ "subject": "First", "start": at(start), "end": at(start + 3600) }))
        .await;
    assert_eq!(
        (texts(&heard(&mut new).await, "subject"), texts(&heard(&mut changed).await, "subject")),
        (vec!["First".into()], vec!["First".into()])
    );
    stage.works("outlook.update_event", json!({ "eventId": made["id"], "subject": "Second" })).await;
    assert_eq!(heard(&mut new).await, Vec::<Value>::new(), "a change makes nothing new");
    assert_eq!(texts(&heard(&mut changed).await, "subject"), ["Second"]);
    // What comes and goes between two looks was never there.
    assert_eq!(heard(&mut gone).await, Vec::<Value>::new());
    stage.works("outlook.delete_event", json!({ "eventId": made["id"] })).await;
    assert_eq!(heard(&mut gone).await.len(), 1);
}

#[tokio::test]
async fn what_begins_soon_is_told_once() {
    let stage = Stage::new();
    let now = jiff::Timestamp::now().as_second();
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    for (subject, minutes) in [("Soon", 10), ("Later", 90), ("Going on", -5)] {
        let start = now + minutes * 60;
        stage
            .works("outlook.create_event", json!({ "subject": subject, "start": at(start), "end": at(start + 1800) }))
            .await;
    }
    let mut listener = stage.listen("outlook.upcoming_event", json!({ "minutesBefore": 30 })).await.unwrap();
    let found = texts(&heard(&mut listener).await, "subject");
    assert!(found.contains(&"Soon".to_owned()), "{found:?}");
    assert!(!found.contains(&"Later".to_owned()) && !found.contains(&"Going on".to_owned()), "{found:?}");
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_not_there_cannot_be_watched() {
    let stage = Stage::new();
    for (trigger, input) in [
        ("new_or_updated_email", json!({ "folderId": GONE_FOLDER })),
        ("deleted_email", json!({ "folderId": GONE_FOLDER })),
        ("email_flagged", json!({ "folderId": GONE_FOLDER })),
        ("email_mentioning_me", json!({ "folderId": GONE_FOLDER })),
        ("new_attachment", json!({ "folderId": GONE_FOLDER })),
        ("new_contact", json!({ "folderId": GONE_FOLDER })),
        ("new_or_updated_contact", json!({ "folderId": GONE_FOLDER })),
        ("deleted_contact", json!({ "folderId": GONE_FOLDER })),
        ("new_event", json!({ "calendarId": GONE_FOLDER })),
        ("new_or_updated_event", json!({ "calendarId": GONE_FOLDER })),
        ("upcoming_event", json!({ "calendarId": GONE_FOLDER })),
    ] {
        let mut listener = stage.listen(&format!("outlook.{trigger}"), input).await.unwrap();
        let error = listener.try_next().await.unwrap_err();
        assert!(matches!(error.code(), Code::NotFound | Code::Rejected), "{trigger}: {error}");
    }
}

#[tokio::test]
async fn a_time_that_is_none_is_refused() {
    let stage = Stage::new();
    for (trigger, input) in [
        ("email_sent", json!({ "since": "yesterday" })),
        ("new_email_matching_search", json!({ "filter": "isRead eq false", "since": "yesterday" })),
    ] {
        let listened = stage.listen(&format!("outlook.{trigger}"), input).await;
        let error = match listened {
            Ok(mut listener) => listener.try_next().await.map(|_| ()).unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/since"), "{trigger}");
    }
}

#[tokio::test]
async fn nobody_listens_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    let mut listener = stage.listen("outlook.deleted_event", json!({})).await.unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert!(error.code() == Code::MissingScope && error.to_string().contains("Calendars.Read"), "{error}");
}
