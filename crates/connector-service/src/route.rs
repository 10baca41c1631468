//! Routes: what the table of the service consists of.

use std::pin::Pin;

use axum::response::Response;
use connector_runtime::Interface;
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::call::Call;
use crate::problem::Problem;

/// A route of the service.
pub(crate) struct Route {
    /// Method.
    pub(crate) method: Method,
    /// Path, with parameters in braces.
    pub(crate) path: &'static str,
    /// Id, which is the operation's in the description.
    pub(crate) id: &'static str,
    /// What it does: a verb and an object.
    pub(crate) summary: &'static str,
    /// Who may call it.
    pub(crate) needs: Need,
    /// What its body is.
    pub(crate) takes: Takes,
    /// Its query parameters.
    pub(crate) query: &'static [Param],
    /// Its headers, beside those that HTTP defines for every request.
    pub(crate) headers: &'static [Param],
    /// Schema of the JSON document that it takes; `None`: any object.
    pub(crate) input: Option<SchemaOf>,
    /// Schema of the JSON document that it gives; `None`: any object.
    pub(crate) output: Option<SchemaOf>,
    /// Headers of an answer that succeeded, by the names of the description's shared headers.
    pub(crate) marks: &'static [&'static str],
    /// Whether it may ask Graph or the sign-in service, so that their errors are its own.
    pub(crate) asks_graph: bool,
    /// Statuses that it has beside those that follow from the rest.
    pub(crate) statuses: &'static [u16],
    /// The media types of its answer, the usual one first.
    pub(crate) gives: &'static [Gives],
    /// Whether its answer has a tag, so that a caller who has it already gets nothing.
    pub(crate) is_tagged: bool,
    /// Whether it makes something: 201.
    pub(crate) creates: bool,
    /// Whether what it begins may wait for a person: 202.
    pub(crate) waits: bool,
    /// Interface that it is a part of. The description in OpenAPI has those of HTTP alone.
    pub(crate) interface: Interface,
    /// What answers it.
    pub(crate) handler: Handler,
}

impl Route {
    /// Returns the status of what succeeded.
    pub(crate) fn success(&self) -> u16 {
        if self.creates { 201 } else { 200 }
    }
}

/// Returns the schema of a type, and adds what it refers to.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Returns the schema of a type.
pub(crate) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A parameter of a query, or a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param {
    /// Name.
    pub(crate) name: &'static str,
    /// Meaning, in a sentence.
    pub(crate) meaning: &'static str,
    /// What it may be.
    pub(crate) kind: ParamKind,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ParamKind {
    /// Any text.
    Text,
    /// A text of this many characters.
    Sized(u32, u32),
    /// A name of 1 to 100 letters, digits, `-`, `_` and `.`.
    Name,
    /// A time with its unit, such as `30s`.
    Span,
    /// A whole number.
    Integer(u64, u64),
    /// `true` or `false`.
    Boolean,
    /// One of several words.
    OneOf(fn() -> Vec<&'static str>),
}

impl Param {
    /// Creates a parameter that is any text.
    pub(crate) const fn text(name: &'static str, meaning: &'static str) -> Param {
        Param { name, meaning, kind: ParamKind::Text }
    }

    /// Creates a parameter of a kind.
    pub(crate) const fn of(name: &'static str, meaning: &'static str, kind: ParamKind) -> Param {
        Param { name, meaning, kind }
    }
}

/// Who may call a route. Closed, and without a default: a route that does not say it does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nobody is asked: the answer is the same for everybody, and tells nothing about a caller or a connection.
    Nothing,
    /// A key, or the principal for callers without one. What it sees and may do, the host decides.
    Caller,
    /// What the address holds, which a browser was given: the token of a link, or the state of a sign-in. The answer is a
    /// page for a person, or leads to one.
    Link,
    /// A key that was made: not the principal for callers without one.
    Key,
}

/// What the body of a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// None.
    Nothing,
    /// A JSON document.
    Json,
    /// A JSON document, or a form with files beside it.
    JsonOrForm,
    /// Bytes of any media type.
    Bytes,
}

/// A media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// One JSON document.
    Json,
    /// A line of JSON for each item, and a last line about the end.
    JsonLines,
    /// Server-sent events.
    Events,
    /// Bytes of any media type.
    Bytes,
    /// A page for a person.
    Html,
}

impl Gives {
    /// Returns the media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Gives::Json => "application/json",
            Gives::JsonLines => "application/x-ndjson",
            Gives::Events => "text/event-stream",
            Gives::Bytes => "application/octet-stream",
            Gives::Html => "text/html",
        }
    }
}

/// What a handler returns.
pub(crate) type Answer = Result<Response, Problem>;

/// A handler: it gets the call, with the host as the caller sees it.
pub(crate) type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Makes a [`Handler`] of an asynchronous function.
macro_rules! handler {
    ($function:path) => {
        |call| Box::pin($function(call))
    };
}
pub(crate) use handler;
