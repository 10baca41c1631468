//! The name of a file that was downloaded.

use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;
use url::form_urlencoded;

/// The name that an answer gives ([RFC 6266](https://www.rfc-editor.org/rfc/rfc6266)), if it gives one.
///
/// It comes from outside, so folders are taken off and what no file system wants is replaced.
pub(crate) fn from_headers(headers: &HeaderMap) -> Option<String> {
    // Names beyond ASCII are also seen raw.
    let text = String::from_utf8_lossy(headers.get(CONTENT_DISPOSITION)?.as_bytes()).into_owned();
    let extended = parameter(&text, "filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, name) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| percent_decoded(name))
    });
    extended.or_else(|| parameter(&text, "filename")).and_then(|name| clean(&name))
}

/// The name that a path ends in: `/me/drive/root:/a/b.txt:/content` is `b.txt`.
pub(crate) fn from_path(path: &str) -> Option<String> {
    let last =
        path.rsplit('/').map(|segment| segment.trim_end_matches(':')).find(|segment| !matches!(*segment, "" | "content" | "$value"))?;
    clean(&percent_decoded(last))
}

fn percent_decoded(text: &str) -> String {
    // The decoder of forms would read a plus as a space.
    form_urlencoded::parse(format!("={}", text.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn clean(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_control() || "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let name = name.trim_matches([' ', '.']).to_owned();
    (!name.is_empty()).then_some(name)
}

fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text.split_once(';')?.1;
    loop {
        let (name, tail) = rest.split_once('=')?;
        let tail = tail.trim_start();
        let (value, after) = match tail.strip_prefix('"') {
            Some(quoted) => {
                let mut value = String::new();
                let mut letters = quoted.char_indices();
                let mut end = quoted.len();
                while let Some((at, letter)) = letters.next() {
                    match letter {
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
                        letter => value.push(letter),
                    }
                }
                (value, &quoted[end..])
            }
            None => {
                let (value, after) = tail.split_once(';').unwrap_or((tail, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().trim_start_matches(';');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_answers() {
        let name = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_DISPOSITION, http::HeaderValue::from_bytes(value).unwrap());
            from_headers(&headers)
        };
        for (value, expected) in [
            (r#"attachment; filename="a b.txt""#, Some("a b.txt")),
            ("attachment; filename=a.txt; size=3", Some("a.txt")),
            (r#"attachment; filename="x"; filename*=UTF-8''%E2%82%AC%20rates+1.txt"#, Some("€ rates+1.txt")),
            (r#"inline; foo="filename=evil"; FileName="b.txt""#, Some("b.txt")),
            (r#"attachment; filename="..\\..\\windows\\a.dll""#, Some("a.dll")),
            (r#"attachment; filename="../../etc/passwd""#, Some("passwd")),
            (r#"attachment; filename*=UTF-8''..%2F..%2Fetc%2Fshadow"#, Some("shadow")),
            (r#"attachment; filename="..""#, None),
            (r#"attachment; filename="""#, None),
            ("attachment", None),
            ("attachment; filename", None),
            (r#"attachment; filename="a:b?.txt""#, Some("a_b_.txt")),
        ] {
            assert_eq!(name(value.as_bytes()).as_deref(), expected, "{value}");
        }
        assert_eq!(name("attachment; filename=\"café.txt\"".as_bytes()).as_deref(), Some("café.txt"));
    }

    #[test]
    fn names_of_paths() {
        for (path, expected) in [
            ("/v1.0/me/drive/root:/a/b%20c.txt:/content", Some("b c.txt")),
            ("/v1.0/me/photo/$value", Some("photo")),
            ("/", None),
            ("/v1.0/x/%2e%2e/content", None),
        ] {
            assert_eq!(from_path(path).as_deref(), expected, "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_never_a_path(text in ".{0,40}") {
            if let Some(name) = clean(&text) {
                proptest::prop_assert!(!name.contains(['/', '\\', '\0', '\n']) && name != ".." && name != ".");
            }
        }
    }
}
