//! Two versions of a connector's own descriptor. What it lists has files of its own.

use serde_json::Value;

use super::Change;
use crate::finding::Level;
use crate::instance::listed;
use crate::rule::Rule;

const SIGN_INS: &str = "/connection/signIns";
const ACCOUNT_TYPES: &str = "/connection/accountTypes";

pub(super) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = named(SIGN_INS, "method", "the sign-in method", old, new);
    found.extend(named(ACCOUNT_TYPES, "accountType", "the account type", old, new));
    found.extend(permissions(old, new));
    let flag = |document: &Value, name: &str| {
        document.pointer(&format!("/connection/{name}")).and_then(Value::as_bool).unwrap_or_default()
    };
    for (name, is_promise, on, off) in [
        (
            "appNeedsUser",
            false,
            "a connection of an app must name its user",
            "a connection of an app may leave out its user",
        ),
        (
            "apiVersion",
            true,
            "a connection may choose the version of the API",
            "a connection can no longer choose the version of the API",
        ),
    ] {
        let (before, after) = (flag(old, name), flag(new, name));
        if before != after {
            let level = if after == is_promise { Level::Compatible } else { Level::Breaking };
            let at = format!("/connection/{name}");
            found.push(Change::new(level, Rule::SignInChanged, &at, if after { on } else { off }));
        }
    }
    found
}

fn entries<'a>(document: &'a Value, at: &str, name: &str) -> Vec<(&'a str, &'a Value)> {
    let entries = document.pointer(at).and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Some((entry.get(name)?.as_str()?, entry))).collect()
}

fn named(at: &str, name: &str, word: &str, old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (entries(old, at, name), entries(new, at, name));
    let mut found = Vec::new();
    for (i, (one, _)) in before.iter().enumerate().filter(|(_, (one, _))| !after.iter().any(|(other, _)| other == one))
    {
        let message = format!("{word} \"{one}\" is gone");
        found.push(Change::new(Level::Breaking, Rule::SignInChanged, at, message).at(format!("{at}/{i}"), at));
    }
    for (i, (one, _)) in after.iter().enumerate().filter(|(_, (one, _))| !before.iter().any(|(other, _)| other == one))
    {
        let message = format!("{word} \"{one}\" is new");
        found.push(Change::new(Level::Compatible, Rule::SignInChanged, at, message).at(at, format!("{at}/{i}")));
    }
    found
}

// What a sign-in asks for more has to be consented to; what it no longer asks for may be missed.
fn permissions(old: &Value, new: &Value) -> Vec<Change> {
    let (before, after) = (entries(old, SIGN_INS, "method"), entries(new, SIGN_INS, "method"));
    let mut found = Vec::new();
    for (i, (method, entry)) in after.iter().enumerate() {
        let Some(j) = before.iter().position(|(other, _)| other == method) else { continue };
        for list in ["minimum", "default"] {
            let names = |entry: &Value| -> Vec<String> {
                let list = entry.pointer(&format!("/permissions/{list}")).and_then(Value::as_array);
                list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let (old_names, new_names) = (names(before[j].1), names(entry));
            let at = |i: usize| format!("{SIGN_INS}/{i}/permissions/{list}");
            let mut tell = |names: Vec<String>, what: &str| {
                if !names.is_empty() {
                    let message = format!("a sign-in by {method} {what} {}", listed(&names, "and"));
                    let change = Change::new(Level::Risky, Rule::SignInChanged, "", message);
                    found.push(change.at(at(j), at(i)));
                }
            };
            let without = |names: &[String], others: &[String]| -> Vec<String> {
                names.iter().filter(|name| !others.contains(name)).cloned().collect()
            };
            tell(without(&new_names, &old_names), "asks for more:");
            tell(without(&old_names, &new_names), "no longer asks for");
        }
    }
    found
}
