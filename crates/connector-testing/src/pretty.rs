//! JSON as people write it: what fits on a line stands on one.

use serde_json::Value;

/// Columns of a line.
const WIDTH: usize = 120;

/// Prints JSON with two spaces for each level. An array or object that fits on its line stays on it, except the
/// outermost.
pub(crate) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, 0, true, &mut text);
    text.push('\n');
    text
}

// `used`: the columns of the line that are taken before the value.
fn write(value: &Value, level: usize, used: usize, outermost: bool, text: &mut String) {
    let line = on_a_line(value);
    // A comma may follow.
    if !outermost && used + line.chars().count() < WIDTH {
        text.push_str(&line);
        return;
    }
    let indent = "  ".repeat(level + 1);
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push_str("[\n");
            for (i, item) in items.iter().enumerate() {
                text.push_str(&indent);
                write(item, level + 1, indent.len(), false, text);
                text.push_str(if i + 1 < items.len() { ",\n" } else { "\n" });
            }
            text.push_str(&"  ".repeat(level));
            text.push(']');
        }
        Value::Object(members) if !members.is_empty() => {
            text.push_str("{\n");
            for (i, (name, value)) in members.iter().enumerate() {
                let name = format!("{indent}{}: ", Value::from(name.as_str()));
                text.push_str(&name);
                write(value, level + 1, name.chars().count(), false, text);
                text.push_str(if i + 1 < members.len() { ",\n" } else { "\n" });
            }
            text.push_str(&"  ".repeat(level));
            text.push('}');
        }
        _ => text.push_str(&line),
    }
}

fn on_a_line(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(on_a_line).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}: {}", Value::from(name.as_str()), on_a_line(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_on_a_line_stands_on_one() {
        let long = "x".repeat(100);
        let value = json!({ "short": [1, { "a": null }], "empty": {}, "long": [long, "y", { "b": "ü\"" }] });
        let text = pretty(&value);
        assert_eq!(
            text,
            format!(
                "{{\n  \"short\": [1, {{ \"a\": null }}],\n  \"empty\": {{}},\n  \"long\": [\n    \"{long}\",\n    \"y\",\n    {{ \"b\": \"ü\\\"\" }}\n  ]\n}}\n"
            )
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
