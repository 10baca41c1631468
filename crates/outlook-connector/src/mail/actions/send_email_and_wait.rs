//! `send_email_and_wait`

use std::collections::BTreeMap;
use std::time::Duration;

use connector_sdk::{Action, Context, Effect, Error, Json, Plan, Properties, Result, Root, Spec, odata};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::mail::compose::OutgoingMessage;
use crate::permissions::MAIL_SEND_DRAFTS;
use crate::vocabulary::{Address, BodyType, ItemBody, Mailbox, Message, named_recipients, recipients};

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_secs(30);

/// Ask people to choose one of several options by mail, and wait for the first answer. The mail lists the words to
/// answer with; the first reply whose first line is one of them decides. It uses no buttons, so it works in every mail
/// program. The run waits for at most `timeoutMinutes`. To wait for days, send the mail and listen with the trigger
/// `new_email` instead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "to": ["meganb@contoso.example"], "subject": "Budget", "body": "May I order the chairs?", "timeoutMinutes": 1 })]))]
pub struct SendEmailAndWait {
    /// Whose mailbox sends and gets the answers.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The people who are asked. The first answer counts.
    #[schemars(length(min = 1, max = 50))]
    to: Vec<Address>,
    /// The subject.
    #[schemars(length(min = 1, max = 255))]
    subject: String,
    /// The text above the options.
    body: Option<String>,
    /// The words to choose from; the default is `Approve` and `Reject`.
    #[serde(default = "approve_or_reject")]
    #[schemars(length(min = 1, max = 10), inner(length(min = 1, max = 60)))]
    options: Vec<String>,
    /// Names of further form fields, such as `Reason`. The mail has a line for each, `Reason:`, and the text after it
    /// in the reply is returned.
    #[serde(default)]
    #[schemars(length(max = 10), inner(length(min = 1, max = 60)))]
    form_fields: Vec<String>,
    /// Maximum time to wait, in minutes.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 1440))]
    timeout_minutes: u64,
}

fn approve_or_reject() -> Vec<String> {
    vec!["Approve".to_owned(), "Reject".to_owned()]
}

fn ten() -> u64 {
    10
}

/// The choice.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chosen {
    /// The option, if somebody chose one in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    selected: Option<String>,
    /// The address of who chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    responder: Option<String>,
    /// When, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_at: Option<String>,
    /// Values of the form fields by their names; empty ones are absent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
    /// Nobody chose in time.
    timed_out: bool,
}

impl Action for SendEmailAndWait {
    type Output = Chosen;
    const SPEC: Spec = Spec::new("send_email_and_wait", "Send email and wait", Effect::Send).scopes(MAIL_SEND_DRAFTS);

    fn recipients(input: &Value) -> Option<Vec<String>> {
        Some(named_recipients(input))
    }

    fn plan(self, cx: &Context) -> Result<Plan<Chosen>> {
        let blank = self.options.iter().position(|option| option.trim().is_empty());
        if let Some(at) = blank {
            return Err(Error::invalid(format!("/options/{at}"), "is blank: nobody could answer with it"));
        }
        let root = self.mailbox.root(cx)?;
        let list = self.options.iter().map(|option| format!("  {option}")).collect::<Vec<_>>().join("\r\n");
        let text = self.body.unwrap_or_default();
        let form: String = self.form_fields.iter().map(|field| format!("{field}:\r\n")).collect();
        let form = if form.is_empty() { form } else { format!("\r\nand fill in what stands here:\r\n\r\n{form}") };
        let content =
            format!("{text}\r\n\r\nPlease reply, with one of these words in the first line:\r\n\r\n{list}\r\n{form}");
        let message = OutgoingMessage {
            subject: Some(self.subject),
            body: Some(ItemBody { content_type: BodyType::Text, content }),
            to_recipients: recipients(self.to),
            ..OutgoingMessage::default()
        };
        let create = root.post("/messages").json(message);
        let looks = self.timeout_minutes * 60 / PAUSE.as_secs();
        let (options, fields, now) = (self.options, self.form_fields, cx.now);
        Ok(create.raw::<Message>().and_then(move |draft| {
            let draft = draft.into_json();
            let Some(id) = Properties::of(&draft).text("id") else {
                return Plan::fail(Error::protocol("the answer to a new draft has no id"));
            };
            asked(&root, &id, draft).and_then(move |(conversation, made)| {
                // The clock that tells when replies arrive is the server's.
                let since = made.unwrap_or(now);
                let send = root.post("/messages/{message}/send").exchange_id("message", id);
                send.accepted().and_then(move |_| Waiting { root, conversation, options, fields, since }.look(looks))
            })
        }))
    }
}

// The conversation of a draft, and when it was made. One that came without its conversation is read again.
fn asked(root: &Root, id: &str, draft: Json) -> Plan<(String, Option<Timestamp>)> {
    let read = |draft: &Json| {
        let draft = Properties::of(draft);
        Some((draft.text("conversationId")?, draft.time("createdDateTime")))
    };
    if let Some(asked) = read(&draft) {
        return Plan::done(asked);
    }
    let again =
        root.get("/messages/{message}").exchange_id("message", id).query("$select", "conversationId,createdDateTime");
    again.raw::<Message>().try_map(move |draft| {
        read(draft.json()).ok_or_else(|| {
            Error::protocol("Graph does not return the conversation of the draft, so no answer could be found")
                .with_hint("Nothing was sent: the question is among the drafts.")
        })
    })
}

// An option, or the first line of a reply, as they are compared.
fn word(text: &str) -> String {
    text.trim().trim_end_matches(['.', '!']).trim_end().to_lowercase()
}

struct Waiting {
    root: Root,
    conversation: String,
    options: Vec<String>,
    fields: Vec<String>,
    since: Timestamp,
}

// Of a reply nothing is certain but that it is one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    from: Option<From>,
    body: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct From {
    email_address: Option<Responder>,
}

#[derive(Deserialize)]
struct Responder {
    address: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    content: Option<String>,
}

impl Waiting {
    // Looks, and waits as often as `left` says.
    fn look(self, left: u64) -> Plan<Chosen> {
        let filter = format!("conversationId eq {}", odata::string(&self.conversation));
        let list = self.root.get("/mailFolders/inbox/messages").query("$filter", filter);
        let list = list
            .query("$select", "from,body,receivedDateTime")
            .query("$top", 50)
            .prefer("outlook.body-content-type=\"text\"");
        list.all_items().and_then(move |replies| match self.choice(&replies) {
            Some(chosen) => Plan::done(chosen),
            None if left == 0 => Plan::done(Chosen { timed_out: true, ..Chosen::default() }),
            None => Plan::wait(PAUSE, move || self.look(left - 1)),
        })
    }

    // The first reply whose first line is an option. The conversation began with the question, so a reply of which
    // Graph tells no time is one to it, and comes after those with a time.
    fn choice(&self, replies: &[Json]) -> Option<Chosen> {
        let mut replies: Vec<(Option<Timestamp>, Reply)> = replies
            .iter()
            .filter_map(|item| Some((Properties::of(item).time("receivedDateTime"), item.read_what_fits()?)))
            .collect();
        replies.sort_by_key(|(received, _)| (received.is_none(), *received));
        let since = Timestamp::from_second(self.since.as_second()).unwrap_or(self.since);
        replies.into_iter().filter(|(received, _)| received.is_none_or(|at| at >= since)).find_map(
            |(received, reply)| {
                let text = reply.body?.content?;
                let line = word(text.lines().map(str::trim).find(|line| !line.is_empty())?);
                let selected = self.options.iter().find(|option| word(option) == line)?.clone();
                Some(Chosen {
                    selected: Some(selected),
                    responder: reply.from.and_then(|from| from.email_address?.address),
                    responded_at: received.map(|at| at.to_string()),
                    fields: filled_in(&self.fields, &text),
                    timed_out: false,
                })
            },
        )
    }
}

// What stands behind the names of fields, each in a line of its own. The reply stands above what it quotes,
// so the first line with something in it counts.
fn filled_in(fields: &[String], text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.trim_start_matches(['>', ' ']).split_once(':') else { continue };
        let Some(field) = fields.iter().find(|field| field.trim().eq_ignore_ascii_case(name.trim())) else { continue };
        if !value.trim().is_empty() {
            found.entry(field.clone()).or_insert_with(|| value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Page, Response};

    use super::*;

    fn chosen(replies: &str) -> Option<Chosen> {
        let (root, conversation) = (Root::me(), "C".to_owned());
        let since = "2026-01-01T00:00:00Z".parse().unwrap();
        let waiting = Waiting { root, conversation, options: approve_or_reject(), fields: Vec::new(), since };
        waiting.choice(&Page::read(&Response::new(200, format!(r#"{{"value":[{replies}]}}"#))).unwrap().items)
    }

    #[test]
    fn an_odd_reply_hides_no_other() {
        let odd = r#"7,{},{"from":null,"body":null},{"from":{"emailAddress":5},"body":{"content":9}},{"receivedDateTime":"9999999","body":[]}"#;
        let told = r#"{"from":{"emailAddress":{"name":{},"address":"adele@contoso.com"}},"body":{"contentType":"new","content":"Reject!"},"receivedDateTime":"2026-01-01T09:00:00Z"}"#;
        let late = r#"{"body":{"content":"approve"},"receivedDateTime":"12026-01-01T09:00:00Z"}"#;
        let chosen_of = |replies: &str| chosen(replies).map(|chosen| (chosen.selected.unwrap(), chosen.responder));
        assert_eq!(
            chosen_of(&format!("{late},{odd},{told}")),
            Some(("Reject".into(), Some("adele@contoso.com".into())))
        );
        assert_eq!(
            chosen_of(&format!("{odd},{late}")),
            Some(("Approve".into(), None)),
            "a time that cannot be read is no reason"
        );
        assert_eq!(chosen_of(odd), None);
        assert_eq!(chosen_of(&told.replace("2026-01", "2025-01")), None, "an older one answers something else");
    }

    #[test]
    fn an_option_is_found_however_it_ends() {
        let waiting = Waiting {
            root: Root::me(),
            conversation: "C".to_owned(),
            options: vec!["Yes!".to_owned(), "No.".to_owned()],
            fields: Vec::new(),
            since: Timestamp::UNIX_EPOCH,
        };
        let choose = |line: &str| {
            let page = json!({ "value": [{ "body": { "content": line } }] }).to_string();
            waiting.choice(&Page::read(&Response::new(200, page)).unwrap().items)?.selected
        };
        let chosen = ["yes!", "Yes", " NO. ", "no!", "maybe"].map(choose);
        assert_eq!(
            chosen.each_ref().map(Option::as_deref),
            [Some("Yes!"), Some("Yes!"), Some("No."), Some("No."), None]
        );
    }

    #[test]
    fn a_draft_without_its_conversation_is_read_again() {
        let read = |draft: &str, script: Vec<Response>| {
            let mut stage = connector_sdk::ScriptedRun::new(script);
            let end = stage.run(asked(&Root::me(), "D", Json::parse(draft.to_owned()).unwrap()));
            (
                end.map(|(conversation, made)| (conversation, made.is_some())).map_err(|error| error.code()),
                stage.sent.len(),
            )
        };
        let whole = r#"{"id":"D","conversationId":"C","createdDateTime":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(read(whole, vec![]), (Ok(("C".into(), true)), 0));
        assert_eq!(read(r#"{"id":"D"}"#, vec![Response::new(200, whole)]), (Ok(("C".into(), true)), 1));
        let nothing = Response::new(200, r#"{"id":"D"}"#);
        assert_eq!(read(r#"{"id":"D"}"#, vec![nothing]), (Err(connector_sdk::Code::Protocol), 1));
    }

    #[test]
    fn the_first_line_with_something_in_it_counts() {
        let fields = ["Reason".to_owned(), "Cost centre".to_owned()];
        let reply =
            "Approve\r\nreason: they are broken\r\n> Reason:\r\n> Reason: older\r\nOther: x\r\nCost centre:\r\n";
        assert_eq!(filled_in(&fields, reply), BTreeMap::from([("Reason".to_owned(), "they are broken".to_owned())]));
    }
}
