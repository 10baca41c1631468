//! Escaping of text from others for a terminal.
//!
//! A subject line may contain an escape sequence that repaints the screen, or letters that turn the
//! direction of what follows. They are shown as `\u{1b}`, never sent.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// Escapes a text for one line: line breaks and tabs become spaces, everything else that acts on a terminal is shown.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for letter in text.chars() {
        let is_blank = matches!(letter, '\n' | '\r' | '\t');
        match letter {
            _ if is_blank && blank => {}
            _ if is_blank => out.push(' '),
            letter => push(&mut out, letter),
        }
        blank = is_blank;
    }
    Cow::Owned(out)
}

/// Escapes a text of several lines: line breaks stay.
pub(crate) fn block(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            letter => push(&mut out, letter),
        }
    }
    Cow::Owned(out)
}

/// Escapes a text of several lines of which only the first begins at the margin, so that none of the others passes for
/// ours.
pub(crate) fn continued(text: &str) -> String {
    block(text).replace('\n', "\n      ")
}

/// Returns whether nothing in a text acts on a terminal.
pub(crate) fn is_harmless(text: &str) -> bool {
    !text.contains(acts)
}

/// Escapes JSON text: what acts on a terminal can stand in strings only, so it is written as JSON escapes it.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let acts = |letter: char| acts(letter) && letter != '\n';
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if acts(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

fn push(out: &mut String, letter: char) {
    if acts(letter) {
        out.extend(letter.escape_unicode());
    } else {
        out.push(letter);
    }
}

// Control characters; marks that turn the direction of text; separators of lines; letters without a
// width that hide in names (zero width space to joiner, word joiner and its kin, tags).
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the width of a text, in columns.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to this many columns; `…` marks the cut.
pub(crate) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let wide = unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push(letter);
    }
    out.push('…');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        let hostile = [
            "\u{1b}[2J",
            "\u{9b}31m",
            "\u{7f}",
            "\r",
            "\u{8}",
            "\u{202e}txt.exe",
            "\u{2066}",
            "\u{e0041}",
            "\u{0}",
            "\u{1b}]8;;http://evil\u{7}",
        ];
        for text in hostile {
            for shown in [line(text), block(text), json(text)] {
                assert!(!shown.contains(acts), "{text:?} became {shown:?}");
            }
        }
        assert_eq!(line("a\u{1b}[31mb\r\n\tc"), "a\\u{1b}[31mb c");
        assert_eq!(block("a\r\nb\tc"), "a\nb    c");
        assert_eq!(line("Grüße 東京 👩‍💻"), "Grüße 東京 👩‍💻");
    }

    #[test]
    fn no_further_line_begins_at_the_margin() {
        for hostile in
            ["a\nerror: b", "a\r\nwhat to do: b", "\n\n  /to/0  b", "a\rb", "a\u{2028}b", "a\u{85}b", "a\u{b}b\u{c}c"]
        {
            assert!(continued(hostile).lines().skip(1).all(|line| line.starts_with("      ")), "{hostile:?}");
            assert!(!continued(hostile).contains(|letter| acts(letter) && letter != '\n'), "{hostile:?}");
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let text = "\"a\u{9b}b\u{202e}\u{e0041}\"";
        let before: String = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<String>(&json(text)).unwrap(), before);
    }

    #[test]
    fn text_is_cut_by_columns() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abcde…");
        assert_eq!(fit("東京都庁", 5), "東京…");
    }
}
