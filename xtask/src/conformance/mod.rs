//! Every request held against Microsoft's own metadata.
//!
//! What the connectors send comes from two places: the transcripts, which are played, and the examples in
//! the schemas, which are planned. Each request is held against the CSDL, its permissions against the
//! table, and each output type that names a type of Graph against that type. What Microsoft's pages show
//! is held against the same, so that a contradiction between the two is seen too.

pub mod access;
pub mod examples;
pub mod outputs;
pub mod permissions;
pub mod report;
pub mod requests;
pub mod sandbox;
pub mod waivers;

use connector_sdk::Connector;

use self::report::{Finding, Report};
use self::waivers::Waivers;
use crate::Result;
use crate::cases;
use crate::checkout::Checkout;
use crate::metadata::Files;

/// Under which name the sandbox stands among the connectors.
const SANDBOX: &str = "sandbox";
/// Under which name the facts stand that all connectors share.
const OUTPUTS: &str = "outputs";

/// Holds everything that connectors send against the metadata. [`Report::close`] ends it.
///
/// # Errors
/// When a file of the metadata or of the waivers cannot be read.
pub fn run(files: &Files, waivers: Waivers, connectors: &[Connector]) -> Result<Report> {
    let mut report = Report::new(connectors, waivers);
    let sent = requests::sent(connectors, &cases()?);
    for request in &sent {
        report.count(&request.connector).requests += 1;
        let line = format!("{} {} ({})", request.sent.method, request.sent.template, request.file);
        match requests::check(&files.model, request) {
            Some(findings) => {
                report.checked.insert(line);
                report.add(&request.connector, findings);
            }
            None => {
                report.unchecked.insert(line);
                report.count(&request.connector).unchecked += 1;
            }
        }
    }
    for connector in connectors {
        let (properties, findings) = outputs::check(&files.model, connector)?;
        report.count(connector.name).properties += properties;
        report.add(connector.name, findings);
    }
    for (connector, findings) in permissions::check(&files.table, connectors, &sent, &files.model) {
        report.add(&connector, findings);
    }
    if let Some(text) = &files.examples {
        let (shown, findings) = examples::check(&files.model, connectors, &sent, text)?;
        report.shown = Some(shown);
        findings.into_iter().for_each(|(connector, finding)| report.add(&connector, vec![finding]));
    }
    Ok(report)
}

/// Holds what outputs say of Graph's types against the metadata.
pub fn hold_facts(files: &Files, connectors: &[Connector], report: &mut Report) {
    report.add(OUTPUTS, outputs::check_facts(&files.model, connectors).into_iter().collect());
}

/// Holds the sandbox's tables against the metadata, after everything else.
///
/// # Errors
/// When a table cannot be read.
pub fn hold_sandbox(files: &Files, checkout: &Checkout, report: &mut Report) -> Result<()> {
    let (properties, findings) = sandbox::check(&files.model, checkout)?;
    report.count(SANDBOX).properties = properties;
    report.add(SANDBOX, findings);
    let (routes, findings) = access::check(&files.table, checkout)?;
    report.count(SANDBOX).requests = routes;
    report.add(SANDBOX, findings);
    Ok(())
}

/// A finding at a place in a request, in a file.
pub(crate) fn finding(file: &str, pointer: &str, message: impl Into<String>) -> Finding {
    Finding { file: file.to_owned(), pointer: pointer.to_owned(), message: message.into() }
}
