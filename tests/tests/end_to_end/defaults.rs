//! What a connection can do with the permissions that its seed states as the default.
//!
//! Every action and trigger that a seed names runs with its first example, as a user and as an app. What the default
//! does not open is listed here: `tenon connect` tells it, and `--for` asks for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use connector_runtime::{Listen, LocalFiles, Run};
use connector_sdk::{Code, Result, SignInMethod};
use serde_json::Value;

use crate::seed_rows;
use crate::stage::Stage;

/// What a user's default does not open.
const NOT_FOR_USERS: &[&str] = &[
    // Applications and roles.
    "entra.add_directory_role_member",
    "entra.create_application",
    "entra.create_role_assignment",
    "entra.delete_application",
    "entra.update_application",
    "entra.upsert_application",
    // Contacts and rooms.
    "outlook.create_contact",
    "outlook.delete_contact",
    "outlook.get_contact",
    "outlook.list_contacts",
    "outlook.list_rooms",
    "outlook.new_contact",
    "outlook.new_or_updated_contact",
    "outlook.search_contacts",
    "outlook.update_contact",
    // Whatever the example asks for: a user's contacts, events, files and profile.
    "entra.raw_request",
    "entra.update_subscription",
    "graph_raw.delete",
    "graph_raw.patch",
    "graph_raw.post",
    "graph_raw.put",
    "graph_raw.raw_request",
    "outlook.update_subscription",
];

/// What an app's default does not open.
const NOT_FOR_APPS: &[&str] = &[
    // Applications and roles.
    "entra.add_directory_role_member",
    "entra.create_application",
    "entra.create_role_assignment",
    "entra.delete_application",
    "entra.update_application",
    "entra.upsert_application",
    // The example changes a user.
    "graph.update_record",
    // Rooms, languages and time zones.
    "outlook.list_rooms",
    "outlook.list_supported_languages",
    "outlook.list_supported_time_zones",
];

/// What an app with a default user cannot do with its first example, whatever it was granted, and why.
const NOT_AS_AN_APP: &[(&str, &str)] = &[
    ("entra.delete_subscription", "the subscription of the example is of a user's sign-in"),
    ("entra.get_subscription", "the subscription of the example is of a user's sign-in"),
    ("entra.raw_request", "the example asks for `/me`, and an app is nobody"),
    ("entra.update_subscription", "the subscription of the example is of a user's sign-in"),
    ("graph.new_worksheet_row", "Graph opens workbooks to users only"),
    ("graph.raw_request", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.delete", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.get", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.patch", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.post", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.put", "the example asks for `/me`, and an app is nobody"),
    ("graph_raw.raw_request", "the example asks for `/me`, and an app is nobody"),
    ("outlook.delete_subscription", "the subscription of the example is of a user's sign-in"),
    ("outlook.get_current_user", "with an app there is no signed-in user"),
    ("outlook.raw_request", "the example asks for `/me`, and an app is nobody"),
    ("outlook.update_subscription", "the subscription of the example is of a user's sign-in"),
];

/// The connection of an app with a default user, as an app's connection of Outlook must have one.
const APP: &str = "app_of_adele";

fn not_as_an_app(id: &str) -> Option<&'static str> {
    NOT_AS_AN_APP.iter().find(|(known, _)| *known == id).map(|(known, _)| *known)
}

// What a sign-in asks for unless somebody says otherwise. `None`: all that an administrator consented to.
fn by_default(stage: &Stage, connector: &str, method: SignInMethod) -> Option<Vec<&'static str>> {
    let permissions = stage.host.connector(connector).unwrap().connection.permissions(method)?;
    let all = [permissions.minimum, permissions.default].concat();
    (!all.contains(&".default")).then_some(all)
}

async fn run(stage: &Stage, id: &str, connection: &str) -> Result<()> {
    let first = |schema: &Value| schema["examples"][0].clone();
    match (stage.host.action(id), stage.host.trigger(id)) {
        (Ok(action), _) => {
            let schema = action.input_schema();
            let input = first(&schema);
            stage.execute(Run::new(id, connection, input).files(Arc::new(LocalFiles::new()))).await.map(|_| ())
        }
        (_, Ok(trigger)) => {
            let schema = trigger.input_schema();
            let input = first(&schema);
            stage.host.listen(Listen::new(id, connection, input)).await?.try_next().await.map(|_| ())
        }
        (Err(unknown), _) => Err(unknown),
    }
}

async fn closed(method: SignInMethod, connection: &str) -> BTreeSet<String> {
    let list = Stage::new();
    let (mut closed, mut wrong, mut excused) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for id in seed_rows::ours() {
        let connector = id.split('.').next().unwrap_or_default();
        let Some(scopes) = by_default(&list, connector, method) else { continue };
        match run(&Stage::with(&scopes), id, connection).await {
            Err(error) if matches!(error.code(), Code::MissingScope | Code::Forbidden) => {
                closed.insert(id.to_owned());
            }
            Err(error) => match not_as_an_app(id).filter(|_| connection == APP) {
                Some(known) => drop(excused.insert(known)),
                None => wrong.push(format!("{id}: {error}")),
            },
            Ok(()) => {}
        }
    }
    if connection == APP {
        let unneeded = NOT_AS_AN_APP.iter().filter(|(id, _)| !excused.contains(id));
        wrong.extend(unneeded.map(|(id, _)| format!("{id}: it needs no excuse")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    closed
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_users_default_opens_what_the_seeds_name() {
    assert_eq!(closed(SignInMethod::AuthorizationCode, "adele").await, names(NOT_FOR_USERS));
}

#[tokio::test(start_paused = true)]
async fn an_apps_default_opens_what_the_seeds_name() {
    assert_eq!(closed(SignInMethod::ClientCredentials, APP).await, names(NOT_FOR_APPS));
}
