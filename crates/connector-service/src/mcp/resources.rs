//! Resources: connections, descriptions of actions, and files.

use connector_runtime::{Code, Error};
use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Value, json};

use super::agent::Agent;
use super::{connections, describe, files};

const CONNECTIONS: &str = "tenon://connections";
const ACTIONS: &str = "tenon://actions/";
const JSON: &str = "application/json";

/// Lists the resources that stand for themselves.
pub(super) fn list() -> Vec<Resource> {
    vec![
        Resource::new(CONNECTIONS, "connections")
            .with_title("Connections")
            .with_description("Who is signed in, whether it works, and who must act if not.")
            .with_mime_type(JSON),
    ]
}

/// Lists the resources that have an id.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{ACTIONS}{{id}}"), "action")
            .with_title("Action")
            .with_description("An action's input, an example, its effect and its permissions.")
            .with_mime_type(JSON),
        ResourceTemplate::new(format!("{}{{id}}", files::FILES), "file")
            .with_title("File")
            .with_description("A file that an action returned, for an hour."),
    ]
}

/// Reads a resource.
///
/// # Errors
/// For one that does not exist or cannot be read.
pub(super) async fn read(agent: &Agent, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let contents = if uri == CONNECTIONS {
        connections::all(agent).await.map(|all| text(uri, &all))
    } else if let Some(id) = uri.strip_prefix(ACTIONS) {
        describe::of(agent, id).map(|described| text(uri, &described))
    } else if let Some(id) = uri.strip_prefix(files::FILES) {
        files::read(&agent.host, uri, id).await
    } else {
        Err(Error::new(Code::NotFound, "there is no such resource"))
    };
    contents.map(|contents| ReadResourceResult::new(vec![contents])).map_err(|error| failed(uri, &error))
}

fn text(uri: &str, value: &Value) -> ResourceContents {
    ResourceContents::text(value.to_string(), uri).with_mime_type(JSON)
}

fn failed(uri: &str, error: &Error) -> ErrorData {
    let data = json!({ "uri": uri, "error": error });
    match error.code() {
        Code::NotFound | Code::UnknownAction => ErrorData::resource_not_found(error.message().to_owned(), Some(data)),
        Code::InvalidInput | Code::Denied => ErrorData::invalid_params(error.message().to_owned(), Some(data)),
        _ => ErrorData::internal_error(error.message().to_owned(), Some(data)),
    }
}
