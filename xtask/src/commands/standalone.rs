//! `cargo xtask standalone`

use std::fs;

use xtask::Result;
use xtask::checkout::Checkout;

use super::new;

/// The folder of what is made here.
const FOLDER: &str = "target/standalone";

/// The name of the connector, and the folder of its crate.
const NAME: &str = "trial_run";

/// What cargo does below the folder: it needs no network, and what the crate and the checkout are both built from is built
/// once.
const CONFIG: &str = "[net]\noffline = true\n\n[build]\ntarget-dir = \"..\"\n";

/// What Microsoft says of a request, as far as the step asks for it: the CSDL and the table of permissions.
const METADATA: [&str; 2] = ["xtask/tests/planner/csdl.xml", "xtask/tests/planner/permissions.json"];

/// What an author does with the crate that has new actions, in this order.
const COMMANDS: [&[&str]; 6] = [
    &["fmt", "--all", "--check"],
    &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"],
    &["test", "--quiet"],
    &["xtask", "schemas", "--check"],
    &["xtask", "docs", "--check"],
    &["xtask", "validate", "--deny-warnings"],
];

/// Make a connector in a crate of its own, as `new connector --out` does, and build and check it.
///
/// The crate is made in target/standalone. It is built without a network, from what this checkout was built from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(Args {}: Args, checkout: &Checkout) -> Result<()> {
    let out = checkout.path(FOLDER);
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("{} cannot be removed: {error}", out.display()))?;
    }
    checkout.write(&format!("{FOLDER}/.cargo/config.toml"), CONFIG)?;
    let place = new::standalone(checkout, &out.join(NAME), NAME)?;
    let [metadata, permissions] = METADATA.map(|file| checkout.path(file).display().to_string());
    follow(&place, &["xtask", "new", "action", "get_me"])?;
    for (kind, name, request) in [
        ("action", "update_task", "PATCH /planner/tasks/{task-id}"),
        ("trigger", "new_task", "GET /planner/plans/{plan-id}/tasks"),
        ("picklist", "plans", "GET /planner/plans"),
        ("picklist", "tasks", "GET /planner/plans/{plan-id}/tasks"),
    ] {
        let words = ["xtask", "new", kind, name, "--request", request];
        follow(&place, &[&words[..], &["--metadata", &metadata, "--permissions", &permissions]].concat())?;
    }
    COMMANDS.iter().try_for_each(|words| follow(&place, words))
}

fn follow(place: &Checkout, words: &[&str]) -> Result<()> {
    println!("$ cargo {}", words.join(" "));
    place.run_cargo(words).map_err(|error| format!("in {FOLDER}/{NAME}, {error}").into())
}
