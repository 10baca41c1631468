//! What is declared to be needed is what requests need, and what a connection can ask for.

use std::collections::BTreeSet;

use connector_sdk::scopes::{AnyOf, Granted, Scopes};
use connector_sdk::{Sent, SignInMethod, Subject};

use tenon_tests::connectors;
use tenon_tests::transcript::cases;

use super::{listed, none};

/// Permissions that no sign-in of the connector declares, each with the reason why that is right.
const BEYOND_THE_CONNECTION: &[(&str, &str)] = &[(
    "outlook.email_mentioning_me shared",
    "it reads whose mailbox it is, which nothing else in Outlook does: `tenon connect --scope` names the permission",
)];

#[test]
fn what_is_always_requested_is_declared() {
    let mut found = Vec::new();
    for connector in &connectors() {
        for sign_in in &connector.connection.sign_ins {
            let permissions = sign_in.permissions;
            let declared = Granted::new([permissions.default, permissions.optional].concat());
            let more = permissions.minimum.iter().filter(|scope| !declared.has(scope));
            found.extend(
                more.map(|scope| format!("{} {}: {scope} is in no other list", connector.name, sign_in.method.name())),
            );
            let chosen = Granted::new(permissions.default);
            let twice = permissions.optional.iter().filter(|scope| chosen.has(scope));
            found.extend(twice.map(|scope| {
                format!("{} {}: {scope} is both default and optional", connector.name, sign_in.method.name())
            }));
        }
        let methods: BTreeSet<SignInMethod> =
            connector.connection.sign_ins.iter().map(|sign_in| sign_in.method).collect();
        if methods.len() != connector.connection.sign_ins.len() || methods.is_empty() {
            found.push(format!("{} has a method twice, or none", connector.name));
        }
    }
    none(&found);
}

#[test]
fn every_action_can_be_allowed_by_its_connection() {
    let connectors = connectors();
    let mut found = BTreeSet::new();
    for thing in listed(&connectors) {
        let declared = |application: bool| {
            let sign_ins = thing
                .connector
                .connection
                .sign_ins
                .iter()
                .filter(move |sign_in| sign_in.method.is_application() == application);
            Granted::new(sign_ins.flat_map(|sign_in| {
                [sign_in.permissions.minimum, sign_in.permissions.default, sign_in.permissions.optional].concat()
            }))
        };
        if thing.spec.scopes_by_input {
            // Some input must be possible.
            let is_met = |application: bool| {
                let (granted, sets) = (declared(application), thing.spec.possible(application, false));
                granted.has(".default")
                    || sets.is_empty()
                    || sets.iter().any(|set| set.iter().all(|any| any.is_met(&granted)))
            };
            let words = [("delegated", false), ("application", true)]
                .into_iter()
                .filter(|(_, application)| !is_met(*application));
            found.extend(words.map(|(word, _)| format!("{}.{} {word}", thing.connector.name, thing.spec.name)));
            continue;
        }
        let cases = thing.spec.scope_cases.iter().map(|case| case.scopes);
        let needs = std::iter::once(thing.spec.scopes).chain(cases).flat_map(
            |Scopes { delegated, shared, application, .. }| {
                [
                    ("delegated", delegated, false),
                    ("shared", shared, false),
                    ("application", application.unwrap_or(AnyOf::NONE), true),
                ]
            },
        );
        for (word, any, is_application) in needs {
            let granted = declared(is_application);
            // `.default` stands for everything that an administrator consented to.
            if !any.is_never() && !any.is_met(&granted) && !granted.has(".default") {
                found.insert(format!("{}.{} {word}", thing.connector.name, thing.spec.name));
            }
        }
    }
    let excused: BTreeSet<String> = BEYOND_THE_CONNECTION.iter().map(|(name, _)| (*name).to_owned()).collect();
    none(&found.difference(&excused).collect::<Vec<_>>());
    // An excuse that is no longer needed hides the next mistake.
    none(&excused.difference(&found).collect::<Vec<_>>());
}

#[test]
fn what_a_plan_needs_later_is_known_before_its_first_request() {
    let connectors = connectors();
    let mut found = BTreeSet::new();
    for case in cases() {
        let (Ok(transcript), Some(connector)) =
            (&case.transcript, connectors.iter().find(|it| it.name == case.connector))
        else {
            continue;
        };
        let mut stage = transcript.stage();
        let spec = if let Some(action) = connector.find_action(&case.action) {
            let _ = action.plan(transcript.input.clone(), &transcript.context()).and_then(|plan| stage.run(plan));
            action.spec()
        } else if let Some(trigger) = connector.find_trigger(&case.action) {
            let _ = transcript.poll(trigger, &mut stage);
            trigger.spec()
        } else {
            continue;
        };
        let application = matches!(*transcript.context().who, Subject::App { .. });
        let needs = |sent: &Sent| -> Vec<AnyOf> {
            let own = sent.under.unwrap_or(spec.scopes);
            let all = std::iter::once(own).chain(sent.needs.iter().copied()).chain(sent.ahead.iter().copied());
            all.filter_map(|scopes| scopes.of_caller(application, sent.shared))
                .filter(|any| !any.0.is_empty())
                .collect()
        };
        let Some(first) = stage.sent.first() else { continue };
        // The least token that the first request leaves with.
        let granted = Granted::new(needs(first).iter().flat_map(|any| any.least().unwrap_or_default().split(' ')));
        for later in &stage.sent[1..] {
            for any in needs(later).iter().filter(|any| !any.is_met(&granted)) {
                found.insert(format!(
                    "{}: {} {} needs {:?}, and the first request does not say so",
                    case.name(),
                    later.method,
                    later.template,
                    any.0
                ));
            }
        }
    }
    none(&found.into_iter().collect::<Vec<_>>());
}
