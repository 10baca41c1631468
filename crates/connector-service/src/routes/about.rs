//! The routes that tell what the service is and how it is, and the one that agents speak to.

use super::declare::{MESSAGES, get, post};
use crate::api::{errors, health, openapi};
use crate::mcp;
use crate::route::{Need, Param, ParamKind, Route, handler, schema_of};
use connector_runtime::Interface;

pub(super) static ROUTES: &[Route] = &[
    post("/mcp", "mcp", "Answers a message of the Model Context Protocol", Need::Caller, handler!(mcp::handle))
        .gives(MESSAGES)
        .of(Interface::Mcp),
    get("/healthz", "health", "Tells that the process lives", Need::Nothing, handler!(health::live))
        .gives_a(schema_of::<health::Health>),
    get("/readyz", "readiness", "Tells whether calls are taken", Need::Nothing, handler!(health::ready))
        .gives_a(schema_of::<health::Health>)
        .statuses(&[503]),
    get("/v1/errors", "list_errors", "Lists the codes of errors", Need::Nothing, handler!(errors::list))
        .gives_a(schema_of::<errors::Codes>),
    get("/v1/errors/{code}", "show_error", "Describes a code of errors", Need::Nothing, handler!(errors::show))
        .gives_a(schema_of::<errors::Described>),
    get("/v1/openapi.json", "describe_api", "Describes this API in OpenAPI", Need::Caller, handler!(openapi::show))
        .query(&[
            Param::text("connector", "Only the actions of this connector."),
            Param::of(
                "version",
                "Version of OpenAPI; usually 3.1. What 3.0 cannot say is left out of it.",
                ParamKind::OneOf(openapi::versions),
            ),
        ])
        .tagged()
        .statuses(&[404]),
];
