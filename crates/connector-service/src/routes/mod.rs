//! The table of all routes. The router, the description and the tests of what a caller may do are made from it.

mod watching;

use connector_runtime::{
    AppCredential, Approval, ConnectionInfo, ConnectionPermissions, ConnectionUsers, Grant, Interface, OauthProfile,
    Previewed, PrincipalInfo, TemporaryFile,
};
use connector_sdk::Choices;
use http::Method;

use crate::api::{
    approvals, audit, callback, choices, connect_links, connections, errors, files, health, keys, openapi, profiles,
    registry, run, sign_ins,
};
use crate::mcp;
use crate::openapi::{AdminConsent, Changed, Connections, RemovedConnection, RemovedProfile, SignIn, Tested};
use crate::route::{Gives, Need, Param, ParamKind, Route, SchemaOf, Takes, handler, schema_of};

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

const JSON: &[Gives] = &[Gives::Json];
const HTML: &[Gives] = &[Gives::Html];
const MESSAGES: &[Gives] = &[Gives::Json, Gives::Events];
const STREAMED: &[Gives] = &[Gives::Json, Gives::JsonLines, Gives::Events];

/// Returns all routes.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(watching::ROUTES)
}

static ROUTES: &[Route] = &[
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
    get(
        "/v1/connections",
        "list_connections",
        "Lists the connections that the caller reaches",
        Need::Caller,
        handler!(connections::list),
    )
    .gives_a(schema_of::<Connections>),
    post("/v1/connections", "connect", "Makes a connection", Need::Key, handler!(sign_ins::connect))
        .takes_a(schema_of::<sign_ins::Asked>)
        .gives_a(schema_of::<sign_ins::Begun>)
        .creates()
        .waits()
        .asks_graph(),
    get("/v1/connections/{name}", "show_connection", "Shows a connection", Need::Caller, handler!(connections::show))
        .gives_a(schema_of::<ConnectionInfo>),
    delete(
        "/v1/connections/{name}",
        "remove_connection",
        "Removes a connection with its tokens",
        handler!(connections::remove),
    )
    .gives_a(schema_of::<RemovedConnection>),
    post(
        "/v1/connections/{name}/test",
        "test_connection",
        "Tests a connection",
        Need::Key,
        handler!(connections::test),
    )
    .takes(Takes::Nothing)
    .gives_a(schema_of::<Tested>)
    .asks_graph(),
    post(
        "/v1/connections/{name}/reconnect",
        "reconnect",
        "Makes a connection anew",
        Need::Key,
        handler!(sign_ins::reconnect),
    )
    .takes_a(schema_of::<sign_ins::AskedAnew>)
    .gives_a(schema_of::<sign_ins::Begun>)
    .waits()
    .asks_graph(),
    get(
        "/v1/connections/{name}/permissions",
        "show_permissions",
        "Shows the permissions of a connection",
        Need::Key,
        handler!(connections::permissions),
    )
    .gives_a(schema_of::<ConnectionPermissions>),
    get(
        "/v1/connections/{name}/admin-consent",
        "show_admin_consent",
        "Returns the address at which an administrator consents",
        Need::Key,
        handler!(connections::admin_consent),
    )
    .gives_a(schema_of::<AdminConsent>)
    .statuses(&[409]),
    put(
        "/v1/connections/{name}/secret",
        "set_secret",
        "Replaces the client secret or certificate of a connection",
        handler!(connections::set_secret),
    )
    .takes_a(schema_of::<AppCredential>)
    .gives_a(schema_of::<ConnectionInfo>)
    .statuses(&[409]),
    get(
        "/v1/connections/{name}/users",
        "list_connection_users",
        "Lists what uses a connection",
        Need::Key,
        handler!(connections::users),
    )
    .gives_a(schema_of::<ConnectionUsers>),
    post(
        "/v1/connect-links",
        "add_connect_link",
        "Makes a link to a page where somebody connects an account",
        Need::Key,
        handler!(connect_links::add),
    )
    .takes_a(schema_of::<sign_ins::Asked>)
    .gives_a(schema_of::<connect_links::Link>)
    .statuses(&[404, 409])
    .creates(),
    page("/connect/{token}", "show_connect_link", "Offers to connect an account", handler!(connect_links::show)),
    route(
        Method::POST,
        "/connect/{token}",
        "open_connect_link",
        "Begins to connect an account",
        Need::Link,
        handler!(connect_links::open),
    )
    .gives(HTML),
    get("/v1/sign-ins/{id}", "show_sign_in", "Shows what became of a sign-in", Need::Key, handler!(sign_ins::show))
        .gives_a(schema_of::<SignIn>),
    get("/v1/profiles", "list_profiles", "Lists the app registrations", Need::Key, handler!(profiles::list)),
    get("/v1/profiles/{name}", "show_profile", "Shows an app registration", Need::Key, handler!(profiles::show)),
    put("/v1/profiles/{name}", "store_profile", "Stores an app registration", handler!(profiles::store))
        .takes_a(schema_of::<OauthProfile>)
        .gives_a(schema_of::<Changed>)
        .statuses(&[409]),
    delete("/v1/profiles/{name}", "remove_profile", "Removes an app registration", handler!(profiles::remove))
        .gives_a(schema_of::<RemovedProfile>)
        .statuses(&[409]),
    page("/sign-in/{token}", "open_sign_in", "Sends a browser to sign in", handler!(callback::open)),
    page("/oauth/callback", "finish_sign_in", "Finishes a sign-in in a browser", handler!(callback::finish)),
    page("/oauth/connected", "show_end", "Tells that a connection is signed in", handler!(callback::connected)),
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
    post("/v1/files", "add_file", "Stores a temporary file", Need::Caller, handler!(files::add))
        .query(&[Param::text("name", "Name of the file; usually `file`.")])
        .takes(Takes::Bytes)
        .gives_a(schema_of::<TemporaryFile>)
        .creates(),
    get("/v1/files", "list_files", "Lists the temporary files of the caller", Need::Caller, handler!(files::list))
        .gives_a(schema_of::<files::List>),
    get("/v1/files/{id}", "read_file", "Returns the content of a file", Need::Caller, handler!(files::content))
        .headers(&[Param::text("Range", "One range of bytes, such as `bytes=0-499`.")])
        .gives(&[Gives::Bytes])
        .marks(&["Content-Disposition", "Accept-Ranges", "ETag"])
        .statuses(&[206, 416]),
    route(Method::DELETE, "/v1/files/{id}", "remove_file", "Removes a file", Need::Caller, handler!(files::remove))
        .takes(Takes::Nothing)
        .gives_a(schema_of::<files::Removed>),
];

const fn route(
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    Route {
        method,
        path,
        id,
        summary,
        needs,
        takes: Takes::Json,
        query: &[],
        headers: &[],
        input: None,
        output: None,
        marks: &[],
        asks_graph: false,
        statuses: &[],
        gives: JSON,
        is_tagged: false,
        creates: false,
        waits: false,
        interface: Interface::Http,
        handler,
    }
}

const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    route(Method::GET, path, id, summary, needs, handler).takes(Takes::Nothing)
}

/// A route for browsers, and not for programs.
const fn page(path: &'static str, id: &'static str, summary: &'static str, handler: crate::route::Handler) -> Route {
    get(path, id, summary, Need::Link, handler).gives(HTML)
}

const fn put(path: &'static str, id: &'static str, summary: &'static str, handler: crate::route::Handler) -> Route {
    route(Method::PUT, path, id, summary, Need::Key, handler)
}

const fn delete(path: &'static str, id: &'static str, summary: &'static str, handler: crate::route::Handler) -> Route {
    route(Method::DELETE, path, id, summary, Need::Key, handler).takes(Takes::Nothing)
}

const fn post(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    route(Method::POST, path, id, summary, needs, handler)
}

impl Route {
    const fn query(mut self, query: &'static [Param]) -> Route {
        self.query = query;
        self
    }

    const fn headers(mut self, headers: &'static [Param]) -> Route {
        self.headers = headers;
        self
    }

    const fn marks(mut self, marks: &'static [&'static str]) -> Route {
        self.marks = marks;
        self
    }

    const fn asks_graph(mut self) -> Route {
        self.asks_graph = true;
        self
    }

    const fn statuses(mut self, statuses: &'static [u16]) -> Route {
        self.statuses = statuses;
        self
    }

    const fn takes_a(mut self, schema: SchemaOf) -> Route {
        self.input = Some(schema);
        self
    }

    const fn gives_a(mut self, schema: SchemaOf) -> Route {
        self.output = Some(schema);
        self
    }

    const fn gives(mut self, gives: &'static [Gives]) -> Route {
        self.gives = gives;
        self
    }

    const fn tagged(mut self) -> Route {
        self.is_tagged = true;
        self
    }

    const fn creates(mut self) -> Route {
        self.creates = true;
        self
    }

    const fn waits(mut self) -> Route {
        self.waits = true;
        self
    }

    const fn of(mut self, interface: Interface) -> Route {
        self.interface = interface;
        self
    }

    const fn takes(mut self, takes: Takes) -> Route {
        self.takes = takes;
        self
    }
}
