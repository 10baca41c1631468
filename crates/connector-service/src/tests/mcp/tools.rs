//! The list of tools, and those that find, describe and list.

use connector_runtime::{Grant, Patterns, Rule, Rules};
use serde_json::{Value, json};

use super::client::{Client, REVISIONS};
use crate::tests::world::{World, reaching};

const READING: [&str; 7] = [
    "find_actions",
    "describe_action",
    "list_connections",
    "list_choices",
    "preview_action",
    "run_read_action",
    "read_more",
];

fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_tools_that_change_something_are_listed_for_keys_that_may() {
    let world = World::new().await;
    let only = |rules: Rules| Grant { rules, ..reaching("work", "*") };
    let cases = [
        (Rules::default(), vec![]),
        (Rules { update: Rule::AfterPreview, ..Rules::default() }, vec!["run_change_action"]),
        (Rules { delete: Rule::AfterApproval, ..Rules::default() }, vec!["run_irreversible_action"]),
        (Rules::guarded(), vec!["run_change_action", "run_irreversible_action"]),
    ];
    for (rules, writing) in cases {
        let key = world.key(only(rules)).await;
        let mut lists = Vec::new();
        for revision in REVISIONS {
            let tools = Client::of(&world, Some(&key), revision).tools().await;
            let listed = names(&tools);
            assert!(READING.iter().all(|name| listed.contains(name)), "{listed:?}");
            let others: Vec<&str> = listed.into_iter().filter(|name| !READING.contains(name)).collect();
            assert_eq!(others, writing);
            lists.push(json!({ "tools": tools }).to_string());
        }
        assert!(lists.windows(2).all(|pair| pair[0] == pair[1]), "the list is the same in every revision");
    }
    // One that changes things, of which the key reaches none.
    let key = world.key(Grant { rules: Rules::everything(), ..reaching("work", "outlook.list_*") }).await;
    let tools = Client::new(&world, Some(&key)).tools().await;
    assert_eq!(names(&tools).len(), READING.len());
    world.end().await;
}

#[tokio::test]
async fn an_action_is_found_described_and_its_choices_listed() {
    let world = World::new().await;
    let client = Client::new(&world, None);
    let found = client.done("find_actions", json!({ "query": "list emails" })).await;
    let actions = found["actions"].as_array().unwrap();
    assert!(actions.iter().any(|action| action["id"] == "outlook.list_emails"), "{found}");
    assert!(actions.len() <= 8 && actions.iter().all(|action| action["rule"].is_string()));
    let one = client.done("find_actions", json!({ "query": "emails", "limit": 1, "connector": "outlook" })).await;
    assert_eq!(one["actions"].as_array().unwrap().len(), 1);
    let described = client.done("describe_action", json!({ "action": "outlook.send_email" })).await;
    assert_eq!(described["tool"], "run_irreversible_action");
    assert_eq!((described["effect"].as_str(), described["rule"].as_str()), (Some("send"), Some("after_preview")));
    assert_eq!(described["input"]["type"], "object");
    assert!(described["example"].is_object() && described["permissions"].is_object(), "{described}");
    let asked = json!({ "action": "outlook.list_emails", "property": "folderId", "connection": "sandbox" });
    let choices = client.done("list_choices", asked).await;
    let labels = choices["untrusted"]["choices"].as_array().unwrap();
    assert!(labels.iter().any(|choice| choice["label"] == "Inbox"), "{choices}");
    let connections = client.done("list_connections", json!({})).await;
    assert_eq!(connections["connections"][0], json!({ "name": "sandbox", "state": "ready" }));
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_a_result_that_says_what_to_do() {
    let world = World::new().await;
    let client = Client::new(&world, None);
    for (tool, arguments, code, told) in [
        ("describe_action", json!({}), "invalid_input", "action"),
        ("describe_action", json!({ "action": "outlook.list_email" }), "unknown_action", "outlook.list_emails"),
        ("describe_action", json!({ "action": "outlook.list_emails", "more": 1 }), "invalid_input", "more"),
        ("find_actions", json!({ "query": 1 }), "invalid_input", "query"),
        ("run_read_action", json!({ "action": "outlook.list_emails" }), "invalid_input", "input"),
        (
            "run_read_action",
            json!({ "action": "outlook.list_emails", "input": { "limits": 1 } }),
            "invalid_input",
            "limit",
        ),
        (
            "run_read_action",
            json!({ "action": "outlook.list_emails", "input": {}, "connection": "work" }),
            "unknown_connection",
            "Name a connection",
        ),
        ("list_choices", json!({ "action": "outlook.list_emails", "property": "x" }), "invalid_input", "folderId"),
        ("read_more", json!({ "handle": "x" }), "invalid_input", "handle"),
        ("read_more", json!({ "handle": format!("{}.items.0", "0".repeat(32)) }), "not_found", ""),
    ] {
        let called = client.call(tool, arguments.clone()).await;
        assert!(called.is_error, "{tool} {arguments}: {}", called.json);
        assert_eq!(called.json["error"]["code"], code, "{tool} {arguments}: {}", called.json);
        let text = called.json["error"].to_string();
        assert!(text.contains(told) && called.json["error"]["hint"].is_string(), "{tool} {arguments}: {text}");
    }
    world.end().await;
}

#[tokio::test]
async fn resources_and_prompts_are_listed_and_read() {
    let world = World::new().await;
    for revision in REVISIONS {
        let client = Client::of(&world, None, revision);
        let listed = client.result("resources/list", json!({})).await;
        assert_eq!(listed["resources"][0]["uri"], "tenon://connections");
        let templates = client.result("resources/templates/list", json!({})).await;
        assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "tenon://actions/{id}");
        let read = async |uri: &str| client.ask("resources/read", json!({ "uri": uri })).await;
        let action = read("tenon://actions/outlook.list_emails").await;
        let text = action["result"]["contents"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap()["action"], "outlook.list_emails");
        assert!(read("tenon://connections").await["result"]["contents"][0]["text"].is_string());
        let code = if revision == super::client::MODERN { -32602 } else { -32002 };
        for absent in
            ["tenon://actions/outlook.none", "tenon://files/00000000000000000000000000000000", "file:///etc/passwd"]
        {
            assert_eq!(read(absent).await["error"]["code"], code, "{absent}");
        }
        let prompts = client.result("prompts/list", json!({})).await;
        assert_eq!(prompts["prompts"].as_array().unwrap().len(), 2);
        let given = json!({ "name": "find_a_time", "arguments": { "people": "meganb@contoso.example" } });
        let prompt = client.result("prompts/get", given).await;
        assert!(prompt["messages"][0]["content"]["text"].as_str().unwrap().contains("meganb@contoso.example"));
        let missing = client.ask("prompts/get", json!({ "name": "find_a_time" })).await;
        assert_eq!(missing["error"]["code"], -32602);
    }
    world.end().await;
}

#[tokio::test]
async fn selected_actions_are_tools_under_the_same_rules() {
    let world = World::new().await;
    let tools =
        Patterns::new(["outlook.list_e*", "outlook.create_draft", "outlook.delete_email", "outlook.send_email"])
            .unwrap();
    let rules = Rules { send: Rule::Deny, ..Rules::guarded() };
    let key = world.key(Grant { tools, rules, ..reaching("work", "*") }).await;
    let client = Client::new(&world, Some(&key));
    let listed = client.tools().await;
    let tool = |name: &str| listed.iter().find(|tool| tool["name"] == name);
    let list = tool("outlook_list_emails").unwrap();
    assert_eq!(list["inputSchema"]["properties"].as_object().unwrap().keys().next().unwrap(), "connection");
    let hints = |name: &str| tool(name).unwrap()["annotations"].clone();
    assert_eq!(hints("outlook_list_emails")["readOnlyHint"], true);
    assert_eq!(
        (&hints("outlook_create_draft")["readOnlyHint"], &hints("outlook_create_draft")["destructiveHint"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(hints("outlook_delete_email")["destructiveHint"], true);
    assert!(tool("outlook_send_email").is_none(), "what it may not run is no tool");
    let mails = client.done("outlook_list_emails", json!({ "limit": 2, "connection": "work" })).await;
    assert_eq!(mails["untrusted"]["output"]["items"].as_array().unwrap().len(), 2);
    let draft = json!({ "subject": "Lunch", "body": "At noon?" });
    let refused = client.call("outlook_create_draft", draft.clone()).await;
    assert_eq!(refused.json["error"]["code"], "not_confirmed", "{}", refused.json);
    let mut with = draft;
    with["tenonConfirm"] = refused.json["confirm"].clone();
    assert!(client.done("outlook_create_draft", with).await["untrusted"]["output"]["id"].is_string());
    for (name, code) in [("outlook_send_email", -32602), ("outlook_get_email", -32602)] {
        let answer = client.ask("tools/call", json!({ "name": name, "arguments": {} })).await;
        assert_eq!(answer["error"]["code"], code, "{name}: {answer}");
    }
    let wrong = client.call("outlook_list_emails", json!({ "limits": 2 })).await;
    assert_eq!(wrong.json["error"]["code"], "invalid_input", "{}", wrong.json);
    world.end().await;
}
