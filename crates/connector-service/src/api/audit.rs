//! The audit log.

use connector_runtime::store::{AuditKind, AuditRecord};
use connector_runtime::{AuditQuery, Error, Issue};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::route::Answer;

/// Number of entries of a page, and the most that one may have.
const USUAL: u64 = 100;
pub(crate) const MOST: u64 = 1000;
/// The last id that an entry can have, so that every program can hold it.
pub(crate) const LAST: u64 = i64::MAX as u64;

/// A page of the audit log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditPage")]
pub(crate) struct Page {
    /// Entries, the latest first.
    entries: Vec<AuditRecord>,
    /// What `before` is for the next page; null at the end.
    before: Option<u64>,
}

/// Returns the names of the kinds of entries.
pub(crate) fn kinds() -> Vec<&'static str> {
    AuditKind::ALL.iter().map(|kind| kind.name()).collect()
}

/// Lists entries of the audit log, the latest first.
pub(crate) async fn list(call: Call) -> Answer {
    let query = &call.query;
    let limit = query.number("limit", 1, MOST)?.unwrap_or(USUAL) as usize;
    let before = query.number("before", 1, LAST)?;
    let text = |name: &str| query.get(name).map(str::to_owned);
    let asked = AuditQuery {
        principal: text("principal"),
        kind: query.given("kind").map(str::to_owned),
        action: text("action"),
        connection: text("connection"),
        is_open: query.one_of("open", [("true", true), ("false", false)].into_iter())?.unwrap_or_default(),
    };
    let filter = asked.filter().map_err(about_query)?;
    let entries = call.host.audit().page(filter, before, limit).await?;
    let before = if entries.len() == limit { entries.last().map(|entry| entry.id) } else { None };
    Ok(answer::json(&Page { entries, before })?)
}

// Its parts are parameters here.
fn about_query(error: Error) -> Problem {
    let issues = error.violations().iter();
    let moved = issues.map(|issue| Issue::new(issue.pointer.replacen('/', "?", 1), issue.message.clone()));
    Problem::invalid(moved.collect())
}
