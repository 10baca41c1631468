//! What the other side said when it refused.

use serde::{Deserialize, Serialize};

use crate::Response;

/// What Graph or the sign-in service said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Upstream {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `ErrorItemNotFound` or `AADSTS700082`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The codes nested in `innerError`, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inner_codes: Vec<String>,
    /// Its message, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Graph's `request-id`: the first thing that Microsoft's support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The `client-request-id` that we sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
}

impl Upstream {
    pub(crate) fn read(response: &Response) -> Upstream {
        #[derive(Deserialize)]
        struct Envelope {
            error: Body,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            code: Option<String>,
            message: Option<String>,
            #[serde(alias = "innererror")]
            inner_error: Option<Inner>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Inner {
            code: Option<String>,
            #[serde(rename = "request-id")]
            request_id: Option<String>,
            #[serde(rename = "client-request-id")]
            client_request_id: Option<String>,
            #[serde(alias = "innererror")]
            inner_error: Option<Box<Inner>>,
        }
        let header = |name: &str| response.header(name).map(str::to_owned);
        let mut upstream = Upstream {
            status: response.status.as_u16(),
            request_id: header("request-id"),
            client_request_id: header("client-request-id"),
            ..Upstream::default()
        };
        let Ok(Envelope { error }) = serde_json::from_slice::<Envelope>(&response.body) else {
            return upstream;
        };
        upstream.code = error.code.filter(|code| !code.is_empty());
        upstream.message = error.message.filter(|message| !message.is_empty());
        let mut inner = error.inner_error.map(Box::new);
        while let Some(level) = inner {
            upstream.inner_codes.extend(level.code);
            upstream.request_id = upstream.request_id.or(level.request_id);
            upstream.client_request_id = upstream.client_request_id.or(level.client_request_id);
            inner = level.inner_error;
        }
        upstream
    }
}
