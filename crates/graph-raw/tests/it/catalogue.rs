//! The connector as a list: its names, its schemas, its examples, its connection.

use std::sync::Arc;

use connector_schemas::style;
use connector_sdk::{Account, Context, Granted, Reference, Result, Sent, SignInMethod, Subject, Sufficient};
use graph_raw::connector;

/// A description that knows nothing; without one some actions cannot answer.
#[derive(Debug)]
struct Nothing;

impl Reference for Nothing {
    fn permissions(&self, _: &str, _: &str, _: Account) -> Result<Option<Sufficient>> {
        Ok(None)
    }
    fn properties(&self, _: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
        None
    }

    fn doubts(&self, _: &Sent, _: &Subject, _: Option<&Granted>) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn it_lists_what_it_has() {
    let connector = connector();
    let actions: Vec<&str> = connector.actions.iter().map(|action| action.spec().name).collect();
    assert_eq!(
        actions,
        [
            "raw_request",
            "get",
            "post",
            "put",
            "patch",
            "delete",
            "batch_request",
            "paginate_request",
            "delta_request",
            "upload_session",
            "poll_operation",
            "find_permissions",
            "create_subscription",
            "list_subscriptions",
            "get_subscription",
            "update_subscription",
            "delete_subscription",
            "delete_all_subscriptions",
            "reauthorize_subscription"
        ]
    );
    let triggers: Vec<&str> = connector.triggers.iter().map(|trigger| trigger.spec().name).collect();
    assert_eq!(triggers, ["delta_changes", "poll_collection"]);
}

#[test]
fn schemas_keep_the_house_style() {
    let connector = connector();
    for action in &connector.actions {
        let name = action.spec().name;
        assert_eq!(style::input(&action.input_schema()), [], "input of {name}");
        assert_eq!(style::output(&action.output_schema()), [], "output of {name}");
    }
    for trigger in &connector.triggers {
        let name = trigger.spec().name;
        assert_eq!(style::input(&trigger.input_schema()), [], "input of {name}");
        assert_eq!(style::output(&trigger.event_schema()), [], "event of {name}");
    }
}

#[test]
fn every_example_makes_a_plan() {
    let connector = connector();
    for action in &connector.actions {
        for example in action.input_schema()["examples"].as_array().unwrap() {
            let cx = Context::user().with_reference(Some(Arc::new(Nothing) as _));
            let plan = action.plan(example.clone(), &cx);
            assert!(plan.is_ok(), "{}: {:?}", action.spec().name, plan.err());
        }
    }
    for trigger in &connector.triggers {
        for example in trigger.input_schema()["examples"].as_array().unwrap() {
            let plan = trigger.poll(example.clone(), None, &Context::user());
            assert!(plan.is_ok(), "{}: {:?}", trigger.spec().name, plan.err());
        }
    }
}

#[test]
fn raw_request_has_the_inputs_of_its_seed_with_their_defaults() {
    let connector = connector();
    let schema = connector.find_action("raw_request").unwrap().input_schema();
    let default =
        |name: &str| schema["properties"].get(name).unwrap_or_else(|| panic!("no input `{name}`"))["default"].clone();
    for name in ["url", "method", "data", "formData", "fileData", "query", "headers", "timeoutMs"] {
        default(name);
    }
    assert_eq!(default("responseType"), "json");
    assert_eq!(default("debug"), false);
    assert_eq!(default("retryDelayMs"), 0);
    assert_eq!(default("retryOnAllErrors"), false);
    assert_eq!(default("maxRetries"), 0);
    assert_eq!(default("useExponentialBackoff"), false);
    assert_eq!(schema["required"], serde_json::json!(["url", "method"]));
}

#[test]
fn it_is_signed_in_to_as_its_seeds_say() {
    let connection = connector().connection;
    let user = connection.permissions(SignInMethod::AuthorizationCode).unwrap();
    assert_eq!(user.default.join(" "), "https://graph.microsoft.com/User.Read.All offline_access");
    assert_eq!(user.minimum, ["offline_access"]);
    let app = connection.permissions(SignInMethod::ClientCredentials).unwrap();
    assert_eq!(app.default, ["https://graph.microsoft.com/.default"]);
}
