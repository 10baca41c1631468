//! Selected actions as tools of their own, for clients that want them pinned.
//!
//! The schema that is shown is one that every client takes; the input is validated against the action's own, whatever
//! was shown. Connection and confirmation stand beside the properties of the input.

use std::sync::Arc;

use connector_runtime::{AuthorizedHost, Code, Effect, Error, Result, Rule, portable};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::tool::Runs;

/// Maximum number of selected actions: more tools than this no client takes.
const MOST: usize = 128;
/// Size of a list of tools that costs little, in bytes.
const SMALL: usize = 5_000;
/// Maximum length of a tool's description, in bytes.
const LONGEST: usize = 1_000;
/// Property with the connection.
const CONNECTION: &str = "connection";
/// Property with the confirmation. Some actions have a property `confirm` of their own.
const CONFIRM: &str = "tenonConfirm";
/// Its description.
const CONFIRM_MEANING: &str = "From preview_action; one value runs once.";

/// Returns the name of an action's tool.
fn name(id: &str) -> String {
    id.replace('.', "_")
}

/// Returns the ids of the selected actions that the principal may run, in their order.
fn selected(host: &AuthorizedHost) -> impl Iterator<Item = String> {
    let all = host.actions().map(|(id, _)| id).filter(|id| host.principal().grant.tools.has(id));
    all.filter(|id| may_run(host, id))
}

/// Checks that the selected actions are not too many, and warns where they make the list of tools long.
///
/// # Errors
/// `invalid_input` for more than any client takes.
pub(super) fn check(host: &AuthorizedHost) -> Result<()> {
    let count = selected(host).count();
    if count > MOST {
        return Err(Error::new(Code::InvalidInput, format!("{count} actions are to be tools, and {MOST} can be"))
            .with_hint("Select fewer: the general tools reach all actions anyway."));
    }
    let size = serde_json::to_string(&super::tool::list(host)).map_or(0, |text| text.len());
    if count > 0 && size > SMALL {
        tracing::warn!("the list of tools has {} KB, which every conversation carries", size.div_ceil(1024));
    }
    Ok(())
}

fn may_run(host: &AuthorizedHost, id: &str) -> bool {
    host.rule(id).is_ok_and(|rule| rule != Rule::Deny)
}

/// Returns the tools of the selected actions.
pub(super) fn tools(host: &AuthorizedHost) -> Vec<Tool> {
    selected(host).take(MOST).filter_map(|id| tool(host, &id)).collect()
}

fn tool(host: &AuthorizedHost, id: &str) -> Option<Tool> {
    let action = host.action(id).ok()?;
    let spec = action.spec();
    let portable = portable(&action.input_schema()).with_connection();
    let Value::Object(mut schema) = portable.schema else { return None };
    let text = schema.remove("description");
    let mut description = text.as_ref().and_then(Value::as_str).unwrap_or(spec.title).to_owned();
    if description.len() > LONGEST {
        description.truncate(description.floor_char_boundary(LONGEST));
        description.push('…');
    }
    if spec.effect != Effect::Read {
        description.push_str(&format!(" To preview it: preview_action with `{id}`."));
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert(CONFIRM.into(), json!({ "type": "string", "description": CONFIRM_MEANING }));
        }
    }
    let runs = Runs::of(spec.effect);
    let hints = ToolAnnotations::with_title(spec.title).read_only(runs == Runs::Read);
    let hints = if runs == Runs::Read { hints } else { hints.destructive(runs == Runs::Irreversible) };
    Some(Tool::new(name(id), description, Arc::new(schema)).annotate(hints))
}

/// Returns a call of a selected action's tool as the arguments of the tool that runs it; `None` for another name.
pub(super) fn call(host: &AuthorizedHost, tool: &str, arguments: &Value) -> Option<(Runs, Value)> {
    let id = selected(host).take(MOST).find(|id| name(id) == tool)?;
    let effect = host.action(&id).ok()?.spec().effect;
    let mut input = arguments.as_object().cloned().unwrap_or_default();
    let mut whole = json!({ "action": id });
    for (property, member) in [(CONNECTION, "connection"), (CONFIRM, "confirm")] {
        if let Some(value) = input.shift_remove(property) {
            whole[member] = value;
        }
    }
    whole["input"] = input.into();
    Some((Runs::of(effect), whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_name_that_every_client_takes() {
        assert_eq!(name("outlook.list_emails"), "outlook_list_emails");
    }
}
