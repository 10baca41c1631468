//! Who is mentioned and what is attached: both are told in a list, and marked in the text by an element with the same
//! id.

use connector_sdk::schema::rules;
use connector_sdk::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Somebody or something that is mentioned.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mention {
    /// The number of the mark in the text: `0` for `<at id="0">Adele</at>`.
    #[schemars(range(max = 1000))]
    id: u32,
    /// What is mentioned; the default is a user.
    #[serde(default)]
    kind: Mentioned,
    /// Its object id; for a channel or a chat, its id in Teams.
    #[schemars(length(min = 1, max = 200), extend("x-picklist" = "users"))]
    mentioned: String,
    /// What is shown; the default is the text between the marks.
    #[schemars(length(min = 1, max = 256))]
    text: Option<String>,
}

/// What can be mentioned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Mentioned {
    /// A user.
    #[default]
    User,
    /// An app or bot.
    Application,
    /// Everybody in the team.
    Team,
    /// Everybody who follows the channel.
    Channel,
    /// Everybody in the chat.
    Chat,
}

/// A file or a card, such as an Adaptive Card, to attach.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = rules::needed_with(&["contentUrl", "contentType=reference"]))]
#[schemars(transform = rules::one_of(&["content", "contentType=reference"]))]
pub struct MessageAttachment {
    /// Its id, the same as that of the mark in the text, `<attachment id="…"></attachment>`. For a file it is the GUID
    /// in the `eTag` of the drive item; for a card any GUID.
    #[schemars(length(min = 1, max = 100), regex(pattern = r#"^[^"<>]+$"#))]
    id: String,
    /// `reference` for a file in SharePoint or OneDrive; for a card its media type, such as
    /// `application/vnd.microsoft.card.adaptive`.
    #[schemars(length(min = 1, max = 200))]
    content_type: String,
    /// Where the file is: the `webUrl` of its folder and its name.
    #[schemars(extend("format" = "uri"))]
    content_url: Option<String>,
    /// Content of the card, as an object or as JSON text.
    content: Option<Value>,
    /// The name of the file.
    #[schemars(length(min = 1, max = 400))]
    name: Option<String>,
    /// The image that is shown for it.
    #[schemars(extend("format" = "uri"))]
    thumbnail_url: Option<String>,
}

/// A mention, as Graph takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphMention {
    id: u32,
    mention_text: String,
    mentioned: Value,
}

/// An attachment, as Graph takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphAttachment {
    id: String,
    content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<String>,
}

/// Holds the mentions against the marks in the text: each mark has one, each of them a mark.
///
/// # Errors
/// `invalid_input` at `/mentions/…` or `/body`.
pub fn mentions(given: Vec<Mention>, body: &str) -> Result<Vec<GraphMention>> {
    let marks = marks(body, "at");
    if let Some(mark) = marks.iter().find(|mark| !given.iter().any(|mention| mention.id.to_string() == mark.id)) {
        return Err(Error::invalid(
            "/body",
            format!("`<at id=\"{}\">` marks a mention that is not in `mentions`", mark.id),
        ));
    }
    let mut found: Vec<GraphMention> = Vec::with_capacity(given.len());
    for (place, Mention { id, kind, mentioned, text }) in given.into_iter().enumerate() {
        let wrong = |message: String| Err(Error::invalid(format!("/mentions/{place}/id"), message));
        if found.iter().any(|known| known.id == id) {
            return wrong(format!("there are two mentions with the id {id}"));
        }
        let Some(mark) = marks.iter().find(|mark| mark.id == id.to_string()) else {
            return wrong(format!(
                "the body has no mark for it: write `<at id=\"{id}\">name</at>` where the name belongs"
            ));
        };
        let mention_text = text.unwrap_or_else(|| mark.text.to_owned());
        let mentioned = kind.identity(&mentioned, &mention_text);
        found.push(GraphMention { id, mention_text, mentioned });
    }
    Ok(found)
}

/// Holds the attachments against the marks in the text. For one that has no mark, it is put at the end.
///
/// # Errors
/// `invalid_input` at `/attachments/…` or `/body`.
pub fn attachments(given: Vec<MessageAttachment>, body: &mut String) -> Result<Vec<GraphAttachment>> {
    let marked: Vec<String> = marks(body, "attachment").into_iter().map(|mark| mark.id.to_owned()).collect();
    if let Some(id) = marked.iter().find(|id| !given.iter().any(|attachment| attachment.id == **id)) {
        return Err(Error::invalid(
            "/body",
            format!("`<attachment id=\"{id}\">` marks an attachment that is not in `attachments`"),
        ));
    }
    let mut found: Vec<GraphAttachment> = Vec::with_capacity(given.len());
    for (place, attachment) in given.into_iter().enumerate() {
        let wrong =
            |property: &str, message: &str| Err(Error::invalid(format!("/attachments/{place}/{property}"), message));
        if found.iter().any(|known| known.id == attachment.id) {
            return wrong("id", "there are two attachments with this id");
        }
        let is_file = attachment.content_type == "reference";
        match (is_file, attachment.content_url.is_some(), attachment.content.is_some()) {
            (true, false, _) => return wrong("contentUrl", "a file is attached by its URL"),
            (true, _, true) => return wrong("content", "a file is attached by its URL, and has no content here"),
            (false, false, false) => return wrong("content", "a card needs `content`"),
            _ => {}
        }
        if !marked.contains(&attachment.id) {
            body.push_str(&format!("<attachment id=\"{}\"></attachment>", attachment.id));
        }
        let content = attachment.content.map(|content| match content {
            Value::String(text) => text,
            object => object.to_string(),
        });
        let MessageAttachment { id, content_type, content_url, name, thumbnail_url, .. } = attachment;
        found.push(GraphAttachment { id, content_type, content_url, content, name, thumbnail_url });
    }
    Ok(found)
}

impl Mentioned {
    fn identity(self, id: &str, name: &str) -> Value {
        let conversation = |kind: &str| {
            let kind = json!({ "@odata.type": "#microsoft.graph.teamworkConversationIdentity", "id": id, "displayName": name, "conversationIdentityType": kind });
            json!({ "conversation": kind })
        };
        match self {
            Mentioned::User => {
                json!({ "user": { "@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": id, "displayName": name, "userIdentityType": "aadUser" } })
            }
            Mentioned::Application => json!({ "application": { "id": id, "displayName": name } }),
            Mentioned::Team => conversation("team"),
            Mentioned::Channel => conversation("channel"),
            Mentioned::Chat => conversation("chat"),
        }
    }
}

struct Mark<'b> {
    id: &'b str,
    text: &'b str,
}

// The elements `<name id="…">text</name>`, in the spellings that HTML has for them.
fn marks<'b>(body: &'b str, name: &str) -> Vec<Mark<'b>> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some((element, after)) = rest.split_once('>') else { break };
        let Some((tag, attributes)) = element.split_once(|letter: char| letter.is_ascii_whitespace()) else { continue };
        if !tag.eq_ignore_ascii_case(name) {
            continue;
        }
        if let Some(id) = attribute(attributes, "id") {
            found.push(Mark { id, text: after.split('<').next().unwrap_or_default() });
        }
        rest = after;
    }
    found
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes.trim();
    while let Some((known, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split_once(quote)?,
            _ => value
                .split_once(|letter: char| letter.is_ascii_whitespace())
                .unwrap_or((value.trim_end_matches('/'), "")),
        };
        if known.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after.trim_start();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(id: u32) -> Mention {
        Mention { id, kind: Mentioned::User, mentioned: "x".to_owned(), text: None }
    }

    fn pointer(error: Error) -> String {
        error.violations()[0].pointer.clone()
    }

    #[test]
    fn marks_are_found_in_each_spelling() {
        for body in [
            "<at id=\"0\">Adele</at>",
            "a < b <p>Hi <AT class='x' ID='0'>Adele</AT></p>",
            "<b>x</b><at  id = 0 >Adele</at>",
            "<at\nid=\"0\">Adele</at>",
        ] {
            let found = mentions(vec![mention(0)], body).unwrap();
            assert_eq!(found[0].mention_text, "Adele", "{body}");
        }
        for body in [
            "<atom id=\"0\">x</atom>",
            "<at>x</at>",
            "at id=\"0\"",
            "<at id=\"0\"",
            "<at data-id=\"0\">x</at>",
            "<at id=\"00\">x</at>",
        ] {
            assert!(mentions(vec![mention(0)], body).is_err(), "{body}");
        }
    }

    #[test]
    fn each_mention_has_one_mark_and_each_mark_a_mention() {
        let body = "<at id=\"0\">A</at> and <at id=\"1\">B</at>";
        assert_eq!(pointer(mentions(vec![mention(0)], body).unwrap_err()), "/body");
        assert_eq!(pointer(mentions(vec![mention(0), mention(1), mention(2)], body).unwrap_err()), "/mentions/2/id");
        assert_eq!(pointer(mentions(vec![mention(1), mention(1), mention(0)], body).unwrap_err()), "/mentions/1/id");
        assert_eq!(mentions(vec![mention(1), mention(0)], body).unwrap()[0].mention_text, "B");
    }

    #[test]
    fn what_is_attached_is_marked() {
        let file = |id: &str| MessageAttachment {
            id: id.to_owned(),
            content_type: "reference".to_owned(),
            content_url: Some("https://contoso.example/a.txt".to_owned()),
            content: None,
            name: None,
            thumbnail_url: None,
        };
        let mut body = "See <attachment id=\"a\"></attachment>.".to_owned();
        attachments(vec![file("a"), file("b")], &mut body).unwrap();
        assert_eq!(body, "See <attachment id=\"a\"></attachment>.<attachment id=\"b\"></attachment>");
        assert_eq!(pointer(attachments(vec![], &mut body).unwrap_err()), "/body");
        assert_eq!(
            pointer(attachments(vec![file("c"), file("c")], &mut String::new()).unwrap_err()),
            "/attachments/1/id"
        );
        let card = MessageAttachment {
            content_type: "application/vnd.microsoft.card.adaptive".to_owned(),
            content_url: None,
            ..file("c")
        };
        assert_eq!(pointer(attachments(vec![card.clone()], &mut String::new()).unwrap_err()), "/attachments/0/content");
        let card = MessageAttachment { content: Some(json!({ "type": "AdaptiveCard" })), ..card };
        assert_eq!(
            attachments(vec![card], &mut String::new()).unwrap()[0].content.as_deref(),
            Some(r#"{"type":"AdaptiveCard"}"#)
        );
        let none = MessageAttachment { content_url: None, ..file("d") };
        assert_eq!(pointer(attachments(vec![none], &mut String::new()).unwrap_err()), "/attachments/0/contentUrl");
    }
}
