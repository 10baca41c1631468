//! `tenon mcp`: an agent on standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Home, Ran};

/// What a client says before all else.
fn greeting() -> Vec<Value> {
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
    });
    vec![
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

fn call(id: u64, tool: &str, arguments: &Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

/// Says all of this, and closes the input when everything is answered.
fn spoken(home: &Home, options: &[&str], messages: &[Value]) -> (Ran, Vec<Value>) {
    let messages = [greeting(), messages.to_vec()].concat();
    let mut command = home.command(&[&["mcp"], options].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for message in &messages {
        writeln!(input, "{message}").unwrap();
    }
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let asked = messages.iter().filter(|message| message.get("id").is_some()).count();
    let mut out: Vec<String> = lines.by_ref().take(asked).collect();
    drop(input);
    out.extend(lines);
    let ended = Ran::from(child.wait_with_output().unwrap());
    let ran = Ran { out: out.join("\n"), ..ended };
    // Whatever is on standard output is a message.
    let read = |line: &String| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let answers: Vec<Value> = out.iter().map(read).collect();
    assert!(answers.len() == asked && answers.iter().all(|answer| answer["jsonrpc"] == "2.0"), "{ran:?}");
    (ran, answers)
}

fn answer(answers: &[Value], id: u64) -> &Value {
    answers.iter().find(|answer| answer["id"] == id).unwrap_or_else(|| panic!("no answer {id}: {answers:?}"))
}

fn list() -> Value {
    json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" })
}

#[test]
fn the_list_of_tools_is_small_and_the_same_in_every_process() {
    for (options, tools, most) in [(&[][..], 7, 4_000), (&["--allow", "write"], 9, 5_000)] {
        let texts: Vec<String> = (0..2)
            .map(|_| {
                let (ran, answers) = spoken(&Home::new(), options, &[list()]);
                assert_eq!(ran.code, 0, "{ran:?}");
                let listed = &answer(&answers, 2)["result"]["tools"];
                assert_eq!(listed.as_array().unwrap().len(), tools);
                let line = ran.out.lines().find(|line| line.contains("\"id\":2")).unwrap().to_owned();
                let size = json!({ "tools": listed }).to_string().len();
                assert!(size <= most, "{size} bytes");
                line
            })
            .collect();
        assert_eq!(texts[0], texts[1]);
    }
}

#[test]
fn an_agent_reads_the_sandbox_and_changes_nothing_unless_it_may() {
    let home = Home::new();
    let mail = json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?" });
    let messages = [
        call(3, "run_read_action", &json!({ "action": "outlook.list_emails", "input": { "limit": 2 } })),
        call(4, "run_irreversible_action", &json!({ "action": "outlook.send_email", "input": mail })),
        call(5, "find_actions", &json!({ "query": "list users" })),
    ];
    let (ran, answers) = spoken(&home, &["--connection", "sandbox"], &messages);
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    let text = |id| -> Value {
        serde_json::from_str(answer(&answers, id)["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
    };
    assert_eq!(text(3)["untrusted"]["output"]["items"].as_array().unwrap().len(), 2);
    assert_eq!(text(4)["error"]["code"], "denied");
    // An action that several connectors offer is found once.
    assert!(text(5)["actions"].to_string().contains("\"entra.list_users\""), "{}", text(5));
    let audited = home.run(&["audit", "--json"]).json();
    let entries = audited["items"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["interface"] == "mcp"), "{audited}");
}

#[test]
fn selected_actions_are_tools() {
    let (ran, answers) = spoken(&Home::new(), &["--tools", "outlook.list_emails,entra.get_user"], &[list()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let tools = answer(&answers, 2)["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names[7..], ["outlook_list_emails", "entra_get_user"]);
    assert!(ran.err.contains("KB"), "a long list is told: {ran:?}");
    let ran = Home::new().fed(&["mcp", "--tools", "*", "--json"], b"");
    assert_eq!(ran.code, 10, "{ran:?}");
    assert!(ran.error()["hint"].as_str().unwrap().contains("fewer"), "{ran:?}");
}

#[test]
fn what_is_no_client_is_told() {
    let ran = Home::new().fed(&["mcp", "--json"], b"hello\n");
    assert_eq!(ran.out.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).count(), 0, "{ran:?}");
    let ran = Home::new().fed(&["mcp", "--allow", "everything", "--json"], b"");
    assert_eq!(ran.code, 10, "{ran:?}");
    assert!(ran.error()["hint"].as_str().unwrap().contains("create"), "{ran:?}");
    let ran = Home::new().fed(&["mcp"], b"");
    assert_eq!((ran.code, &*ran.out), (0, ""), "{ran:?}");
}
