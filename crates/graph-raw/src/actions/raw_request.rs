//! `raw_request`

use std::time::Duration;

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Result, RetryRule, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::body::Content;
use crate::compose::Wanted;
use crate::raw_response;
use crate::vocabulary::{
    Answer, BodyType, FormField, FormFile, Header, QueryParameter, ResponseType, Url, Verb, Version,
};

/// Send any HTTP request to Microsoft Graph and return its answer. An answer that is not a success is an error with
/// Graph's own code and message. Nothing is retried unless `maxRetries` is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "method": "GET", "url": "/me/messages", "query": [{ "key": "$top", "value": "5" }, { "key": "$select", "value": "subject,receivedDateTime" }] }),
    json!({ "method": "PATCH", "url": "/me", "data": { "jobTitle": "Analyst" }, "debug": true }),
    json!({ "method": "GET", "url": "/users", "headers": [{ "key": "ConsistencyLevel", "value": "eventual" }], "query": [{ "key": "$count", "value": "true" }], "maxRetries": 3, "retryDelayMs": 500, "useExponentialBackoff": true })
]))]
#[schemars(transform = rules::at_most_one(&["data", "method=GET", "method=HEAD"]))]
#[schemars(transform = rules::at_most_one(&["formData", "method=GET", "method=HEAD"]))]
#[schemars(transform = rules::at_most_one(&["fileData", "method=GET", "method=HEAD"]))]
#[schemars(transform = rules::at_most_one(&["data", "formData"]))]
#[schemars(transform = rules::at_most_one(&["data", "fileData"]))]
pub struct RawRequest {
    /// Path without the base URL and the API version, such as `/me/joinedTeams`. It may contain a query. A full URL is
    /// accepted if it belongs to this connection's Graph, such as a link of an earlier answer.
    url: Url,
    /// The HTTP method to use.
    method: Verb,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise. A full
    /// URL has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Format of the body. The default is `multipart` if there is form or file data, `json` if `data` is JSON or a text
    /// that is a JSON object or array, `raw` for any other text, and `none` without data.
    body_type: Option<BodyType>,
    /// The body: any JSON, or a text. A text is sent as it is, as `text/plain` unless it is JSON or a `Content-Type`
    /// header says what it is.
    data: Option<Value>,
    /// Form data, sent as a multipart form, or as a URL-encoded form if `bodyType` is `form`.
    #[serde(default)]
    form_data: Vec<FormField>,
    /// File data, sent as a multipart form; or, if `bodyType` is `raw`, one file that is the body.
    #[serde(default)]
    file_data: Vec<FormFile>,
    /// Query parameters, added to those of the URL. They are encoded for you.
    #[serde(default)]
    query: Vec<QueryParameter>,
    /// Headers. What belongs to the connection or the transport (`Authorization`, `Host`, `Cookie`, `Content-Length`,
    /// `Proxy-…` and the like) is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// Type of the answer's body. `json` is returned as Graph sent it; `binary` is a file, written as it arrives. A
    /// body that is not JSON where JSON was expected is returned as text.
    #[serde(default)]
    response_type: ResponseType,
    /// Maximum time to wait for an answer, in milliseconds, for each attempt. The default is the runtime's own.
    #[schemars(range(min = 1, max = 3_600_000))]
    timeout_ms: Option<u64>,
    /// Return the sent request as `request`; a failure shows it in its message. Secrets are hidden: the authorization
    /// is left out, and headers, query parameters and properties whose names announce a secret (key, password, secret,
    /// token …) read `(hidden)`.
    #[serde(default)]
    debug: bool,
    /// Delay between attempts, in milliseconds. A longer `Retry-After` of Graph is always respected.
    #[serde(default)]
    #[schemars(range(max = 600_000))]
    retry_delay_ms: u64,
    /// Retry every failure, whatever its kind. Otherwise only throttling is retried, and failures of the service or the
    /// network if a retry cannot carry out the request twice.
    #[serde(default)]
    retry_on_all_errors: bool,
    /// Number of retries after the first attempt.
    #[serde(default)]
    #[schemars(range(max = 100))]
    max_retries: u32,
    /// Double the delay after each attempt.
    #[serde(default)]
    use_exponential_backoff: bool,
}

impl Action for RawRequest {
    type Output = Answer;
    // It may do anything, so it counts as what must be handled with the most care.
    const SPEC: Spec = Spec::new("raw_request", "Raw request", Effect::Send).by_input();

    fn effects(input: &Value) -> Vec<Effect> {
        Verb::effects_of(input.get("method")).to_vec()
    }

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let rule = RetryRule::new(self.max_retries, Duration::from_millis(self.retry_delay_ms))
            .with_exponential(self.use_exponential_backoff)
            .with_all_errors(self.retry_on_all_errors);
        let content = Content {
            kind: self.body_type,
            data: self.data,
            form: self.form_data,
            files: self.file_data,
            ..Content::default()
        };
        let wanted =
            Wanted { url: self.url, version: self.api_version, query: self.query, headers: self.headers, content };
        let timeout = self.timeout_ms.map(Duration::from_millis);
        let request = wanted.request(self.method.into(), cx)?.retry(rule).timeout(timeout);
        Ok(raw_response::send(request, self.response_type, self.debug))
    }
}
