//! `new action`, `new trigger` and `new picklist`: of a connector in the project, and of one in a crate of its own.

use std::path::PathBuf;

use crate::Result;
use crate::checkout::Checkout;
use crate::metadata::{Files, Places};
use crate::scaffold::{self, ConnectorCrate, Draft, Kind, RequestLine};

/// What is started in a connector.
#[derive(Debug, clap::Subcommand)]
pub enum New {
    /// Start an action: its file, two transcripts, a schema and the list lines
    Action(NewAction),
    /// Start a trigger that polls a list for what is new: its file, two transcripts, a schema and the list lines
    Trigger(NewTrigger),
    /// Start a picklist of the objects in a list: its file, two transcripts, a schema and the list lines
    Picklist(NewPicklist),
}

/// What a new action is.
#[derive(Debug, clap::Args)]
pub struct NewAction {
    /// The action's name, such as `list_rooms`.
    name: String,
    /// The request that it sends, such as `PATCH /planner/tasks/{id}`: path, input, output and permissions are taken
    /// from Microsoft's metadata
    #[arg(long, value_name = "REQUEST", value_parser = request_line)]
    request: Option<RequestLine>,
    #[command(flatten)]
    place: Place,
}

/// What a new trigger is.
#[derive(Debug, clap::Args)]
pub struct NewTrigger {
    /// The trigger's name, such as `new_task`.
    name: String,
    /// The request of the list that it polls, such as `GET /planner/plans/{plan-id}/tasks`: path, input, event and
    /// permissions are taken from Microsoft's metadata
    #[arg(long, value_name = "REQUEST", value_parser = request_line)]
    request: RequestLine,
    #[command(flatten)]
    place: Place,
}

/// What a new picklist is.
#[derive(Debug, clap::Args)]
pub struct NewPicklist {
    /// The picklist's name, such as `plans`.
    name: String,
    /// The request that lists the choices, such as `GET /groups/{group-id}/planner/plans`: path, input, labels and
    /// permissions are taken from Microsoft's metadata
    #[arg(long, value_name = "REQUEST", value_parser = request_line)]
    request: RequestLine,
    #[command(flatten)]
    place: Place,
}

/// Where it goes, and where Microsoft's metadata is.
#[derive(Debug, clap::Args)]
struct Place {
    /// The subject that it belongs to, such as `calendar`, where the connector is divided by subject
    #[arg(long)]
    subject: Option<String>,
    /// The CSDL of Microsoft Graph v1.0, plain or gzip; the default is what `tenon metadata fetch` downloaded
    #[arg(long, value_name = "FILE", requires = "request")]
    metadata: Option<PathBuf>,
    /// The table of permissions (`permissions.json`), plain or gzip
    #[arg(long, value_name = "FILE", requires = "request")]
    permissions: Option<PathBuf>,
}

impl New {
    /// Writes what is started, and formats its crate. Returns what was written.
    ///
    /// # Errors
    /// When the name is taken or not a name, when Microsoft's metadata is missing or does not know the request, or when
    /// a file cannot be written. Unless a file could not be written, nothing is.
    pub fn write(&self, checkout: &Checkout, of: &ConnectorCrate) -> Result<Draft> {
        let (kind, name, request, place) = self.parts();
        let subject = place.subject.as_deref();
        let draft = match request {
            None => scaffold::action(checkout, of, subject, name)?,
            Some(line) => {
                let Files { model, table, .. } = place.metadata(checkout).read(checkout)?;
                scaffold::of_request(kind, checkout, of, subject, name, line, (&model, &table))?
            }
        };
        draft.write(checkout)?;
        // A new list line may be longer than its neighbours.
        checkout.run_cargo(&["fmt", "--package", &of.package])?;
        Ok(draft)
    }

    /// Returns the CSDL by which its output or its event is described, if it has one.
    pub fn model(&self, checkout: &Checkout) -> Option<PathBuf> {
        match self.parts() {
            (_, _, None, _) | (Kind::Picklist, ..) => None,
            (_, _, Some(_), place) => place.metadata(checkout).metadata,
        }
    }

    /// Returns what is to be done with what was written, in a sentence or two.
    pub fn next(&self) -> String {
        let what = match self {
            New::Action(NewAction { request: None, .. }) => {
                "It reads the signed-in user. Change the file to what it is to do".to_owned()
            }
            New::Action(_) => "Remove the properties that callers do not need, and say in each description what the \
                               value means"
                .to_owned(),
            New::Trigger(_) => {
                "Say in its comment what it watches, and in each description what the value means. Each \
                                poll reads the whole list: where Graph filters it, request only what is new"
                    .to_owned()
            }
            New::Picklist(NewPicklist { name, .. }) => format!(
                "Say in its comment what it lists, and name it at the properties that it is for: \
                 `#[schemars(extend(\"x-picklist\" = {name:?}))]`. What it depends on is taken from the properties of the \
                 same names"
            ),
        };
        format!("{what}. Then run `cargo xtask schemas` and `cargo xtask docs`.")
    }

    // Its kind, its name, the request that it begins with, and its place.
    fn parts(&self) -> (Kind, &str, Option<&RequestLine>, &Place) {
        match self {
            New::Action(new) => (Kind::Action, &new.name, new.request.as_ref(), &new.place),
            New::Trigger(new) => (Kind::Trigger, &new.name, Some(&new.request), &new.place),
            New::Picklist(new) => (Kind::Picklist, &new.name, Some(&new.request), &new.place),
        }
    }
}

impl Place {
    fn metadata(&self, checkout: &Checkout) -> Places {
        let (metadata, permissions) = (self.metadata.clone(), self.permissions.clone());
        Places { metadata, permissions, examples: None }.or_found(checkout)
    }
}

fn request_line(line: &str) -> Result<RequestLine> {
    line.parse()
}
