//! The routes of connections, sign-ins and app registrations.

use super::declare::{HTML, delete, get, page, post, put, route};
use crate::api::{callback, connect_links, connections, profiles, sign_ins};
use crate::openapi::{AdminConsent, Changed, Connections, RemovedConnection, RemovedProfile, SignIn, Tested};
use crate::route::{Need, Route, Takes, handler, schema_of};
use connector_runtime::{AppCredential, ConnectionInfo, ConnectionPermissions, ConnectionUsers, OauthProfile};
use http::Method;

pub(super) static ROUTES: &[Route] = &[
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
];
