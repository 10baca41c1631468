//! Passwords: given, or generated, shown once and kept nowhere.

use connector_sdk::schema::rules;
use connector_sdk::{Context, Error, Result, Secret};
use schemars::JsonSchema;
use serde::Deserialize;

/// The letters of a generated password: all that cannot be confused in print. 24 of them have more
/// than 130 bits, and the four kinds are all there, as the directory's rules ask.
const KINDS: [&str; 4] = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "#%+-=?_"];
const PASSWORD_LENGTH: usize = 24;

/// A password, given or to be generated. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::one_of(&["password", "generatePassword=true"]))]
pub struct NewPassword {
    /// The password. Give either this or `generatePassword`.
    password: Option<Secret>,
    /// Generate the password and return it. It is shown this once and kept nowhere.
    #[serde(default)]
    generate_password: bool,
}

/// The password, and whether it was generated.
pub struct Chosen {
    /// The password itself.
    pub password: Secret,
    /// What the caller is shown, if it was generated.
    pub shown: Option<String>,
}

impl NewPassword {
    /// This one, or one that is to be generated.
    pub fn of(password: Option<Secret>, generate_password: bool) -> NewPassword {
        NewPassword { password, generate_password }
    }

    /// The password that is to be set.
    ///
    /// # Errors
    /// `invalid_input` unless exactly one of the two is asked for.
    pub fn choose(self, cx: &Context) -> Result<Chosen> {
        match (self.password, self.generate_password) {
            (Some(password), false) if !password.is_empty() => Ok(Chosen { password, shown: None }),
            (None, true) => {
                let password = generate(&cx.entropy);
                Ok(Chosen { password: Secret::new(password.clone()), shown: Some(password) })
            }
            (Some(_), true) => {
                Err(Error::invalid("/generatePassword", "`password` and `generatePassword` exclude each other"))
            }
            _ => Err(Error::invalid("/password", "give a password, or set `generatePassword`")),
        }
    }
}

// One letter of each kind, then letters of all kinds. The first four places are fixed, which costs
// nothing: where a letter stands is not the secret.
fn generate(entropy: &[u8; 32]) -> String {
    let all: Vec<char> = KINDS.iter().flat_map(|kind| kind.chars()).collect();
    (0..PASSWORD_LENGTH)
        .map(|i| {
            let letters: Vec<char> = KINDS.get(i).map_or_else(|| all.clone(), |kind| kind.chars().collect());
            letters[usize::from(entropy[i]) % letters.len()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_password_has_every_kind_and_depends_on_its_entropy() {
        let entropy: [u8; 32] = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let password = generate(&entropy);
        assert_eq!(password.len(), PASSWORD_LENGTH);
        for kind in KINDS {
            assert!(password.contains(|c| kind.contains(c)), "{kind}");
        }
        assert_ne!(password, generate(&[7; 32]));
    }
}
