//! Runs with a key that are killed, and gone on with by the next one.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Home, Running, Served};

const ITEMS: usize = 200;

/// How many runs are killed. `TENON_TEST_KILLS=500` takes some minutes.
fn kills() -> usize {
    std::env::var("TENON_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

// How often each contact of this surname is there.
pub(crate) fn there(home: &Home, surname: &str) -> BTreeMap<String, usize> {
    let filter = format!("query.filter=surname eq '{surname}'");
    let list = home.on_sandbox(&[
        "run",
        "outlook.list_contacts",
        "--lines",
        "--set",
        &filter,
        "--set",
        "query.select=givenName",
    ]);
    assert_eq!(list.code, 0, "{list:?}");
    let mut there = BTreeMap::new();
    for line in list.out.lines() {
        let contact: Value = serde_json::from_str(line).unwrap();
        *there.entry(contact["givenName"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    there
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
fn a_killed_run_is_gone_on_with_and_nothing_is_done_twice() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "slow", "millis": 15 }, "path": "$batch" }));
    let (mut in_between, mut unknown_in_all) = (0, 0);
    for round in 0..kills() {
        let surname = format!("Round{round}");
        let items: Vec<Value> =
            (0..ITEMS).map(|i| json!({ "givenName": format!("N{i}"), "surname": surname })).collect();
        home.write("input.json", json!({ "items": items }).to_string());
        let arguments =
            ["run", "outlook.create_contact", "--connection", "sandbox", "--key", &surname, "--input", "@input.json"];
        // Spread over the time that a run takes, without a random number that nobody could repeat.
        for again in 0..2 {
            let mut run =
                Running(home.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
            std::thread::sleep(Duration::from_millis(((round * 37 + again * 61) % 23) as u64 * 20));
            run.0.kill().unwrap();
            run.wait();
        }
        let before: usize = there(&home, &surname).values().sum();
        in_between += usize::from(before > 0 && before < ITEMS);

        let last = home.run(&arguments);
        let output: Value = serde_json::from_str(&last.out).unwrap_or_else(|error| panic!("{error}: {last:?}"));
        let outcomes = output["items"].as_array().unwrap();
        let there = there(&home, &surname);
        assert!(there.values().all(|times| *times == 1), "round {round}: made twice: {there:?}");
        let mut unknown = 0;
        for outcome in outcomes {
            let name = format!("N{}", outcome["index"]);
            if outcome["ok"] == true {
                assert!(there.contains_key(&name), "round {round}: {name} is said to be done");
                continue;
            }
            assert_eq!(outcome["error"]["code"], "outcome_unknown", "round {round}: {outcome}");
            unknown += 1;
        }
        assert_eq!(outcomes.len(), ITEMS);
        unknown_in_all += unknown;
        let succeeded = usize::try_from(output["succeeded"].as_u64().unwrap()).unwrap();
        assert!(
            (succeeded..=succeeded + unknown).contains(&there.len()),
            "round {round}: {} there, {succeeded} done, {unknown} unknown",
            there.len()
        );
        // From now on it is the outcome that was kept.
        assert_eq!(home.run(&arguments).out, last.out);
    }
    println!("{} runs, {in_between} killed in between, {unknown_in_all} items unknown of {}", kills(), kills() * ITEMS);
}

#[test]
fn a_reader_that_goes_away_from_what_is_changed_is_no_success() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let items: Vec<Value> = (0..900).map(|i| json!({ "givenName": format!("N{i}"), "surname": "Pipe" })).collect();
    home.write("input.json", json!({ "items": items }).to_string());
    let arguments = [
        "run",
        "outlook.create_contact",
        "--connection",
        "sandbox",
        "--lines",
        "--key",
        "pipe",
        "--input",
        "@input.json",
    ];
    let mut child = home.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Nobody reads.
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(43), "{told}");
    assert!(told.contains("of 900 items"), "{told}");
    let rest = home.run(&arguments);
    assert_eq!((rest.code, rest.out.lines().count()), (0, 900), "{}", rest.err);
    assert!(there(&home, "Pipe").values().all(|times| *times == 1));

    // Whoever lists may stop reading.
    let mut child = home
        .command(&["run", "outlook.list_contacts", "--connection", "sandbox", "--lines"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn none_of_many_is_an_exit_code_of_its_own() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let gone = json!({ "items": [{ "contactId": "none" }, { "contactId": "neither" }] });
    home.write("input.json", gone.to_string());
    let ran = home.on_sandbox(&["run", "outlook.delete_contact", "--input", "@input.json"]);
    assert_eq!(ran.code, 32, "{ran:?}");
    assert!(ran.err.contains("none of the items was carried out"), "{ran:?}");
    let output: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(output["failed"], 2);
}
