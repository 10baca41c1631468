//! Paths: a template and its values, each encoded once.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Result};

/// Characters that are percent-encoded in a path segment: all but the unreserved ones of RFC 3986, and the delimiters
/// that Graph's own ids contain and that mean nothing inside a segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'!')
    .remove(b',')
    .remove(b'$');

/// A path template such as `/groups/{group}/members`, and the values of its variables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    pub(crate) template: Cow<'static, str>,
    pub(crate) values: Vec<(Cow<'static, str>, Segment)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// One segment: every special character is encoded.
    Plain(String),
    /// Several segments, such as a file's path in a drive; slashes stay.
    Several(String),
    /// An Exchange id; see [`Request::item`](crate::Request::item).
    Item(String),
}

impl Path {
    /// Returns the template, with variables in braces. This is what may be logged.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Renders the path with its values, each encoded once.
    ///
    /// A variable in quotes (`'{path}'`) is an OData string: quotes inside it are doubled. The name of an object of the
    /// directory that begins with `$` is written as its key, `/users('$adele@contoso.com')`, because Graph reads a
    /// segment that begins so as one of its own words.
    ///
    /// # Errors
    /// `invalid_input` for a value that is empty, is a dot segment, or has control characters: such a
    /// value would make the path mean another resource. `bug` when a variable has no value.
    pub fn render(&self) -> Result<String> {
        let mut out = String::with_capacity(self.template.len() + 64);
        let mut rest: &str = &self.template;
        while let Some((literal, tail)) = rest.split_once('{') {
            out.push_str(literal);
            let in_collection = literal.strip_suffix('/').and_then(|before| before.rsplit('/').next());
            let Some((name, tail)) = tail.split_once('}') else {
                return Err(Error::bug(format!("the template {} has an open brace", self.template)));
            };
            let value = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            let value =
                value.ok_or_else(|| Error::bug(format!("the template {} has no value for {name}", self.template)))?;
            if value.is_syntax() && in_collection.is_some_and(|collection| DIRECTORY.contains(&collection)) {
                value.check(name, true)?;
                out.pop();
                out.push_str(&key(value.text()));
            } else {
                value.encode(name, literal.ends_with('\''), &mut out)?;
            }
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// Collections of the directory, whose objects have names that people choose.
const DIRECTORY: [&str; 9] = [
    "users",
    "groups",
    "contacts",
    "directoryObjects",
    "applications",
    "servicePrincipals",
    "devices",
    "members",
    "owners",
];

/// Returns an object as the key after its collection, `('$adele@contoso.com')`: encoded, with quotes doubled.
fn key(text: &str) -> String {
    let parts: Vec<String> = text.split('\'').map(|part| utf8_percent_encode(part, SEGMENT).to_string()).collect();
    format!("('{}')", parts.join("''"))
}

/// Returns the relative address of an object of a collection, such as `users/adele@contoso.com`, for references in a
/// text. A name that begins with `$` is written as a key, as [`Path::render`] does.
pub fn object_address(collection: &str, id: &str) -> String {
    match id.starts_with('$') {
        true => format!("{collection}{}", key(id)),
        false => format!("{collection}/{id}"),
    }
}

impl Segment {
    fn text(&self) -> &str {
        match self {
            Segment::Plain(text) | Segment::Several(text) | Segment::Item(text) => text,
        }
    }

    /// Returns whether Graph would read the value as a word of the protocol, such as `$count`.
    fn is_syntax(&self) -> bool {
        matches!(self, Segment::Plain(text) if text.starts_with('$'))
    }

    fn check(&self, name: &str, quoted: bool) -> Result<()> {
        let text = self.text();
        let refuse = |why: &str| Err(Error::invalid(format!("/{name}"), format!("`{name}` {why}")));
        if text.is_empty() {
            return refuse("is empty");
        }
        if text.chars().any(char::is_control) {
            return refuse("contains a control character");
        }
        if !quoted && text.split('/').any(|part| matches!(part, "." | "..")) {
            return refuse("contains a dot segment");
        }
        Ok(())
    }

    fn encode(&self, name: &str, quoted: bool, out: &mut String) -> Result<()> {
        self.check(name, quoted)?;
        let text = self.text();
        let text = match self {
            // Exchange ids come with `/` and `+`, which Graph decodes before it routes. Their
            // URL-safe form means the same item and needs no encoding.
            Segment::Item(text) => Cow::Owned(text.replace('/', "-").replace('+', "_")),
            _ if quoted => Cow::Owned(text.replace('\'', "''")),
            _ => Cow::Borrowed(text),
        };
        match self {
            Segment::Several(_) => {
                let parts = text.trim_matches('/').split('/');
                for (i, part) in parts.enumerate() {
                    if i > 0 {
                        out.push('/');
                    }
                    if part.is_empty() {
                        return Err(Error::invalid(format!("/{name}"), format!("`{name}` contains an empty segment")));
                    }
                    out.extend(utf8_percent_encode(part, SEGMENT));
                }
            }
            _ => out.extend(utf8_percent_encode(&text, SEGMENT)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::Request;

    #[test]
    fn values_are_encoded_once_and_never_change_the_path() {
        let path = |value: &str| Request::get("/users/{user}/messages").path_param("user", value).path_and_query();
        assert_eq!(path("adele@contoso.com").unwrap(), "/users/adele@contoso.com/messages");
        assert_eq!(path("a/b?c#d e%2F").unwrap(), "/users/a%2Fb%3Fc%23d%20e%252F/messages");
        for hostile in ["", ".", "..", "a/../b", "a\r\nb", "\0"] {
            assert_eq!(path(hostile).unwrap_err().code(), crate::Code::InvalidInput, "{hostile:?}");
        }
    }

    #[test]
    fn a_name_that_begins_with_a_dollar_sign_is_a_key() {
        let path =
            |template: &'static str, value: &str| Request::get(template).path_param("user", value).path_and_query();
        let users = |value: &str| path("/users/{user}/messages", value);
        assert_eq!(users("$adele@contoso.com").unwrap(), "/users('$adele@contoso.com')/messages");
        assert_eq!(users("$o'neil@contoso.com").unwrap(), "/users('$o''neil@contoso.com')/messages");
        assert_eq!(users("$a/b?c#d'').x").unwrap(), "/users('$a%2Fb%3Fc%23d''''%29.x')/messages");
        assert_eq!(users("a$b@contoso.com").unwrap(), "/users/a$b@contoso.com/messages");
        assert_eq!(path("/groups/g/members/{user}/$ref", "$x").unwrap(), "/groups/g/members('$x')/$ref");
        assert_eq!(path("/me/messages/{user}", "$x").unwrap(), "/me/messages/$x");
        assert!(users("$a\nb").is_err());
        assert_eq!(super::object_address("users", "$o'neil@contoso.com"), "users('$o''neil@contoso.com')");
        assert_eq!(super::object_address("users", "o'neil@contoso.com"), "users/o'neil@contoso.com");
    }

    #[test]
    fn exchange_ids_take_their_url_safe_form_once() {
        let path =
            |id: &str| Request::get("/me/messages/{message}").exchange_id("message", id).path_and_query().unwrap();
        assert_eq!(path("AAMk/a+b=="), "/me/messages/AAMk-a_b%3D%3D");
        assert_eq!(path("AAMk-a_b=="), path("AAMk/a+b=="));
    }

    #[test]
    fn quoted_values_and_several_segments() {
        let request = Request::get("/drive/root:/{path}:/range(address='{address}')")
            .path_segments("path", "/A b/c#.txt")
            .path_param("address", "it's");
        assert_eq!(request.path_and_query().unwrap(), "/drive/root:/A%20b/c%23.txt:/range(address='it%27%27s')");
    }

    #[test]
    fn query_values_are_encoded() {
        let request = Request::get("/users").query("$filter", "startswith(displayName,'A&B')").query("$top", 5);
        assert_eq!(request.path_and_query().unwrap(), "/users?$filter=startswith(displayName,'A%26B')&$top=5");
    }
}
