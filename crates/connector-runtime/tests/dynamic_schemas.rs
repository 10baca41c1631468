//! Inputs validated against dynamic schemas.

mod support;

use connector_runtime::{Host, Run};
use connector_sdk::{Action, Code, Connector, Context, DynamicSchema, Effect, Plan, Raw, Request, Result, Spec};
use graph_sandbox::Sandbox;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Say how much is in the folders of a mailbox; which they are, only Graph knows.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "parent": "inbox", "fields": {} })]))]
struct CountFolders {
    /// The folder above.
    #[allow(dead_code, reason = "the schema depends on it")]
    parent: String,
    /// How much is in each.
    #[schemars(extend("x-dynamic-schema" = "folders"))]
    #[allow(dead_code, reason = "the schema is held against it")]
    fields: Map<String, Value>,
}

impl Action for CountFolders {
    type Output = Raw<Map<String, Value>>;
    const SPEC: Spec = Spec::new("count", "Count folders", Effect::Read).delegated(&["User.Read"]).bulk();
    fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
        Ok(Request::get("/me").raw())
    }
}

/// The folders below one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Folders {
    /// The folder above.
    parent: String,
}

impl DynamicSchema for Folders {
    const SPEC: Spec = Spec::new("folders", "Folders", Effect::Read).delegated(&["Mail.ReadWrite"]);
    fn schema(self, _: &Context) -> Result<Plan<Value>> {
        #[derive(Deserialize)]
        struct Page {
            value: Vec<Folder>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Folder {
            display_name: String,
        }
        let list = Request::get("/me/mailFolders/{parent}/childFolders").path_param("parent", self.parent);
        Ok(list.decode::<Page>().map(|page| {
            let names: Map<String, Value> =
                page.value.into_iter().map(|it| (it.display_name, json!({ "type": "integer" }))).collect();
            json!({ "type": "object", "properties": names, "additionalProperties": false })
        }))
    }
}

fn host(granted: &[&str]) -> (Host, Sandbox) {
    let sandbox = Sandbox::new();
    let outlook = outlook_connector::connector();
    let connector = Connector::new("folders", "Folders", "Counts folders.", outlook.connection.clone())
        .action::<CountFolders>()
        .dynamic_schema::<Folders>();
    let builder = Host::builder().connector(connector).connector(outlook);
    (support::with_sandbox(builder, &sandbox, granted).build().unwrap(), sandbox)
}

fn count(fields: Value) -> Run {
    Run::new("folders.count", "sandbox", json!({ "parent": "inbox", "fields": fields }))
}

async fn make_folder(host: &Host, name: &str) {
    let input = json!({ "parentFolderId": "inbox", "displayName": name });
    host.execute(Run::new("outlook.create_mail_folder", "sandbox", input)).await.unwrap();
}

#[tokio::test]
async fn what_is_known_is_believed_but_not_when_it_refuses() {
    let (host, sandbox) = host(&["User.Read", "Mail.ReadWrite"]);
    make_folder(&host, "Plans").await;
    let sent = |since: u64| sandbox.request_count() - since;
    let asked = |code| move |error: connector_sdk::Error| assert_eq!(error.code(), code, "{error}");

    // It asks, and sends nothing else.
    let before = sandbox.request_count();
    host.execute(count(json!({ "Bills": 1 }))).await.map(drop).map_err(asked(Code::InvalidInput)).unwrap_err();
    assert_eq!(sent(before), 1);

    // What was refused a moment ago may be there by now.
    make_folder(&host, "Bills").await;
    let before = sandbox.request_count();
    host.execute(count(json!({ "Bills": 1 }))).await.unwrap();
    assert_eq!(sent(before), 2);

    // Now it is known.
    let before = sandbox.request_count();
    host.execute(count(json!({ "Bills": 1, "Plans": 2 }))).await.unwrap();
    assert_eq!(sent(before), 1);

    let many = json!({ "items": [{ "parent": "inbox", "fields": { "Bills": 1 } }, { "parent": "inbox", "fields": { "Plans": "two", "Nil": 0 } }] });
    let error = host.execute(Run::new("folders.count", "sandbox", many)).await.unwrap_err();
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(places, ["/items/1/fields/Nil", "/items/1/fields/Plans"]);
}

#[tokio::test]
async fn a_preview_sends_nothing() {
    let (host, sandbox) = host(&["User.Read", "Mail.ReadWrite"]);
    host.execute(count(json!({ "Nil": 1 })).preview()).await.unwrap();
    assert_eq!(sandbox.request_count(), 0);
    host.execute(count(json!({ "Nil": 1 }))).await.unwrap_err();
    let before = sandbox.request_count();
    let error = host.execute(count(json!({ "Nil": 1 })).preview()).await.unwrap_err();
    assert_eq!((error.code(), sandbox.request_count()), (Code::InvalidInput, before), "what is remembered is told");
}

#[tokio::test]
async fn who_may_not_look_is_believed() {
    let (host, sandbox) = host(&["User.Read"]);
    host.execute(count(json!({ "Nil": 1 }))).await.unwrap();
    assert_eq!(sandbox.request_count(), 1);
    let error = host.resolve("folders.count", "sandbox", &json!({ "parent": "inbox" })).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
}

#[tokio::test]
async fn where_there_is_nothing_nothing_is_done() {
    let (host, sandbox) = host(&["User.Read", "Mail.ReadWrite"]);
    let run = Run::new("folders.count", "sandbox", json!({ "parent": "nowhere", "fields": {} }));
    let error = host.execute(run).await.unwrap_err();
    assert!(matches!(error.code(), Code::NotFound | Code::Rejected), "{error}");
    assert_eq!(sandbox.request_count(), 1, "only the question was sent");
}
