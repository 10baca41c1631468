//! The command `tenon actions`.

use std::collections::HashSet;

use clap::Args;
use connector_runtime::{Host, Interface, Principal};
use connector_sdk::{Connector, Result, Spec};
use serde::Serialize;
use serde_json::Value;

use crate::build_host::{self, Needs};
use crate::failure::CliResult;
use crate::output::Screen;
use crate::render::{HEADING, QUIET, escape};

/// List the connectors and what they offer
#[derive(Debug, Args)]
pub(crate) struct ActionsArgs {
    /// Only this connector
    connector: Option<String>,
    /// Only what contains this text in its id, title or description, else the actions that it means, such as "answer a mail"
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

/// Number of actions that are listed where a text means them and none contains it.
const MEANT: usize = 8;

#[derive(Serialize)]
struct Listed<'a> {
    connectors: Vec<ActionEntry<'a>>,
}

#[derive(Serialize)]
struct ActionEntry<'a> {
    name: &'a str,
    title: &'a str,
    description: &'a str,
    actions: Vec<ActionInfo>,
    triggers: Vec<ActionInfo>,
    picklists: Vec<ActionInfo>,
}

#[derive(Serialize)]
struct ActionInfo {
    id: String,
    title: &'static str,
    effect: &'static str,
    list: bool,
    description: String,
}

/// Lists actions, triggers and picklists.
pub(crate) fn actions(args: &ActionsArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(Needs::Nothing)?;
    let connectors: Vec<&Connector> = match &args.connector {
        Some(name) => vec![host.connector(name)?],
        None => host.connectors().collect(),
    };
    let list = |search: Option<&Search>| -> Vec<ActionEntry<'_>> {
        connectors.iter().map(|connector| entry(connector, search)).filter(ActionEntry::has_any).collect()
    };
    let listed = match args.search.as_deref() {
        None => list(None),
        Some(text) => match list(Some(&Search::Text(text.to_lowercase()))) {
            // Nobody has written it so: what it means is looked for.
            none if none.is_empty() => list(Some(&Search::Ids(meant(&host, text, args.connector.as_deref())?))),
            found => found,
        },
    };
    if !screen.is_readable() {
        return screen.value(&Listed { connectors: listed });
    }
    if listed.is_empty() {
        return screen.text("nothing contains this text or is meant by it\n");
    }
    let longest = listed.iter().flat_map(ActionEntry::cards).map(|card| card.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in &listed {
        out.push_str(&format!("{HEADING}{}{HEADING:#}  {QUIET}{}{QUIET:#}\n", entry.title, entry.description));
        for (kind, cards) in [("", &entry.actions), ("trigger", &entry.triggers), ("picklist", &entry.picklists)] {
            for card in cards {
                let kind = if kind.is_empty() { card.effect } else { kind };
                let line = format!("  {:longest$}  {kind:8}  {}", card.id, card.title);
                out.push_str(&escape::fit(&line, screen.width()));
                out.push('\n');
            }
        }
        out.push('\n');
    }
    out.push_str(&format!("{QUIET}`tenon describe NAME` says more about each{QUIET:#}\n"));
    screen.text(&out)
}

impl ActionEntry<'_> {
    fn has_any(&self) -> bool {
        self.cards().next().is_some()
    }
    fn cards(&self) -> impl Iterator<Item = &ActionInfo> {
        self.actions.iter().chain(&self.triggers).chain(&self.picklists)
    }
}

// What is looked for.
enum Search {
    /// A text in lower case.
    Text(String),
    /// Ids of actions.
    Ids(HashSet<String>),
}

fn meant(host: &Host, text: &str, connector: Option<&str>) -> Result<HashSet<String>> {
    let owner = host.authorize(Principal::owner(), Interface::CommandLine);
    let found = owner.find_actions(text, connector, MEANT)?;
    Ok(found.into_iter().flat_map(|found| std::iter::once(found.id).chain(found.also)).collect())
}

fn entry<'a>(connector: &'a Connector, search: Option<&Search>) -> ActionEntry<'a> {
    let card = |spec: &'static Spec, schema: Value| {
        let description = schema["description"].as_str().unwrap_or_default().to_owned();
        let id = format!("{}.{}", connector.name, spec.name);
        let wanted = match search {
            None => true,
            Some(Search::Ids(ids)) => ids.contains(&id),
            Some(Search::Text(text)) => {
                [id.as_str(), spec.title, &description].iter().any(|part| part.to_lowercase().contains(text))
            }
        };
        wanted.then(|| ActionInfo { id, title: spec.title, effect: spec.effect.name(), list: spec.list, description })
    };
    ActionEntry {
        name: connector.name,
        title: connector.title,
        description: connector.about,
        actions: connector.actions.iter().filter_map(|action| card(action.spec(), action.input_schema())).collect(),
        triggers: connector
            .triggers
            .iter()
            .filter_map(|trigger| card(trigger.spec(), trigger.input_schema()))
            .collect(),
        picklists: connector.picklists.iter().filter_map(|list| card(list.spec(), list.input_schema())).collect(),
    }
}
