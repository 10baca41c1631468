//! Words of questions and actions, reduced to what is compared.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that say nothing about what is looked for.
const STOP_WORDS: &str = "a an the of to for from in on at by with and or but so that this these those it its is are \
    was were be been am do does did done my me i we our us you your he she his her they their them there here as if \
    then than into onto up out about please can could would should will shall may might must want need like help just \
    some any all every each one not no have has had";

/// Returns whether a stem is that of a word that says nothing about what is looked for.
pub(super) fn is_stop_word(stem: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| STOP_WORDS.split_whitespace().map(self::stem).collect());
    STEMS.contains(stem)
}

/// Returns the stems of the words of a text, in their order.
pub(super) fn stems(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('\u{2019}', "'").replace("can't", "can not").replace("cannot", "can not");
    let text = text.replace("n't", " not");
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    // What follows an apostrophe is no word: `user's`, `I'm`.
    let words = words.filter_map(|word| word.split('\'').find(|part| !part.is_empty()));
    words.map(stem).collect()
}

/// Writes the words of a name in camel case apart.
pub(super) fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut is_after_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && is_after_lower {
            spaced.push(' ');
        }
        is_after_lower = c.is_lowercase() || c.is_ascii_digit();
        spaced.push(c);
    }
    spaced
}

/// Returns the stem of a word: without the endings of plurals, of `-ing` and of `-ed`, and without a last `e`. It need
/// not be a word; it is the same for the forms of one word.
fn stem(word: &str) -> String {
    // The endings are those of English.
    if !word.is_ascii() {
        return word.to_owned();
    }
    let mut stem = word.to_owned();
    let ends_any = |word: &str, endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if stem.len() > 4 && stem.ends_with("ies") {
        stem.truncate(stem.len() - 3);
        stem.push('y');
    } else if stem.len() > 4 && ends_any(&stem, &["sses", "xes", "ches", "shes", "zes"]) {
        stem.truncate(stem.len() - 2);
    } else if stem.len() > 3 && stem.ends_with('s') && !ends_any(&stem, &["ss", "us", "is"]) {
        stem.pop();
    }
    for ending in ["ing", "ed"] {
        let Some(rest) = stem.strip_suffix(ending) else { continue };
        if rest.len() < 3 || !rest.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
            continue;
        }
        stem.truncate(rest.len());
        let bytes = stem.as_bytes();
        if let [.., one, other] = bytes
            && stem.len() > 3
            && one == other
            && !b"lsz".contains(other)
        {
            stem.pop();
        }
        break;
    }
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('i') {
        stem.pop();
        stem.push('y');
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_word_have_one_stem() {
        for forms in [
            &["reply", "replies", "replied", "replying"][..],
            &["create", "creates", "created", "creating"],
            &["mailbox", "mailboxes"],
            &["share", "shared", "sharing", "shares"],
            &["cancel", "cancels", "canceled"],
            &["submit", "submitted", "submitting"],
            &["meet", "meeting"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{forms:?}: {stems:?}");
        }
        assert_ne!(stem("status"), stem("state"));
    }

    #[test]
    fn a_text_is_its_words() {
        assert_eq!(stems("Who's in Anna\u{2019}s team?"), ["who", "in", "anna", "team"]);
        assert_eq!(stems("I can't come; don't wait"), ["i", "can", "not", "com", "do", "not", "wait"]);
        assert_eq!(spaced("saveToSentItems"), "save To Sent Items");
        assert!(is_stop_word("the") && is_stop_word("hav") && !is_stop_word("email"));
    }
}
