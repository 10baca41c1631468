//! Properties of an item, each read by itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{Json, lenient};

/// The properties of an item, each read by itself: one that is absent, `null` or of another type than expected, and
/// cannot be read as the expected one, counts as absent and spoils no other. For code that inspects items in passing,
/// such as triggers and picklists, and returns them unchanged.
#[derive(Debug)]
pub struct Properties<'a> {
    all: BTreeMap<Cow<'a, str>, &'a RawValue>,
    whole: &'a str,
}

impl<'a> Properties<'a> {
    /// Reads the properties of an item. A value that is no object has none.
    pub fn of(item: &'a Json) -> Properties<'a> {
        Properties { all: serde_json::from_str(item.as_str()).unwrap_or_default(), whole: item.as_str() }
    }

    /// Returns a property as a type, if it is present and can be read as one.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text = self.all.get(name)?.get();
        serde_json::from_str::<Option<T>>(text).ok().or_else(|| lenient::read(text)).flatten()
    }

    /// Returns a property as it was sent, if it is present.
    pub fn raw(&self, name: &str) -> Option<Json> {
        self.all.get(name).map(|raw| Json::trusted(raw.get().to_owned()))
    }

    /// Returns whether a property is present and not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.all.get(name).is_some_and(|raw| raw.get() != "null")
    }

    /// Returns whether a property was sent, even as `null`. A fragment of an item lacks those that have not changed.
    pub fn is_sent(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    /// Returns a property as a non-empty text; also a number or a boolean, as it is written.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.get(name)? {
            Value::String(text) => text,
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
            _ => self.all.get(name)?.get().to_owned(),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// Returns a property as a timestamp. One without a zone is in UTC, as Graph sometimes writes it; one after the last
    /// that can be represented, such as `9999-12-31T23:59:59Z`, is the last one.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        time(&self.text(name)?)
    }

    /// Returns a property as a boolean, also from a text.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let text = self.text(name)?;
        [true, false].into_iter().find(|value| text.eq_ignore_ascii_case(if *value { "true" } else { "false" }))
    }

    /// Returns the identity of the item: its `id`, or where it has none, its content.
    pub fn identity(&self) -> String {
        // Where a letter was replaced, two may look the same.
        self.text("id").filter(|id| !id.contains('\u{fffd}')).unwrap_or_else(|| {
            let hash = Sha256::digest(crate::canonical(self.whole));
            hash[..12].iter().fold("sha256-".to_owned(), |text, byte| text + &format!("{byte:02x}"))
        })
    }

    /// Returns a digest of the content as a short text: the same for the same properties, in whatever order they come
    /// at any depth, with or without annotations and properties that are `null`.
    pub fn content(&self) -> String {
        let mut hash = Sha256::new();
        for (name, raw) in self.all.iter().filter(|(name, raw)| !name.contains('@') && raw.get() != "null") {
            let value = crate::canonical(raw.get());
            // Neither length is in doubt, so no two items are taken for one.
            hash.update(format!("{}:{name}{}:{value}", name.len(), value.len()));
        }
        hash.finalize()[..8].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// Returns the version of the item: the first of these properties that is not empty, or where none is, the content.
    pub fn version(&self, names: &[&str]) -> String {
        names.iter().find_map(|name| self.text(name)).unwrap_or_else(|| self.content())
    }
}

/// A time as Graph writes it: see [`Properties::time`].
pub fn time(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp());
    // It stands for "never" with Graph.
    let last = || {
        let date = text.get(..19)?.parse::<DateTime>().ok()?;
        (date.year() == 9999 && date.month() == 12 && date.day() >= 30).then_some(Timestamp::MAX)
    };
    // More digits of a second than can be represented are below it.
    let short = || time(&cut(text)?);
    text.parse().ok().or_else(local).or_else(last).or_else(short)
}

// The text of a time without what comes behind the ninth digit of a second, if anything does.
fn cut(text: &str) -> Option<String> {
    let begin = text.find('.')? + 1;
    let digits = text[begin..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 9).then(|| format!("{}{}", &text[..begin + 9], &text[begin + digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_read() {
        #[derive(serde::Deserialize)]
        struct Item {
            id: String,
            name: Option<String>,
            #[serde(default)]
            kinds: Vec<String>,
            owner: Option<BTreeMap<String, String>>,
            size: Option<u32>,
        }
        let read = |text: &str| Json::parse(text.to_owned()).unwrap().read_what_fits::<Item>();
        let item =
            read(r#"{"id":7,"name":{"x":1},"kinds":null,"owner":{"name":null},"size":4,"more":"\ud83d"}"#).unwrap();
        assert_eq!(
            (item.id.as_str(), item.name, item.kinds.len(), item.owner, item.size),
            ("7", None, 0, Some(BTreeMap::new()), Some(4))
        );
        let item = read(r#"{"size":"many","id":"a","owner":{"name":"n"},"kinds":["k"]}"#).unwrap();
        assert_eq!((item.size, item.owner.unwrap()["name"].as_str(), item.kinds.len()), (None, "n", 1));
        let item = read(r#"{"\u0069d":"a","siz\u0065":"many"}"#).unwrap();
        assert_eq!((item.id.as_str(), item.size), ("a", None), "names may be written with escapes");
        assert!(read(r#"{"name":"x"}"#).is_none() && read("17").is_none() && read(r#"{"id":null}"#).is_none());
    }

    #[test]
    fn one_bad_property_spoils_no_other() {
        let text = r#"{"id":7,"a":"\ud83d","b":null,"c":"","d":{"e":"x"},"at":"2026-10-01T10:00:00","old":"0001-01-01T00:00:00Z","f":"True","n":123456789012345678901234567890}"#;
        let item = Json::parse(text).unwrap();
        let it = Properties::of(&item);
        assert_eq!(
            (it.identity().as_str(), it.text("a").as_deref(), it.text("b"), it.text("c")),
            ("7", Some("\u{fffd}"), None, None)
        );
        assert_eq!((it.has("a"), it.has("b"), it.has("z"), it.flag("f")), (true, false, false, Some(true)));
        assert!(it.is_sent("b") && !it.is_sent("z"));
        assert_eq!(it.time("at").unwrap().to_string(), "2026-10-01T10:00:00Z");
        assert_eq!(time("2026-10-01T10:00:00.1234567891Z"), time("2026-10-01T10:00:00.123456789Z"));
        assert_eq!(time("2026-10-01T10:00:00.0000000000+05:30").unwrap().to_string(), "2026-10-01T04:30:00Z");
        let never = Json::parse(
            r#"{"a":"9999-12-31T23:59:59Z","b":"9999-12-31T23:59:59.9999999","c":"9999-12-31x"}"#.to_owned(),
        );
        let never = never.unwrap();
        let never = Properties::of(&never);
        assert_eq!(
            (never.time("a"), never.time("b"), never.time("c")),
            (Some(Timestamp::MAX), Some(Timestamp::MAX), None)
        );
        assert!(it.time("old").is_some() && it.time("id").is_none());
        assert_eq!(it.get::<BTreeMap<String, String>>("d").unwrap()["e"], "x");
        assert!(it.get::<Vec<String>>("d").is_none());
        assert!(it.text("n").is_some());
    }

    #[test]
    fn a_content_is_the_same_however_it_is_written() {
        let content = |text: &str| Properties::of(&Json::parse(text.to_owned()).unwrap()).content();
        assert_eq!(
            content(r#"{"a":{"x":1,"y":[{"p":"\u0041","q":2}]}}"#),
            content(r#"{"a":{"y":[{"q":2, "p":"A"}],"x":1}}"#)
        );
        let item = content(r#"{"id":"a","name":"x","n":1}"#);
        assert_eq!(item, content(r#"{"@odata.type":"t","n":1,"name":"x" ,"id":"a","x":null,"n@odata.type":"y"}"#));
        assert_ne!(item, content(r#"{"id":"a","name":"y","n":1}"#));
        let version = |text: &str| Properties::of(&Json::parse(text.to_owned()).unwrap()).version(&["eTag", "cTag"]);
        assert_eq!(
            (version(r#"{"cTag":"c","eTag":null}"#), version(r#"{"n":1}"#)),
            ("c".to_owned(), content(r#"{"n":1}"#))
        );
    }

    #[test]
    fn what_has_no_id_is_told_apart_by_its_content() {
        let identity = |text: &str| Properties::of(&Json::parse(text.to_owned()).unwrap()).identity();
        assert_ne!(identity(r#"{"a":1}"#), identity(r#"{"a":2}"#));
        assert_eq!(identity(r#"{"id":null,"a":1}"#), identity(r#"{"id":null,"a":1}"#));
        assert_ne!(identity(r#"{"id":"\ud83d"}"#), identity(r#"{"id":"\ud83e"}"#));
        assert_eq!(identity(r#"{"a":"/","b":2}"#), identity(r#"{ "\u0062":2, "a":"\/" }"#), "and not by its spelling");
        assert!(identity("17").starts_with("sha256-"));
    }
}
