//! One client on a pair of pipes, as `tenon mcp` serves it.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{ApprovalBy, Grant, Patterns, Principal, PrincipalId, Result, Rules};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;

use super::changes;
use super::client::{MODERN, called};
use crate::options::{Limits, Options};
use crate::service::Service;
use crate::tests::world::{World, mail};

/// A client on pipes.
struct Piped {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    write: WriteHalf<DuplexStream>,
    served: JoinHandle<Result<()>>,
    id: u64,
}

fn agent(approvals: ApprovalBy) -> Arc<Principal> {
    let grant = Grant {
        connections: Patterns::new(["work"]).unwrap(),
        actions: Patterns::everything(),
        rules: Rules { approvals, ..Rules::guarded() },
        ..Grant::default()
    };
    Arc::new(Principal { id: PrincipalId::new("mcp").unwrap(), name: "agent".into(), grant, parent: None })
}

impl Piped {
    fn new(world: &World, wait: Duration) -> Piped {
        let limits = Limits { approval: wait, ..Limits::default() };
        let service = Service::new(world.host.clone(), Options::new().limits(limits)).unwrap();
        let (own, theirs) = tokio::io::duplex(1 << 20);
        let (read, write) = tokio::io::split(theirs);
        let served = tokio::spawn(service.speak(agent(ApprovalBy::ClientOrConsole), read, write));
        let (read, write) = tokio::io::split(own);
        Piped { lines: BufReader::new(read).lines(), write, served, id: 0 }
    }

    async fn say(&mut self, message: &Value) {
        self.write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        serde_json::from_str(&self.lines.next_line().await.unwrap().expect("it has ended")).unwrap()
    }

    async fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.id += 1;
        let id = self.id;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params).await;
        let answer = self.hear().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    async fn greet(&mut self, capabilities: Value) {
        let params = json!({
            "protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        });
        let answer = self.ask("initialize", params).await;
        assert_eq!(answer["protocolVersion"], "2025-11-25");
        self.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    }

    async fn end(self) {
        let Piped { lines, write, served, .. } = self;
        drop((lines, write));
        served.await.unwrap().unwrap();
    }

    // The call that needs an approval.
    async fn confirmed(&mut self, subject: &str, meta: Option<&Value>) -> Value {
        let mut arguments = json!({ "action": "outlook.send_email", "input": mail(subject) });
        let mut params = json!({ "name": "preview_action", "arguments": arguments });
        if let Some(meta) = meta {
            params["_meta"] = meta.clone();
        }
        let previewed = called(self.ask("tools/call", params).await);
        arguments["confirm"] = previewed.json["confirm"].clone();
        let mut params = json!({ "name": "run_irreversible_action", "arguments": arguments });
        if let Some(meta) = meta {
            params["_meta"] = meta.clone();
        }
        params
    }
}

#[tokio::test]
async fn a_client_is_served_until_its_input_ends() {
    let world = World::new().await;
    let mut client = Piped::new(&world, Duration::ZERO);
    client.greet(json!({})).await;
    let tools = client.ask("tools/list", json!({})).await;
    assert_eq!(tools["tools"].as_array().unwrap().len(), 9);
    let arguments = json!({ "action": "outlook.list_emails", "input": { "limit": 2 } });
    let read = called(client.ask("tools/call", json!({ "name": "run_read_action", "arguments": arguments })).await);
    assert_eq!(read.json["untrusted"]["output"]["items"].as_array().unwrap().len(), 2);
    client.end().await;
    // One that says nothing, and one that never says what it should.
    Piped::new(&world, Duration::ZERO).end().await;
    world.end().await;
}

#[tokio::test]
async fn an_older_client_asks_the_person_in_front_of_it() {
    let world = World::new().await;
    for (answer, sent) in [
        (json!({ "action": "accept", "content": { "approve": true } }), 1),
        (json!({ "action": "decline" }), 0),
        (json!({ "action": "accept", "content": { "approve": false } }), 0),
    ] {
        world.sandbox.forget_requests();
        let mut client = Piped::new(&world, Duration::from_secs(60));
        client.greet(json!({ "elicitation": {} })).await;
        let params = client.confirmed("Lunch", None).await;
        let id = client.begin("tools/call", params).await;
        let asked = client.hear().await;
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        assert!(asked["params"]["message"].as_str().unwrap().contains("Lunch"), "{asked}");
        assert_eq!(changes(&world), Vec::<String>::new());
        client.say(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": answer })).await;
        let told = client.hear().await;
        assert_eq!(told["id"], id);
        assert_eq!(told["result"]["isError"] == true, sent == 0, "{told}");
        assert_eq!(changes(&world).len(), sent);
        client.end().await;
    }
    world.end().await;
}

#[tokio::test]
async fn a_client_of_the_newest_revision_speaks_without_a_greeting() {
    let world = World::new().await;
    let mut client = Piped::new(&world, Duration::ZERO);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
    });
    let discovered = client.ask("server/discover", json!({ "_meta": meta })).await;
    assert!(discovered["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)), "{discovered}");
    let mut params = client.confirmed("Lunch", Some(&meta)).await;
    let asked = client.ask("tools/call", params.clone()).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    params["inputResponses"] = json!({ "approval": { "action": "accept", "content": { "approve": true } } });
    params["requestState"] = asked["requestState"].clone();
    let done = client.ask("tools/call", params).await;
    assert_ne!(done["isError"], true, "{done}");
    assert_eq!(changes(&world).len(), 1);
    client.end().await;
    world.end().await;
}

#[tokio::test]
async fn a_call_that_is_cancelled_ends() {
    let world = World::new().await;
    let mut client = Piped::new(&world, Duration::from_secs(600));
    client.greet(json!({})).await;
    let params = client.confirmed("Lunch", None).await;
    let id = client.begin("tools/call", params).await;
    client.say(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } })).await;
    // It does not wait for an approval any more, and the next call is answered.
    let next = client.begin("tools/list", json!({})).await;
    let mut answer = client.hear().await;
    while answer["id"] != next {
        answer = client.hear().await;
    }
    assert!(answer["result"]["tools"].is_array());
    client.end().await;
    assert_eq!(changes(&world), Vec::<String>::new());
    world.end().await;
}
