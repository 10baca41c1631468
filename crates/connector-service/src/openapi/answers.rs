//! What answers have that no type of the host describes.

use connector_runtime::jiff::Timestamp;
use connector_runtime::{Code, ConnectionInfo, ConnectionUsers, DeviceStatus, Issue};
use connector_sdk::{Actor, Change, Upstream};
use schemars::JsonSchema;
use serde_json::{Value, json};

/// The members of an error, as every interface prints them.
#[derive(JsonSchema)]
#[schemars(rename = "Error", rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct ErrorMembers {
    /// Stable code.
    code: Code,
    /// Stable reason below the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What is wrong, in a sentence.
    message: String,
    /// What to do.
    hint: String,
    /// Who can put it right.
    who_acts: Actor,
    /// Whether the same call may succeed later.
    retryable: bool,
    /// Time before which it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<f64>,
    /// Every violation of the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    issues: Vec<Issue>,
    /// What was carried out before it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    carried_out: Vec<Change>,
    /// What Graph or the sign-in service said.
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<Upstream>,
}

/// The connections that a caller reaches.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct Connections {
    /// The connections.
    connections: Vec<ListedConnection>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "it describes what the host writes")]
enum ListedConnection {
    Stored(Box<ConnectionInfo>),
    Named(Box<NamedConnection>),
}

/// A connection of which only the name is known: the program has it, or it cannot be read.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it describes what the host writes")]
struct NamedConnection {
    /// Name.
    name: String,
    /// Whether the program has it, or why nothing more is known.
    state: NamedState,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorMembers>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes what the host writes")]
enum NamedState {
    Given,
    Unreadable,
}

/// What becomes of a sign-in.
#[derive(JsonSchema)]
#[schemars(rename = "SignIn", rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct SignIn {
    /// Id of the sign-in.
    id: String,
    /// Name of the connection.
    connection: String,
    /// Sign-in method.
    method: String,
    /// State of the sign-in.
    state: SignInState,
    /// Time at which the sign-in ends by itself, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    /// Code that the user types, while it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceStatus>,
    /// Id of the connection, when it is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
    /// Error, when it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorMembers>,
    /// Time at which it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes what the host writes")]
enum SignInState {
    Waiting,
    Done,
    Failed,
}

/// Report of a test of a connection.
#[derive(JsonSchema)]
#[schemars(rename = "TestReport", rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct Tested {
    /// Whether the connection works.
    works: bool,
    /// What was tried, in a sentence.
    tried: String,
    /// Name of the user who responded, or the app's roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    /// Error of a connection that does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorMembers>,
}

/// A connection that was removed.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct RemovedConnection {
    /// Name of the connection.
    removed: String,
    /// What used it.
    users: ConnectionUsers,
}

/// The address at which an administrator consents.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct AdminConsent {
    /// Address for the administrator.
    url: String,
    /// Address to which the browser returns.
    redirect_uri: String,
}

/// The connections that followed a change of an app registration.
#[derive(JsonSchema)]
#[schemars(rename = "ChangedConnections")]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct Changed {
    /// Names of those that were changed.
    changed: Vec<String>,
    /// Those that could not be changed.
    failed: Vec<NotChanged>,
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "it describes what the host writes")]
struct NotChanged {
    /// Name of the connection.
    connection: String,
    /// Why it could not be changed.
    error: ErrorMembers,
}

/// An app registration that was removed.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "it describes what the host writes")]
pub(crate) struct RemovedProfile {
    /// Name of the app registration.
    removed: String,
}

/// Returns the schema of a problem. What it refers to are schemas of `ErrorMembers` and of a preview.
pub(crate) fn problem() -> Value {
    json!({
        "type": "object",
        "title": "Problem",
        "description": "An error: problem details (RFC 9457) with the members of every error of the host.",
        "required": ["type", "title", "status", "detail", "code", "hint", "whoActs", "retryable"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Address of the code's description." },
            "title": { "type": "string", "description": "Name of the code in words." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "HTTP status." },
            "detail": { "type": "string", "description": "What is wrong, in a sentence." },
            "instance": { "type": "string", "format": "uri", "description": "Id of the request." },
            "code": { "type": "string", "description": "Stable code, such as `invalid_input`; `GET /v1/errors` lists them." },
            "reason": { "type": "string", "description": "Stable reason below the code." },
            "hint": { "type": "string", "description": "What to do." },
            "whoActs": { "$ref": "#/components/schemas/Actor" },
            "retryable": { "type": "boolean", "description": "Whether the same call may succeed later." },
            "retryAfterSeconds": { "type": "number", "description": "Time before which it does not." },
            "issues": {
                "type": "array",
                "description": "Every violation of the input.",
                "items": { "$ref": "#/components/schemas/Issue" },
            },
            "carriedOut": {
                "type": "array",
                "description": "What was carried out before it failed.",
                "items": { "$ref": "#/components/schemas/Change" },
            },
            "upstream": { "$ref": "#/components/schemas/Upstream" },
            "preview": { "$ref": "#/components/schemas/Preview" },
            "rule": { "$ref": "#/components/schemas/Rule" },
            "effect": { "$ref": "#/components/schemas/Effect" },
            "confirm": { "type": "string", "description": "Confirmation with which the same call runs once." },
            "approval": { "$ref": "#/components/schemas/Approval" },
        },
    })
}
