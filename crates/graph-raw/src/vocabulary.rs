//! The words that raw requests share, each with its description and bounds.

use std::collections::BTreeMap;
use std::fmt;

use connector_sdk::{ApiVersion, Effect, FileRef, Raw};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A path below the API version, or a URL on the connection's Graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 16384))]
pub struct Url(pub String);

/// The version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Version {
    /// The version for production.
    #[default]
    #[serde(rename = "v1.0")]
    V1,
    /// The version that Microsoft may change at any time.
    #[serde(rename = "beta")]
    Beta,
}

impl Version {
    /// Its name in a URL.
    pub fn name(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }
}

impl From<Version> for ApiVersion {
    fn from(version: Version) -> ApiVersion {
        match version {
            Version::V1 => ApiVersion::V1,
            Version::Beta => ApiVersion::Beta,
        }
    }
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum Verb {
    /// Read.
    Get,
    /// Create, or call a function.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
    /// Ask what is allowed.
    Options,
    /// Read the headers alone.
    Head,
}

impl Verb {
    /// Every effect that a request with this method may have, as far as the method tells. A POST may be anything: it
    /// creates, and it calls functions that change, remove and send.
    pub fn effects(self) -> &'static [Effect] {
        match self {
            Verb::Get | Verb::Options | Verb::Head => &[Effect::Read],
            Verb::Post => &[Effect::Create, Effect::Update, Effect::Delete, Effect::Send],
            Verb::Put | Verb::Patch => &[Effect::Update],
            Verb::Delete => &[Effect::Delete],
        }
    }

    /// Every effect that a request with this method, as an input names it, may have. What is no method counts as POST.
    pub(crate) fn effects_of(method: Option<&Value>) -> &'static [Effect] {
        let verb = method.and_then(|method| Verb::deserialize(method).ok());
        verb.unwrap_or(Verb::Post).effects()
    }
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Method {
        match verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Patch => Method::PATCH,
            Verb::Delete => Method::DELETE,
            Verb::Options => Method::OPTIONS,
            Verb::Head => Method::HEAD,
        }
    }
}

/// A query parameter. It is encoded for you.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct QueryParameter {
    /// Its name, such as `$filter`.
    #[schemars(length(min = 1, max = 128))]
    pub key: String,
    /// Its value, not encoded.
    #[schemars(length(max = 16384))]
    pub value: String,
}

/// A header.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Header {
    /// Its name, such as `Prefer`. What belongs to the connection (`Authorization`, `Host`, `Cookie` and the like) is
    /// refused.
    #[schemars(length(min = 1, max = 128))]
    pub key: String,
    /// Its value: visible ASCII characters and spaces.
    #[schemars(length(max = 8192))]
    pub value: String,
}

/// Values may be secret, so they are not shown.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({})", self.key)
    }
}

/// A field of a form.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FormField {
    /// Its name.
    #[schemars(length(min = 1, max = 1024))]
    pub key: String,
    /// Its value.
    pub value: String,
}

impl fmt::Debug for FormField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormField({})", self.key)
    }
}

/// A file of a form.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FormFile {
    /// The name of its field.
    #[schemars(length(min = 1, max = 1024))]
    pub key: String,
    /// The file.
    pub file: FileRef,
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum BodyType {
    /// `data` as JSON.
    Json,
    /// `formData` as `application/x-www-form-urlencoded`.
    Form,
    /// `formData` and `fileData` as `multipart/form-data`.
    Multipart,
    /// `data` as plain text, or the one file of `fileData` as its bytes.
    Raw,
    /// No body.
    None,
}

/// What the answer's body is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum ResponseType {
    /// JSON, as Graph sent it.
    #[default]
    Json,
    /// Text.
    Text,
    /// A file.
    Binary,
}

/// An answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The HTTP status, always one of success: a failure is an error.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body: JSON as Graph sent it, text, or a file with `name`, `contentType`, `size` and its content or path;
    /// null when there is none.
    pub body: Raw<Value>,
    /// Warnings about a request that succeeded: names that Microsoft's description of Graph does not contain. Present
    /// only where that description was downloaded and there is a warning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The request as it was sent, without secrets, if `debug` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
}

/// An item of a collection, with the properties that Graph sent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Item {}
