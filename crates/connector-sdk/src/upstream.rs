//! Error details that the other side returned.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Response;
use crate::error_body::ErrorBody;

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

    pub(crate) fn read(response: &Response) -> Upstream {
        let header = |name: &str| response.header(name).map(str::to_owned);
        let body = ErrorBody::read(&response.body);
        let diagnosis = response.header("x-ms-diagnostics").map(diagnosis).unwrap_or_default();
        let mut inner_codes = body.inner_codes;
        inner_codes.extend(diagnosis.category);
        Upstream {
            status: response.status.as_u16(),
            code: body.code,
            inner_codes,
            message: body.message.or(diagnosis.reason),
            target: body.target,
            details: body.details,
            request_id: header("request-id").or(body.request_id),
            client_request_id: header("client-request-id").or(body.client_request_id),
        }
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

#[derive(Default)]
struct Diagnosis {
    category: Option<String>,
    reason: Option<String>,
}

// Exchange's header: `2000010;reason="The mailbox is not available.";error_category="invalid_user"`.
fn diagnosis(header: &str) -> Diagnosis {
    let value = |name: &str| {
        let at = header.find(&format!("{name}=\""))? + name.len() + 2;
        let text = header[at..].split('"').next()?.trim();
        (!text.is_empty()).then(|| text.chars().take(crate::error_body::LONGEST).collect())
    };
    Diagnosis { category: value("error_category"), reason: value("reason") }
}
