//! Assignments by `--set KEY=VALUE`: one property, its value read as the schema says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_runtime::long_numbers;
use connector_sdk::{Issue, schema::escape};
use serde_json::{Map, Value, json};

use super::schema::SchemaNode;
use super::{Gathered, Sources};

/// A parsed `KEY=VALUE`.
#[derive(Debug, PartialEq, Eq)]
struct Assignment {
    path: Vec<String>,
    // `KEY:=VALUE`: the value is JSON
    json: bool,
    value: String,
}

/// Applies one `--set`.
pub(crate) fn assign(text: &str, schema: &Value, gathered: &mut Gathered, sources: &mut Sources) -> Result<(), Issue> {
    let assignment = parse(text).map_err(|why| Issue::new("", why))?;
    let mut place = SchemaNode::root(schema);
    let mut pointer = String::new();
    let Gathered { value, files, exposed } = gathered;
    let mut target = value;
    for step in &assignment.path {
        (target, place) = descend(target, place, step).map_err(|why| Issue::new(pointer.clone(), why))?;
        pointer.push('/');
        pointer.push_str(&escape(step));
    }
    let at = |why: String| Issue::new(pointer.clone(), why);
    if assignment.json {
        let text = match assignment.value.strip_prefix('@') {
            Some(name) => sources.text(name).map_err(at)?,
            None => assignment.value,
        };
        *target =
            serde_json::from_str(&text).map_err(|error| at(format!("the value after `:=` must be JSON: {error}")))?;
        return long_numbers(&text, &pointer).into_iter().next().map_or(Ok(()), Err);
    }
    let mut reader = Reader { files, exposed, sources, key: &pointer };
    if place.is("array") && !place.is("string") {
        match whole_array(&assignment.value) {
            Some(array) => *target = array,
            None => {
                let element = reader.read(&assignment.value, place.element()).map_err(at)?;
                match target {
                    Value::Array(elements) => elements.push(element),
                    other => *other = Value::Array(vec![element]),
                }
            }
        }
    } else {
        *target = reader.read(&assignment.value, place).map_err(at)?;
    }
    Ok(())
}

// Keys are separated by dots; `\.` is a dot of a name, as in `@odata\.type`.
fn parse(text: &str) -> Result<Assignment, String> {
    let Some((key, value)) = text.split_once('=') else {
        return Err(format!("`--set {text}` has no `=`; write KEY=VALUE, or KEY:=JSON"));
    };
    let (key, json) = key.strip_suffix(':').map_or((key, false), |key| (key, true));
    let mut path = vec![String::new()];
    let mut letters = key.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = path.len() - 1;
        match letter {
            '\\' if letters.peek() == Some(&'.') => path[last].extend(letters.next()),
            '.' => path.push(String::new()),
            letter => path[last].push(letter),
        }
    }
    if path.iter().any(String::is_empty) {
        return Err(format!("the key of `--set {key}=…` has an empty part; write it as to.0 or query.filter"));
    }
    Ok(Assignment { path, json, value: value.to_owned() })
}

fn descend<'v, 's>(
    target: &'v mut Value,
    place: SchemaNode<'s>,
    step: &str,
) -> Result<(&'v mut Value, SchemaNode<'s>), String> {
    let index = step.parse::<usize>().ok();
    let is_array = target.is_array() || target.is_null() && (place.is("array") || !place.is_typed() && index.is_some());
    if target.is_null() {
        *target = if is_array { json!([]) } else { json!({}) };
    }
    match target {
        Value::Array(elements) => {
            let index = index
                .ok_or_else(|| format!("is an array, and `{step}` is not a number: its elements are 0, 1 and so on"))?;
            if index > elements.len() {
                return Err(format!(
                    "has {} elements, so element {index} cannot be set yet; set them in order",
                    elements.len()
                ));
            }
            if index == elements.len() {
                elements.push(Value::Null);
            }
            Ok((&mut elements[index], place.element()))
        }
        Value::Object(object) => Ok((entry(object, step), place.property(step))),
        _ => Err(format!("has a value already and no property `{step}`")),
    }
}

fn entry<'v>(object: &'v mut Map<String, Value>, name: &str) -> &'v mut Value {
    object.entry(name).or_insert(Value::Null)
}

// An array may be given whole, as JSON.
fn whole_array(text: &str) -> Option<Value> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

struct Reader<'a> {
    files: &'a mut BTreeMap<String, PathBuf>,
    exposed: &'a mut Vec<String>,
    sources: &'a mut Sources,
    key: &'a str,
}

impl Reader<'_> {
    // A value that cannot be what the schema wants stays a text: validation then says what is wrong with
    // it, together with all else that is wrong.
    fn read(&mut self, text: &str, place: SchemaNode<'_>) -> Result<Value, String> {
        if place.is_file() {
            return self.file(text);
        }
        if place.is("string") || !place.is_typed() {
            return self.text(text, place).map(Value::String);
        }
        if place.is("object") || place.is("array") {
            let text = self.text(text, place)?;
            return Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)));
        }
        let parsed = serde_json::from_str(text).ok();
        let fits = |value: &Value| match value {
            Value::Bool(_) => place.is("boolean"),
            Value::Number(_) => place.is("integer") || place.is("number"),
            _ => false,
        };
        Ok(parsed.filter(fits).unwrap_or_else(|| Value::String(text.to_owned())))
    }

    fn text(&mut self, text: &str, place: SchemaNode<'_>) -> Result<String, String> {
        match text.strip_prefix('@') {
            Some(rest) if rest.starts_with('@') => Ok(rest.to_owned()),
            Some(name) => {
                let mut content = self.sources.text(name)?;
                if place.is_secret() {
                    // The line break at a file's end is the editor's, not the secret's.
                    content.truncate(content.trim_end_matches(['\r', '\n']).len());
                }
                Ok(content)
            }
            None => {
                if place.is_secret() {
                    self.exposed.push(self.key.to_owned());
                }
                Ok(text.to_owned())
            }
        }
    }

    fn file(&mut self, text: &str) -> Result<Value, String> {
        let Some(path) = text.strip_prefix('@') else {
            if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
                return Ok(value);
            }
            return Err("is a file: write @PATH, or @- for standard input".to_owned());
        };
        if path == "-" || path.starts_with("env:") {
            return Ok(json!({ "base64": STANDARD.encode(self.sources.bytes(path)?) }));
        }
        self.files.insert(path.to_owned(), PathBuf::from(path));
        Ok(json!({ "file": path }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "subject": { "type": "string" },
                "to": { "type": "array", "items": { "type": "string" } },
                "limit": { "type": ["integer", "null"] },
                "read": { "type": "boolean" },
                "query": { "anyOf": [{ "type": "object", "properties": { "filter": { "type": ["string", "null"] }, "top": { "type": "integer" } } }, { "type": "null" }] },
                "attachments": { "type": "array", "items": { "type": "object", "properties": {
                    "name": { "type": "string" },
                    "content": { "type": "object", "x-file": true }
                } } },
                "password": { "type": "string", "x-secret": true },
                "any": { "description": "Anything." },
                "@odata.type": { "type": "string" }
            }
        })
    }

    fn set(all: &[&str]) -> Result<Gathered, Issue> {
        let mut gathered = Gathered { value: json!({}), ..Gathered::default() };
        let mut sources = Sources::default();
        for one in all {
            assign(one, &schema(), &mut gathered, &mut sources)?;
        }
        Ok(gathered)
    }
    fn value(all: &[&str]) -> Value {
        set(all).unwrap().value
    }

    #[test]
    fn values_have_the_types_of_the_schema() {
        assert_eq!(
            value(&["subject=12", "limit=12", "read=true", "query.filter=a eq 'b=c'", "query.top=5", "any=5"]),
            json!({ "subject": "12", "limit": 12, "read": true, "query": { "filter": "a eq 'b=c'", "top": 5 }, "any": "5" })
        );
    }

    #[test]
    fn what_does_not_fit_stays_a_text_for_the_validation() {
        assert_eq!(value(&["limit=many", "read=1", "query=x"]), json!({ "limit": "many", "read": "1", "query": "x" }));
    }

    #[test]
    fn arrays_grow_by_repetition_by_index_and_whole() {
        assert_eq!(value(&["to=a", "to=b"]), json!({ "to": ["a", "b"] }));
        assert_eq!(value(&["to.0=a", "to.1=b", "to.0=c"]), json!({ "to": ["c", "b"] }));
        assert_eq!(value(&[r#"to=["a","b"]"#, "to=c"]), json!({ "to": ["a", "b", "c"] }));
        assert_eq!(set(&["to.1=b"]).unwrap_err().pointer, "/to");
        assert_eq!(set(&["to.first=b"]).unwrap_err().pointer, "/to");
    }

    #[test]
    fn json_replaces() {
        assert_eq!(
            value(&["to=a", r#"to:=["b"]"#, "any:={\"a\":1}", "limit:=null"]),
            json!({ "to": ["b"], "any": { "a": 1 }, "limit": null })
        );
        assert!(set(&["any:={"]).unwrap_err().message.contains("JSON"));
    }

    #[test]
    fn files_are_attached_and_texts_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "hello\n").unwrap();
        let path = path.to_str().unwrap();
        let gathered = set(&[
            "attachments.0.name=a.txt",
            &format!("attachments.0.content=@{path}"),
            &format!("subject=@{path}"),
            &format!("password=@{path}"),
            "any=@@home",
        ])
        .unwrap();
        assert_eq!(
            gathered.value,
            json!({ "attachments": [{ "name": "a.txt", "content": { "file": path } }], "subject": "hello\n", "password": "hello", "any": "@home" })
        );
        assert_eq!(gathered.files.keys().collect::<Vec<_>>(), [path]);
        assert!(gathered.exposed.is_empty());
        assert_eq!(set(&["attachments.0.content=a.txt"]).unwrap_err().pointer, "/attachments/0/content");
        assert!(set(&["subject=@/does/not/exist"]).unwrap_err().message.contains("cannot be read"));
    }

    #[test]
    fn a_secret_on_the_command_line_is_told() {
        assert_eq!(set(&["password=hunter2"]).unwrap().exposed, ["/password"]);
    }

    #[test]
    fn keys_that_cannot_be_read_are_refused() {
        assert_eq!(value(&["@odata\\.type=#x"]), json!({ "@odata.type": "#x" }));
        for bad in ["subject", "=a", "a..b=c", ".a=b"] {
            assert!(set(&[bad]).is_err(), "{bad}");
        }
        assert_eq!(set(&["subject=a", "subject.x=b"]).unwrap_err().pointer, "/subject");
    }
}
