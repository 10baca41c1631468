//! Descriptions for a terminal.

use std::fmt::Write;

use connector_sdk::schema::rules;
use connector_sdk::{AnyOf, Connector, Scopes, Spec};
use serde_json::Value;

use super::Description;
use super::schema::{self, Side};
use crate::render::{HEADING, QUIET, escape, wrap};

/// Formats an action, a trigger, a picklist or a dynamic schema.
pub(super) fn text(description: &Description, width: usize) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, description, width);
    out
}

fn write(out: &mut String, it: &Description, width: usize) -> std::fmt::Result {
    let kind = match it.kind {
        "action" => {
            let (effect, list) = (it.spec.effect, if it.spec.list { ", list" } else { "" });
            let weight = match (effect.is_destructive(), it.spec.is_irreversible()) {
                (true, true) => ", destructive, cannot be undone",
                (true, false) => ", destructive",
                (false, true) => ", cannot be undone",
                (false, false) => "",
            };
            format!("action, {}{weight}{list}", effect.name())
        }
        other => other.to_owned(),
    };
    writeln!(out, "{HEADING}{}{HEADING:#}  {}  {QUIET}{kind}{QUIET:#}", it.id, it.spec.title)?;
    prose(out, it.input["description"].as_str().unwrap_or_default(), 0, width)?;
    if let Some(undo) = it.spec.undo {
        prose(out, undo, 0, width)?;
    }
    section(out, "Input", &it.input, Side::Input, width)?;
    let together: Vec<String> = rules::of(&it.input).filter_map(rules::sentence).collect();
    if !together.is_empty() {
        writeln!(out)?;
        prose(out, &together.join(" "), 0, width)?;
    }
    permissions(out, it.spec, width)?;
    for example in it.input["examples"].as_array().into_iter().flatten() {
        writeln!(out, "\n{HEADING}Example{HEADING:#}\n  {}", command(it, example))?;
    }
    if let Some(output) = &it.output {
        section(out, "Output", output, Side::Output, width)?;
    }
    if let Some(event) = &it.event {
        section(out, "Event", event, Side::Output, width)?;
    }
    if let Some(missed) = it.spec.misses {
        let text = format!(
            "When Graph no longer accepts its cursor, the trigger may miss {missed}; the next event reports that in `gaps`."
        );
        writeln!(out)?;
        prose(out, &text, 0, width)?;
    }
    if !it.unresolved.is_empty() {
        let text = format!(
            "What {} takes, only Graph knows: give --connection, and with --set the properties that it depends on, and it is shown here.",
            it.unresolved.join(" and ")
        );
        writeln!(out)?;
        prose(out, &text, 0, width)?;
    }
    Ok(())
}

fn section(out: &mut String, title: &str, schema: &Value, side: Side, width: usize) -> std::fmt::Result {
    writeln!(out, "\n{HEADING}{title}{HEADING:#}")?;
    let before = out.len();
    schema::properties(out, schema, side, 0, width);
    if out.len() == before {
        writeln!(out, "  {QUIET}nothing{QUIET:#}")?;
    }
    Ok(())
}

fn permissions(out: &mut String, spec: &Spec, width: usize) -> std::fmt::Result {
    let any = |any: &AnyOf| match any.0 {
        [] => "none beyond being signed in".to_owned(),
        _ if any.is_never() => "cannot do it".to_owned(),
        names => names.iter().map(|name| name.replace(' ', " and ")).collect::<Vec<_>>().join(" or "),
    };
    let of = |out: &mut String, scopes: &Scopes| {
        writeln!(out, "  a user:            {}", any(&scopes.delegated))?;
        if !scopes.shared.0.is_empty() {
            writeln!(out, "  others' mailboxes: {}", any(&scopes.shared))?;
        }
        writeln!(out, "  an app:            {}", scopes.application.as_ref().map_or("cannot do it".to_owned(), any))
    };
    writeln!(out, "\n{HEADING}Permissions{HEADING:#} {QUIET}(any one; the least first){QUIET:#}")?;
    if spec.scopes_by_input {
        let known = if spec.scope_cases.is_empty() { "." } else { ". Without one is known:" };
        prose(
            out,
            &format!("They depend on the input alone: `tenon scopes` with --input shows what one needs{known}"),
            2,
            width,
        )?;
    } else {
        of(out, &spec.scopes)?;
    }
    for case in spec.scope_cases {
        prose(out, &format!("{}when {}:", if case.besides { "besides, " } else { "" }, case.when), 2, width)?;
        of(out, &case.scopes)?;
    }
    Ok(())
}

fn command(it: &Description, example: &Value) -> String {
    let verb = match it.kind {
        "trigger" => "listen",
        "picklist" => "choices",
        _ => "run",
    };
    format!("tenon {verb} {} --connection sandbox --input {}", it.id, quoted(&escape::json(&example.to_string())))
}

// As a POSIX shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn prose(out: &mut String, text: &str, indent: usize, width: usize) -> std::fmt::Result {
    wrap(&escape::block(text), width.saturating_sub(indent))
        .iter()
        .try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
}

/// Formats a connector.
pub(super) fn connector(connector: &Connector, form: &Value, width: usize) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_connector(&mut out, connector, form, width);
    out
}

fn write_connector(out: &mut String, connector: &Connector, form: &Value, width: usize) -> std::fmt::Result {
    writeln!(out, "{HEADING}{}{HEADING:#}  {}  {QUIET}connector{QUIET:#}", connector.name, connector.title)?;
    prose(out, connector.about, 0, width)?;
    let mut names = |title: &str, names: Vec<(&str, &str)>| -> std::fmt::Result {
        if names.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{HEADING}{title}{HEADING:#}")?;
        names.iter().try_for_each(|(name, title)| writeln!(out, "  {}.{name}  {QUIET}{title}{QUIET:#}", connector.name))
    };
    names("Actions", connector.actions.iter().map(|action| (action.spec().name, action.spec().title)).collect())?;
    names("Triggers", connector.triggers.iter().map(|trigger| (trigger.spec().name, trigger.spec().title)).collect())?;
    names("Picklists", connector.picklists.iter().map(|list| (list.spec().name, list.spec().title)).collect())?;
    names(
        "Dynamic schemas",
        connector.dynamic_schemas.iter().map(|dynamic| (dynamic.spec().name, dynamic.spec().title)).collect(),
    )?;
    writeln!(out, "\n{HEADING}Ways to sign in{HEADING:#}")?;
    for (place, sign_in) in connector.connection.sign_ins.iter().enumerate() {
        writeln!(out, "  {}", sign_in.method.name())?;
        let fields = form["oneOf"][place]["properties"].as_object().into_iter().flat_map(|all| all.keys().skip(1));
        prose(out, &format!("fields: {}", fields.map(String::as_str).collect::<Vec<_>>().join(" ")), 4, width)?;
        let permissions = sign_in.permissions;
        for (title, scopes) in
            [("always", permissions.minimum), ("by default", permissions.default), ("on demand", permissions.optional)]
        {
            if !scopes.is_empty() {
                prose(out, &format!("{title}: {}", scopes.join(" ")), 4, width)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_what_was_meant() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
