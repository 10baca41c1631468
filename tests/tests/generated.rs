//! What is generated is what the sources say: the same functions write and check it.

use connector_sdk::Connector;
use tenon_tests::connectors;
use xtask::checkout::Checkout;
use xtask::descriptor::Description;
use xtask::generated::{Generated, Mode};

fn check(make: fn(&[Description]) -> xtask::Result<Generated>, mend: &str) {
    let descriptions: Vec<Description> =
        connectors().iter().map(|connector: &Connector| Description::of(connector).unwrap()).collect();
    let differences = make(&descriptions).unwrap().sync(&Checkout::find().unwrap(), Mode::Check).unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{}\nrun `{mend}`", shown.join("\n"));
}

#[test]
fn schemas_are_up_to_date() {
    check(xtask::schemas::generated, "cargo xtask schemas");
}

#[test]
fn reference_pages_are_up_to_date() {
    check(xtask::reference::generated, "cargo xtask docs");
}

#[test]
fn schemas_are_valid() {
    let folder = Checkout::find().unwrap().path(xtask::schemas::FOLDER);
    let report = connector_schemas::validate(&connector_schemas::Sources::read(&[folder]).unwrap());
    assert!(!report.fails(true), "{}", connector_schemas::Format::Text.render(&report));
}
