//! Schemas of Rust types, as they stand in a description for readers of any language.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::schemas::{INPUTS, PLACE};

/// Makes descriptions of the documentation of types: its first paragraph, without links to other types.
pub(super) fn clean(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(text) if name == "description" => *text = first_paragraph(text),
                    other => clean(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

// `[`Name`](path)` and `[text](path)` are links of rustdoc.
fn first_paragraph(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let (mut plain, mut rest) = (String::new(), &*text);
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((name, tail)) = after.split_once(']') else {
            rest = after;
            continue;
        };
        plain.push_str(name);
        rest = match tail.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, tail)) => tail,
            None => tail.strip_prefix("[1]").unwrap_or(tail),
        };
    }
    plain + rest
}

/// Returns the names under which the definitions of what is taken are shared: their own, where what is given has the
/// same or has none of that name; otherwise with `Input` at their end. Those that refer to such a one are others too.
pub(super) fn names(inputs: &Map<String, Value>, outputs: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |definition: &Value| definition.to_string().replace(INPUTS, PLACE);
    let mut others: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = others.len();
        for (name, definition) in inputs {
            let Some(given) = outputs.get(name) else { continue };
            let refers = |other: &&str| definition.to_string().contains(&format!("\"{INPUTS}{other}\""));
            if text(definition) != text(given) || others.iter().any(refers) {
                others.insert(name);
            }
        }
        if others.len() == before {
            break;
        }
    }
    let shared = |name: &String| if others.contains(name.as_str()) { format!("{name}Input") } else { name.clone() };
    inputs.keys().map(|name| (name.clone(), shared(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_plain_text() {
        for (documented, plain) in [
            ("A key.\n\n```\nlet a = 1;\n```", "A key."),
            ("As [`Host::run`](crate::Host::run) or [`Grant`]\nsays [so][1].", "As `Host::run` or `Grant` says so."),
            ("`a[0` is open", "`a0` is open"),
        ] {
            assert_eq!(first_paragraph(documented), plain);
        }
    }
}
