//! What happens in the sandbox while triggers listen: the same each time, and unperturbed.

use serde_json::{Value, json};

use crate::stage::{ADELE, Stage};

const GROUP: &str = "fba318f2-9400-4cc8-879e-e1bb10c5b206";
const FILES: &str = "/me/drive/items";
const LIST: &str = "/sites/contoso.sharepoint.example:/sites/mark8:/lists/Parts/items";

/// How many chapters there are.
pub(super) const CHAPTERS: usize = 3;

/// Lets things happen: what is made in the first chapter changes in the second and goes in the third.
pub(super) fn tell(stage: &Stage, chapter: usize, made: &mut Vec<(&'static str, String)>) {
    match chapter {
        0 => begin(stage, made),
        1 => made.iter().for_each(|(path, id)| change(stage, path, id)),
        _ => {
            for (path, id) in made.iter().rev() {
                stage.ask("DELETE", &format!("{path}/{id}"), &Value::Null);
            }
        }
    }
}

fn begin(stage: &Stage, made: &mut Vec<(&'static str, String)>) {
    let graph = stage.sandbox.graph();
    let file = |name: &str| json!({ "@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": "U291cA==" });
    for number in 0..4 {
        let mention = "<p><a href=\"mailto:AdeleV@contoso.example\">@Adele</a></p>";
        let letter = json!({
            "subject": format!("Invoice {number}"), "importance": "high", "body": { "contentType": "html", "content": mention },
            "attachments": [file("bill.pdf"), file("terms.pdf")],
        });
        made.push(("/me/messages", graph.deliver(ADELE, "inbox", letter)));
    }
    let tomorrow = jiff::Timestamp::from_second(stage.sandbox.clock().now().as_second() + 900).unwrap();
    let later = jiff::Timestamp::from_second(tomorrow.as_second() + 1800).unwrap();
    let at = |time: jiff::Timestamp| json!({ "dateTime": time.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": "UTC" });
    // A folder is made in one collection and known in another.
    let mut make = |path: &'static str, body: Value| {
        let collection = if path == FILES { "/me/drive/root/children" } else { path };
        let id = stage.ask("POST", collection, &body)["id"].as_str().unwrap().to_owned();
        made.push((path, id));
    };
    for number in 0..3 {
        make("/me/events", json!({ "subject": format!("Event {number}"), "start": at(tomorrow), "end": at(later) }));
        make("/me/contacts", json!({ "displayName": format!("Contact {number}"), "givenName": "Contact" }));
        let name = format!("person{number}");
        let person = json!({
            "accountEnabled": true, "displayName": name, "mailNickname": name, "userPrincipalName": format!("{name}@contoso.example"),
            "passwordProfile": { "password": "Xa9#xa9#xa9#" }
        });
        make("/users", person);
        let name = format!("circle{number}");
        make(
            "/groups",
            json!({ "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true }),
        );
        make(FILES, json!({ "name": format!("Folder {number}"), "folder": {} }));
        make(LIST, json!({ "fields": { "Title": format!("Part {number}") } }));
    }
    let people: Vec<String> = made.iter().filter(|(path, _)| *path == "/users").map(|(_, id)| id.clone()).collect();
    for person in people {
        let member = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{person}") });
        stage.ask("POST", &format!("/groups/{GROUP}/members/$ref"), &member);
    }
    for seconds in [1, 2] {
        let at = jiff::Timestamp::from_second(stage.sandbox.clock().now().as_second() - seconds).unwrap();
        graph.log_sign_in(ADELE, at, json!({}));
        graph.log_directory_audit("Add user", at, json!({}));
    }
    let channel = format!("/teams/{GROUP}/channels/19:f021ac88001b469f847e43f464489b43@thread.tacv2/messages");
    for path in [channel.as_str(), "/chats/19:40ba61905ee54709861c1de553a279d2@thread.v2/messages"] {
        stage.ask("POST", path, &json!({ "body": { "content": "Hello" } }));
    }
}

fn change(stage: &Stage, path: &str, id: &str) {
    let (path, body) = match path {
        "/me/messages" => (format!("{path}/{id}"), json!({ "isRead": true, "flag": { "flagStatus": "flagged" } })),
        "/me/events" => (format!("{path}/{id}"), json!({ "subject": "Another subject" })),
        "/me/contacts" | "/users" | "/groups" => (format!("{path}/{id}"), json!({ "displayName": "Another name" })),
        "/me/drive/items" => (format!("{path}/{id}"), json!({ "description": "Changed" })),
        _ => (format!("{path}/{id}/fields"), json!({ "Title": "Another title" })),
    };
    stage.ask("PATCH", &path, &body);
}
