//! Permissions that a sign-in requests: shown before it, and chosen where a person is there.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use connector_runtime::RequestedScopes;
use connector_sdk::{Code, Error, Result};
use serde_json::json;
use tokio::sync::oneshot;

use crate::output::Screen;

/// Actions and triggers that the requested permissions do not allow.
pub(super) struct Opens<'a> {
    /// Name of the connector.
    pub(super) connector: &'a str,
    /// Actions and triggers of the connector that need other permissions.
    pub(super) closed: Vec<&'static str>,
}

impl Opens<'_> {
    // A sentence, where there is something to say.
    fn sentence(&self) -> Option<String> {
        if self.closed.is_empty() {
            return None;
        }
        let names = self.closed.join(", ");
        Some(format!(
            "These permissions do not cover {names}: request those of an action with --for, as in --for {}.{}",
            self.connector, self.closed[0]
        ))
    }
}

/// Shows the requested permissions, and what they do not allow. On a terminal a person may change them. Returns the
/// scopes to request instead, and `None` when nothing was changed.
///
/// # Errors
/// `not_connected` when the person wants to stop.
pub(super) async fn choose(
    asks: &RequestedScopes,
    opens: &Opens<'_>,
    may_ask: bool,
    screen: &Screen,
) -> Result<Option<Vec<String>>> {
    let Some(asked) = &asks.asked else {
        let all = together(asks);
        if !screen.json && !all.is_empty() {
            screen.note(&format!("An app has the permissions that its tenant granted. The actions here use: {all}"));
        }
        return Ok(None);
    };
    if !may_ask || screen.json || screen.is_quiet() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let text = std::iter::once(sentence(asks, asked)).chain(opens.sentence()).collect::<Vec<_>>().join("\n");
        screen.say(&json!({ "permissions": asks, "notOpened": opens.closed }), &text);
        return Ok(None);
    }
    let offered: Vec<&String> = asks.default.iter().chain(&asks.optional).collect();
    let mut marked: Vec<bool> = offered.iter().map(|scope| asked.contains(scope)).collect();
    if let Some(sentence) = opens.sentence() {
        screen.ask(&format!("{sentence}\n"));
    }
    loop {
        screen.ask(&list(asks, &marked));
        match answer(line().await.as_deref(), offered.len()) {
            ChosenSet::GoOn => break,
            ChosenSet::Stop => {
                return Err(
                    Error::new(Code::NotConnected, "the sign-in was stopped").with_hint("Nothing was sent or stored.")
                );
            }
            ChosenSet::Switch(places) => places.into_iter().for_each(|place| marked[place] = !marked[place]),
            ChosenSet::Unclear => screen.ask("That is no number of the list.\n"),
        }
    }
    let chosen: Vec<String> =
        offered.iter().zip(&marked).filter(|(_, marked)| **marked).map(|(scope, _)| (*scope).clone()).collect();
    let unchanged = offered.iter().zip(&marked).all(|(scope, marked)| asked.contains(scope) == *marked);
    // With nothing chosen the minimum must be named, or the default would be meant.
    Ok((!unchanged).then(|| if chosen.is_empty() { asks.minimum.clone() } else { chosen }))
}

fn together(asks: &RequestedScopes) -> String {
    let all: Vec<&str> = asks.minimum.iter().chain(&asks.default).chain(&asks.optional).map(String::as_str).collect();
    all.join(", ")
}

fn sentence(asks: &RequestedScopes, asked: &[String]) -> String {
    let mut text = format!("Permissions that are requested: {}", asked.join(", "));
    let more: Vec<&str> =
        asks.default.iter().chain(&asks.optional).filter(|scope| !asked.contains(scope)).map(String::as_str).collect();
    if !more.is_empty() {
        let _ = write!(text, "; not requested: {}", more.join(", "));
    }
    text
}

fn list(asks: &RequestedScopes, marked: &[bool]) -> String {
    let mut text = "Permissions to request:\n".to_owned();
    let mut number = 0;
    for (title, scopes, is_fixed) in
        [("always", &asks.minimum, true), ("default", &asks.default, false), ("optional", &asks.optional, false)]
    {
        if !scopes.is_empty() {
            let _ = writeln!(text, "  {title}");
        }
        for scope in scopes {
            let _ = if is_fixed {
                writeln!(text, "       [x] {scope}")
            } else {
                number += 1;
                let mark = if marked[number - 1] { 'x' } else { ' ' };
                writeln!(text, "    {number:>2} [{mark}] {scope}")
            };
        }
    }
    text.push_str("Enter signs in with the marked ones; numbers switch marks, such as 1 3; q stops: ");
    text
}

enum ChosenSet {
    GoOn,
    Stop,
    Switch(Vec<usize>),
    Unclear,
}

// No line: the input has ended, and nobody is there to say yes.
fn answer(line: Option<&str>, count: usize) -> ChosenSet {
    let Some(line) = line.map(str::trim) else { return ChosenSet::Stop };
    match line.to_ascii_lowercase().as_str() {
        "" | "y" | "yes" => return ChosenSet::GoOn,
        "q" | "n" | "no" | "quit" => return ChosenSet::Stop,
        _ => {}
    }
    let numbers = line.split([' ', ',']).filter(|part| !part.is_empty()).map(|part| part.parse::<usize>().ok());
    let places: Option<Vec<usize>> =
        numbers.map(|number| number.filter(|number| (1..=count).contains(number)).map(|number| number - 1)).collect();
    places.map_or(ChosenSet::Unclear, ChosenSet::Switch)
}

// On a thread of its own: nobody waits for it when the program is stopped meanwhile.
async fn line() -> Option<String> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line).ok().filter(|count| *count > 0);
        let _ = sender.send(read.map(|_| line));
    });
    receiver.await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks() -> RequestedScopes {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
        serde_json::from_value(json!({
            "method": "device_code", "minimum": list(&["User.Read"]), "default": list(&["Mail.Send"]), "optional": list(&["People.Read"]),
            "asked": list(&["Mail.Send", "User.Read"]), "notes": [],
        }))
        .unwrap()
    }

    #[test]
    fn a_person_sees_what_is_always_asked_for_and_what_can_be_chosen() {
        let text = list(&asks(), &[true, false]);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(
            lines[1..7],
            ["always", "[x] User.Read", "default", "1 [x] Mail.Send", "optional", "2 [ ] People.Read"]
        );
        let text = sentence(&asks(), &["Mail.Send".to_owned(), "User.Read".to_owned()]);
        assert_eq!(text, "Permissions that are requested: Mail.Send, User.Read; not requested: People.Read");
    }

    #[test]
    fn answers() {
        assert!(matches!(answer(Some("\n"), 2), ChosenSet::GoOn));
        assert!(matches!(answer(None, 2), ChosenSet::Stop) && matches!(answer(Some("q\n"), 2), ChosenSet::Stop));
        assert!(matches!(answer(Some("2, 1\n"), 2), ChosenSet::Switch(places) if places == [1, 0]));
        for unclear in ["3", "0", "Mail.Send", "1 x", "-1"] {
            assert!(matches!(answer(Some(unclear), 2), ChosenSet::Unclear), "{unclear}");
        }
    }
}
