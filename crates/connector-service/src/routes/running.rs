//! The routes of the registry: connectors, actions, triggers and picklists, and what is run of them.

use super::declare::{STREAMED, get, post};
use crate::api::{choices, registry, run};
use crate::route::{Need, Param, ParamKind, Route, Takes, handler, schema_of};
use connector_runtime::Previewed;
use connector_sdk::Choices;

const CONNECTION: Param =
    Param::text("connection", "Connection, by its name. It may be left out where the key reaches one alone.");
const DEADLINE: Param = Param::of(
    "deadline",
    "Maximum time for the whole run, such as `30s` or `5m`. Without it, an answer in one document has 120 seconds.",
    ParamKind::Span,
);
const CONNECTOR: Param = Param::text("connector", "Only those of this connector.");
const QUERY: Param = Param::text("query", "Only those whose id and title have all of these words.");
const WORDS: Param = Param::text(
    "query",
    "Only those whose id and title have all of these words; where none has, those that they mean, such as `answer a mail`.",
);
const EFFECT: Param = Param::of("effect", "Only those with this effect.", ParamKind::OneOf(registry::effects));
const CONFIRM: Param =
    Param::text("Tenon-Confirm", "Confirmation that a preview of the same input returned, where the rules ask for it.");

const IDEMPOTENCY_KEY: Param = Param::of(
    "Idempotency-Key",
    "Key of 1 to 255 bytes: with the same key and input the action is done once, and later calls get the first outcome.",
    ParamKind::Sized(1, 255),
);

pub(super) static ROUTES: &[Route] = &[
    get("/v1/connectors", "list_connectors", "Lists the connectors", Need::Caller, handler!(registry::connectors))
        .gives_a(schema_of::<registry::Connectors>)
        .tagged(),
    get(
        "/v1/connectors/{name}",
        "show_connector",
        "Describes a connector",
        Need::Caller,
        handler!(registry::connector),
    )
    .gives_a(schema_of::<registry::DescribedConnector<'static>>)
    .tagged(),
    get(
        "/v1/actions",
        "list_actions",
        "Lists the actions that the caller reaches",
        Need::Caller,
        handler!(registry::actions),
    )
    .tagged()
    .query(&[WORDS, CONNECTOR, EFFECT])
    .gives_a(schema_of::<registry::Actions<'static>>)
    .statuses(&[404]),
    get("/v1/actions/{id}", "show_action", "Describes an action", Need::Caller, handler!(registry::action))
        .gives_a(schema_of::<registry::Described<'static>>)
        .tagged(),
    post("/v1/actions/{id}/run", "run_action", "Runs an action", Need::Caller, handler!(run::run))
        .query(&[CONNECTION, DEADLINE])
        .headers(&[IDEMPOTENCY_KEY, CONFIRM])
        .takes(Takes::JsonOrForm)
        .gives(STREAMED)
        .marks(&["Idempotency-Replayed", "Tenon-Failed"])
        .asks_graph(),
    post(
        "/v1/actions/{id}/preview",
        "preview_action",
        "Shows what an action would send",
        Need::Caller,
        handler!(run::preview),
    )
    .query(&[CONNECTION, DEADLINE])
    .takes(Takes::JsonOrForm)
    .gives_a(schema_of::<Previewed>)
    .asks_graph(),
    post("/v1/actions/{id}/validate", "validate_input", "Validates an input", Need::Caller, handler!(run::validate))
        .gives_a(schema_of::<run::Validated>),
    post(
        "/v1/actions/{id}/resolve",
        "resolve_action",
        "Resolves the schemas of an action",
        Need::Caller,
        handler!(choices::resolve),
    )
    .query(&[CONNECTION])
    .gives_a(schema_of::<choices::Schemas>)
    .asks_graph(),
    get(
        "/v1/triggers",
        "list_triggers",
        "Lists the triggers that the caller reaches",
        Need::Caller,
        handler!(registry::triggers),
    )
    .tagged()
    .query(&[QUERY, CONNECTOR])
    .gives_a(schema_of::<registry::Triggers<'static>>)
    .statuses(&[404]),
    get("/v1/triggers/{id}", "show_trigger", "Describes a trigger", Need::Caller, handler!(registry::trigger))
        .gives_a(schema_of::<registry::Described<'static>>)
        .tagged(),
    post(
        "/v1/triggers/{id}/resolve",
        "resolve_trigger",
        "Resolves the schemas of a trigger",
        Need::Caller,
        handler!(choices::resolve),
    )
    .query(&[CONNECTION])
    .gives_a(schema_of::<choices::Schemas>)
    .asks_graph(),
    post(
        "/v1/picklists/{id}/choices",
        "list_choices",
        "Lists the choices of a picklist",
        Need::Caller,
        handler!(choices::choices),
    )
    .query(&[
        CONNECTION,
        Param::text("search", "Only choices that contain this text."),
        Param::text("pageToken", "Token of the page, from the page before."),
    ])
    .gives_a(schema_of::<Choices>)
    .asks_graph(),
];
