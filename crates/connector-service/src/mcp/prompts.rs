//! Prompts: beginnings of tasks that a person chooses in the client.

use rmcp::model::{ErrorData, GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::Value;

/// Maximum length of an argument, in characters.
const LONGEST: usize = 500;

/// Lists the prompts.
pub(super) fn list() -> Vec<Prompt> {
    let argument = |name: &str, meaning: &str, required| {
        PromptArgument::new(name).with_description(meaning).with_required(required)
    };
    let connection = || argument("connection", "Connection to use, by its name.", false);
    vec![
        Prompt::new(
            "triage_inbox",
            Some("Sort the unread mail by what needs an answer."),
            Some(vec![connection(), argument("count", "How many mails to look at; usually 20.", false)]),
        )
        .with_title("Triage the inbox"),
        Prompt::new(
            "find_a_time",
            Some("Find a time at which everybody is free."),
            Some(vec![
                argument("people", "Addresses of the people, separated by commas.", true),
                argument("duration", "Length of the meeting; usually one hour.", false),
                connection(),
            ]),
        )
        .with_title("Find a time"),
    ]
}

/// Returns a prompt.
///
/// # Errors
/// For one that does not exist, or an argument that is missing or makes no sense.
pub(super) fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ErrorData> {
    let known = list().into_iter().find(|prompt| prompt.name == name);
    let Some(prompt) = known else {
        let message = format!("there is no prompt called `{}`; prompts/list lists them", name.escape_debug());
        return Err(ErrorData::invalid_params(message, None));
    };
    let all = prompt.arguments.clone().unwrap_or_default();
    if let Some(unknown) = arguments.keys().find(|name| !all.iter().any(|argument| argument.name == **name)) {
        let message = format!("this prompt has no argument `{}`", unknown.escape_debug());
        return Err(ErrorData::invalid_params(message, None));
    }
    let missing =
        all.iter().find(|argument| argument.required == Some(true) && !arguments.contains_key(&argument.name));
    if let Some(missing) = missing {
        return Err(ErrorData::invalid_params(format!("the argument `{}` is missing", missing.name), None));
    }
    let given = |name: &str| -> Result<Option<&str>, ErrorData> {
        match arguments.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= LONGEST => Ok(Some(text.trim())),
            Some(_) => {
                let message = format!("the argument `{name}` is no text of at most {LONGEST} characters");
                Err(ErrorData::invalid_params(message, None))
            }
        }
    };
    let on = match given("connection")? {
        Some(connection) => format!(" Use the connection {connection}."),
        None => " If there are several connections, ask me which one to use.".to_owned(),
    };
    let text = match name {
        "triage_inbox" => format!(
            "List my {} latest unread mails with their senders, subjects and times. Sort them into: needs an answer \
             from me, is good to know, and can be left. For each of the first kind, say in one line what is asked and \
             propose an answer. Change and send nothing.{on}",
            given("count")?.unwrap_or("20")
        ),
        _ => format!(
            "Find times within the next five working days at which I and these people are free for {}: {}. Propose \
             three, the best first, in my time zone. Do not create an event before I have chosen one.{on}",
            given("duration")?.unwrap_or("one hour"),
            given("people")?.unwrap_or_default()
        ),
    };
    let result = GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
    Ok(match prompt.description {
        Some(description) => result.with_description(description),
        None => result,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_prompt_has_what_was_given() {
        let of = |name: &str, arguments: Value| get(name, arguments.as_object().unwrap()).map(|prompt| json!(prompt));
        let prompt = of("find_a_time", json!({ "people": "a@contoso.com", "connection": "work" })).unwrap();
        let text = prompt["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains("a@contoso.com") && text.contains("the connection work"), "{text}");
        assert!(of("triage_inbox", json!({})).is_ok());
        for (name, arguments) in [
            ("find_a_time", json!({})),
            ("find_a_time", json!({ "people": 1 })),
            ("triage_inbox", json!({ "other": "x" })),
            ("other", json!({})),
        ] {
            assert!(of(name, arguments).is_err(), "{name}");
        }
    }
}
