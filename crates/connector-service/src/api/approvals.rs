//! Approvals.

use connector_runtime::Approval;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// The approvals that a caller sees.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Approvals")]
pub(crate) struct List {
    /// The approvals.
    approvals: Vec<Approval>,
}

/// Lists the approvals that the caller sees.
pub(crate) async fn list(call: Call) -> Answer {
    Ok(answer::json(&List { approvals: call.host.approvals().list().await? })?)
}

/// Shows an approval.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(answer::json(&call.host.approvals().show(call.param("id")).await?)?)
}

/// Approves a run.
pub(crate) async fn approve(call: Call) -> Answer {
    Ok(answer::json(&call.host.approvals().answer(call.param("id"), true).await?)?)
}

/// Refuses a run.
pub(crate) async fn refuse(call: Call) -> Answer {
    Ok(answer::json(&call.host.approvals().answer(call.param("id"), false).await?)?)
}
