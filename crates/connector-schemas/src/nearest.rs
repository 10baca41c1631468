//! The nearest name: "did you mean".

/// Least similarity of a candidate, from 0 to 1.
const SIMILAR: f64 = 0.7;

/// Least length of a name that may be the beginning of a candidate, such as `int`.
const BEGINNING: usize = 3;

/// Returns the candidate that a misspelt name most likely stands for.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .map(|candidate| (similarity(&name, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

fn similarity(name: &str, candidate: &str) -> f64 {
    let similarity = strsim::normalized_damerau_levenshtein(name, candidate);
    let begins = name.len() >= BEGINNING && candidate.starts_with(name);
    if begins { similarity.max(SIMILAR) } else { similarity }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_wins_and_a_stranger_has_none() {
        let names = || ["minLength", "maxLength", "minimum"].into_iter();
        assert_eq!(nearest("minLenght", names()), Some("minLength"));
        assert_eq!(nearest("MAXLENGTH", names()), Some("maxLength"));
        assert_eq!(nearest("colour", names()), None);
        assert_eq!(nearest("int", ["integer", "null"].into_iter()), Some("integer"));
    }
}
