//! Searches in the [Keyword Query Language][1], put together safely.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/search-query-parameter#using-search-on-message-collections

/// A search: conditions that must all be met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kql(Vec<String>);

impl Kql {
    /// Begins with a search that somebody wrote.
    pub fn new(search: Option<&str>) -> Kql {
        Kql(search.map(str::trim).filter(|text| !text.is_empty()).map(|text| format!("({text})")).into_iter().collect())
    }

    /// Adds words that a property must contain, in their order.
    #[must_use]
    pub fn words(mut self, property: &str, words: Option<&str>) -> Kql {
        // A quotation mark would end the words and begin something else, and a word cannot hold one anyway.
        let words = words.map(|words| words.replace(['"', '\\'], " "));
        if let Some(words) = words.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
            self.0.push(format!("{property}:\"{words}\""));
        }
        self
    }

    /// Adds a condition on a value that is known to be a date, a number or a keyword.
    #[must_use]
    pub fn range(mut self, property: &str, value: Option<&str>) -> Kql {
        self.0.extend(value.map(|value| format!("{property}{value}")));
        self
    }

    /// Whether nothing is searched.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As `$search` takes it: in quotation marks, with those inside escaped.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0.join(" AND ").replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_become_conditions() {
        let search = Kql::new(Some("budget OR plan"))
            .words("subject", Some("a\" OR from:\"b\\"))
            .words("to", Some(" "))
            .range("received>=", Some("2026-01-31"));
        assert_eq!(search.quoted(), r#""(budget OR plan) AND subject:\"a  OR from: b\" AND received>=2026-01-31""#);
        assert!(Kql::new(Some(" ")).words("cc", None).is_empty());
    }
}
