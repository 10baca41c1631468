//! Starts connectors, actions, triggers and picklists: files that work as they are, and the lines that list them.
//!
//! Everything is worked out before anything is written, so a name that is taken or a list that
//! cannot be found leaves the checkout as it was.

mod action;
mod connector;
mod connector_crate;
mod kind;
mod lists;
pub mod names;
mod of_request;
mod permissions;
mod request;
mod standalone;
mod vocabulary;

use std::collections::BTreeMap;

use crate::Result;
use crate::checkout::Checkout;

pub use action::action;
pub use connector::connector;
pub use connector_crate::{ConnectorCrate, crate_of};
pub use kind::Kind;
pub use of_request::of_request;
pub use request::RequestLine;
pub use standalone::standalone;

/// Files that are to be written, with their text.
#[derive(Debug, Default)]
pub struct Draft {
    /// The crate that they belong to.
    pub package: String,
    /// The folder of its sources.
    pub sources: String,
    /// What is new.
    pub created: BTreeMap<String, String>,
    /// What is there and gets another line.
    pub changed: BTreeMap<String, String>,
    /// The type of Graph that the output of a new action, or the event of a new trigger, names.
    pub graph_type: Option<String>,
    /// What remains to be done by hand, each in a sentence.
    pub remarks: Vec<String>,
}

impl Draft {
    /// Writes them all, or none.
    ///
    /// # Errors
    /// When a file cannot be written. What was written before it is put back.
    pub fn write(&self, checkout: &Checkout) -> Result<()> {
        let former = self.changed.keys().map(|file| Ok((file, checkout.read(file)?))).collect::<Result<Vec<_>>>()?;
        let written = self.created.iter().chain(&self.changed).try_for_each(|(file, text)| checkout.write(file, text));
        written.map_err(|error| {
            // One that was not reached is not there to be removed.
            let left = self.created.keys().filter(|file| checkout.has(file) && checkout.remove(file).is_err());
            let left =
                left.chain(former.iter().filter(|(file, text)| checkout.write(file, text).is_err()).map(|it| it.0));
            match left.map(String::as_str).collect::<Vec<_>>() {
                none if none.is_empty() => format!("{error}. Nothing was written").into(),
                left => format!("{error}, and what was written to {} cannot be put back", left.join(", ")).into(),
            }
        })
    }

    // An empty draft in a crate.
    fn of(connector: &ConnectorCrate) -> Draft {
        Draft { package: connector.package.clone(), sources: connector.sources.clone(), ..Draft::default() }
    }

    fn create(&mut self, checkout: &Checkout, file: String, text: String) -> Result<()> {
        if checkout.has(&file) {
            return Err(format!("{file} is there already").into());
        }
        self.created.insert(file, text);
        Ok(())
    }

    fn add_transcripts(&mut self, checkout: &Checkout, connector: &str, name: &str, all: Transcripts) -> Result<()> {
        let folder = format!("tests/transcripts/{connector}/{name}");
        if !checkout.files(&folder)?.is_empty() {
            return Err(format!("{folder} has transcripts of something else that is called {name}").into());
        }
        for (case, transcript) in all {
            let text = serde_json::to_string_pretty(&transcript)? + "\n";
            self.create(checkout, format!("{folder}/{case}.json"), text)?;
        }
        Ok(())
    }

    // The text of a file as it will be.
    fn text(&self, checkout: &Checkout, file: &str) -> Result<String> {
        match self.created.get(file).or_else(|| self.changed.get(file)) {
            Some(text) => Ok(text.clone()),
            None => checkout.read(file),
        }
    }

    fn change(&mut self, file: &str, text: String) {
        match self.created.get_mut(file) {
            Some(new) => *new = text,
            None => drop(self.changed.insert(file.to_owned(), text)),
        }
    }
}

/// One transcript that works and one that fails, each with its name.
type Transcripts = [(&'static str, serde_json::Value); 2];

// Fills `{{name}}` and its like into a template.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}
