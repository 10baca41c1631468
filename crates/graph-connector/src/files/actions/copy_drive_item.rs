//! `copy_drive_item`

use std::time::Duration;

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Link, Plan, Request, Response, Result, Spec};
use graph_raw::operation::{self, Watch, item_of};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::FILES_WRITE;
use crate::vocabulary::{Conflict, DriveId, DriveName, ItemId, Place};

/// Copy a file, or a folder with all that is in it, to a folder of the same or another drive. Graph copies in the
/// background; the run waits for the end unless `wait` is false.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv", "name": "Budget 2027.csv" })]))]
#[schemars(transform = rules::only_with(&["destinationDrive", "destinationFolder"]))]
pub struct CopyDriveItem {
    /// Which.
    #[serde(flatten)]
    place: Place,
    /// The drive to copy it to; the default is its own.
    destination_drive: Option<DriveId>,
    /// The folder to copy it to; the default is its own.
    #[schemars(extend("x-picklist" = "folders"))]
    destination_folder: Option<ItemId>,
    /// The name of the copy; the default is the same name.
    #[schemars(length(min = 1, max = 255), regex(pattern = r#"^[^"*:<>?/\\|]+$"#))]
    name: Option<String>,
    /// What happens when an item of that name exists already.
    #[serde(default)]
    conflict_behavior: Conflict,
    /// Wait until the copy is complete (the default). Otherwise the address of the operation's state is returned.
    #[serde(default = "yes")]
    wait: bool,
    /// Maximum wait in seconds. After it the error is `unavailable`, and the copy continues in Graph.
    #[serde(default = "ten_minutes")]
    #[schemars(range(min = 1, max = 86_400))]
    timeout_s: u64,
}

/// What to do when a copy takes longer than the run waits.
const GOES_ON: &str = "The copy goes on. Look for it in the folder that it goes to, and do not copy again. \
                       A larger `timeoutS` waits longer; with `wait` false the run returns the address to ask.";

fn yes() -> bool {
    true
}
fn ten_minutes() -> u64 {
    600
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// The id of the copy, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Address of the copy's state, for `graph_raw.poll_operation`. It needs no token: keep it secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    monitor_url: Option<String>,
}

impl Action for CopyDriveItem {
    type Output = Copied;
    const SPEC: Spec = Spec::new("copy_drive_item", "Copy file or folder", Effect::Create).scopes(FILES_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Copied>> {
        let to = match (&self.destination_drive, &self.destination_folder) {
            (None, None) => None,
            (Some(_), None) => {
                return Err(Error::invalid("/destinationFolder", "to copy to another drive, give the folder too"));
            }
            (drive, folder) => {
                let own = self.place.drive.as_ref().map_or(DriveName::Own, DriveId::name);
                let drive = match drive.as_ref().map(DriveId::name) {
                    None => None,
                    Some(name) if name == own => None,
                    Some(DriveName::Id(id)) => Some(id),
                    Some(_) => {
                        return Err(Error::invalid(
                            "/destinationDrive",
                            "must be given by its id here; get the id from `list_drives`",
                        ));
                    }
                };
                let mut to = json!({ "id": folder.as_ref().map(|folder| folder.0.as_str()) });
                if let Some(drive) = drive {
                    to["driveId"] = drive.into();
                }
                Some(to)
            }
        };
        let mut body = json!({});
        if let Some(name) = self.name {
            body["name"] = name.into();
        }
        if let Some(to) = to {
            body["parentReference"] = to;
        }
        let copy = self
            .place
            .request(cx, Method::POST, "/copy")?
            .query("@microsoft.graph.conflictBehavior", self.conflict_behavior.name());
        let (wait, time) = (self.wait, Duration::from_secs(self.timeout_s));
        let (graph, bases) = (cx.graph.clone(), operation::graph(cx));
        let at_graph = self.place.request(cx, Method::GET, "/copy")?;
        Ok(Plan::call(copy.json(body), move |answer| match monitor(&answer, &graph) {
            // Graph took it, and told neither where it is nor where to ask.
            None => Plan::done(copied(&answer)),
            Some(url) if !wait => Plan::done(Copied { id: None, monitor_url: Some(url) }),
            Some(url) => {
                let is_at_graph = |link: &Link| link.within(&bases).is_ok();
                let watch = Watch::new(ask(Link::new(url), &at_graph, is_at_graph), Duration::from_secs(1), time)
                    .begun_here(GOES_ON);
                watch.look().map(|ended| copied(&ended))
            }
        }))
    }
}

// A monitor at Graph itself is read with the token, any other without.
fn ask(monitor: Link, at_graph: &Request, is_at_graph: impl Fn(&Link) -> bool) -> Request {
    if is_at_graph(&monitor) { at_graph.at(monitor) } else { Request::external(monitor) }
}

// A relative address is one of Graph's host.
fn monitor(answer: &Response, graph: &str) -> Option<String> {
    let location = answer.header("location").filter(|location| !location.trim().is_empty())?;
    match location.starts_with('/') && !location.starts_with("//") {
        true => Some(format!("{}{location}", graph.split('/').take(3).collect::<Vec<_>>().join("/"))),
        false => Some(location.to_owned()),
    }
}

// The end may be the state of the copy, the copy itself, a redirect to it, or nothing at all.
fn copied(ended: &Response) -> Copied {
    let state: Value = ended.read().unwrap_or_default();
    let text = |name: &str| state[name].as_str().filter(|text| !text.is_empty());
    let named = text("resourceId").or_else(|| text("id").filter(|_| state["status"].is_null())).map(str::to_owned);
    let id = named
        .or_else(|| text("resourceLocation").and_then(item_of))
        .or_else(|| ended.header("location").and_then(item_of));
    Copied { id, monitor_url: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_at_graph_is_read_with_the_token_and_no_other() {
        let bases = operation::graph(&Context::user());
        let is_external = |url: &str| {
            let at_graph = Request::get("/me/drive/root:/a.txt:/copy");
            ask(Link::new(url), &at_graph, |link| link.within(&bases).is_ok()).is_external()
        };
        assert!(!is_external("https://graph.microsoft.com/v1.0/me/drive/items/01NEW"));
        assert!(is_external("https://contoso.sharepoint.com/monitor/1"));
        assert!(is_external("https://graph.microsoft.com.evil.example/v1.0/me/drive/items/01NEW"));
    }
}
