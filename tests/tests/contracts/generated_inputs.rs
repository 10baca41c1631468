//! Inputs that are made up, friendly and hostile: each makes a plan or is refused with a clear error.

use std::cell::Cell;

use connector_sdk::{Code, Context, Error, Sent};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use tenon_tests::{arbitrary, connectors};

use connector_testing::contracts::contexts;
use connector_testing::listed::{First, Listed};

use super::everything;

/// How many inputs are made up for each action, trigger and picklist.
const CASES: u32 = 64;

#[test]
fn any_input_that_the_schema_allows_plans_or_is_refused() {
    let connectors = connectors();
    for thing in everything(&connectors) {
        let (valid, made) = (Cell::new(0), Cell::new(0));
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&arbitrary::valid(&thing.input), |input| {
            made.set(made.get() + 1);
            valid.set(valid.get() + u32::from(connector_schemas::instance::issues(&thing.input, &input).is_empty()));
            contexts()
                .iter()
                .try_for_each(|cx| plans_or_is_refused(&thing, input.clone(), cx))
                .map_err(TestCaseError::fail)
        });
        if let Err(failure) = outcome {
            panic!("{}: {failure}", thing.id());
        }
        // Otherwise the inputs were refused for their form, and nothing was tried.
        let (valid, made) = (valid.get(), made.get());
        assert!(valid * 2 > made, "{}: only {valid} of {made} inputs were valid", thing.id());
    }
}

#[test]
fn any_json_at_all_plans_or_is_refused() {
    let connectors = connectors();
    let things = everything(&connectors);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&arbitrary::anything(), |input| {
        let mut all = things.iter().flat_map(|thing| contexts().map(|cx| (thing, cx)));
        all.try_for_each(|(thing, cx)| plans_or_is_refused(thing, input.clone(), &cx)).map_err(TestCaseError::fail)
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn plans_or_is_refused(thing: &Listed<'_>, input: Value, cx: &Context) -> Result<(), String> {
    let refused = |error: Error| match error.code() {
        Code::InvalidInput => Ok(()),
        _ => Err(format!("{}: {}: {error}", thing.id(), error.code().name())),
    };
    match (thing.start)(input, cx) {
        Err(error) | Ok(First::Fails(error)) => refused(error),
        Ok(First::Else) => Ok(()),
        Ok(First::Sends(requests)) => requests.iter().try_for_each(|request| match Sent::of(request) {
            Err(error) => refused(error),
            Ok(sent) if leaves(&sent.url) => Err(format!("{}: would send to {:?}", thing.id(), sent.url)),
            Ok(sent) if sent.headers.contains_key("authorization") => {
                Err(format!("{}: sets the authorization itself", thing.id()))
            }
            Ok(_) => Ok(()),
        }),
    }
}

// A path stays below the API version. A whole link is the pipeline's to judge.
fn leaves(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default();
    let is_link = url.starts_with("https://") || url.starts_with("http://");
    url.chars().any(char::is_control)
        || (!is_link
            && (!path.starts_with('/')
                || path.starts_with("//")
                || path.split('/').any(|part| matches!(part, "." | ".."))))
}
