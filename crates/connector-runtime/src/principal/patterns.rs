//! Patterns of names, and domains.

use std::fmt;

use connector_sdk::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConnectionRef;

/// Maximum length of a pattern or a domain, in bytes.
const MAX_LENGTH: usize = 255;

/// A pattern of names: a name, or the beginning of names with `*` at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "Written")]
pub struct Pattern {
    text: String,
    // Of the connection that the name meant when the grant was made.
    id: Option<String>,
}

impl Pattern {
    /// Creates a pattern. A `*` at its end stands for any end; `*` alone reaches every name.
    ///
    /// # Errors
    /// `invalid_input` for a text that is empty, longer than 255 bytes, has a control character, or a `*` elsewhere.
    pub fn new(text: impl Into<String>) -> Result<Pattern> {
        let text = text.into();
        let before = text.strip_suffix('*').unwrap_or(&text);
        if text.is_empty() || text.len() > MAX_LENGTH || before.contains('*') || text.chars().any(char::is_control) {
            return Err(Error::invalid(
                "",
                format!(
                    "`{}` is no pattern: a pattern is a name, or the beginning of names with `*` at its end",
                    text.escape_debug()
                ),
            ));
        }
        Ok(Pattern { text, id: None })
    }

    /// Returns the text of the pattern.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the id of the connection that it names, where it is bound to one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the name, where the pattern reaches one name alone.
    pub fn exact(&self) -> Option<&str> {
        (!self.text.ends_with('*')).then_some(&*self.text)
    }

    /// Binds the pattern of one name to the connection that has the name now. It does not reach a later one.
    #[must_use]
    pub fn bound_to(mut self, id: impl Into<String>) -> Pattern {
        if self.exact().is_some() {
            self.id = Some(id.into());
        }
        self
    }

    fn has(&self, name: &str) -> bool {
        match self.text.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => self.text == name,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A pattern as it is written in JSON: a text, or a name with the id of its connection.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Text(#[schemars(length(min = 1, max = 255), regex(pattern = r"^[^*\x00-\x1f\x7f-\x9f]*\*?$"))] String),
    Bound {
        #[schemars(length(min = 1, max = 255), regex(pattern = r"^[^*\x00-\x1f\x7f-\x9f]*$"))]
        name: String,
        id: String,
    },
}

impl TryFrom<Written> for Pattern {
    type Error = Error;
    fn try_from(written: Written) -> Result<Pattern> {
        match written {
            Written::Text(text) => Pattern::new(text),
            Written::Bound { name, id } => {
                let pattern = Pattern::new(name)?;
                match pattern.exact() {
                    Some(_) => Ok(pattern.bound_to(id)),
                    None => Err(Error::invalid("", format!("`{pattern}` is no name, so it has no id"))),
                }
            }
        }
    }
}

impl From<Pattern> for Written {
    fn from(Pattern { text, id }: Pattern) -> Written {
        match id {
            Some(id) => Written::Bound { name: text, id },
            None => Written::Text(text),
        }
    }
}

/// Patterns of names. Empty, they reach nothing.
///
/// ```
/// use connector_runtime::Patterns;
///
/// # fn main() -> connector_runtime::Result<()> {
/// let reading = Patterns::new(["outlook.list_*", "outlook.get_email"])?;
/// assert!(reading.has("outlook.list_emails") && reading.has("outlook.get_email"));
/// assert!(!reading.has("outlook.get_email_mime") && !Patterns::default().has("outlook.list_emails"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Patterns(pub Vec<Pattern>);

impl Patterns {
    /// Creates patterns from their texts.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn new<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Result<Patterns> {
        texts.into_iter().map(Pattern::new).collect::<Result<_>>().map(Patterns)
    }

    /// Returns the patterns that reach every name.
    pub fn everything() -> Patterns {
        Patterns(vec![Pattern { text: "*".into(), id: None }])
    }

    /// Returns whether a pattern reaches the name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.has(name))
    }

    /// Returns whether there are none, so that nothing is reached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a pattern that is bound to no connection reaches the name.
    pub(crate) fn has_new(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.id().is_none() && pattern.has(name))
    }

    /// Returns whether a pattern reaches the connection. One that is bound to another id does not.
    pub fn has_connection(&self, connection: &ConnectionRef) -> bool {
        self.0
            .iter()
            .any(|pattern| pattern.has(&connection.name) && pattern.id.as_ref().is_none_or(|id| *id == connection.id))
    }
}

/// A domain of email addresses, such as `contoso.com`. Domains below it are others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend(
    "maxLength" = MAX_LENGTH,
    "pattern" = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
))]
pub struct Domain(String);

impl Domain {
    /// Creates a domain. The case of letters does not count.
    ///
    /// # Errors
    /// `invalid_input` for what is no domain in ASCII letters, such as one with `@` or an umlaut: write
    /// `xn--mnchen-3ya.example`.
    pub fn new(domain: impl AsRef<str>) -> Result<Domain> {
        let domain = domain.as_ref().to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() > MAX_LENGTH || !domain.split('.').all(is_label) {
            return Err(Error::invalid("", format!("`{}` is no domain, such as `contoso.com`", domain.escape_debug())));
        }
        Ok(Domain(domain))
    }

    /// Returns the domain as text, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether an address is in this domain. An address with several `@`, white space, control characters or
    /// brackets is in none: mail servers do not agree where it goes.
    pub fn has(&self, address: &str) -> bool {
        let is_plain = |letter: char| {
            !letter.is_whitespace()
                && !letter.is_control()
                && !matches!(letter, '"' | '<' | '>' | '(' | ')' | ',' | ';')
        };
        match address.split_once('@') {
            Some((local, domain)) => {
                !local.is_empty() && local.chars().all(is_plain) && domain.eq_ignore_ascii_case(&self.0)
            }
            None => false,
        }
    }
}

impl TryFrom<String> for Domain {
    type Error = Error;
    fn try_from(domain: String) -> Result<Domain> {
        Domain::new(domain)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> String {
        domain.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_and_beginnings_are_patterns() {
        for text in ["", "a*b", "**", "*a", "a\n", &"a".repeat(256)] {
            assert!(Pattern::new(text).is_err(), "{text:?}");
            assert!(serde_json::from_value::<Pattern>(json!(text)).is_err(), "{text:?}");
        }
        assert!(Patterns::everything().has("") && Patterns::everything().has("outlook.send_email"));
        let name = Patterns::new(["outlook.send"]).unwrap();
        assert!(name.has("outlook.send") && !name.has("outlook.send_email") && !name.has("Outlook.send"));
    }

    #[test]
    fn a_bound_name_does_not_reach_another_connection_of_that_name() {
        let bound = Patterns(vec![Pattern::new("work").unwrap().bound_to("c1")]);
        assert!(bound.has_connection(&ConnectionRef::new("work", "c1")));
        assert!(!bound.has_connection(&ConnectionRef::new("work", "c2")));
        let text = serde_json::to_value(&bound).unwrap();
        assert_eq!(text, json!([{ "name": "work", "id": "c1" }]));
        assert_eq!(serde_json::from_value::<Patterns>(text).unwrap(), bound);
        assert!(serde_json::from_value::<Patterns>(json!([{ "name": "w*", "id": "c1" }])).is_err());
        let any = Patterns(vec![Pattern::new("w*").unwrap().bound_to("c1")]);
        assert!(any.has_connection(&ConnectionRef::new("work", "c2")), "a beginning reaches later ones");
    }

    #[test]
    fn an_address_is_in_its_own_domain_alone() {
        let domain = Domain::new("Contoso.com").unwrap();
        assert!(domain.has("adele@contoso.com") && domain.has("a.b+c@CONTOSO.COM"));
        for other in [
            "adele@evil.com",
            "adele@sub.contoso.com",
            "adele@contoso.com@evil.com",
            "adele@evil.com,b@contoso.com",
            "\"adele@evil.com\"@contoso.com",
            "<adele@evil.com>@contoso.com",
            "adele@contoso.com ",
            "adele @contoso.com",
            "@contoso.com",
            "contoso.com",
            "",
        ] {
            assert!(!domain.has(other), "{other:?}");
        }
        for wrong in ["", "@contoso.com", "contoso..com", "-a.com", "münchen.example", "*.contoso.com"] {
            assert!(Domain::new(wrong).is_err(), "{wrong:?}");
        }
    }
}
