//! The whole output of a list: its items and the rest.

use crate::Json;
use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Joins the items of a list and the rest of its output into one object. Both stay the text that they are.
pub fn join_list_output(items: &[Json], tail: &Json) -> Json {
    let size = items.iter().map(|item| item.bytes().len() + 1).sum::<usize>() + tail.bytes().len() + 16;
    let mut out = BytesMut::with_capacity(size);
    out.put_slice(b"{\"items\":[");
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.put_u8(b',');
        }
        out.put_slice(item.bytes());
    }
    out.put_u8(b']');
    // The tail is an object that we printed: `{}` or `{"…}`.
    let rest = tail.as_str().strip_prefix('{').unwrap_or("}");
    if rest != "}" {
        out.put_u8(b',');
    }
    out.put_slice(rest.as_bytes());
    Json::trusted(out.freeze())
}

/// Splits the output of a list into its items and the rest: what [`join_list_output`] has joined. Each stays the text
/// that it is. Returns `None` for an output that is no list.
pub fn split_list_output(output: &Json) -> Option<(Vec<Json>, Json)> {
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Vec<&'a RawValue>,
    }
    let list: List<'_> = serde_json::from_str(output.as_str()).ok()?;
    let items = list.items.iter().map(|item| Json::trusted(output.bytes().slice_ref(item.get().as_bytes()))).collect();
    Some((items, output.with_changes(&[("items", None)])?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_the_rest_become_one_object() {
        let json = |text: &str| Json::parse(text.to_owned()).unwrap();
        assert_eq!(join_list_output(&[], &json("{}")).as_str(), r#"{"items":[]}"#);
        assert_eq!(
            join_list_output(&[json("1"), json(r#"{"a":1}"#)], &json(r#"{"total":2}"#)).as_str(),
            r#"{"items":[1,{"a":1}],"total":2}"#
        );
    }

    #[test]
    fn what_was_joined_is_split_again() {
        let json = |text: &str| Json::parse(text.to_owned()).unwrap();
        for (items, rest) in [(vec![], "{}"), (vec!["1", r#"{ "a": 1.50 }"#], r#"{"total":2}"#)] {
            let items: Vec<Json> = items.into_iter().map(json).collect();
            assert_eq!(split_list_output(&join_list_output(&items, &json(rest))), Some((items, json(rest))));
        }
        assert_eq!(split_list_output(&json(r#"{"id":1}"#)), None);
    }
}
