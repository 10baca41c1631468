//! What is declared to be needed is what requests need, and what a connection can ask for.

use std::collections::BTreeSet;

use connector_sdk::scopes::{AnyOf, Granted};
use connector_sdk::{Sent, Subject};
use connector_testing::contracts;

use tenon_tests::cases;
use tenon_tests::connectors;

use super::none;

/// Permissions that no sign-in of the connector declares, each with the reason why that is right.
pub(super) const BEYOND_THE_CONNECTION: &[(&str, &str)] = &[(
    "trigger outlook.email_mentioning_me: no sign-in method of a user, for what others have shared, requests",
    "it reads whose mailbox it is, which nothing else in Outlook does: `tenon connect --scope` names the permission",
)];

#[test]
fn excuses_are_needed() {
    let connectors = connectors();
    let found: Vec<String> = connectors.iter().flat_map(contracts::permissions).collect();
    // An excuse that is no longer needed hides the next mistake.
    let needless = BEYOND_THE_CONNECTION.iter().filter(|(what, _)| !found.iter().any(|it| it.contains(what)));
    none(&needless.collect::<Vec<_>>());
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
