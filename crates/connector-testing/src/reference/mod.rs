//! `docs/connectors/`: a reference page for each connector and one for the types that they share, made from the
//! descriptors.

mod markdown;
mod properties;
mod types;

use connector_sdk::OtherWay;
use connector_sdk::schema::rules;
use serde_json::{Map, Value};

use crate::Result;
use crate::descriptor::{Connection, Description, Descriptor, Needs};
use crate::generated::Generated;
use markdown::{Page, cell, code, codes};
use properties::Types;

/// The folder.
pub const FOLDER: &str = "docs/connectors";

/// The pages of these connectors.
///
/// # Errors
/// When an example cannot be printed.
pub fn generated(connectors: &[Description]) -> Result<Generated> {
    let mut made = Generated { folders: vec![FOLDER], ..Generated::default() };
    for connector in connectors {
        made.file(format!("{FOLDER}/{}.md", connector.connector.name), page(connector)?);
    }
    made.file(format!("{FOLDER}/{}", types::PAGE), types::page(connectors));
    Ok(made)
}

fn page(description: &Description) -> Result<String> {
    let connector = &description.connector;
    let mut page = Page::default();
    page.line(format!("# {}", connector.title));
    page.line("<!-- Written by `cargo xtask docs` from the sources; change those. -->");
    page.line(&connector.about);
    page.line(format!("The connector's name is `{}`.", connector.name));
    if let Some(first) = description.actions.first() {
        let id = format!("{}.{}", connector.name, first.name);
        page.line(format!(
            "A connection can request only the permissions that it needs: `tenon connect {} --for {id}`, with any number of actions, triggers and picklists, or \
             patterns such as `{}.list_*`. Without `--for` it asks for [the usual permissions](#signing-in).",
            connector.name, connector.name
        ));
    }
    contents(&mut page, description);

    if !description.actions.is_empty() {
        page.line("## Actions");
        for action in &description.actions {
            self::action(&mut page, action)?;
        }
    }
    if !description.triggers.is_empty() {
        page.line("## Triggers");
        for trigger in &description.triggers {
            self::trigger(&mut page, trigger)?;
        }
    }
    if !description.picklists.is_empty() {
        page.line("## Picklists");
        for picklist in &description.picklists {
            self::picklist(&mut page, picklist);
        }
    }
    if !description.dynamic_schemas.is_empty() {
        page.line("## Dynamic schemas");
        page.line("Schemas of properties that only Graph knows. A run validates its input against them; `tenon describe` shows them for given values.");
        for dynamic in &description.dynamic_schemas {
            head(&mut page, dynamic);
            page.line(needs(dynamic));
            input(&mut page, &dynamic.input);
        }
    }
    page.line("## Signing in");
    connection(&mut page, &connector.connection);
    fields(&mut page, &connector.name, &description.connection);
    Ok(page.finish())
}

fn contents(page: &mut Page, description: &Description) {
    let groups = [
        ("Action", &description.actions),
        ("Trigger", &description.triggers),
        ("Picklist", &description.picklists),
        ("Dynamic schema", &description.dynamic_schemas),
    ];
    let rows = groups.into_iter().flat_map(|(kind, list)| {
        list.iter().map(move |descriptor| {
            vec![kind.to_owned(), format!("[`{0}`](#{0})", descriptor.name), cell(first_sentence(&descriptor.input))]
        })
    });
    page.table(&["", "Name", "What it does"], rows.collect());
}

fn action(page: &mut Page, action: &Descriptor) -> Result<()> {
    head(page, action);
    page.line(format!("{} {}", effect(action), needs(action)));
    input(page, &action.input);
    example(page, action, "tenon run")?;
    if let Some(output) = &action.output {
        page.line("**Output**");
        if output.contains_key("x-bulk") {
            page.line("For one input; with `items`, a list of `index`, `ok` and this `output` or an `error`, and the numbers that `succeeded`, `failed` and were `skipped`.");
        }
        properties(page, output, false);
    }
    Ok(())
}

fn trigger(page: &mut Page, trigger: &Descriptor) -> Result<()> {
    head(page, trigger);
    page.line(needs(trigger));
    page.line(match &trigger.misses {
        None => "When Graph no longer accepts its cursor, the trigger starts again and misses nothing.".to_owned(),
        Some(what) => format!(
            "When Graph no longer accepts its cursor, the trigger may miss {what}. The next event reports that in `gaps`, next to `id` and \
             `data`: `since` and `until` when, what was `missed`, and the `reason`."
        ),
    });
    if trigger.real_time {
        page.line("Graph notifies of it: a watch in real time finds its events within seconds.");
    }
    input(page, &trigger.input);
    example(page, trigger, "tenon listen")?;
    if let Some(event) = &trigger.event {
        page.line("**Event**");
        properties(page, event, false);
    }
    Ok(())
}

fn picklist(page: &mut Page, picklist: &Descriptor) {
    head(page, picklist);
    page.line(needs(picklist));
    input(page, &picklist.input);
    page.fence("sh", &format!("tenon choices {}.{} --connection sandbox", picklist.connector, picklist.name));
}

// The heading is the name alone, so that its anchor is the name too.
fn head(page: &mut Page, descriptor: &Descriptor) {
    page.line(format!("### `{}`", descriptor.name));
    page.line(format!("**{}.** {}", descriptor.title, markdown::inline_links(description(&descriptor.input))));
}

fn description(schema: &Map<String, Value>) -> &str {
    schema.get("description").and_then(Value::as_str).unwrap_or_default()
}

fn first_sentence(schema: &Map<String, Value>) -> &str {
    let text = description(schema);
    let line = text.split("\n\n").next().unwrap_or_default();
    line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.')
}

fn effect(action: &Descriptor) -> String {
    let text = match (action.effect.as_str(), &action.undo) {
        ("read", _) => "It changes nothing.",
        ("create", _) => "It creates something: running it twice creates two.",
        ("update", _) => "It changes something that exists.",
        ("delete", None) => "It is destructive: it removes something, and that cannot be undone.",
        ("delete", Some(undo)) => return format!("It is destructive: it removes something. {undo}"),
        _ => "It sends something to people, which cannot be undone.",
    };
    text.to_owned()
}

fn needs(descriptor: &Descriptor) -> String {
    let mut text = match descriptor.scopes_by_input {
        true => "What it needs depends on the input: `tenon scopes` shows it for one.".to_owned(),
        false => who_needs(&descriptor.scopes),
    };
    for case in &descriptor.scope_cases {
        let besides = if case.besides { " besides" } else { "" };
        text += &format!(" When {},{besides}: {}", case.when, lower(&who_needs(&case.needs())));
    }
    text
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn who_needs(needs: &Needs) -> String {
    // What is needed together stands in one text.
    let together = |scope: &String| scope.split(' ').map(code).collect::<Vec<_>>().join(" with ");
    let any = |scopes: &[String]| match scopes {
        [] => "nothing beyond being signed in".to_owned(),
        [one] => together(one),
        many => format!("one of {}", many.iter().map(together).collect::<Vec<_>>().join(", ")),
    };
    let mut text = match &needs.delegated {
        Some(scopes) => format!("A signed-in user needs {}", any(scopes)),
        None => "A signed-in user cannot do it".to_owned(),
    };
    if !needs.shared.is_empty() {
        text += &format!("; for what belongs to somebody else, {}", any(&needs.shared));
    }
    match &needs.application {
        Some(scopes) => text + &format!(". An app needs {}.", any(scopes)),
        None => text + ". An app cannot do it.",
    }
}

fn input(page: &mut Page, schema: &Map<String, Value>) {
    page.line("**Input**");
    properties(page, schema, true);
    conditions(page, schema);
}

fn properties(page: &mut Page, schema: &Map<String, Value>, is_input: bool) {
    if let Some(name) = properties::graph_type(properties::one(schema)).filter(|_| !is_input) {
        page.line(format!("{}, as Graph sends it.", types::link(name)));
        return;
    }
    let rows = properties::rows(schema, if is_input { Types::InPlace } else { Types::Linked });
    if rows.is_empty() {
        page.line(if is_input { "Nothing." } else { "JSON as Graph sends it." });
        return;
    }
    if is_input {
        let rows = rows.into_iter().map(|row| {
            let required = if row.required { "yes" } else { "" };
            vec![
                code(&row.path),
                row.kind,
                required.to_owned(),
                row.default,
                row.bounds,
                cell(&markdown::inline_links(&row.description)),
            ]
        });
        page.table(&["Property", "Type", "Required", "Default", "Bounds", "Description"], rows.collect());
    } else {
        let rows = rows
            .into_iter()
            .map(|row| vec![code(&row.path), row.kind, cell(&markdown::inline_links(&row.description))]);
        page.table(&["Property", "Type", "Description"], rows.collect());
    }
}

fn example(page: &mut Page, descriptor: &Descriptor, command: &str) -> Result<()> {
    let first = descriptor.input.get("examples").and_then(|examples| examples.get(0));
    let input = match first {
        Some(Value::Object(object)) if object.is_empty() => String::new(),
        Some(example) => format!(" --input {}", markdown::shell(&serde_json::to_string(example)?)),
        None => return Ok(()),
    };
    page.fence("sh", &format!("{command} {}.{} --connection sandbox{input}", descriptor.connector, descriptor.name));
    Ok(())
}

// The fields of each way to sign in, in the order of a form.
fn fields(page: &mut Page, connector: &str, schema: &Map<String, Value>) {
    page.line("### Fields of a connection");
    page.line(format!(
        "As a JSON Schema, for a form: `schemas/{connector}/connection.json` in the repository, `Host::connection_schema` in the library, \
         `tenon describe {connector} --json` on the command line."
    ));
    for way in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        let method =
            way.get("properties").and_then(|all| all.get("method")?.get("const")?.as_str()).unwrap_or_default();
        let title = way.get("title").and_then(Value::as_str).unwrap_or_default();
        page.line(format!("**{title}** (`{method}`)"));
        properties(page, way, true);
        conditions(page, way);
    }
}

// Which properties go together.
fn conditions(page: &mut Page, schema: &Map<String, Value>) {
    let schema = Value::Object(schema.clone());
    let told: Vec<String> = rules::of(&schema).filter_map(rules::sentence).collect();
    if !told.is_empty() {
        page.line(told.join(" "));
    }
}

fn connection(page: &mut Page, connection: &Connection) {
    let scopes = |list: &[String]| if list.is_empty() { "–".to_owned() } else { codes(list) };
    let rows = connection.sign_ins.iter().map(|sign_in| {
        let permissions = &sign_in.permissions;
        vec![
            code(&sign_in.method),
            scopes(&permissions.minimum),
            scopes(&permissions.default),
            scopes(&permissions.optional),
        ]
    });
    page.table(&["Method", "Always requested", "Requested by default", "On request"], rows.collect());
    let all = connection.sign_ins.iter().map(|sign_in| &sign_in.permissions);
    let all: Vec<&String> = all.flat_map(|it| it.minimum.iter().chain(&it.default).chain(&it.optional)).collect();
    let ways = OtherWay::for_apps(&all);
    if !ways.is_empty() {
        let ways: Vec<&str> = ways.iter().map(|way| way.description()).collect();
        let told = "An app may be allowed by something other than a permission in its token. So when a permission is missing, Graph decides";
        page.line(format!("{told}: {}.", ways.join("; ")));
    }
    let rows = connection.account_types.iter().map(|choice| vec![code(&choice.account_type), cell(&choice.label)]);
    page.table(&["Account type", "Name"], rows.collect());
}
