//! Messages in their internet form (RFC 5322, MIME), read and written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Written;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::json::object;

/// The properties of a message with its `attachments`, as a client would send them in JSON.
///
/// # Errors
/// If the text is not base64, or what it encodes is no message.
pub(crate) fn read_base64(text: &[u8]) -> Result<Map<String, Value>, Fault> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty());
    let bytes = bytes.ok_or_else(|| {
        Fault::new(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
    })?;
    let message = MessageParser::default().parse(&bytes).filter(|message| !message.headers().is_empty());
    message
        .map(|message| read(&message))
        .ok_or_else(|| Fault::new(400, "ErrorMimeContentInvalid", "The MIME content is invalid."))
}

fn read(message: &Message<'_>) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("subject".into(), message.subject().unwrap_or_default().into());
    let body = match message.html_bodies().next().map(|part| &part.body) {
        Some(PartType::Html(html)) => json!({ "contentType": "html", "content": html }),
        _ => json!({ "contentType": "text", "content": message.body_text(0).unwrap_or_default() }),
    };
    fields.insert("body".into(), body);
    let lists = [
        ("toRecipients", message.to()),
        ("ccRecipients", message.cc()),
        ("bccRecipients", message.bcc()),
        ("replyTo", message.reply_to()),
    ];
    for (name, list) in lists {
        fields.insert(name.into(), people(list).into());
    }
    for (name, list) in [("from", message.from()), ("sender", message.sender())] {
        fields.extend(people(list).into_iter().next().map(|person| (name.to_owned(), person)));
    }
    if let Some(id) = message.message_id() {
        fields.insert("internetMessageId".into(), format!("<{id}>").into());
    }
    let mut custom = Vec::new();
    for (name, value) in message.headers_raw() {
        let value = value.trim();
        if name.eq_ignore_ascii_case("importance") {
            let known = ["low", "normal", "high"].into_iter().find(|known| known.eq_ignore_ascii_case(value));
            fields.insert("importance".into(), known.unwrap_or("normal").into());
        } else if name.len() > 2 && name[..2].eq_ignore_ascii_case("x-") {
            custom.push(json!({ "name": name, "value": value }));
        }
    }
    if !custom.is_empty() {
        fields.insert("internetMessageHeaders".into(), custom.into());
    }
    let attachments: Vec<Value> = message.attachments().map(attachment).collect();
    if !attachments.is_empty() {
        fields.insert("attachments".into(), attachments.into());
    }
    fields
}

fn people(list: Option<&Address<'_>>) -> Vec<Value> {
    let one = |person: &mail_parser::Addr<'_>| {
        let address = person.address.as_deref()?;
        Some(json!({ "emailAddress": { "name": person.name.as_deref().unwrap_or(address), "address": address } }))
    };
    list.map(|list| list.iter().filter_map(one).collect()).unwrap_or_default()
}

fn attachment(part: &MessagePart<'_>) -> Value {
    if let Some(inner) = part.message() {
        let mut item = read(inner);
        let name = item
            .get("subject")
            .and_then(Value::as_str)
            .filter(|subject| !subject.is_empty())
            .unwrap_or("message")
            .to_owned();
        item.insert("@odata.type".into(), "#microsoft.graph.message".into());
        return json!({ "@odata.type": "#microsoft.graph.itemAttachment", "name": name, "item": item });
    }
    let mut file = json!({
        "@odata.type": "#microsoft.graph.fileAttachment", "name": part.attachment_name().unwrap_or("attachment"),
        "contentBytes": STANDARD.encode(part.contents()),
        "isInline": part.content_disposition().is_some_and(|disposition| disposition.is_inline()),
    });
    if let Some(media) = part.content_type() {
        file["contentType"] = format!("{}/{}", media.ctype(), media.subtype().unwrap_or("octet-stream")).into();
    }
    if let Some(id) = part.content_id() {
        file["contentId"] = id.into();
    }
    file
}

/// A message with its attachments, as a mail server would hand it over.
pub(crate) fn write<'p>(message: &Map<String, Value>, parts: impl Iterator<Item = &'p Map<String, Value>>) -> Vec<u8> {
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
    let sent: Option<Timestamp> = text("sentDateTime").parse().ok();
    let id = text("internetMessageId").trim_matches(['<', '>']).to_owned();
    // A boundary of its own for each message, and the same each time.
    let boundary = |level: &str| {
        format!("_{level}_{}", id.chars().filter(char::is_ascii_alphanumeric).take(40).collect::<String>())
    };
    let mut builder = MessageBuilder::new().subject(text("subject"));
    if let Some(from) = message.get("from").and_then(address) {
        builder = builder.from(from);
    }
    let people = |name: &str| -> Vec<Written<'_>> {
        message.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(address).collect()
    };
    for (name, header) in
        [("toRecipients", "To"), ("ccRecipients", "Cc"), ("bccRecipients", "Bcc"), ("replyTo", "Reply-To")]
    {
        let list = people(name);
        if !list.is_empty() {
            builder = builder.header(header, Written::List(list));
        }
    }
    if !id.is_empty() {
        builder = builder.message_id(id.clone());
    }
    builder = builder.date(sent.map_or(0, Timestamp::as_second));
    if text("importance") != "normal" && !text("importance").is_empty() {
        builder = builder.header("Importance", Text::new(text("importance")));
    }
    for header in message.get(super::headers::KEPT).and_then(Value::as_array).into_iter().flatten() {
        let (name, value) = (header["name"].as_str().unwrap_or_default(), header["value"].as_str().unwrap_or_default());
        builder = builder.header(name.to_owned(), Raw::new(value.to_owned()));
    }
    let body = message.get("body").cloned().unwrap_or_default();
    let media = if body["contentType"] == "html" { "text/html" } else { "text/plain" };
    let content = body["content"].as_str().unwrap_or_default().to_owned();
    let mut body = MimePart::new(ContentType::new(media).attribute("charset", "utf-8"), content);
    let (inline, attached): (Vec<_>, Vec<_>) = parts.partition(|part| part.get("isInline") == Some(&Value::Bool(true)));
    for (kind, parts) in [("related", inline), ("mixed", attached)] {
        if parts.is_empty() {
            continue;
        }
        let media = ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary(kind));
        let all: Vec<MimePart<'_>> = std::iter::once(body).chain(parts.into_iter().map(part)).collect();
        body = MimePart::new(media, BodyPart::Multipart(all));
    }
    // Writing into memory does not fail.
    builder.body(body).write_to_vec().unwrap_or_default()
}

fn address(person: &Value) -> Option<Written<'static>> {
    let address = person["emailAddress"]["address"].as_str()?.to_owned();
    let name = person["emailAddress"]["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    Some(Written::new_address(name, address))
}

fn part(part: &Map<String, Value>) -> MimePart<'static> {
    let text = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    if let Some(item) = part.get(".item") {
        return MimePart::new("message/rfc822", write_item(item)).attachment(text("name"));
    }
    let bytes = STANDARD.decode(text("contentBytes")).unwrap_or_default();
    let media = Some(text("contentType"))
        .filter(|media| !media.is_empty())
        .unwrap_or_else(|| "application/octet-stream".into());
    let written = MimePart::new(media, bytes);
    let id = text("contentId");
    let written = if id.is_empty() { written } else { written.cid(id) };
    if part.get("isInline") == Some(&Value::Bool(true)) { written.inline() } else { written.attachment(text("name")) }
}

/// An attached message as a file. Its own attachments are in its properties.
pub(crate) fn write_item(item: &Value) -> Vec<u8> {
    let fields = object(item.clone());
    let inner: Vec<Map<String, Value>> =
        item["attachments"].as_array().into_iter().flatten().map(|part| object(part.clone())).collect();
    write(&fields, inner.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &str = "From: Alex Wilber <alexw@contoso.example>\r\nTo: Megan <meganb@contoso.example>, b@contoso.example\r\n\
        Subject: =?utf-8?Q?Caf=C3=A9?=\r\nX-Shop: 7\r\nImportance: High\r\nMessage-ID: <a@b>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p>\r\n\
        --x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"a.csv\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nMSwy\r\n--x--\r\n";

    #[test]
    fn what_is_read_can_be_written_and_read_again() {
        let first = read_base64(STANDARD.encode(RAW).as_bytes()).unwrap();
        assert_eq!((&first["subject"], &first["importance"]), (&json!("Café"), &json!("high")));
        assert_eq!(first["toRecipients"].as_array().map(Vec::len), Some(2));
        assert_eq!(first["body"], json!({ "contentType": "html", "content": "<p>Hi</p>" }));
        assert_eq!(first["attachments"][0]["contentBytes"], "MSwy");
        let mut stored = first.clone();
        let headers = stored.remove("internetMessageHeaders").unwrap();
        stored.insert(super::super::headers::KEPT.into(), headers);
        let files: Vec<_> = first["attachments"].as_array().unwrap().iter().map(|file| object(file.clone())).collect();
        let written = write(&stored, files.iter());
        assert_eq!(written, write(&stored, files.iter()), "the same each time");
        let second = read_base64(STANDARD.encode(&written).as_bytes()).unwrap();
        for name in [
            "subject",
            "from",
            "toRecipients",
            "internetMessageId",
            "importance",
            "internetMessageHeaders",
            "attachments",
        ] {
            assert_eq!(second[name], first[name], "{name}");
        }
        assert!(second["body"]["content"].as_str().unwrap().contains("<p>Hi</p>"));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(read_base64(b"!!").unwrap_err().code, "ErrorMimeContentInvalidBase64String");
        assert_eq!(read_base64(b"").unwrap_err().code, "ErrorMimeContentInvalidBase64String");
    }
}
