//! What is known to contradict the metadata, and why it stays.

use serde::Deserialize;

use super::report::Finding;
use crate::Result;
use crate::checkout::Checkout;

/// The one file that lists them.
pub const FILE: &str = "xtask/conformance-waivers.json";

/// The waivers.
#[derive(Debug, Default)]
pub struct Waivers(Vec<(Waiver, bool)>);

/// A waiver: of every finding in a file whose message contains a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// What the finding's file ends with, or a folder in it: `outlook/actions/get_schedule.json`, `outlook/actions`.
    pub file: String,
    /// A part of the finding's message.
    pub message: String,
    /// Why it is right all the same.
    pub reason: String,
    /// The page that says so.
    pub link: String,
}

impl Waivers {
    /// Those of the checkout.
    ///
    /// # Errors
    /// When the file cannot be read, or a waiver has no reason or link.
    pub fn read(checkout: &Checkout) -> Result<Waivers> {
        Waivers::parse(&checkout.read(FILE)?)
    }

    /// Reads them from a text.
    ///
    /// # Errors
    /// As [`Waivers::read`].
    pub fn parse(text: &str) -> Result<Waivers> {
        let all: Vec<Waiver> = serde_json::from_str(text).map_err(|error| format!("{FILE}: {error}"))?;
        for (i, waiver) in all.iter().enumerate() {
            if waiver.reason.trim().len() < 10
                || !waiver.link.starts_with("https://")
                || waiver.message.is_empty()
                || waiver.file.is_empty()
            {
                return Err(format!(
                    "{FILE}#/{i}: needs `file`, `message`, a `reason` in words, and a `link` to the page that says so"
                )
                .into());
            }
        }
        Ok(Waivers(all.into_iter().map(|waiver| (waiver, false)).collect()))
    }

    pub(crate) fn excuse(&mut self, finding: &Finding) -> bool {
        let excuses =
            |waiver: &Waiver| finding.file.contains(&waiver.file) && finding.message.contains(&waiver.message);
        let found = self.0.iter_mut().find(|(waiver, _)| excuses(waiver));
        found.map(|(_, used)| *used = true).is_some()
    }

    pub(crate) fn unused(&self) -> Vec<Finding> {
        let unused = self.0.iter().enumerate().filter(|(_, (_, used))| !used);
        unused
            .map(|(i, (waiver, _))| {
                super::finding(FILE, &format!("/{i}"), format!("this waiver is no longer needed: {}", waiver.message))
            })
            .collect()
    }
}
