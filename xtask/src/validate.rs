//! Validates descriptors, and finds the rules of plans that no schema states.
//!
//! The first is `connector_schemas`, which needs no connector; the second needs connectors that are written in Rust.

use crate::hidden::Exception;

pub use connector_schemas::instance::{self, issues};
pub use connector_schemas::{Finding, Format, Options, Report, Severity};

/// The rules of the project's connectors that no schema can state, because they are about values.
pub const EXCEPTIONS: &[Exception] = &[
    Exception::new(
        "graph.list_table_rows",
        "this is not a page token",
        "rows are counted, so their tokens are of another kind than the example",
    ),
    Exception::new("graph.search_query", "is not a token of a search", "as above"),
    Exception::new("*", "this is a local time: give `timeZone`", "whether a time names its offset is in its text"),
    Exception::new("*", "an event that takes whole days has days here", "whether a moment is a day is in its text"),
    Exception::new(
        "*",
        "does not belong to this object",
        "what belongs to a record is told by the dynamic schema of its object",
    ),
    Exception::new("graph.search_records", "this kind cannot be searched by words", "as above"),
    Exception::new(
        "graph.search_query",
        "connections are searched for `externalItem` only",
        "it depends on what is in a list",
    ),
    Exception::new("graph.search_query", "it needs a search for `message` alone", "it depends on what is in a list"),
    Exception::new("graph.search_query", "Graph cannot sort `message`", "it depends on what is in a list"),
    Exception::new("*", "the body has no mark for it", "it depends on the text of the body"),
    Exception::new(
        "*",
        "this does not work with `recursive`",
        "a rule names what stands beside each other, and not `recursive` beside what is in `query`",
    ),
    Exception::new("graph.list_chat_messages", "so the order must be", "it depends on the text of the filter"),
    Exception::new(
        "graph_raw.batch_request",
        "is not the id of a request in this batch",
        "it depends on the ids of the others",
    ),
    Exception::new("graph_raw.batch_request", "is the request itself", "as above"),
    Exception::new("graph_raw.find_permissions", "", "it depends on what the host has of Microsoft's metadata"),
];
