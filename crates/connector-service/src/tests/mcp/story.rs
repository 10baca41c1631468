//! An agent that knows nothing but what the server tells it: from unread mail to an answer that was sent.

use std::time::Duration;

use connector_runtime::ApprovalBy;
use serde_json::{Value, json};

use super::client::{Client, REVISIONS};
use super::{changes, guarded};
use crate::options::{Limits, Options};
use crate::tests::world::World;

/// Finds the action for a task among those that the search returns, as the description tells them apart.
async fn action(client: &Client<'_>, query: &str, wanted: &str) -> Value {
    let found = client.done("find_actions", json!({ "query": query })).await;
    let found = found["actions"].as_array().unwrap().clone();
    let found = found.iter().find(|action| action["id"].as_str().unwrap().ends_with(wanted));
    let id = found.unwrap_or_else(|| panic!("{query} does not find {wanted}"))["id"].clone();
    client.done("describe_action", json!({ "action": id })).await
}

#[tokio::test]
async fn an_agent_reads_its_mail_finds_an_hour_drafts_an_answer_and_sends_it_after_its_confirmation() {
    let world = World::with(Options::new().limits(Limits { approval: Duration::ZERO, ..Limits::default() })).await;
    for revision in REVISIONS {
        world.sandbox.forget_requests();
        let key = guarded(&world, ApprovalBy::Console).await;
        let client = Client::of(&world, Some(&key), revision);
        let tools = client.tools().await;
        assert!(tools.iter().any(|tool| tool["name"] == "find_actions"));
        let connections = client.done("list_connections", json!({})).await;
        let connection = connections["connections"][0]["name"].clone();

        // Unread mail: the example of the description says how to filter.
        let list = action(&client, "list unread emails", ".list_emails").await;
        assert_eq!(list["tool"], "run_read_action");
        let mut input = list["example"].clone();
        assert!(input["query"]["filter"].as_str().unwrap().contains("isRead"), "{list}");
        input["limit"] = 5.into();
        let run = |action: &Value, input: &Value| json!({ "action": action["action"], "connection": connection, "input": input });
        let mails = client.done("run_read_action", run(&list, &input)).await;
        let mail = mails["untrusted"]["output"]["items"][0].clone();
        assert!(mail["id"].is_string(), "{mails}");

        // A free hour of three people.
        let schedule = action(&client, "free busy schedule", ".get_schedule").await;
        let people = ["adelev@contoso.example", "meganb@contoso.example", "alexw@contoso.example"];
        let input = json!({
            "schedules": people, "start": "2027-03-01T08:00", "end": "2027-03-01T18:00",
            "timeZone": "Europe/Berlin", "intervalMinutes": 60,
        });
        let free = client.done("run_read_action", run(&schedule, &input)).await;
        let schedules =
            free["untrusted"]["output"]["value"].as_array().or(free["untrusted"]["output"]["items"].as_array());
        let schedules = schedules.unwrap_or_else(|| panic!("{free}"));
        assert_eq!(schedules.len(), people.len(), "{free}");
        let views: Vec<&str> = schedules.iter().map(|one| one["availabilityView"].as_str().unwrap()).collect();
        let hours = views.iter().map(|view| view.len()).min().unwrap();
        let hour = (0..hours).find(|at| views.iter().all(|view| &view[*at..=*at] == "0"));
        let hour = hour.unwrap_or_else(|| panic!("nobody is free at the same time: {views:?}"));

        // The answer, as a draft after its preview.
        let reply = action(&client, "reply draft", ".create_reply_draft").await;
        let input = json!({ "messageId": mail["id"], "comment": format!("Shall we meet at {}:00?", 8 + hour) });
        let mut draft = run(&reply, &input);
        draft["confirm"] = client.done("preview_action", draft.clone()).await["confirm"].clone();
        let drafted = client.done(reply["tool"].as_str().unwrap(), draft).await;
        let draft = drafted["untrusted"]["output"]["id"].clone();
        assert!(draft.is_string(), "{drafted}");
        let before = changes(&world).len();

        // Sending: refused without a confirmation, and with one until a person agrees.
        let send = action(&client, "send draft", ".send_draft").await;
        assert_eq!(
            (send["tool"].as_str(), send["rule"].as_str()),
            (Some("run_irreversible_action"), Some("after_approval"))
        );
        let mut send = run(&send, &json!({ "messageId": draft }));
        let refused = client.call("run_irreversible_action", send.clone()).await;
        assert_eq!(refused.json["error"]["code"], "not_confirmed", "{}", refused.json);
        send["confirm"] = refused.json["confirm"].clone();
        let waiting = client.call("run_irreversible_action", send.clone()).await;
        assert_eq!(waiting.json["error"]["reason"], "approval_waiting", "{}", waiting.json);
        assert_eq!(changes(&world).len(), before, "nothing was sent so far");
        let id = waiting.json["approval"]["id"].as_str().unwrap();
        world.owner().approvals().answer(id, true).await.unwrap();
        client.done("run_irreversible_action", send).await;
        assert_eq!(changes(&world).len(), before + 1);
        assert!(changes(&world).last().unwrap().ends_with("/send"));
    }
    world.end().await;
}
