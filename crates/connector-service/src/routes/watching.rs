//! The routes of watches, destinations and deliveries.

use connector_runtime::store::Lag;
use connector_runtime::{
    Attempt, DestinationChange, DestinationInfo, FailedDelivery, NewDestination, NewWatch, Replay, WatchChange,
    WatchInfo,
};
use http::Method;

use super::declare::{MESSAGES, delete, get, post, route};
use crate::api::{deliveries, destinations, watches};
use crate::route::{Need, Param, ParamKind, Route, Takes, handler, schema_of};

const IF_MATCH: Param = Param::text("If-Match", "ETag that it must still have.");

pub(super) static ROUTES: &[Route] = &[
    get("/v1/watches", "list_watches", "Lists the watches that the caller sees", Need::Key, handler!(watches::list))
        .gives_a(schema_of::<watches::List>),
    post("/v1/watches", "add_watch", "Makes a watch, which polls a trigger", Need::Key, handler!(watches::add))
        .takes_a(schema_of::<NewWatch>)
        .gives_a(schema_of::<WatchInfo>)
        .marks(&["ETag"])
        .statuses(&[404, 409])
        .creates(),
    get("/v1/watches/{id}", "show_watch", "Shows a watch, by its id or its name", Need::Key, handler!(watches::show))
        .gives_a(schema_of::<WatchInfo>)
        .marks(&["ETag"]),
    route(Method::PATCH, "/v1/watches/{id}", "change_watch", "Changes a watch", Need::Key, handler!(watches::change))
        .headers(&[IF_MATCH])
        .takes_a(schema_of::<WatchChange>)
        .gives_a(schema_of::<WatchInfo>)
        .marks(&["ETag"])
        .statuses(&[409]),
    delete("/v1/watches/{id}", "remove_watch", "Removes a watch with its events", handler!(watches::remove))
        .headers(&[IF_MATCH])
        .gives_a(schema_of::<watches::Done>)
        .statuses(&[409]),
    post(
        "/v1/watches/{id}/try",
        "try_watch",
        "Polls the trigger of a watch, and stores nothing",
        Need::Key,
        handler!(watches::try_out),
    )
    .takes_a(schema_of::<watches::Begin>)
    .gives_a(schema_of::<watches::Tried>)
    .asks_graph(),
    post("/v1/watches/{id}/pause", "pause_watch", "Pauses a watch", Need::Key, handler!(watches::pause))
        .headers(&[IF_MATCH])
        .takes_a(schema_of::<watches::Pausing>)
        .gives_a(schema_of::<WatchInfo>)
        .marks(&["ETag"])
        .statuses(&[409]),
    post("/v1/watches/{id}/resume", "resume_watch", "Resumes a watch", Need::Key, handler!(watches::resume))
        .headers(&[IF_MATCH])
        .takes(Takes::Nothing)
        .gives_a(schema_of::<WatchInfo>)
        .marks(&["ETag"])
        .statuses(&[409]),
    post("/v1/watches/{id}/reset", "reset_watch", "Lets a watch begin anew", Need::Key, handler!(watches::reset))
        .takes_a(schema_of::<watches::Begin>)
        .gives_a(schema_of::<watches::Done>)
        .statuses(&[409]),
    get(
        "/v1/watches/{id}/events",
        "list_watch_events",
        "Returns events of a watch, as a page or as a stream",
        Need::Key,
        handler!(watches::events),
    )
    .query(&[
        Param::of(
            "after",
            "Only events after this position; 0 is before the oldest.",
            ParamKind::Integer(0, watches::LAST),
        ),
        Param::of("limit", "Maximum number of events of a page; usually 100.", ParamKind::Integer(1, watches::MOST)),
        Param::of(
            "wait",
            "Time for which a page without events waits for one, such as `30s`; at most a minute.",
            ParamKind::Span,
        ),
        Param::of(
            "consumer",
            "Name of a consumer: the page has the events that it has not acknowledged, whatever `after` is.",
            ParamKind::Name,
        ),
    ])
    .headers(&[Param::text("Last-Event-ID", "Position after which a stream continues.")])
    .gives_a(schema_of::<watches::Page>)
    .gives(MESSAGES),
    post(
        "/v1/watches/{id}/ack",
        "acknowledge_watch_events",
        "Acknowledges events for a consumer",
        Need::Key,
        handler!(watches::acknowledge),
    )
    .takes_a(schema_of::<watches::Acknowledgement>)
    .gives_a(schema_of::<watches::Done>)
    .statuses(&[409]),
    get(
        "/v1/watches/{id}/consumers/{consumer}",
        "show_watch_consumer",
        "Shows how far a consumer is behind",
        Need::Key,
        handler!(watches::lag),
    )
    .gives_a(schema_of::<Lag>),
    delete(
        "/v1/watches/{id}/consumers/{consumer}",
        "remove_watch_consumer",
        "Removes a consumer, which holds no events any more",
        handler!(watches::remove_consumer),
    )
    .gives_a(schema_of::<watches::Done>),
    get(
        "/v1/destinations",
        "list_destinations",
        "Lists the destinations of events",
        Need::Key,
        handler!(destinations::list),
    )
    .gives_a(schema_of::<destinations::List>),
    post(
        "/v1/destinations",
        "add_destination",
        "Makes a destination of events",
        Need::Key,
        handler!(destinations::add),
    )
    .takes_a(schema_of::<NewDestination>)
    .gives_a(schema_of::<destinations::Made>)
    .marks(&["ETag"])
    .statuses(&[409])
    .creates(),
    get(
        "/v1/destinations/{id}",
        "show_destination",
        "Shows a destination, by its id or its name",
        Need::Key,
        handler!(destinations::show),
    )
    .gives_a(schema_of::<DestinationInfo>)
    .marks(&["ETag"]),
    route(
        Method::PATCH,
        "/v1/destinations/{id}",
        "change_destination",
        "Changes a destination",
        Need::Key,
        handler!(destinations::change),
    )
    .headers(&[IF_MATCH])
    .takes_a(schema_of::<DestinationChange>)
    .gives_a(schema_of::<DestinationInfo>)
    .marks(&["ETag"])
    .statuses(&[409]),
    delete(
        "/v1/destinations/{id}",
        "remove_destination",
        "Removes a destination to which no watch sends",
        handler!(destinations::remove),
    )
    .headers(&[IF_MATCH])
    .gives_a(schema_of::<watches::Done>)
    .statuses(&[409]),
    post(
        "/v1/destinations/{id}/rotate",
        "rotate_destination",
        "Replaces the secret of a destination",
        Need::Key,
        handler!(destinations::rotate),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<destinations::Made>)
    .statuses(&[409]),
    post(
        "/v1/destinations/{id}/test",
        "test_destination",
        "Sends a test event to a destination",
        Need::Key,
        handler!(destinations::test),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<Attempt>),
    post(
        "/v1/destinations/{id}/pause",
        "pause_destination",
        "Pauses a destination, whose events wait",
        Need::Key,
        handler!(destinations::pause),
    )
    .takes_a(schema_of::<watches::Pausing>)
    .gives_a(schema_of::<DestinationInfo>)
    .statuses(&[409]),
    post(
        "/v1/destinations/{id}/resume",
        "resume_destination",
        "Resumes a destination",
        Need::Key,
        handler!(destinations::resume),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<DestinationInfo>)
    .statuses(&[409]),
    get(
        "/v1/destinations/{id}/failed",
        "list_failed_deliveries",
        "Lists deliveries to a destination that have failed",
        Need::Key,
        handler!(deliveries::failed),
    )
    .query(&[Param::of("limit", "Maximum number; usually 100.", ParamKind::Integer(1, deliveries::MOST))])
    .gives_a(schema_of::<deliveries::List>),
    post(
        "/v1/failed-deliveries/{id}/retry",
        "retry_delivery",
        "Tries a delivery that has failed again",
        Need::Key,
        handler!(deliveries::retry),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<FailedDelivery>)
    .statuses(&[409]),
    delete(
        "/v1/failed-deliveries/{id}",
        "discard_delivery",
        "Gives up a delivery that has failed",
        handler!(deliveries::discard),
    )
    .gives_a(schema_of::<watches::Done>)
    .statuses(&[409]),
    post(
        "/v1/replays",
        "replay_events",
        "Sends events of a watch to a destination again",
        Need::Key,
        handler!(deliveries::replay),
    )
    .takes_a(schema_of::<deliveries::Asked>)
    .gives_a(schema_of::<Replay>)
    .statuses(&[404])
    .creates(),
    get("/v1/replays", "list_replays", "Lists the replays that are going on", Need::Key, handler!(deliveries::replays))
        .gives_a(schema_of::<deliveries::Replays>),
];
