//! Suggestions for misspelt names.

use connector_sdk::nearest;

/// Returns `; did you mean …?`, if a known name is similar, else nothing.
pub(crate) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}
