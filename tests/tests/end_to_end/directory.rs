//! Users and groups.

use connector_runtime::Run;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "entra.create_user": a_user_is_made_with_a_password_and_a_manager, a_name_that_is_taken_is_refused;
    action "entra.add_group_member": two_thousand_members_are_five_requests, a_group_that_takes_nobody_is_an_error;
}

/// Makes so many users without the host, and returns their ids in order.
fn crowd(stage: &Stage, size: usize) -> Vec<String> {
    let user = |i| {
        json!({
            "accountEnabled": true, "displayName": format!("Extra {i}"), "mailNickname": format!("extra{i}"),
            "userPrincipalName": format!("extra{i}@contoso.example"), "passwordProfile": { "password": "Xa9#xa9#xa9#" }
        })
    };
    let mut ids: Vec<String> =
        (0..size).map(|i| stage.ask("POST", "/users", &user(i))["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn group(stage: &Stage, nickname: &str) -> String {
    let found = stage.look(&format!("/groups?$filter=mailNickname eq '{nickname}'&$select=id"));
    found["value"][0]["id"].as_str().unwrap_or_else(|| panic!("no group {nickname}")).to_owned()
}

/// How many were added, were members already, and failed.
fn counts(fates: &Value) -> (usize, usize, usize) {
    let count = |name: &str| fates[name].as_u64().unwrap() as usize;
    (count("added"), count("existing"), count("failed"))
}

/// Who met this fate, in the order of their ids.
fn met(fates: &Value, fate: &str) -> Vec<String> {
    let items = fates["items"].as_array().unwrap().iter().filter(|item| item["fate"] == fate);
    let mut ids: Vec<String> = items.map(|item| item["member"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn member_count(stage: &Stage, group: &str) -> usize {
    stage.look(&format!("/groups/{group}/members?$select=id&$top=999"))["value"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_user_is_made_with_a_password_and_a_manager() {
    let stage = Stage::new();
    let input = json!({
        "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace",
        "generatePassword": true, "jobTitle": "Admiral", "managerId": "meganb@contoso.example"
    });
    let made = stage.works("entra.create_user", input.clone()).await;
    assert_eq!(made["generatedPassword"].as_str().unwrap().len(), 24);
    assert_eq!(made["user"]["jobTitle"], "Admiral");
    assert_eq!(stage.look("/users/grace@contoso.example/manager")["displayName"], "Megan Bowen");
    // Two runs do not make one password.
    let mut other = input;
    (other["userPrincipalName"], other["mailNickname"]) = (json!("ada@contoso.example"), json!("ada"));
    assert_ne!(stage.works("entra.create_user", other).await["generatedPassword"], made["generatedPassword"]);
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let stage = Stage::new();
    let input = json!({
        "displayName": "Adele", "userPrincipalName": "adelev@contoso.example", "mailNickname": "x", "password": "Xa9#canary-word"
    });
    let error = stage.fails("entra.create_user", input.clone()).await;
    assert!(matches!(error.code(), Code::Rejected | Code::Conflict), "{error}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    // What was refused for certain may be tried again under the same key.
    let run = Run::new("entra.create_user", "adele", input).key("new-1");
    for _ in 0..2 {
        let again = stage.execute(run.clone()).await.unwrap_err();
        assert_eq!(again.code(), error.code(), "{again}");
    }
    let error = stage
        .fails("entra.create_user", json!({ "displayName": "x", "userPrincipalName": "x", "password": "p" }))
        .await;
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(places, ["/mailNickname", "/userPrincipalName"]);
}

#[tokio::test(start_paused = true)]
async fn a_user_whose_answer_was_lost_is_not_made_twice() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/users").method("POST").once());
    let input = json!({ "displayName": "Grace", "userPrincipalName": "grace@contoso.example", "mailNickname": "g", "generatePassword": true });
    let run = Run::new("entra.create_user", "adele", input).key("grace");
    for _ in 0..2 {
        assert_eq!(stage.execute(run.clone()).await.unwrap_err().code(), Code::OutcomeUnknown);
    }
    assert_eq!(stage.seen(), ["POST /users"]);
}

#[tokio::test(start_paused = true)]
async fn two_thousand_members_are_five_requests() {
    let stage = Stage::new();
    let group = group(&stage, "Retail");
    let (crowd, before) = (crowd(&stage, 2_000), member_count(&stage, &group));
    let fates = stage.works("entra.add_group_member", json!({ "group": group, "members": crowd })).await;
    assert_eq!(met(&fates, "added"), crowd);
    assert_eq!(counts(&fates), (2_000, 0, 0));
    assert_eq!(stage.seen(), ["POST /$batch"; 5]);
    let all = stage
        .works("graph_raw.paginate_request", json!({ "url": format!("/groups/{group}/members?$select=id&$top=999") }))
        .await;
    assert_eq!(all["items"].as_array().unwrap().len(), before + 2_000);
}

#[tokio::test(start_paused = true)]
async fn members_come_from_a_file_and_the_next_run_does_the_rest() {
    let stage = Stage::new();
    let group = group(&stage, "Retail");
    let (crowd, before) = (crowd(&stage, 1_500), member_count(&stage, &group));
    let file = format!("id,name\n{}\n", crowd.iter().map(|id| format!("{id},x")).collect::<Vec<_>>().join("\n"));
    let input = json!({ "group": group, "membersFile": { "text": file } });
    // The third batch meets a service that is away for good: what was added stays.
    stage.sandbox.faults().add(Rule::new(Fault::GatewayTimeout).path("/$batch").from_nth(3).times(50));
    let broken = stage.run("entra.add_group_member", input.clone()).await;
    let added = member_count(&stage, &group) - before;
    assert!((800..1_500).contains(&added), "{added}, {broken:?}");
    stage.sandbox.faults().clear();
    let rest = stage.works("entra.add_group_member", input.clone()).await;
    assert_eq!(counts(&rest), (1_500 - added, added, 0));
    let nothing = stage.works("entra.add_group_member", input).await;
    assert_eq!((counts(&nothing), met(&nothing, "existing")), ((0, 1_500, 0), crowd.clone()));
    let error = stage
        .fails("entra.add_group_member", json!({ "group": group, "membersFile": { "text": "id\nnobody\n" } }))
        .await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/membersFile"));
    for (input, pointer) in [
        (json!({ "group": group }), "/members"),
        (json!({ "group": group, "members": [crowd[0], "adelev@contoso.example"] }), "/members/1"),
        (json!({ "group": group, "members": [crowd[0]], "membersFile": { "text": crowd[0] } }), "/membersFile"),
    ] {
        assert_eq!(stage.fails("entra.add_group_member", input).await.violations()[0].pointer, pointer);
    }
}

#[tokio::test(start_paused = true)]
async fn each_member_has_its_own_fate() {
    let stage = Stage::new();
    let group = group(&stage, "Retail");
    let mut members = crowd(&stage, 100);
    let nobody = "11111111-2222-4333-8444-555555555555";
    let mut existing: Vec<String> = ["AdeleV", "MeganB"]
        .iter()
        .map(|name| stage.sandbox.graph().user_by_name(&format!("{name}@contoso.example")).unwrap().id)
        .collect();
    existing.sort();
    members.insert(7, nobody.to_owned());
    members.insert(50, existing[0].clone());
    members.insert(99, existing[1].clone());
    // Named twice, in letters of either case, is named once.
    members.push(members[0].to_uppercase());
    let before = member_count(&stage, &group);
    let fates = stage.works("entra.add_group_member", json!({ "group": group, "members": members })).await;
    assert_eq!(counts(&fates), (100, 2, 1));
    assert_eq!((met(&fates, "existing"), met(&fates, "failed")), (existing.clone(), vec![nobody.to_owned()]));
    let failed = fates["items"].as_array().unwrap().iter().find(|item| item["member"] == nobody).unwrap();
    assert_eq!(failed["error"]["code"], "not_found");
    assert_eq!(member_count(&stage, &group), before + 100);

    let strict = stage
        .works("entra.add_group_member", json!({ "group": group, "members": existing, "ignoreExisting": false }))
        .await;
    assert_eq!(counts(&strict), (0, 0, 2));
}

#[tokio::test(start_paused = true)]
async fn members_survive_throttled_and_failing_parts() {
    let stage = Stage::new();
    let group = group(&stage, "sg-HR");
    let crowd = crowd(&stage, 450);
    let faults = stage.sandbox.faults();
    faults.add(Rule::new(Fault::throttle(11)).path("/groups/").method("PATCH").from_nth(4).times(2));
    faults
        .add(Rule::new(Fault::Unavailable { retry_after: None }).path("/groups/").method("PATCH").from_nth(12).once());
    faults.add(Rule::new(Fault::ResetAfter).path("$batch").from_nth(5).once());
    let fates = stage.works("entra.add_group_member", json!({ "group": group, "members": crowd })).await;
    // The last 50 were added by the batch whose answer was lost, so they were found to be there.
    assert_eq!(counts(&fates), (400, 50, 0), "{:?}", met(&fates, "failed"));
    assert_eq!(member_count(&stage, &group), 452);
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.fired, counts.early), (4, 0));
}

#[tokio::test]
async fn a_group_that_takes_nobody_is_an_error() {
    let stage = Stage::new();
    let member = stage.sandbox.graph().user_by_name("alexw@contoso.example").unwrap().id;
    let dynamic = group(&stage, "AllEngineers");
    let error = stage.fails("entra.add_group_member", json!({ "group": dynamic, "members": [member] })).await;
    assert_eq!(error.code(), Code::Forbidden, "{error}");
    let nowhere = "11111111-2222-4333-8444-555555555555";
    let error = stage.fails("entra.add_group_member", json!({ "group": nowhere, "members": [member] })).await;
    assert_eq!(error.code(), Code::NotFound, "{error}");
    assert!(error.message().contains(nowhere));
    let narrow = Stage::with(&["User.Read"]);
    let error = narrow.fails("entra.add_group_member", json!({ "group": dynamic, "members": [member] })).await;
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("GroupMember.ReadWrite.All"), "{error}");
    assert_eq!(narrow.sandbox.request_count(), 0);
}
