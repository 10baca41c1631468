//! The table of error codes: name, HTTP status, exit code, who acts, advice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stable code of an error. The names are API, and every interface prints them.
///
/// ```
/// use connector_sdk::{Actor, Code};
///
/// let code = Code::NotConnected;
/// assert_eq!((code.name(), code.http_status(), code.exit_code()), ("not_connected", 424, 20));
/// assert_eq!(code.actor(), Actor::User);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// The input breaks the declared schema or a rule of the action. Nothing was sent.
    InvalidInput,
    /// No connector, action, trigger or picklist has that name. Nothing was sent.
    UnknownAction,
    /// There is no connection of that name. Nothing was sent.
    UnknownConnection,
    /// The connection must be signed in again. Nothing was sent.
    NotConnected,
    /// The connection lacks a permission that the request needs. Nothing was sent.
    MissingScope,
    /// Graph refused the signed-in user or app.
    Forbidden,
    /// The rules of this host do not let the caller do it. Nothing was sent.
    Denied,
    /// The rules of this host ask for a preview or an approval first. Nothing was sent.
    NotConfirmed,
    /// Graph does not know the object.
    NotFound,
    /// The object exists already, or changed in the meantime.
    Conflict,
    /// Graph understood the request and refused it.
    Rejected,
    /// Graph asked to slow down, longer than this call could wait.
    Throttled,
    /// Graph, the sign-in service or the network is not answering.
    Unavailable,
    /// The request was sent, its response was lost, and it must not be sent twice.
    OutcomeUnknown,
    /// A part was carried out, which the error lists, and the rest was not.
    Incomplete,
    /// The other side broke the protocol: an unreadable response, a foreign link, a loop of pages.
    Protocol,
    /// The result could not be written, such as a file to a full disk. What was sent may have been carried out.
    Output,
    /// A defect of this software.
    Bug,
}

/// The party that can put an error right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// The caller: change the input.
    Caller,
    /// The signed-in user: sign in again, or check what happened.
    User,
    /// The administrator of the tenant: grant, consent, enable.
    Administrator,
    /// The operator: whoever runs this host, and says what each caller may do.
    Operator,
    /// Nobody: it passes by itself.
    Nobody,
    /// The authors of this software: report a defect.
    Author,
}

impl Code {
    /// All codes, in the order of the documentation.
    pub const ALL: &'static [Code] = &[
        Code::InvalidInput,
        Code::UnknownAction,
        Code::UnknownConnection,
        Code::NotConnected,
        Code::MissingScope,
        Code::Forbidden,
        Code::Denied,
        Code::NotConfirmed,
        Code::NotFound,
        Code::Conflict,
        Code::Rejected,
        Code::Throttled,
        Code::Unavailable,
        Code::OutcomeUnknown,
        Code::Incomplete,
        Code::Protocol,
        Code::Bug,
        Code::Output,
    ];

    // name, HTTP status, exit code, who acts, what to do when nothing better is known
    const fn row(self) -> (&'static str, u16, u8, Actor, &'static str) {
        match self {
            Code::InvalidInput => (
                "invalid_input",
                400,
                10,
                Actor::Caller,
                "Correct the listed properties and try again; nothing was sent.",
            ),
            Code::UnknownAction => ("unknown_action", 404, 11, Actor::Caller, "Choose a name that exists."),
            Code::UnknownConnection => (
                "unknown_connection",
                404,
                12,
                Actor::Caller,
                "Name a connection that exists, or make one of this name.",
            ),
            Code::NotConnected => ("not_connected", 424, 20, Actor::User, "Sign in again, then try again."),
            Code::MissingScope => (
                "missing_scope",
                403,
                21,
                Actor::Administrator,
                "Grant the permission to the connection, then reconnect.",
            ),
            Code::Forbidden => (
                "forbidden",
                403,
                22,
                Actor::Administrator,
                "Ask an administrator whether this account may do it; consent and policies are checked by Microsoft.",
            ),
            Code::Denied => {
                ("denied", 403, 23, Actor::Operator, "Ask whoever runs this host to widen what this key may do.")
            }
            Code::NotConfirmed => (
                "not_confirmed",
                428,
                24,
                Actor::Caller,
                "Preview the same input, then run it with the confirmation that the preview returned.",
            ),
            Code::NotFound => (
                "not_found",
                404,
                30,
                Actor::Caller,
                "Check the id and the mailbox, group or drive that it belongs to.",
            ),
            Code::Conflict => {
                ("conflict", 409, 31, Actor::Caller, "Read the object again and decide on its present state.")
            }
            Code::Rejected => {
                ("rejected", 422, 32, Actor::Caller, "Read the reason that was given, correct the input and try again.")
            }
            Code::Throttled => ("throttled", 429, 40, Actor::Nobody, "Try again after the time that was named."),
            Code::Unavailable => ("unavailable", 503, 41, Actor::Nobody, "Try again in a while."),
            Code::OutcomeUnknown => (
                "outcome_unknown",
                502,
                42,
                Actor::User,
                "The request may have been carried out. Check before you repeat it.",
            ),
            Code::Incomplete => (
                "incomplete",
                424,
                43,
                Actor::User,
                "Do not repeat the whole: what is listed was carried out. With an idempotency key the same run goes on where it broke off.",
            ),
            Code::Protocol => ("protocol", 502, 50, Actor::Author, "Please report it with the request id."),
            Code::Bug => ("bug", 500, 70, Actor::Author, "Please report it."),
            Code::Output => (
                "output",
                507,
                74,
                Actor::Caller,
                "Make room, or name another place. The action itself may have been carried out.",
            ),
        }
    }

    /// Returns the stable name, such as `invalid_input`.
    pub const fn name(self) -> &'static str {
        self.row().0
    }
    /// Returns the status with which an HTTP interface responds.
    pub const fn http_status(self) -> u16 {
        self.row().1
    }
    /// Returns the exit code of the command line.
    pub const fn exit_code(self) -> u8 {
        self.row().2
    }
    /// Returns who can put the error right.
    pub const fn actor(self) -> Actor {
        self.row().3
    }
    /// Returns the advice for when nothing more specific is known.
    pub const fn advice(self) -> &'static str {
        self.row().4
    }
}
