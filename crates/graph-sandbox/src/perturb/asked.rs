//! The request whose answer is changed.

use http::Method;
use percent_encoding::percent_decode_str;

use super::shelf::Shelf;
use super::told::Told;

/// A request, as a perturbation sees it.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    /// Scheme and host.
    pub(super) origin: &'a str,
    /// The path with the version, without the query.
    pub(super) path: &'a str,
    /// The query, as it was sent.
    pub(super) query: &'a str,
    /// How often the very same request came before.
    pub(super) before: u64,
    /// The seed, for what must be the same in every answer.
    pub(super) seed: u64,
    /// The body, as it was sent.
    pub(super) sent: &'a [u8],
    /// Properties that stay as they are.
    pub(super) spared: &'a [&'a str],
    /// Pages that are kept for later.
    pub(super) shelf: &'a Shelf,
    /// What delta queries have told.
    pub(super) told: &'a Told,
}

impl Asked<'_> {
    /// Whether it only reads.
    pub(super) fn reads(&self) -> bool {
        *self.method == Method::GET
    }

    /// Whether it is a `$batch`.
    pub(super) fn is_batch(&self) -> bool {
        self.path.to_ascii_lowercase().ends_with("/$batch")
    }

    /// Whether it is a delta query, in its first round or a later one.
    pub(super) fn is_delta(&self) -> bool {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let last = last.strip_prefix("microsoft.graph.").unwrap_or(last);
        last.split('(').next() == Some("delta")
    }

    /// Whether it asks for what has changed since an earlier round.
    pub(super) fn is_later_round(&self) -> bool {
        self.reads() && self.is_delta() && (self.option("$deltatoken").is_some() || self.option("token").is_some())
    }

    /// The value of an option of the query.
    pub(super) fn option(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (known, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
            decode(known).eq_ignore_ascii_case(name).then(|| decode(value))
        })
    }

    /// Whether the request filters or sorts by a property, so that each item of the answer must have it.
    pub(super) fn depends_on(&self, property: &str) -> bool {
        let options = ["$filter", "$orderby", "$search", "filter", "orderby"];
        options.iter().filter_map(|name| self.option(name)).any(|text| {
            text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == property)
        })
    }
}
