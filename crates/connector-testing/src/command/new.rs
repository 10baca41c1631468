//! `new action`: of a connector in the project, and of one in a crate of its own.

use std::path::PathBuf;

use crate::Result;
use crate::checkout::Checkout;
use crate::metadata::Places;
use crate::scaffold::{self, ConnectorCrate, Draft, RequestLine};

/// What a new action is.
#[derive(Debug, clap::Args)]
pub struct NewAction {
    /// The action's name, such as `list_rooms`.
    name: String,
    /// The subject that it belongs to, such as `calendar`, where the connector is divided by subject
    #[arg(long)]
    subject: Option<String>,
    /// The request that it sends, such as `PATCH /planner/tasks/{id}`: path, input, output and permissions are taken
    /// from Microsoft's metadata
    #[arg(long, value_name = "REQUEST", value_parser = |line: &str| line.parse::<RequestLine>())]
    request: Option<RequestLine>,
    /// The CSDL of Microsoft Graph v1.0, plain or gzip; the default is what `tenon metadata fetch` downloaded
    #[arg(long, value_name = "FILE", requires = "request")]
    metadata: Option<PathBuf>,
    /// The table of permissions (`permissions.json`), plain or gzip
    #[arg(long, value_name = "FILE", requires = "request")]
    permissions: Option<PathBuf>,
}

impl NewAction {
    /// Writes the action, and formats its crate. Returns what was written.
    ///
    /// # Errors
    /// When the name is taken or not a name, when Microsoft's metadata is missing or does not know the request, or when
    /// a file cannot be written. Unless a file could not be written, nothing is.
    pub fn write(&self, checkout: &Checkout, of: &ConnectorCrate) -> Result<Draft> {
        let subject = self.subject.as_deref();
        let draft = match &self.request {
            None => scaffold::action(checkout, of, subject, &self.name)?,
            Some(line) => {
                let files = self.places(checkout).read(checkout)?;
                let known = (&files.model, &files.table);
                scaffold::action_of_request(checkout, of, subject, &self.name, line, known)?
            }
        };
        draft.write(checkout)?;
        // A new list line may be longer than its neighbours.
        checkout.run_cargo(&["fmt", "--package", &of.package])?;
        Ok(draft)
    }

    /// Returns the CSDL that the action is described by, where it sends a request.
    pub fn model(&self, checkout: &Checkout) -> Option<PathBuf> {
        self.request.as_ref().and_then(|_| self.places(checkout).metadata)
    }

    /// Returns what is to be done with what was written, in a sentence or two.
    pub fn next(&self) -> &'static str {
        match self.request {
            None => {
                "It reads the signed-in user. Change the file to what it is to do, then run `cargo xtask schemas` and \
                 `cargo xtask docs`."
            }
            Some(_) => {
                "Remove the properties that callers do not need, and say in each description what the value means. \
                 Then run `cargo xtask schemas` and `cargo xtask docs`."
            }
        }
    }

    fn places(&self, checkout: &Checkout) -> Places {
        let (metadata, permissions) = (self.metadata.clone(), self.permissions.clone());
        Places { metadata, permissions, examples: None }.or_found(checkout)
    }
}
