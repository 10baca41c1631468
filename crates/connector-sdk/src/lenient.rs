//! Lenient reading of JSON from others: what fits is read, and what does not fit spoils nothing beside it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Maximum depth at which values are repaired; deeper ones are read or dropped as a whole.
const DEPTH: usize = 32;
/// Maximum number of values that are repaired.
const MENDED: usize = 1_000;
/// Maximum number of bytes that are read again, over all rounds.
const WORK: usize = 64 << 20;

/// Deserializes a value without the parts that do not fit, at any depth. A number where a text is expected is read as
/// text, a text that holds a number as a number, and what fits in no way as absent, in a list too. `None` if something
/// required is missing.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let whole = with_whole_letters(text);
    let mut tree = Tree { nodes: Vec::new() };
    let root = tree.grow(&whole, 0)?;
    let mut work = 0;
    for _ in 0..=MENDED.min(2 * tree.nodes.len()) {
        let mut printed = Printed::default();
        tree.print(root, &mut printed);
        let stopped = match serde_json::from_str(&printed.text) {
            Ok(read) => return Some(read),
            Err(error) => error.column(),
        };
        work += printed.text.len();
        // The innermost value at which the reader stopped: those inside come before the one around them.
        let (.., at) = *printed.spans.iter().find(|(start, end, _)| *start <= stopped && stopped <= *end)?;
        let is_plain = matches!(tree.nodes[at].kind, Kind::Plain(_));
        if work > WORK || (at == root && !is_plain) {
            return None;
        }
        tree.mend(at);
    }
    None
}

/// Replaces each lone surrogate by the replacement character: it is legal in JSON, and no text.
pub(crate) fn with_whole_letters(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(0xd800..0xdc00), Some(0xdc00..)) => 12,
            (Some(_), _) => {
                mended.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // `\\` is no beginning of another escape.
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

// The surrogate that an escape at the beginning stands for.
fn surrogate(text: &str) -> Option<u16> {
    let hex = text.get(..6)?.strip_prefix("\\u")?;
    u16::from_str_radix(hex, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
}

enum Kind<'a> {
    Plain(Cow<'a, str>),
    Array(Vec<usize>),
    // The names as they are printed.
    Object(Vec<(String, usize)>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    AsSent,
    Otherwise,
    Absent,
}

struct Node<'a> {
    kind: Kind<'a>,
    state: State,
}

struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

#[derive(Default)]
struct Printed {
    text: String,
    // Where each value begins and ends, those inside before the one around them.
    spans: Vec<(usize, usize, usize)>,
}

impl<'a> Tree<'a> {
    // The place of the value among the nodes; `None` for what is no JSON.
    fn grow(&mut self, text: &'a str, depth: usize) -> Option<usize> {
        let text = text.trim();
        let kind = match text.as_bytes().first()? {
            b'{' if depth < DEPTH => {
                let Entries(entries) = serde_json::from_str(text).ok()?;
                let mut all: Vec<(String, usize)> = Vec::with_capacity(entries.len());
                let mut places: HashMap<_, usize> = HashMap::with_capacity(entries.len());
                for (name, raw) in entries {
                    let value = self.grow(raw.get(), depth + 1)?;
                    // Of two of a name the last one counts.
                    match places.entry(name) {
                        Entry::Occupied(place) => all[*place.get()].1 = value,
                        Entry::Vacant(place) => {
                            all.push((Value::from(place.key().as_ref()).to_string(), value));
                            place.insert(all.len() - 1);
                        }
                    }
                }
                Kind::Object(all)
            }
            b'[' if depth < DEPTH => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Kind::Array(items.into_iter().map(|raw| self.grow(raw.get(), depth + 1)).collect::<Option<_>>()?)
            }
            // All on one line, so that a column is a place.
            _ if text.contains(['\r', '\n']) => Kind::Plain(Cow::Owned(text.replace(['\r', '\n'], " "))),
            _ => Kind::Plain(Cow::Borrowed(text)),
        };
        self.nodes.push(Node { kind, state: State::AsSent });
        Some(self.nodes.len() - 1)
    }

    fn print(&self, at: usize, out: &mut Printed) {
        let begin = out.text.len();
        match &self.nodes[at].kind {
            Kind::Plain(text) => match self.nodes[at].state {
                State::Otherwise => out.text.push_str(&otherwise(text).unwrap_or_default()),
                _ => out.text.push_str(text),
            },
            Kind::Array(items) => {
                out.text.push('[');
                for item in self.present(items.iter()) {
                    out.separate('[');
                    self.print(*item, out);
                }
                out.text.push(']');
            }
            Kind::Object(entries) => {
                out.text.push('{');
                for (name, value) in entries.iter().filter(|entry| self.nodes[entry.1].state != State::Absent) {
                    out.separate('{');
                    out.text.push_str(name);
                    out.text.push(':');
                    self.print(*value, out);
                }
                out.text.push('}');
            }
        }
        out.spans.push((begin, out.text.len(), at));
    }

    fn present<'n>(&self, nodes: impl Iterator<Item = &'n usize>) -> impl Iterator<Item = &'n usize> {
        nodes.filter(|node| self.nodes[**node].state != State::Absent)
    }

    fn mend(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        node.state = match (&node.kind, node.state) {
            (Kind::Plain(text), State::AsSent) if otherwise(text).is_some() => State::Otherwise,
            _ => State::Absent,
        };
    }
}

impl Printed {
    fn separate(&mut self, opening: char) {
        if !self.text.ends_with(opening) {
            self.text.push(',');
        }
    }
}

// A number or a truth as text, and a text as the number or the truth that it holds.
fn otherwise(text: &str) -> Option<String> {
    match serde_json::from_str(text).ok()? {
        Value::Number(_) | Value::Bool(_) => Some(format!("\"{text}\"")),
        Value::String(inner) => {
            let inner = inner.trim().to_ascii_lowercase();
            matches!(serde_json::from_str(&inner), Ok(Value::Number(_) | Value::Bool(_))).then_some(inner)
        }
        _ => None,
    }
}

// The entries of an object in their order.
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some((PropertyName(name), raw)) = map.next_entry()? {
                    all.push((name, raw));
                }
                Ok(Entries(all))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[derive(Deserialize)]
struct PropertyName<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Item {
        id: String,
        size: Option<u32>,
        is_read: Option<bool>,
        from: Option<Person>,
        #[serde(default)]
        people: Vec<Person>,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        name: Option<String>,
        address: String,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        File,
    }

    fn person(name: Option<&str>, address: &str) -> Person {
        Person { name: name.map(str::to_owned), address: address.to_owned() }
    }

    #[test]
    fn what_does_not_fit_spoils_nothing_beside_it() {
        let item = read::<Item>(
            r#"{"id":7,"size":"12","isRead":"True","from":{"name":{"first":"A"},"address":"a@contoso.com"},"kind":"unheardOf",
            "people":[{"address":"b@contoso.com","name":8},{"name":"nobody"},null,"c",{"address":"d\ud83d","name":null}]}"#,
        );
        let people = vec![person(Some("8"), "b@contoso.com"), person(None, "d\u{fffd}")];
        let from = Some(person(None, "a@contoso.com"));
        assert_eq!(item, Some(Item { id: "7".into(), size: Some(12), is_read: Some(true), from, people, kind: None }));
    }

    #[test]
    fn what_is_needed_must_be_there() {
        for text in ["{}", r#"{"id":null}"#, r#"{"id":{"x":1}}"#, "[]", "7", "", "{", "null"] {
            assert_eq!(read::<Item>(text), None, "{text}");
        }
        // A part of what is not needed goes as a whole where it cannot be read.
        assert_eq!(read::<Item>(r#"{"id":"a","from":{"name":"x"}}"#).unwrap().from, None);
        assert_eq!(
            read::<Item>(r#"{"id":"a","kind":"file","size":-3,"people":{"a":[1,{"b":2}]},"isRead":[]}"#)
                .unwrap()
                .people,
            []
        );
    }

    #[test]
    fn a_single_value_is_read_in_its_other_form() {
        assert_eq!(
            (read::<u64>("\"12\""), read::<String>("12.50"), read::<bool>("\"FALSE\"")),
            (Some(12), Some("12.50".into()), Some(false))
        );
        assert_eq!((read::<u64>("\"twelve\""), read::<u64>("-1"), read::<String>("[]")), (None, None, None));
    }

    #[test]
    fn the_last_of_a_name_counts_and_names_may_be_escaped() {
        let read = read::<BTreeMap<String, String>>("{\"a\":1,\n\"\\u0061\":\"2\",\"\\ud800\":3}").unwrap();
        assert_eq!(read, BTreeMap::from([("a".into(), "2".into()), ("\u{fffd}".into(), "3".into())]));
    }

    #[test]
    fn what_is_changed_leaves_the_rest_as_it_was_sent() {
        let json =
            crate::Json::parse(r#"{"b":1.50,"a":[1],"c":{"x":123456789012345678901234567890}, "d":null}"#).unwrap();
        let changed =
            json.with_changes(&[("a", Some(crate::Json::trusted("[1,2]"))), ("d", None), ("e", None)]).unwrap();
        assert_eq!(changed.as_str(), r#"{"b":1.50,"a":[1,2],"c":{"x":123456789012345678901234567890}}"#);
        assert!(crate::Json::trusted("[]").with_changes(&[]).is_none());
    }

    #[test]
    fn halves_of_pairs_are_replaced_and_pairs_stay() {
        for (text, mended) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00\ude00""#, r#""\ufffd\ud83d\ude00\ufffd""#),
            (r#""\\ud83d \u00e9""#, r#""\\ud83d \u00e9""#),
            (r#""\ud83dé""#, r#""\ufffdé""#),
        ] {
            assert_eq!(with_whole_letters(text), mended);
        }
    }

    #[test]
    fn what_is_hostile_ends() {
        let odd: String = (0..20_000).map(|_| "{\"name\":1},").collect();
        assert_eq!(read::<Item>(&format!(r#"{{"id":"a","people":[{odd}1]}}"#)), None);
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(read::<Item>(&format!(r#"{{"id":"a","size":{deep}}}"#)).map(|item| item.id), Some("a".into()));
    }
}
