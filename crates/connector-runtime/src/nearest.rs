//! The nearest of several names.

/// Returns the name that was probably meant: the nearest one, if it is near.
pub fn nearest<'a>(name: &str, every: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    every
        .map(|known| {
            let whole = strsim::normalized_damerau_levenshtein(name, known);
            // Somebody who forgets the connector still names the action.
            let part = strsim::normalized_damerau_levenshtein(&last(name), &last(known)) - 0.05;
            (known, whole.max(part))
        })
        .filter(|(_, score)| *score > 0.6)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(known, _)| known)
}
