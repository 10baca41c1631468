//! The nearest name: "did you mean".

/// Least similarity of a candidate, from 0 to 1: one mistake in a name of four letters, two in a name of seven.
const SIMILAR: f64 = 0.7;

/// Least length of a name that may be the beginning of a candidate, such as `int`.
const BEGINNING: usize = 3;

/// What a candidate loses that only its last part is like.
const PART: f64 = 0.05;

/// Returns the candidate that a misspelt name most likely stands for; `None` if none is similar.
///
/// Upper and lower case are the same. A name without a dot is also compared with what stands behind the last dot of a
/// candidate, because somebody who forgets the connector still names the action.
///
/// ```
/// let actions = ["outlook.send_email", "outlook.list_emails"];
/// assert_eq!(connector_sdk::nearest("send_emial", actions), Some("outlook.send_email"));
/// assert_eq!(connector_sdk::nearest("colour", actions), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (similarity(&name, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

fn similarity(name: &str, candidate: &str) -> f64 {
    let whole = strsim::normalized_damerau_levenshtein(name, candidate);
    let part = match candidate.rsplit_once('.') {
        Some((_, last)) if !name.contains('.') => strsim::normalized_damerau_levenshtein(name, last) - PART,
        _ => 0.0,
    };
    let begins = if name.len() >= BEGINNING && candidate.starts_with(name) { SIMILAR } else { 0.0 };
    whole.max(part).max(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_wins_and_a_stranger_has_none() {
        let names = ["minLength", "maxLength", "minimum"];
        assert_eq!(nearest("minLenght", names), Some("minLength"));
        assert_eq!(nearest("MAXLENGTH", names), Some("maxLength"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(nearest("int", ["integer", "null"]), Some("integer"));
        assert_eq!(nearest("te", ["text"]), None);
        assert_eq!(nearest("", names), None);
    }

    #[test]
    fn a_name_without_its_first_part_is_found() {
        let names = ["graph.send_mail", "outlook.send_email", "outlook.list_emails"];
        assert_eq!(nearest("send_emial", names), Some("outlook.send_email"));
        assert_eq!(nearest("outlok.send_email", names), Some("outlook.send_email"));
        // Two that agree behind the dot alone are strangers.
        assert_eq!(nearest("Planner.Read", ["Mail.Read", "User.Read"]), None);
    }
}
