//! The rules that the compiler does not know: each is one function, and says why in its message.

mod connectors;
mod dependencies;
mod manifests;
mod modules;
mod sources;

use std::fmt;

use cargo_metadata::{Metadata, MetadataCommand};

use crate::Result;
use crate::checkout::Checkout;

/// A rule by name, with the function that finds its breaches.
type Rule = (&'static str, fn(&Project) -> Vec<Finding>);

const RULES: &[Rule] = &[
    ("connectors do no IO", dependencies::pure_crates_do_no_io),
    ("the runtime names no connector", dependencies::only_programs_name_connectors),
    ("one client transport", dependencies::one_client_transport),
    ("one server", dependencies::only_the_service_serves),
    ("one folder speaks MCP", dependencies::one_folder_speaks_mcp),
    ("handlers see the authorized host", dependencies::handlers_see_the_authorized_host),
    ("no clock, no environment", sources::pure_crates_read_no_world),
    ("one thing, one file", connectors::one_thing_one_file),
    ("listed everywhere", connectors::listed_everywhere),
    ("one module style", modules::one_module_style),
    ("small files", sources::files_are_small),
    ("no machine paths", sources::no_machine_paths),
    ("nothing half done", sources::nothing_half_done),
    ("dependencies are decided once", manifests::dependencies_are_decided_once),
    ("dependencies are explained", manifests::dependencies_are_explained),
    ("one licence", manifests::one_licence),
    ("schemas are generated", connectors::schemas_are_generated),
];

/// A breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file that is to be changed.
    pub file: String,
    /// The line, counted from one, where there is one.
    pub line: Option<usize>,
    /// What is wrong, and why it matters.
    pub message: String,
    /// Whether it may stay for now.
    pub warning: bool,
}

impl Finding {
    fn new(file: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { file: file.into(), line: None, message: message.into(), warning: false }
    }
    fn line(mut self, line: usize) -> Finding {
        self.line = Some(line);
        self
    }
    fn warning(mut self) -> Finding {
        self.warning = true;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.warning { "warning: " } else { "" };
        match self.line {
            Some(line) => write!(f, "{}:{line}: {word}{}", self.file, self.message),
            None => write!(f, "{}: {word}{}", self.file, self.message),
        }
    }
}

/// What the rules look at.
pub struct Project {
    /// The checkout.
    checkout: Checkout,
    /// What cargo says about the packages, with features on that only tools use.
    metadata: Metadata,
    /// Every text file.
    sources: Vec<Source>,
}

/// A text file.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The lines of a Rust file without the items that are for tests, counted from one. As the file is formatted,
    /// such an item ends with a line that stands as far to the right as its attribute.
    fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut test_item = None;
        self.lines().filter(move |(_, line)| {
            let indent = line.len() - line.trim_start().len();
            match test_item {
                None if line.trim() == "#[cfg(test)]" => {
                    test_item = Some(indent);
                    false
                }
                None => true,
                Some(at) => {
                    if indent == at && line.ends_with(['}', ';', ',']) {
                        test_item = None;
                    }
                    false
                }
            }
        })
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

impl Project {
    /// Looks at a checkout.
    ///
    /// # Errors
    /// When cargo cannot read the manifests, or a folder cannot be read.
    pub fn look(checkout: &Checkout) -> Result<Project> {
        let metadata = MetadataCommand::new()
            .current_dir(checkout.root())
            .other_options(vec!["--offline".to_owned(), "--locked".to_owned()])
            .exec()
            .or_else(|_| MetadataCommand::new().current_dir(checkout.root()).exec())
            .map_err(|error| format!("cargo metadata failed: {error}"))?;
        // What is not UTF-8 is no source.
        let read = |path: String| checkout.read(&path).ok().map(|text| Source { path, text });
        let sources = checkout.files("")?.into_iter().filter_map(read).collect();
        Ok(Project { checkout: checkout.clone(), metadata, sources })
    }

    /// Every breach of every rule, with the rule's name.
    pub fn findings(&self) -> Vec<(&'static str, Finding)> {
        RULES.iter().flat_map(|(name, rule)| rule(self).into_iter().map(move |finding| (*name, finding))).collect()
    }

    /// How many rules there are.
    pub fn rules(&self) -> usize {
        RULES.len()
    }

    fn source(&self, path: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.path == path)
    }

    fn rust_below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| {
            source.is_rust() && source.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The connector crates: those that declare connections.
    fn connectors(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.sources.iter().filter_map(|source| connector_testing::scaffold::crate_of(&source.path)).collect();
        names.dedup();
        names
    }

    /// The crates that do no IO.
    fn pure_crates(&self) -> Vec<&str> {
        ["connector-sdk", "graph-auth"].into_iter().chain(self.connectors()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_an_item_for_tests_is_looked_at() {
        let text = "one();\n#[cfg(test)]\nuse tests::only;\ntwo();\n#[cfg(test)]\n#[path = \"t.rs\"]\nmod tests;\nimpl X {\n    #[cfg(test)]\n    fn a() {\n        in_test();\n    }\n    three();\n}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n    in_test();\n}\nfour();\n";
        let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
        let lines: Vec<_> = source.product_lines().map(|(number, line)| (number, line.trim())).collect();
        assert_eq!(
            lines,
            [(1, "one();"), (4, "two();"), (8, "impl X {"), (13, "three();"), (14, "}"), (21, "four();")]
        );
    }
}
