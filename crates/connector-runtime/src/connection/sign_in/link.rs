//! Links that begin a suspended sign-in in whatever browser opens them.
//!
//! Whoever begins a sign-in may be a program, and the browser that is to sign in somewhere else. So the value that
//! binds the sign-in to its browser is made here, and waits, sealed, for the browser that opens the link.

use connector_sdk::{Code, Error, Result, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::BrowserSignIn;
use super::suspended::SPACE;
use crate::connection::Connections;
use crate::digest::sha256;
use crate::kinds::{SIGN_IN, SIGN_IN_LINK};
use crate::random;

/// Link of a suspended sign-in, for the person who is to sign in.
#[derive(Debug)]
#[must_use]
pub struct SignInLink {
    /// Id of the sign-in.
    pub id: String,
    /// Token of the link: 64 characters that are safe in a path. Whoever has it can sign in.
    pub token: Secret,
    /// Time at which the sign-in ends by itself.
    pub expires: Timestamp,
}

/// A link that a browser has opened. It holds a secret, and so has no `Debug`.
#[must_use]
pub struct OpenedLink {
    /// Address of the sign-in service, which the browser must open.
    pub url: Url,
    /// Value that this browser must bring along to [`Connections::resume`], such as that of a cookie.
    pub browser: [u8; 32],
}

/// A link as it is stored. It holds secrets, and so has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredLink {
    /// Time from which its age counts for retention: its end.
    at: Timestamp,
    url: Url,
    /// What the browser must bring along, in hexadecimal digits.
    browser: String,
    /// Key of the document of the sign-in.
    sign_in: String,
}

impl BrowserSignIn {
    /// Suspends the sign-in as [`BrowserSignIn::suspend`] does, for a browser that is not there yet: it gets its random
    /// value when it opens the link, on whatever process, with [`Connections::open_sign_in_link`].
    ///
    /// The user always has to choose an account. Otherwise a browser that is signed in already would sign in to
    /// whatever link leads it there.
    ///
    /// # Errors
    /// The store's.
    pub async fn suspend_with_link(self, back: Option<Url>) -> Result<SignInLink> {
        let (id, connections) = (self.id().to_owned(), self.connections().clone());
        let (token, browser) = (random::name::<32>()?, random::bytes::<32>()?);
        let sign_in = self.key()?;
        let url = asking(self.url.clone());
        let expires = self.suspend_until(&browser, back).await?;
        let link = StoredLink { at: expires, url, browser: hex::encode(browser), sign_in };
        let text = serde_json::to_string(&link).map(Secret::new).map_err(|_| Error::bug("a link cannot be written"))?;
        connections.0.vault.put(SIGN_IN_LINK, &key_of(&token), None, text.expose().as_bytes()).await?;
        Ok(SignInLink { id, token: Secret::new(token), expires })
    }
}

impl Connections {
    /// Opens the link of a suspended sign-in in a browser. It can be opened until the sign-in ends: what counts once is
    /// the sign-in.
    ///
    /// # Errors
    /// `not_connected` with the reason `unknown` for what is no link, and for one whose sign-in has ended; the store's.
    pub async fn open_sign_in_link(&self, token: &str) -> Result<OpenedLink> {
        // What is no token is not looked up.
        if token.len() != 64 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let (_, plain) = self.0.vault.get(SIGN_IN_LINK, &key_of(token)).await?.ok_or_else(unknown)?;
        let link: StoredLink = serde_json::from_slice(&plain).map_err(|_| unknown())?;
        let has_ended = link.at <= self.now() || self.0.vault.revision(SIGN_IN, &link.sign_in).await?.is_none();
        let mut browser = [0; 32];
        if has_ended || hex::decode_to_slice(&link.browser, &mut browser).is_err() {
            return Err(unknown());
        }
        Ok(OpenedLink { url: link.url, browser })
    }
}

fn key_of(token: &str) -> String {
    format!("{SPACE}{}", sha256(token))
}

/// Returns the address with a prompt at which the user chooses an account.
fn asking(mut url: Url) -> Url {
    let (prompts, others): (Vec<_>, Vec<_>) = url.query_pairs().into_owned().partition(|(name, _)| name == "prompt");
    let asks = |prompt: &&str| ["select_account", "login", "consent"].contains(prompt);
    let prompt = prompts.iter().map(|(_, value)| &**value).find(asks).unwrap_or("select_account");
    url.query_pairs_mut().clear().extend_pairs(&others).append_pair("prompt", prompt);
    url
}

fn unknown() -> Error {
    Error::new(Code::NotConnected, "this link leads to no sign-in: it was used before, or has expired")
        .with_reason("unknown")
        .with_hint("Ask for a new link.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_signs_in_unseen() {
        let prompts = |query: &str| {
            let url = asking(format!("https://login.example/authorize?{query}").parse().unwrap());
            let all: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let prompts: Vec<_> = all.iter().filter(|(name, _)| name == "prompt").map(|(_, value)| &**value).collect();
            assert_eq!(all.iter().filter(|(name, value)| name == "state" && value == "a+b c").count(), 1, "{url}");
            prompts.join("|")
        };
        assert_eq!(prompts("state=a%2Bb+c"), "select_account");
        assert_eq!(prompts("prompt=none&state=a%2Bb+c"), "select_account");
        assert_eq!(prompts("prompt=login&state=a%2Bb+c"), "login");
        assert_eq!(prompts("state=a%2Bb+c&prompt=none&prompt=consent"), "consent");
        assert_eq!(prompts("prompt=none%20login&state=a%2Bb+c"), "select_account");
    }
}
