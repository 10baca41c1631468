//! A list of messages of 2 KB, as long as one likes, made without being kept.

use bytes::Bytes;
use serde_json::json;

/// How many messages a page has.
pub(super) const PAGE: usize = 100;
/// How large a message is.
const MESSAGE: usize = 2048;
/// What is replaced by the message's number.
const NUMBER: &str = "000000000000";

/// A page with the numbers left open.
#[derive(Debug)]
pub(super) struct Pages {
    text: Vec<u8>,
    numbers: Vec<usize>,
}

impl Pages {
    pub(super) fn new() -> Pages {
        let message = message();
        let place = message.find(NUMBER).unwrap_or_default();
        let mut text = br#"{"@odata.context":"http://localhost/v1.0/$metadata#users/messages","value":["#.to_vec();
        let mut numbers = Vec::with_capacity(PAGE);
        for i in 0..PAGE {
            if i > 0 {
                text.push(b',');
            }
            numbers.push(text.len() + place);
            text.extend_from_slice(message.as_bytes());
        }
        text.push(b']');
        Pages { text, numbers }
    }

    /// The page that begins with this message, with a link to the next one.
    pub(super) fn page(&self, first: usize, next: Option<&str>) -> Bytes {
        let mut text = Vec::with_capacity(self.text.len() + 256);
        text.extend_from_slice(&self.text);
        for (i, place) in self.numbers.iter().enumerate() {
            let number = format!("{:012}", first + i);
            text[*place..place + NUMBER.len()].copy_from_slice(number.as_bytes());
        }
        if let Some(next) = next {
            text.extend_from_slice(br#","@odata.nextLink":""#);
            text.extend_from_slice(next.as_bytes());
            text.push(b'"');
        }
        text.push(b'}');
        text.into()
    }
}

// What Graph returns for a message, without those properties that are always empty.
fn message() -> String {
    let with_body = |body: &str| {
        let person = |name: &str, address: &str| json!({ "emailAddress": { "name": name, "address": address } });
        json!({
            "@odata.etag": "W/\"CQAAABYAAADHcgC8Hl9tRZ/hc1wEUs1TAAAwR4Hg\"",
            "id": format!("AAMkAGUAAAwTW09AAA{NUMBER}="),
            "createdDateTime": "2026-02-19T10:30:05Z",
            "lastModifiedDateTime": "2026-02-19T10:31:12Z",
            "receivedDateTime": "2026-02-19T10:30:06Z",
            "sentDateTime": "2026-02-19T10:30:05Z",
            "hasAttachments": false,
            "internetMessageId": "<BL0PR2101MB1234@BL0PR2101MB1234.namprd21.prod.contoso.example>",
            "subject": "Re: Agenda for Thursday's \"review\"",
            "bodyPreview": "First the figures, then the plans for the next quarter.\r\n\r\nAdele",
            "importance": "normal",
            "parentFolderId": "AAMkAGUAAAAAAAEMAAA=",
            "conversationId": "AAQkAGUzY5QKgAAA=",
            "isDeliveryReceiptRequested": null,
            "isRead": true,
            "isDraft": false,
            "webLink": "https://outlook.office365.example/owa/?ItemID=AAMkAGUAAAwTW09AAA%3D&exvsurl=1&viewmodel=ReadMessageItem",
            "inferenceClassification": "focused",
            "body": { "contentType": "html", "content": body },
            "sender": person("Adele Vance", "adele@contoso.example"),
            "from": person("Adele Vance", "adele@contoso.example"),
            "toRecipients": [person("Megan Bowen", "megan@contoso.example"), person("Alex Wilber", "alex@contoso.example")],
            "ccRecipients": [],
            "bccRecipients": [],
            "replyTo": [],
            "flag": { "flagStatus": "notFlagged" }
        })
        .to_string()
    };
    let paragraph = "<p class=\"MsoNormal\">First the figures, then the plans for the next quarter.</p>\r\n";
    let mut body = String::new();
    while with_body(&(body.clone() + paragraph)).len() <= MESSAGE {
        body.push_str(paragraph);
    }
    let missing = MESSAGE.saturating_sub(with_body(&body).len());
    body.push_str(&"x".repeat(missing));
    with_body(&body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_size_and_their_number() {
        assert_eq!(message().len(), MESSAGE);
        let page: serde_json::Value =
            serde_json::from_slice(&Pages::new().page(300, Some("http://localhost/next"))).unwrap();
        let items = page["value"].as_array().unwrap();
        assert_eq!(items.len(), PAGE);
        assert_eq!(items[7]["id"], "AAMkAGUAAAwTW09AAA000000000307=");
        assert_eq!(page["@odata.nextLink"], "http://localhost/next");
    }
}
