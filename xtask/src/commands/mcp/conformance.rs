//! The conformance suite.
//!
//! Most of its scenarios call tools that only a server made for the suite has. These are those that need none.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use xtask::Result;
use xtask::checkout::Checkout;

use super::FOLDER;
use super::node::Node;

/// The suite for the revisions with a handshake, and the one for the revision without.
const OLDER: &str = "@modelcontextprotocol/conformance";
const NEWER: &str = "conformance-2026";

/// Scenarios of a suite, for some revisions.
struct Suite {
    package: &'static str,
    revisions: &'static [&'static str],
    scenarios: &'static [&'static str],
}

const SUITES: [Suite; 3] = [
    Suite {
        package: OLDER,
        revisions: &["2025-06-18", "2025-11-25"],
        scenarios: &["server-initialize", "ping", "tools-list", "resources-list", "prompts-list"],
    },
    Suite { package: OLDER, revisions: &["2025-11-25"], scenarios: &["dns-rebinding-protection"] },
    Suite {
        package: NEWER,
        revisions: &["2026-07-28"],
        scenarios: &[
            "server-stateless",
            "tools-list",
            "resources-list",
            "prompts-list",
            "sep-2164-resource-not-found",
            "dns-rebinding-protection",
            "caching",
            "http-header-validation",
            "input-required-result-unsupported-methods",
        ],
    },
];

/// What the suite says of a check that needs a tool of its own.
const NEEDS_A_TOOL: &str = "Not testable";

/// Runs the scenarios.
///
/// # Errors
/// What has failed.
pub(super) fn check(checkout: &Checkout, node: &Node, url: &str) -> Result<()> {
    println!("-- conformance");
    let mut failed = Vec::new();
    for suite in &SUITES {
        for revision in suite.revisions {
            for scenario in suite.scenarios {
                let results = checkout.path(&format!("{FOLDER}/conformance/{revision}/{scenario}"));
                if results.exists() {
                    std::fs::remove_dir_all(&results)?;
                }
                let mut command = node.command();
                command.arg(format!("node_modules/{}/dist/index.js", suite.package)).args(["server", "--url"]);
                command.arg(format!("{url}/mcp")).args(["--scenario", scenario, "--spec-version", revision]);
                command.arg("--output-dir").arg(&results).stdout(Stdio::null()).stderr(Stdio::null());
                // It fails for checks that need a tool, too; what it has written says which failed.
                command.status().map_err(|error| format!("node cannot be started: {error}"))?;
                let (passed, wrong) = read(&results)?;
                println!("{revision} {scenario}: {passed} passed, {} failed", wrong.len());
                if passed == 0 {
                    failed.push(format!("{revision} {scenario}: nothing was checked"));
                }
                failed.extend(wrong.into_iter().map(|wrong| format!("{revision} {scenario}: {wrong}")));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("the suite has failed:\n{}", failed.join("\n")).into()) }
}

// How many have passed, and what is wrong with the others.
fn read(results: &Path) -> Result<(usize, Vec<String>)> {
    let (mut passed, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(results).map_err(|error| format!("the suite has written nothing: {error}"))? {
        let checks: Vec<Value> = serde_json::from_slice(&std::fs::read(entry?.path().join("checks.json"))?)?;
        for check in checks {
            let text = |name: &str| check.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            match text("status").as_str() {
                "SUCCESS" => passed += 1,
                "FAILURE" | "WARNING" if !text("errorMessage").starts_with(NEEDS_A_TOOL) => {
                    wrong.push(format!("{}: {}", text("id"), text("errorMessage")));
                }
                _ => {}
            }
        }
    }
    Ok((passed, wrong))
}
