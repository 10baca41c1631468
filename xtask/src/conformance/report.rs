//! What was found, and how much was looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use connector_sdk::Connector;

use super::waivers::Waivers;

/// Something that contradicts the metadata.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file that shows it.
    pub file: String,
    /// The place in it, as a JSON Pointer.
    pub pointer: String,
    /// What is wrong, and what would be right where that can be guessed.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}: {}", self.file, self.pointer, self.message)
    }
}

/// How much of a connector was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Actions, triggers and picklists.
    pub actions: usize,
    /// Requests.
    pub requests: usize,
    /// Requests that could not be checked: to upload addresses, to links, to the beta version.
    pub unchecked: usize,
    /// Output properties.
    pub properties: usize,
    /// Findings that have a waiver.
    pub waived: usize,
}

/// What Microsoft's pages show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Examples.
    pub examples: usize,
    /// Those whose request some action makes too.
    pub matched: usize,
    /// Objects in answers that were held against our output types.
    pub objects: usize,
    /// What in them contradicts the metadata itself; the metadata is right then, and nobody has to mend it.
    pub contradictions: Vec<Finding>,
    /// In how many examples that is so.
    pub contradict: usize,
}

/// What a check found.
#[derive(Debug)]
pub struct Report {
    /// By connector.
    pub counts: BTreeMap<String, Count>,
    /// What is wrong, without what is waived.
    pub findings: Vec<Finding>,
    /// What the pages show, if their examples were there.
    pub shown: Option<Shown>,
    /// The requests that were checked, each with the file that shows it.
    pub checked: BTreeSet<String>,
    /// Those that the metadata does not describe.
    pub unchecked: BTreeSet<String>,
    waivers: Waivers,
}

impl Report {
    pub(crate) fn new(connectors: &[Connector], waivers: Waivers) -> Report {
        let count = |connector: &Connector| Count {
            actions: connector.actions.len() + connector.triggers.len() + connector.picklists.len(),
            ..Count::default()
        };
        let counts = connectors.iter().map(|connector| (connector.name.to_owned(), count(connector))).collect();
        Report {
            counts,
            findings: Vec::new(),
            shown: None,
            checked: BTreeSet::new(),
            unchecked: BTreeSet::new(),
            waivers,
        }
    }

    pub(crate) fn count(&mut self, connector: &str) -> &mut Count {
        self.counts.entry(connector.to_owned()).or_default()
    }

    pub(crate) fn add(&mut self, connector: &str, findings: Vec<Finding>) {
        for finding in findings {
            match self.waivers.excuse(&finding) {
                true => self.count(connector).waived += 1,
                false => self.findings.push(finding),
            }
        }
    }

    /// Puts the findings in order; a waiver that excuses nothing is one too.
    pub fn close(mut self) -> Report {
        self.findings.extend(self.waivers.unused());
        self.findings.sort();
        self.findings.dedup();
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for (connector, count) in &self.counts {
            writeln!(
                f,
                "{connector}: {} actions, triggers and picklists; {} requests checked, {} could not be; {} output properties; {} waived",
                count.actions,
                count.requests - count.unchecked,
                count.unchecked,
                count.properties,
                count.waived
            )?;
        }
        match &self.shown {
            Some(shown) => writeln!(
                f,
                "Microsoft's pages: {} examples, {} of requests that we make, {} objects held against our types; {} contradict the metadata themselves",
                shown.examples, shown.matched, shown.objects, shown.contradict
            )?,
            None => writeln!(f, "Microsoft's pages: skipped, there are no examples")?,
        }
        write!(f, "{} findings", self.findings.len())
    }
}
