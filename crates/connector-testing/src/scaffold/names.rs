//! Names, and the forms that they take.

use crate::Result;

/// Refuses a name that is not `snake_case`.
///
/// # Errors
/// Says what a name looks like.
pub fn check(name: &str) -> Result<()> {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word) && !KEYWORDS.contains(&name) {
        return Ok(());
    }
    Err(format!("`{name}` is no name: take lower-case words with underscores between them, such as list_emails").into())
}

// What Rust does not allow as the name of a module, as far as somebody might think of it.
const KEYWORDS: [&str; 14] =
    ["as", "async", "await", "break", "continue", "crate", "do", "for", "in", "loop", "match", "move", "return", "use"];

/// `list_emails` as a type: `ListEmails`.
pub fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

/// `list_emails` for people: `List emails`.
pub fn title(name: &str) -> String {
    capital(&name.replace('_', " "))
}

/// `plannerTask` as a type: `PlannerTask`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_forms() {
        for good in ["list_emails", "get", "a1_b2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "List", "list-emails", "_x", "x_", "a__b", "1a", "match", "é", "a/b", "..", "a b"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!((pascal("list_emails").as_str(), title("list_emails").as_str()), ("ListEmails", "List emails"));
    }
}
