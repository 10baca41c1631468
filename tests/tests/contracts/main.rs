//! What holds for everything that any connector lists, found by looking at the lists.

mod generated_inputs;
mod outputs;
mod permissions;

use std::collections::BTreeSet;
use std::fmt::Debug;

use connector_sdk::{Connector, dynamic_schema};
use connector_testing::listed::{Listed, listed};
use connector_testing::{Failures, contracts};
use serde_json::Value;
use tenon_tests::cases;
use tenon_tests::connectors;

fn everything(connectors: &[Connector]) -> Vec<Listed<'_>> {
    connectors.iter().flat_map(listed).collect()
}

fn none(found: &[impl Debug]) {
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_connector_keeps_the_contracts() -> Result<(), Failures> {
    let connectors = connectors();
    let mut found: Vec<String> =
        connectors.iter().flat_map(|connector| contracts::ALL.iter().flat_map(|it| it(connector))).collect();
    found.retain(|finding| !permissions::BEYOND_THE_CONNECTION.iter().any(|(what, _)| finding.contains(what)));
    Failures::none(found)
}

#[test]
fn connectors_have_names_of_their_own() {
    let connectors = connectors();
    let names: BTreeSet<&str> = connectors.iter().map(|connector| connector.name).collect();
    assert_eq!(names.len(), connectors.len());
    let bad = connectors.iter().filter(|connector| xtask::scaffold::names::check(connector.name).is_err());
    none(&bad.map(|connector| connector.name).collect::<Vec<_>>());
}

#[test]
fn what_has_to_be_confirmed_is_seen() {
    let connectors = connectors();
    let asks = |thing: &Listed<'_>| thing.input.pointer("/properties/confirm").is_some();
    let asked = everything(&connectors).iter().filter(|thing| asks(thing)).count();
    assert!(asked >= 12, "only {asked} ask");
}

#[test]
fn what_is_deleted_for_good_is_confirmed_and_says_that_it_cannot_be_undone() {
    let mut found = Vec::new();
    let connectors = connectors();
    for thing in everything(&connectors) {
        let for_good = thing.spec.name.starts_with("permanently_") || thing.spec.name.starts_with("wipe_");
        if for_good && (!thing.spec.is_irreversible() || thing.input.pointer("/properties/confirm").is_none()) {
            found.push(format!("{}: is not confirmed, or says that it can be undone", thing.id()));
        }
        if thing.spec.undo.is_some_and(|undo| !thing.spec.effect.is_destructive() || !undo.ends_with('.')) {
            found.push(format!("{}: says in no sentence what brings back what it takes away", thing.id()));
        }
    }
    none(&found);
}

/// What destroys without a question, though nothing brings it back for certain: the action, and why it asks nothing.
const NOT_CONFIRMED: &[(&str, &str)] = &[
    ("delete_administrative_unit", "its members stay what they are, and the unit can be made anew with them"),
    ("delete_all_subscriptions", "they are of this host alone unless the input says otherwise, and can be made anew"),
    ("delete_app_role_assignment", "who had the role can be given it again"),
    (
        "delete_attachment",
        "one file, named by two ids that have to be looked up first; common in flows that strip mails",
    ),
    ("delete_authentication_method", "the user registers it again"),
    ("delete_calendar_group", "only an empty one can be deleted"),
    ("delete_calendar_permission", "the calendar can be shared again"),
    ("delete_category", "what has it keeps the name, and a category of that name can be made again"),
    ("delete_event_attachment", "as `delete_attachment`"),
    ("delete_focused_inbox_override", "it can be made again, and Outlook decides meanwhile"),
    (
        "delete_group",
        "a Microsoft 365 group can be restored, and every product that this one replaces takes the id alone",
    ),
    ("delete_item_permission", "the file can be shared again"),
    ("delete_message_rule", "it holds no data, and can be made again"),
    ("delete_role_assignment", "who had the role can be given it again"),
    ("delete_subscription", "it can be made again"),
    ("remove_application_password", "a secret that leaked has to go at once, and another can be added"),
    ("revoke_sign_in_sessions", "the user signs in again; in an emergency nothing should be asked"),
];

#[test]
fn what_nothing_brings_back_is_confirmed_or_has_a_reason_not_to_be() {
    let connectors = connectors();
    let (mut found, mut needed) = (Vec::new(), BTreeSet::new());
    for thing in everything(&connectors) {
        // What may come back and may not is not certain to.
        let may_be_gone = thing.spec.undo.is_some_and(|undo| undo.contains("may be gone"));
        let asks = thing.input.pointer("/properties/confirm").is_some();
        if !thing.spec.effect.is_destructive() || !(thing.spec.is_irreversible() || may_be_gone) || asks {
            continue;
        }
        match NOT_CONFIRMED.iter().find(|(name, _)| *name == thing.spec.name) {
            Some((name, _)) => drop(needed.insert(*name)),
            None => found.push(format!("{}: has neither `confirm` nor a reason to ask nothing", thing.id())),
        }
    }
    found.extend(
        NOT_CONFIRMED
            .iter()
            .filter(|(name, _)| !needed.contains(name))
            .map(|(name, _)| format!("{name}: needs no excuse")),
    );
    none(&found);
}

#[test]
fn dynamic_schemas_are_named() {
    let connectors = connectors();
    let named = |thing: Listed<'_>| !dynamic_schema::names(&thing.input).is_empty();
    assert!(everything(&connectors).into_iter().any(named), "no action has a dynamic schema");
}

#[test]
fn every_trigger_is_shown_with_a_second_look_and_with_a_lost_place() {
    let connectors = connectors();
    let (mut looked, mut lost) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let Ok(transcript) = &case.transcript else { continue };
        let Some(trigger) =
            connectors.iter().find(|it| it.name == case.connector).and_then(|it| it.find_trigger(&case.action))
        else {
            continue;
        };
        let looks = transcript.output.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        if looks.len() > 1 {
            looked.insert(trigger.source());
        }
        if looks.iter().any(|look| look.get("lost").is_some()) {
            lost.insert(trigger.source());
        }
    }
    let mut found = BTreeSet::new();
    for trigger in connectors.iter().flat_map(|connector| &connector.triggers) {
        if !looked.contains(trigger.source()) {
            found.insert(format!("{} has no transcript with a second look", trigger.spec().name));
        }
        if trigger.spec().misses.is_some() && !lost.contains(trigger.source()) {
            found.insert(format!("{} has no transcript in which it loses its place", trigger.spec().name));
        }
    }
    none(&found.into_iter().collect::<Vec<_>>());
}
