//! Error details that the other side returned.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The error of Graph or of the sign-in service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Upstream {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `ErrorItemNotFound` or `AADSTS700082`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The codes nested in `innerError`, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inner_codes: Vec<String>,
    /// The message, on one line, shortened where it is very long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the error is about, such as a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The errors that make up this one, such as one for each property in conflict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<UpstreamDetail>,
    /// Graph's `request-id`: the first thing that Microsoft's support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The `client-request-id` that was sent with the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
}

/// One of several errors that make up an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UpstreamDetail {
    /// Its code, such as `ObjectConflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The property or object that the error is about, such as `User_{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Its message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Upstream {
    /// Creates the error of a response with this status, whose other properties are not known.
    pub fn new(status: u16) -> Upstream {
        Upstream { status, ..Upstream::default() }
    }

    /// Returns every error code that was named, at any depth.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        let details = self.details.iter().filter_map(|detail| detail.code.as_deref());
        self.code.as_deref().into_iter().chain(self.inner_codes.iter().map(String::as_str)).chain(details)
    }

    /// Returns the targets of the error, each once, with its code.
    pub(crate) fn about(&self) -> Vec<String> {
        let mut about = Vec::new();
        about.extend(self.target.clone());
        for detail in &self.details {
            let message = detail.message.as_deref().filter(|message| self.message.as_deref() != Some(message));
            let named: Vec<&str> =
                [detail.target.as_deref(), detail.code.as_deref(), message].into_iter().flatten().collect();
            let Some((first, rest)) = named.split_first() else { continue };
            about.push(if rest.is_empty() { (*first).to_owned() } else { format!("{first} ({})", rest.join(": ")) });
        }
        about
    }
}
