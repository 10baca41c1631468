//! The whole output of a list: its items and the rest.

use crate::Json;
use bytes::{BufMut, BytesMut};

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
}
