//! The `claims` parameter: what a token must be able to prove.
//!
//! See [claims challenges and client capabilities][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge

use connector_sdk::{Error, Result};
use serde_json::{Map, Value, json};

/// Client capability that declares support for claims challenges, so that Graph sends them instead of a bare 401 and
/// its tokens may live longer (continuous access evaluation).
const CAPABILITY: &str = "cp1";

/// Merges claims requests into one: our capability, the connection's own claims, and those of a challenge.
///
/// The challenge wins where two ask for the same claim. `capability` is `None` where the service is not
/// known to understand it.
///
/// # Errors
/// `protocol` when one of them is not a JSON object of objects.
pub(crate) fn merge(
    capability: Option<Capability>,
    own: Option<&str>,
    challenge: Option<&str>,
) -> Result<Option<String>> {
    let mut merged = Map::new();
    if let Some(Capability) = capability {
        merged.insert("access_token".into(), json!({ "xms_cc": { "values": [CAPABILITY] } }));
    }
    for claims in [own, challenge].into_iter().flatten() {
        let unreadable = || Error::protocol("a claims request is not a JSON object of objects");
        let Ok(Value::Object(claims)) = serde_json::from_str(claims) else { return Err(unreadable()) };
        for (part, wanted) in claims {
            let Value::Object(wanted) = wanted else { return Err(unreadable()) };
            let part = merged.entry(part).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(part) = part {
                part.extend(wanted);
            }
        }
    }
    Ok((!merged.is_empty()).then(|| Value::Object(merged).to_string()))
}

/// Declaration of support for claims challenges.
pub(crate) struct Capability;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_joins_the_capability() {
        let challenge = r#"{"access_token":{"acrs":{"essential":true,"value":"c25"}}}"#;
        assert_eq!(
            merge(Some(Capability), None, Some(challenge)).unwrap().unwrap(),
            r#"{"access_token":{"xms_cc":{"values":["cp1"]},"acrs":{"essential":true,"value":"c25"}}}"#
        );
        assert_eq!(merge(None, None, None).unwrap(), None);
        let own = r#"{"id_token":{"auth_time":{"essential":true}},"access_token":{"acrs":{"value":"c1"}}}"#;
        let all = merge(Some(Capability), Some(own), Some(challenge)).unwrap().unwrap();
        assert!(all.contains("c25") && !all.contains("\"c1\"") && all.contains("auth_time") && all.contains("cp1"));
    }

    #[test]
    fn what_is_not_a_claims_request_is_refused() {
        for bad in ["", "x", "[]", "\"a\"", r#"{"access_token":1}"#] {
            assert!(merge(None, None, Some(bad)).is_err(), "{bad}");
        }
    }
}
