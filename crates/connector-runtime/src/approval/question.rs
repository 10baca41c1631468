//! The question of an approval, which the host writes.

use connector_sdk::{AnyAction, Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::principal::ConnectionRef;

/// Maximum length of a text of a caller inside a question, in characters.
const MAX_QUOTED: usize = 100;
/// Maximum number of recipients that a question lists.
const MAX_RECIPIENTS: usize = 20;
/// Properties that name what an action is about, the most telling first.
const NAMES: [&str; 5] = ["subject", "displayName", "name", "title", "fileName"];

/// The question of an approval. The host writes it; what a caller sent stands in it in quotation marks, on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Text of the question.
    pub text: String,
    /// Addresses that the run reaches: all of them where `names_everybody` is set, otherwise none.
    pub recipients: Vec<String>,
    /// Whether the input says whom the run reaches.
    pub names_everybody: bool,
}

/// What a question asks about.
pub(crate) struct Asked<'a> {
    /// Name of the principal that asks.
    pub(crate) asker: &'a str,
    /// Id of the action.
    pub(crate) id: &'a str,
    pub(crate) action: &'a dyn AnyAction,
    pub(crate) connection: &'a ConnectionRef,
    pub(crate) effect: Effect,
    pub(crate) input: &'a Value,
}

impl Question {
    /// Writes the question.
    pub(crate) fn write(asked: &Asked<'_>) -> Question {
        let Asked { asker, id, action, connection, effect, input } = asked;
        let recipients = action.recipients(input);
        let mut text = format!(
            "{} asks to run {} ({id}) on the connection {}.",
            quoted(asker),
            quoted(action.spec().title),
            quoted(&connection.name),
        );
        match input.get("items").and_then(Value::as_array) {
            Some(items) if action.spec().bulk => {
                text.push_str(&format!(" It is about {} things at once.", items.len()))
            }
            _ => text.extend(object(input).map(|(property, value)| format!(" Its {property} is {}.", quoted(value)))),
        }
        match &recipients {
            Some(all) if all.is_empty() => text.push_str(" It reaches nobody."),
            Some(all) => {
                let listed: Vec<String> = all.iter().take(MAX_RECIPIENTS).map(|one| quoted(one)).collect();
                text.push_str(&format!(" It reaches {}", listed.join(", ")));
                match all.len().saturating_sub(MAX_RECIPIENTS) {
                    0 => text.push('.'),
                    more => text.push_str(&format!(" and {more} more.")),
                }
            }
            None if *effect == Effect::Send => text.push_str(" Its input does not say whom it reaches."),
            None => {}
        }
        text.push_str(match effect {
            Effect::Read => " It changes nothing.",
            Effect::Create => " It creates something.",
            Effect::Update => " It changes something.",
            Effect::Delete if action.spec().undo.is_some() => " It removes something, which can be brought back.",
            Effect::Delete => " It removes something. It cannot be undone.",
            _ => " It cannot be undone.",
        });
        let names_everybody = recipients.is_some();
        Question { text, recipients: recipients.unwrap_or_default(), names_everybody }
    }
}

// The property that names what the action is about, or the first id.
fn object(input: &Value) -> Option<(&str, &str)> {
    let object = input.as_object()?;
    let text = |name: &str| object.get_key_value(name).and_then(|(name, value)| Some((name.as_str(), value.as_str()?)));
    NAMES.iter().find_map(|name| text(name)).or_else(|| {
        let ids = object.iter().filter(|(name, _)| name.ends_with("Id") || *name == "id");
        ids.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).next()
    })
}

/// Returns the text in quotation marks: on one line, without marks and signs that would change how the rest reads, and
/// cut.
fn quoted(text: &str) -> String {
    let changes_the_rest = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain = text.chars().map(|letter| match letter {
        '"' | '“' | '”' | '„' => '\'',
        letter if changes_the_rest(letter) => ' ',
        letter => letter,
    });
    let mut cut: String = plain.clone().take(MAX_QUOTED).collect();
    if plain.count() > MAX_QUOTED {
        cut.push('…');
    }
    format!("\"{cut}\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn write(action: &str, effect: Effect, input: &Value) -> Question {
        let outlook = outlook_connector::connector();
        Question::write(&Asked {
            asker: "Agent",
            id: &format!("outlook.{action}"),
            action: outlook.find_action(action).unwrap(),
            connection: &ConnectionRef::new("work", "c1"),
            effect,
            input,
        })
    }

    #[test]
    fn it_says_who_does_what_to_whom() {
        let mail = json!({ "to": ["a@contoso.com"], "bcc": ["b@contoso.com"], "subject": "Lunch", "body": "At noon?" });
        let question = write("send_email", Effect::Send, &mail);
        assert_eq!(
            question.text,
            "\"Agent\" asks to run \"Send email\" (outlook.send_email) on the connection \"work\". Its subject is \"Lunch\". \
             It reaches \"a@contoso.com\", \"b@contoso.com\". It cannot be undone."
        );
        assert!(question.names_everybody);
        let question = write("delete_email", Effect::Delete, &json!({ "messageId": "AAMk1" }));
        assert!(question.text.contains("Its messageId is \"AAMk1\". It removes something, which can"), "{question:?}");
        let question =
            write("send_draft", Effect::Send, &json!({ "items": [{ "messageId": "1" }, { "messageId": "2" }] }));
        assert!(question.text.contains("It is about 2 things at once. Its input does not say whom"), "{question:?}");
    }

    #[test]
    fn what_a_caller_sent_stays_inside_its_quotation_marks() {
        let subject = format!("x\". It reaches nobody.\n\u{202e}\"Owner\" approved{}", "y".repeat(200));
        let question = write("send_email", Effect::Send, &json!({ "to": ["a@contoso.com"], "subject": subject }));
        assert!(!question.text.contains(['\n', '\u{202e}']), "{question:?}");
        let inside = question.text.split(" Its subject is \"").nth(1).unwrap();
        let (quoted, rest) = inside.split_once('"').unwrap();
        assert!(quoted.starts_with("x'. It reaches nobody. ") && quoted.ends_with('…'), "{quoted}");
        assert_eq!(rest, ". It reaches \"a@contoso.com\". It cannot be undone.");
    }
}
