//! Choices of picklists, and schemas that depend on a connection.

use connector_runtime::ChoiceQuery;
use connector_sdk::PageToken;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// The schemas of an action or a trigger, for one connection and what was chosen so far.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ResolvedSchemas")]
pub(crate) struct Schemas {
    /// Schema of the input.
    input: Value,
    /// Schema of an action's output, or of a trigger's event.
    output: Value,
}

/// Lists the choices of a picklist.
pub(crate) async fn choices(mut call: Call) -> Answer {
    let input = call.object().await?;
    let from = call.query.get("pageToken").map(|text| PageToken::from_text(text, "?pageToken")).transpose()?;
    let ask = ChoiceQuery::new(call.query.get("search").map(str::to_owned), from);
    let connection = call.query.get("connection").unwrap_or_default();
    Ok(answer::json(&call.host.choices(call.param("id"), connection, input, ask).await?)?)
}

/// Resolves the schemas of an action or a trigger.
pub(crate) async fn resolve(mut call: Call) -> Answer {
    let input = call.object().await?;
    let connection = call.query.get("connection").unwrap_or_default();
    let resolved = call.host.resolve(call.param("id"), connection, &input).await?;
    Ok(answer::json(&Schemas { input: resolved.input, output: resolved.output })?)
}
