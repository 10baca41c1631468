//! Inputs, from the command line to JSON.

mod assign;
mod schema;
mod source;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use connector_runtime::{LocalFiles, long_numbers};
use connector_sdk::{Error, Issue, Result};
use serde_json::{Value, json};

pub(crate) use source::{Sources, read_whole};

/// How an input is given.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// The input as JSON: '{…}', @FILE, or - for standard input
    #[arg(short, long, value_name = "JSON")]
    input: Option<String>,
    /// Set one property, on top of --input; may be repeated
    ///
    /// The value is read as the property's type. Nested properties: query.filter=…, elements: to.0=…;
    /// an array grows when it is set again: --set to=a --set to=b.
    /// KEY:=JSON sets any JSON. KEY=@PATH reads a text or attaches a file, @- reads standard input,
    /// @env:NAME a variable of the environment, which keeps secrets out of the list of processes;
    /// @@ is an @ at the beginning.
    #[arg(short, long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Attach a file for {"file": NAME} in the input; NAME is the path if it is not given
    #[arg(short, long, value_name = "[NAME=]PATH")]
    file: Vec<String>,
}

/// An input, and the files that it names.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Input of the action.
    pub(crate) value: Value,
    /// Attached files, by name.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// Pointers to secrets that were given on the command line.
    pub(crate) exposed: Vec<String>,
}

impl InputArgs {
    /// Returns whether any input is given.
    pub(crate) fn is_given(&self) -> bool {
        self.input.is_some() || !self.set.is_empty()
    }

    /// Gathers the input. `schema` says how values of `--set` are read; it is called only if there are any.
    ///
    /// # Errors
    /// `invalid_input` with everything that cannot be read.
    pub(crate) fn gather(&self, schema: impl FnOnce() -> Value, sources: &mut Sources) -> Result<Gathered> {
        let mut gathered = Gathered { value: self.base(sources)?, ..Gathered::default() };
        let mut issues = Vec::new();
        let schema = if self.set.is_empty() { Value::Null } else { schema() };
        for text in &self.set {
            issues.extend(assign::assign(text, &schema, &mut gathered, sources).err());
        }
        for text in &self.file {
            let (name, path) = text.split_once('=').unwrap_or((text, text));
            gathered.files.insert(name.to_owned(), PathBuf::from(path));
        }
        if issues.is_empty() { Ok(gathered) } else { Err(Error::issues(issues)) }
    }

    fn base(&self, sources: &mut Sources) -> Result<Value> {
        let Some(given) = &self.input else { return Ok(json!({})) };
        let (text, from) = match given.strip_prefix('@').or((given == "-").then_some("-")) {
            Some(name) => (
                sources.text(name).map_err(|why| Error::invalid("", why))?,
                if name == "-" { "standard input" } else { name },
            ),
            None => (given.clone(), "--input"),
        };
        let value = serde_json::from_str(&text).map_err(|error| {
            Error::invalid("", format!("{from} is not JSON: {error}"))
                .with_hint("Write --input '{\"key\": \"value\"}', --input @FILE, or --input - for standard input.")
        })?;
        let issues = long_numbers(&text, "");
        if issues.is_empty() { Ok(value) } else { Err(Error::issues(issues)) }
    }
}

impl Gathered {
    /// Opens the files as far as needed to know their sizes.
    ///
    /// # Errors
    /// `invalid_input` with every file that cannot be read.
    pub(crate) fn local_files(&self) -> Result<LocalFiles> {
        let mut files = LocalFiles::new();
        let mut issues: Vec<Issue> = Vec::new();
        for (name, path) in &self.files {
            // `attach` takes the whole value, so what is there is checked first.
            match LocalFiles::new().attach(name, path) {
                Ok(_) => files = files.attach(name, path)?,
                Err(error) => issues.extend_from_slice(error.violations()),
            }
        }
        if issues.is_empty() { Ok(files) } else { Err(Error::issues(issues)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(input: Option<&str>, set: &[&str]) -> InputArgs {
        InputArgs {
            input: input.map(str::to_owned),
            set: set.iter().map(|text| (*text).to_owned()).collect(),
            file: Vec::new(),
        }
    }

    #[test]
    fn properties_are_set_on_top_of_the_json() {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
        let gathered = args(Some(r#"{"a":1,"b":2}"#), &["a=3"]).gather(|| schema, &mut Sources::default()).unwrap();
        assert_eq!(gathered.value, json!({ "a": 3, "b": 2 }));
    }

    #[test]
    fn everything_that_cannot_be_read_is_told_at_once() {
        let error = args(None, &["nonsense", "a:={"]).gather(|| json!({}), &mut Sources::default()).unwrap_err();
        assert_eq!(error.violations().len(), 2);
        let error = args(Some("{"), &[]).gather(|| json!({}), &mut Sources::default()).unwrap_err();
        assert!(error.to_string().contains("--input is not JSON"), "{error}");
    }

    #[test]
    fn every_missing_file_is_told() {
        let input = InputArgs { file: vec!["a=/does/not/exist".into(), "/nor/this".into()], ..args(None, &[]) };
        let gathered = input.gather(|| json!({}), &mut Sources::default()).unwrap();
        assert_eq!(gathered.files.keys().collect::<Vec<_>>(), ["/nor/this", "a"]);
        assert_eq!(gathered.local_files().unwrap_err().violations().len(), 2);
    }
}
