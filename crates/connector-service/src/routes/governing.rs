//! The routes of approvals, keys and the audit log.

use super::declare::{get, post, route};
use crate::api::{approvals, audit, keys};
use crate::route::{Need, Param, ParamKind, Route, Takes, handler, schema_of};
use connector_runtime::{Approval, Grant, PrincipalInfo};
use http::Method;

pub(super) static ROUTES: &[Route] = &[
    get(
        "/v1/approvals",
        "list_approvals",
        "Lists the approvals that the caller sees",
        Need::Key,
        handler!(approvals::list),
    )
    .gives_a(schema_of::<approvals::List>),
    get("/v1/approvals/{id}", "show_approval", "Shows an approval", Need::Key, handler!(approvals::show))
        .gives_a(schema_of::<Approval>),
    post("/v1/approvals/{id}/approve", "approve_run", "Approves a run", Need::Key, handler!(approvals::approve))
        .takes(Takes::Nothing)
        .gives_a(schema_of::<Approval>)
        .statuses(&[409]),
    post("/v1/approvals/{id}/refuse", "refuse_run", "Refuses a run", Need::Key, handler!(approvals::refuse))
        .takes(Takes::Nothing)
        .gives_a(schema_of::<Approval>)
        .statuses(&[409]),
    get("/v1/keys", "list_keys", "Lists the keys that the caller manages", Need::Key, handler!(keys::list))
        .gives_a(schema_of::<keys::List>),
    post("/v1/keys", "add_key", "Makes a key", Need::Key, handler!(keys::add))
        .takes_a(schema_of::<keys::NewKey>)
        .gives_a(schema_of::<keys::MadeKey>)
        .statuses(&[404])
        .creates(),
    get("/v1/keys/self", "show_own_key", "Shows the caller's own key", Need::Caller, handler!(keys::own))
        .gives_a(schema_of::<keys::OwnKey>),
    get("/v1/keys/{id}", "show_key", "Shows a key", Need::Key, handler!(keys::show))
        .gives_a(schema_of::<PrincipalInfo>),
    route(Method::PUT, "/v1/keys/{id}", "change_key", "Replaces the grant of a key", Need::Key, handler!(keys::change))
        .takes_a(schema_of::<Grant>)
        .gives_a(schema_of::<PrincipalInfo>),
    route(
        Method::DELETE,
        "/v1/keys/{id}",
        "revoke_key",
        "Revokes a key and those made with it",
        Need::Key,
        handler!(keys::revoke),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<keys::Revoked>),
    get(
        "/v1/audit",
        "list_audit_entries",
        "Lists entries of the audit log, the latest first",
        Need::Key,
        handler!(audit::list),
    )
    .query(&[
        Param::of("limit", "Maximum number of entries; usually 100.", ParamKind::Integer(1, audit::MOST)),
        Param::of("before", "Only entries before the one with this id.", ParamKind::Integer(1, audit::LAST)),
        Param::text("principal", "Only those of this key, by its id; `owner` for the owner."),
        Param::of("kind", "Only those of this kind.", ParamKind::OneOf(audit::kinds)),
        Param::text("action", "Only those of this action."),
        Param::text("connection", "Only those of the connection with this id."),
        Param::of("open", "Whether to list only changes whose end is not known.", ParamKind::Boolean),
    ])
    .gives_a(schema_of::<audit::Page>),
];
