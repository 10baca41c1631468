//! Claims challenges in `WWW-Authenticate`.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Returns the claims (JSON) of a [claims challenge][1], if there is one that can be read.
///
/// A header may hold several challenges, and there may be several headers; the first Bearer challenge
/// with `error="insufficient_claims"` counts.
///
/// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
pub(crate) fn claims(headers: &HeaderMap) -> Option<String> {
    headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).find_map(|text| {
        challenges(text).into_iter().find_map(|challenge| {
            let is =
                |name: &str, wanted: &str| challenge.get(name).is_some_and(|value| value.eq_ignore_ascii_case(wanted));
            if !challenge.scheme.eq_ignore_ascii_case("bearer") || !is("error", "insufficient_claims") {
                return None;
            }
            decode(challenge.get("claims")?)
        })
    })
}

fn decode(text: &str) -> Option<String> {
    // Some services send the JSON itself.
    let text = text.trim();
    let json = if text.starts_with('{') {
        text.to_owned()
    } else {
        String::from_utf8(STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?).ok()?
    };
    serde_json::from_str::<serde::de::IgnoredAny>(&json).ok()?;
    json.trim_start().starts_with('{').then_some(json)
}

struct Challenge<'a> {
    scheme: &'a str,
    parameters: Vec<(&'a str, String)>,
}

impl Challenge<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

// RFC 9110 11.6.1. A comma separates parameters and challenges alike; a word that no `=` follows
// begins a challenge.
fn challenges(text: &str) -> Vec<Challenge<'_>> {
    let mut found: Vec<Challenge<'_>> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return found;
        }
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        let after = tail.trim_start_matches([' ', '\t']);
        let Some(value) = after.strip_prefix('=').filter(|_| !word.is_empty()) else {
            // A stray `=` belongs to nothing: skip it, or this would not end.
            rest = if word.is_empty() { &rest[1..] } else { tail };
            if !word.is_empty() {
                found.push(Challenge { scheme: word, parameters: Vec::new() });
            }
            continue;
        };
        let (value, tail) = read_value(value.trim_start_matches([' ', '\t']));
        if let Some(challenge) = found.last_mut() {
            challenge.parameters.push((word, value));
        }
        rest = tail;
    }
}

fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        // Unquoted base64 ends in `=`, so only a comma or a space ends a bare value.
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::with_capacity(quoted.len());
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}"#;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("WWW-Authenticate", value.parse().unwrap());
        }
        claims(&headers)
    }

    #[test]
    fn every_spelling_of_a_claims_challenge() {
        let padded = base64::engine::general_purpose::STANDARD.encode(JSON);
        let bare = padded.trim_end_matches('=');
        let url = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(JSON);
        assert_ne!(padded, bare, "the example must need padding");
        for text in [
            format!(
                r#"Bearer realm="", authorization_uri="https://login/common, x", error="insufficient_claims", claims="{padded}""#
            ),
            format!(r#"bearer ERROR = "insufficient_claims",CLAIMS="{bare}""#),
            format!(r#"Bearer claims={padded}, error=insufficient_claims"#),
            format!(r#"Bearer claims="{url}", error="insufficient_claims", client_id="x""#),
            format!(r#"Basic realm="a \" b", Bearer error="insufficient_claims", claims="{padded}""#),
            format!(r#"Negotiate, Bearer error="insufficient_claims", claims="{padded}", DPoP algs="ES256""#),
            format!(r#"PoP error="invalid_token", Bearer error="insufficient_claims", claims="{padded}""#),
        ] {
            assert_eq!(read(&[&text]).as_deref(), Some(JSON), "{text}");
            assert_eq!(read(&["Basic realm=x", &text]).as_deref(), Some(JSON), "{text}");
        }
    }

    #[test]
    fn what_is_not_one() {
        let padded = base64::engine::general_purpose::STANDARD.encode(JSON);
        for text in [
            String::new(),
            "Bearer".into(),
            r#"Bearer error="invalid_token""#.into(),
            r#"Bearer error="insufficient_claims""#.into(),
            r#"Bearer error="insufficient_claims", claims="!!""#.into(),
            r#"Bearer error="insufficient_claims", claims="bm90IGpzb24=""#.into(),
            format!(r#"Bearer error="invalid_token", claims="{padded}""#),
            format!(r#"Basic error="insufficient_claims", claims="{padded}""#),
            "= = ,=,\"".into(),
        ] {
            assert_eq!(read(&[&text]), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[ -~]{0,80}") {
            let _ = challenges(&text);
        }
    }
}
