//! A fast check of the format `email`.
//!
//! An input often holds many addresses, and the general check of RFC 5321 takes longer for one than the
//! rest of the schema takes for the whole input. Nearly all addresses have a simple form that one pass
//! recognises; whatever does not is left to the general check, so that the same texts are accepted.

use std::sync::LazyLock;

use serde_json::{Value, json};

const LOCAL: usize = 64;
const LABEL: usize = 63;
const DOMAIN: usize = 253;

/// Returns whether a text is an email address (RFC 5321 4.1.2).
pub(crate) fn is_email(text: &str) -> bool {
    is_simple(text.as_bytes()) || is_email_in_general(text)
}

fn is_email_in_general(text: &str) -> bool {
    static GENERAL: LazyLock<Option<jsonschema::Validator>> =
        LazyLock::new(|| jsonschema::options().should_validate_formats(true).build(&json!({ "format": "email" })).ok());
    GENERAL.as_ref().is_none_or(|general| general.is_valid(&Value::from(text)))
}

// Words with dots between them, before the `@` of letters, digits and a few signs, after it of letters and
// digits with single hyphens inside.
fn is_simple(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|byte| *byte == b'@') else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    if local.len() > LOCAL || domain.len() > DOMAIN {
        return false;
    }
    let mut before = b'.';
    for &byte in local {
        let fits = match byte {
            b'.' => before != b'.',
            b'-' | b'_' | b'+' | b'\'' => true,
            _ => byte.is_ascii_alphanumeric(),
        };
        if !fits {
            return false;
        }
        before = byte;
    }
    if before == b'.' {
        return false;
    }
    let (mut before, mut label, mut labels) = (b'.', 0, 1);
    for &byte in domain {
        match byte {
            b'.' if !matches!(before, b'.' | b'-') => (label, labels) = (0, labels + 1),
            // Two hyphens may begin a punycode label, which is not simple.
            b'-' if !matches!(before, b'.' | b'-') => label += 1,
            _ if byte.is_ascii_alphanumeric() => label += 1,
            _ => return false,
        }
        if label > LABEL {
            return false;
        }
        before = byte;
    }
    labels > 1 && !matches!(before, b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simple_ones_are_recognised_at_once() {
        for simple in ["adele@contoso.example", "a.b-c_d+e'f@x1.co-op.example", "A@B.c"] {
            assert!(is_simple(simple.as_bytes()) && is_email_in_general(simple), "{simple}");
        }
    }

    #[test]
    fn the_others_are_left_to_the_general_check() {
        for good in [
            "adele@localhost",
            "\"adele vance\"@contoso.example",
            "a!b@contoso.example",
            "a@xn--bcher-kva.example",
            "a@[127.0.0.1]",
        ] {
            assert!(!is_simple(good.as_bytes()) && is_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "adele",
            "adele@",
            "@contoso.example",
            "a@b@c.example",
            "a..b@c.example",
            ".a@c.example",
            "a.@c.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        for bad in [
            "a@c..example",
            "a@-c.example",
            "a@c-.example",
            "a@c.example.",
            "a b@c.example",
            "a@c.exam ple",
            "a@c.example\n",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        let long = |local: usize, label: usize| format!("{}@{}.example", "a".repeat(local), "b".repeat(label));
        assert!(is_simple(long(64, 63).as_bytes()) && !is_email(&long(65, 1)) && !is_email(&long(1, 64)));
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_accepted_that_the_general_check_refuses(text in "[a-zA-Z0-9.+_'-]{0,8}@[a-z0-9.-]{0,12}") {
            proptest::prop_assert!(!is_simple(text.as_bytes()) || is_email_in_general(&text), "{text}");
        }
    }
}
