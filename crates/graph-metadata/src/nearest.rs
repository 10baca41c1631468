//! Suggestions for misspelt names: "did you mean".

/// Returns the known name that is most similar to `name`, if one is similar.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let scored = known.into_iter().map(|known| (strsim::jaro_winkler(&lower, &known.to_ascii_lowercase()), known));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.8).map(|(_, known)| known)
}

/// Returns `; did you mean …?`, if a known name is similar, else nothing.
pub(crate) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}
