//! Names of downloaded files: where they come from, and how they are made safe.

use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;
use url::form_urlencoded;

/// Maximum length of a name on common file systems, in bytes.
const LONGEST: usize = 255;
/// Maximum length of a file extension, in bytes. A longer one is cut like the rest of a name.
const LONGEST_ENDING: usize = 32;
/// Name of a file that has none.
const NAMELESS: &str = "download";

/// Makes a name that somebody else chose harmless: it names a file in a folder, and nothing else, on every system.
///
/// Separators and characters that some system refuses become `_`. What is not seen, such as marks that turn the
/// direction of text, is taken out. The names of Windows' devices get a `_` before them, dots and spaces at the
/// ends go, and the name is cut between two characters to 255 bytes, before its ending. No name is `download`.
///
/// ```
/// assert_eq!(graph_client::safe_file_name("../Q1/Q2 report.pdf"), "_Q1_Q2 report.pdf");
/// ```
pub fn safe_file_name(name: &str) -> String {
    let kept = name.chars().filter(|letter| !is_invisible(*letter));
    let name: String =
        kept.map(|letter| if letter.is_control() || "/\\<>:\"|?*".contains(letter) { '_' } else { letter }).collect();
    let mut name = name.trim_matches(is_blank_end).to_owned();
    if is_device(&name) {
        name.insert(0, '_');
    }
    let name = numbered_file_name(&name, "");
    match name.trim_end_matches(is_blank_end) {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

/// Inserts `suffix`, such as ` (2)`, between a name and its extension, and cuts the name so that the result is no
/// longer than file systems allow.
///
/// ```
/// assert_eq!(graph_client::numbered_file_name("report.pdf", " (2)"), "report (2).pdf");
/// ```
pub fn numbered_file_name(name: &str, suffix: &str) -> String {
    cut(name, suffix, LONGEST)
}

/// Cuts a name before its extension, between two characters, to `longest` bytes: for a file system that allows fewer
/// than most.
pub fn shorter_file_name(name: &str, longest: usize) -> String {
    cut(name, "", longest)
}

fn cut(name: &str, suffix: &str, longest: usize) -> String {
    let (stem, ending) = match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= LONGEST_ENDING => name.split_at(at),
        _ => (name, ""),
    };
    let room = longest.saturating_sub(suffix.len() + ending.len());
    format!("{}{suffix}{ending}", &stem[..stem.floor_char_boundary(room)])
}

// Windows drops them at the end; a dot at the beginning hides a file.
fn is_blank_end(letter: char) -> bool {
    letter == '.' || letter.is_whitespace()
}

// Unicode's characters without a glyph (`Default_Ignorable_Code_Point`), marks of direction, separators of lines.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether Windows takes the name for a device, whatever its extension: see [naming files][1].
///
/// [1]: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or(stem.strip_prefix("LPT")).unwrap_or_default();
    let mut letters = number.chars();
    matches!((letters.next(), letters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Returns the name in a response's headers ([RFC 6266](https://www.rfc-editor.org/rfc/rfc6266)), if there is one. It
/// comes from outside: only [`safe_file_name`] makes a file's name of it.
pub(crate) fn from_headers(headers: &HeaderMap) -> Option<String> {
    // Names beyond ASCII are also seen raw.
    let text = String::from_utf8_lossy(headers.get(CONTENT_DISPOSITION)?.as_bytes()).into_owned();
    let extended = parameter(&text, "filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, name) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| percent_decoded(name))
    });
    extended.or_else(|| parameter(&text, "filename")).filter(|name| !name.is_empty())
}

/// Returns the name that a path ends in: `b.txt` for `/me/drive/root:/a/b.txt:/content`.
pub(crate) fn from_path(path: &str) -> Option<String> {
    let last = path
        .rsplit('/')
        .map(|segment| segment.trim_end_matches(':'))
        .find(|segment| !matches!(*segment, "" | "content" | "$value"))?;
    Some(percent_decoded(last)).filter(|name| !name.is_empty())
}

fn percent_decoded(text: &str) -> String {
    // The decoder of forms would read a plus as a space.
    form_urlencoded::parse(format!("={}", text.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text.split_once(';')?.1;
    loop {
        let (name, tail) = rest.split_once('=')?;
        let tail = tail.trim_start();
        let (value, after) = match tail.strip_prefix('"') {
            Some(quoted) => {
                let mut value = String::new();
                let mut letters = quoted.char_indices();
                let mut end = quoted.len();
                while let Some((at, letter)) = letters.next() {
                    match letter {
                        '"' => {
                            end = at + 1;
                            break;
                        }
                        '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
                        letter => value.push(letter),
                    }
                }
                (value, &quoted[end..])
            }
            None => {
                let (value, after) = tail.split_once(';').unwrap_or((tail, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().trim_start_matches(';');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_answers() {
        let name = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_DISPOSITION, http::HeaderValue::from_bytes(value).unwrap());
            from_headers(&headers)
        };
        for (value, expected) in [
            (r#"attachment; filename="a b.txt""#, Some("a b.txt")),
            ("attachment; filename=a.txt; size=3", Some("a.txt")),
            (r#"attachment; filename="x"; filename*=UTF-8''%E2%82%AC%20rates+1.txt"#, Some("€ rates+1.txt")),
            (r#"inline; foo="filename=evil"; FileName="b.txt""#, Some("b.txt")),
            (r#"attachment; filename="..\\windows\\a.dll""#, Some("..\\windows\\a.dll")),
            (r#"attachment; filename*=UTF-8''..%2Fetc%2Fshadow"#, Some("../etc/shadow")),
            (r#"attachment; filename="""#, None),
            ("attachment", None),
            ("attachment; filename", None),
        ] {
            assert_eq!(name(value.as_bytes()).as_deref(), expected, "{value}");
        }
        assert_eq!(name("attachment; filename=\"café.txt\"".as_bytes()).as_deref(), Some("café.txt"));
    }

    #[test]
    fn names_of_paths() {
        for (path, expected) in [
            ("/v1.0/me/drive/root:/a/b%20c.txt:/content", Some("b c.txt")),
            ("/v1.0/me/photo/$value", Some("photo")),
            ("/", None),
            ("/v1.0/x/a%2Fb/content", Some("a/b")),
        ] {
            assert_eq!(from_path(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn names_become_harmless() {
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\windows\\a.dll", "_windows_a.dll"),
            ("Invoice 05/24.pdf", "Invoice 05_24.pdf"),
            ("a:b?<c>|\"*.txt", "a_b__c____.txt"),
            ("a\nb\u{1b}[2J\0.txt", "a_b_[2J_.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}\u{feff}\u{e0041}b", "ab"),
            (" .hidden. ", "hidden"),
            ("..", "download"),
            ("\u{200f}", "download"),
            ("", "download"),
            ("con", "_con"),
            ("NUL.tar.gz", "_NUL.tar.gz"),
            ("aux .txt", "_aux .txt"),
            ("COM¹", "_COM¹"),
            ("lpt0.log", "_lpt0.log"),
            ("company.txt", "company.txt"),
            ("COM10", "COM10"),
        ] {
            assert_eq!(safe_file_name(name), expected, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_two_characters_before_the_ending() {
        let name = safe_file_name(&format!("{}.docx", "ä".repeat(200)));
        assert_eq!((name.len(), name.ends_with("ä.docx")), (255, true));
        assert_eq!(safe_file_name(&"€".repeat(200)), "€".repeat(85));
        assert_eq!(safe_file_name(&format!("{}.pdf", "a".repeat(251))).len(), 255);
        let second = numbered_file_name(&name, " (2)");
        assert!(second.len() <= 255 && second.ends_with("ä (2).docx"), "{second}");
        assert_eq!(numbered_file_name("a.tar.gz", " (2)"), "a.tar (2).gz");
        assert_eq!(numbered_file_name("Makefile", " (2)"), "Makefile (2)");
        // An ending of such a length is none.
        assert_eq!(safe_file_name(&format!("a.{}", "x".repeat(400))).len(), 255);
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_never_a_path(text in proptest::prop_oneof![".{0,400}", "[./\\\\ \u{202e}\u{200b}A-Zcon:*\n]{0,20}"], number in 2..9999_u32) {
            for name in [safe_file_name(&text), numbered_file_name(&safe_file_name(&text), &format!(" ({number})"))] {
                proptest::prop_assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
                proptest::prop_assert!(!name.contains(['/', '\\', '\0', '\n', '\u{202e}', '\u{200b}', ':', '*']), "{name:?}");
                proptest::prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']) && !is_device(&name), "{name:?}");
            }
            let name = safe_file_name(&text);
            proptest::prop_assert_eq!(safe_file_name(&name), name.clone(), "it is as harmless as it gets");
        }
    }
}
