//! Permissions of two versions: whether what was granted still suffices.

use serde_json::Value;

use super::Change;
use crate::finding::Level;
use crate::instance::listed;
use crate::rule::Rule;

/// Who runs it, with the property that lists the permissions.
const ACTORS: [(&str, &str); 3] = [
    ("delegated", "a signed-in user"),
    ("shared", "a signed-in user, for what is somebody else's"),
    ("application", "an app"),
];

pub(super) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    if let (Some(before), Some(after)) = (old.get("scopes"), new.get("scopes")) {
        found.extend(needs("/scopes", "/scopes", before, after));
    }
    let by_input = |document: &Value| document.get("scopesByInput").and_then(Value::as_bool).unwrap_or_default();
    if by_input(old) != by_input(new) {
        let message = match by_input(new) {
            true => "the input alone decides which permissions are needed now",
            false => "the permissions no longer depend on the input alone",
        };
        found.push(Change::new(Level::Risky, Rule::PermissionsChanged, "/scopesByInput", message));
    }
    found.extend(cases(old, new));
    found
}

fn needs(old_at: &str, new_at: &str, old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    for (name, actor) in ACTORS {
        let (before, after) = (alternatives(old.get(name)), alternatives(new.get(name)));
        let change = |level, message: String| {
            Change::new(level, Rule::PermissionsChanged, "", message)
                .at(format!("{old_at}/{name}"), format!("{new_at}/{name}"))
        };
        match (before, after) {
            // Only what is somebody else's may have no list; then nothing was declared.
            (None, Some(_)) if name == "shared" => {
                found.push(change(Level::Compatible, format!("the permissions of {actor} are declared now")));
            }
            (Some(_), None) if name == "shared" => {
                found.push(change(Level::Risky, format!("the permissions of {actor} are no longer declared")));
            }
            (None, Some(_)) => found.push(change(Level::Compatible, format!("{actor} can run it now"))),
            (Some(_), None) => found.push(change(Level::Breaking, format!("{actor} can no longer run it"))),
            (Some(before), Some(after)) => {
                let no_more = no_longer_enough(&before, &after);
                if !no_more.is_empty() {
                    let message = format!("{} no longer suffices for {actor}", listed(&no_more, "or"));
                    let help = "who was granted that must be granted more: say so in the notes of the release";
                    found.push(change(Level::Breaking, message).help(help));
                }
                let new_ones = no_longer_enough(&after, &before);
                if !new_ones.is_empty() {
                    found.push(change(
                        Level::Compatible,
                        format!("{} suffices for {actor} now", listed(&new_ones, "or")),
                    ));
                }
            }
            (None, None) => {}
        }
    }
    found
}

/// A set of permissions that are needed together.
type Together<'a> = Vec<&'a str>;

// Absent and null alike: it cannot be done. An empty list: nothing is needed, which every set of permissions satisfies.
fn alternatives(list: Option<&Value>) -> Option<Vec<Together<'_>>> {
    let texts = list?.as_array()?.iter().filter_map(Value::as_str);
    let mut all: Vec<Together<'_>> = texts.map(|text| text.split(' ').collect()).collect();
    if all.is_empty() {
        all.push(Vec::new());
    }
    Some(all)
}

// Each alternative that satisfied `before` and does not satisfy `after`.
fn no_longer_enough(before: &[Together<'_>], after: &[Together<'_>]) -> Vec<String> {
    let suffices =
        |granted: &Together<'_>| after.iter().any(|needed| needed.iter().all(|scope| granted.contains(scope)));
    before
        .iter()
        .filter(|granted| !suffices(granted))
        .map(|granted| match granted.as_slice() {
            [] => "being signed in".to_owned(),
            [one] => (*one).to_owned(),
            all => format!("{} together", all.join(" and ")),
        })
        .collect()
}

fn cases(old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (by_condition(old), by_condition(new));
    let at = |i: usize| format!("/scopeCases/{i}");
    let mut found = Vec::new();
    for (i, (when, case)) in after.iter().enumerate() {
        match before.iter().position(|(other, _)| other == when) {
            Some(j) => found.extend(needs(&at(j), &at(i), before[j].1, case)),
            None => {
                let message = format!("it needs other permissions when {when}");
                found.push(Change::new(Level::Risky, Rule::PermissionsChanged, "", message).at("/scopeCases", at(i)));
            }
        }
    }
    for (j, (when, _)) in
        before.iter().enumerate().filter(|(_, (when, _))| !after.iter().any(|(other, _)| other == when))
    {
        let message = format!("it no longer needs other permissions when {when}");
        found.push(Change::new(Level::Compatible, Rule::PermissionsChanged, "", message).at(at(j), "/scopeCases"));
    }
    found
}

fn by_condition(document: &Value) -> Vec<(&str, &Value)> {
    let cases = document.get("scopeCases").and_then(Value::as_array).into_iter().flatten();
    cases.map(|case| (case.get("when").and_then(Value::as_str).unwrap_or_default(), case)).collect()
}
