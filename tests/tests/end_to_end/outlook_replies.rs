//! Replies to more people than Outlook fills in.

use serde_json::{Value, json};

use crate::outlook_mail::inbox;
use crate::stage::{Stage, as_adele};

#[tokio::test]
async fn a_reply_to_more_people_reaches_its_sender_too() {
    let stage = Stage::new();
    let id = inbox(&stage, 2).await.remove(1);
    let from = stage.look(&format!("/me/messages/{id}?$select=from"))["from"]["emailAddress"]["address"].clone();
    let input = json!({
        "messageId": id, "comment": "For you too.", "to": ["alexw@contoso.example", from.as_str().unwrap().to_uppercase()],
        "bcc": ["diegos@contoso.example"],
    });
    let run = as_adele("outlook.reply_to_email", input).key("more");
    let sent = stage.execute(run.clone()).await.unwrap();
    assert_eq!(stage.execute(run).await.unwrap(), sent);
    let copy = stage.works("outlook.get_email", json!({ "messageId": sent["messageId"] })).await;
    let to: Vec<&Value> =
        copy["toRecipients"].as_array().unwrap().iter().map(|it| &it["emailAddress"]["address"]).collect();
    assert_eq!(to, [&from, &json!("alexw@contoso.example")], "{copy}");
    assert_eq!(copy["bccRecipients"][0]["emailAddress"]["address"], "diegos@contoso.example");
    assert_eq!(stage.count("sentitems", "RE: Quarterly budget review"), 1);
}
