//! Authentication: sign-in to Microsoft Entra, and to other OpenID providers, over any transport.
//!
//! Pure logic over a [`Transport`](connector_sdk::Transport): there is no clock here (the time comes in with
//! [`GrantContext`]), no environment, no file and no runtime. Waiting, storing and locking are the host's.
//!
//! | to do this | read |
//! |---|---|
//! | describe a connection | [`Settings`], [`OauthProfile`], [`Cloud`] |
//! | check it | [`Settings::check`] makes a [`Checked`] |
//! | choose scopes | [`scopes`] |
//! | sign a user in | [`authorization_code`], [`device_code`] |
//! | sign an app in | [`client_credentials`], [`managed_identity`] |
//! | renew tokens | [`refresh`] |
//! | understand a refusal | [`Failure`], [`Refusal`], [`Reason`] |
//! | know who signed in | [`Identity`] |
//! | ask an administrator | [`admin_consent`] |
//! | warn before a secret ends | [`expiry`] |

pub mod admin_consent;
pub mod authorization_code;
pub mod client_credentials;
pub mod device_code;
pub mod expiry;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
pub mod managed_identity;
mod metadata;
pub mod refresh;
pub mod scopes;

mod access_token_claims;
mod address;
mod app_credential;
mod authority;
mod check;
mod claims;
mod client;
mod client_assertion;
mod cloud;
mod draft;
mod form;
mod id_token;
mod identity;
mod json_body;
mod jwt;
mod oauth_http;
mod random;
mod reason;
mod refusal;
mod sealed;
mod settings;
#[cfg(test)]
mod testing;
mod token_http;
mod token_response;
mod token_set;

pub use access_token_claims::is_application_token;
pub use app_credential::AppCredential;
pub use authority::{Authority, PERSONAL_TENANT};
pub use check::{Checked, Credential, permissions};
pub use client_assertion::SigningCertificate;
pub use cloud::Cloud;
pub use form::connection_schema;
pub use identity::Identity;
pub use reason::Reason;
pub use refusal::{Failure, Refusal};
pub use settings::{ClientAuthStyle, GraphVersion, OauthProfile, ScopeNames, Settings};
pub use token_http::GrantContext;
pub use token_set::TokenSet;

#[cfg(test)]
mod tests;
