//! Applications, roles, administrative units, devices, the tenant, and the picklists.

use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "entra.create_application": an_application_lives_and_ends, nothing_goes_without_the_permission;
    action "entra.get_application": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.update_application": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.delete_application": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.add_application_password": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.remove_application_password": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.create_service_principal": an_application_lives_and_ends, an_app_that_nobody_knows_is_waited_for;
    action "entra.get_service_principal": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.update_service_principal": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.delete_service_principal": an_application_lives_and_ends, what_is_not_there_is_not_found;
    action "entra.upsert_application": an_application_lives_and_ends, nothing_goes_without_the_permission;
    action "entra.list_applications": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_service_principals": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_directory_roles": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_role_definitions": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_administrative_units": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_devices": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.list_domains": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.get_organization": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.get_directory_objects": everything_is_listed, nothing_goes_without_the_permission;
    action "entra.activate_directory_role": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.list_directory_role_members": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.add_directory_role_member": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.remove_directory_role_member": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.list_role_assignments": roles_are_given_and_taken, nothing_goes_without_the_permission;
    action "entra.create_role_assignment": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.delete_role_assignment": roles_are_given_and_taken, what_is_not_there_is_not_found;
    action "entra.get_administrative_unit": units_have_members, what_is_not_there_is_not_found;
    action "entra.create_administrative_unit": units_have_members, a_rule_goes_with_its_type;
    action "entra.update_administrative_unit": units_have_members, what_is_not_there_is_not_found;
    action "entra.delete_administrative_unit": units_have_members, what_is_not_there_is_not_found;
    action "entra.list_administrative_unit_members": units_have_members, what_is_not_there_is_not_found;
    action "entra.add_administrative_unit_member": units_have_members, what_is_not_there_is_not_found;
    action "entra.remove_administrative_unit_member": units_have_members, what_is_not_there_is_not_found;
    action "entra.get_device": devices_are_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.update_device": devices_are_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.delete_device": devices_are_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.list_directory_extensions": extensions_are_defined_and_deleted, what_is_not_there_is_not_found;
    action "entra.create_directory_extension": extensions_are_defined_and_deleted, what_is_not_there_is_not_found;
    action "entra.delete_directory_extension": extensions_are_defined_and_deleted, what_is_not_there_is_not_found;
    picklist "entra.users": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.groups": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.applications": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.service_principals": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.devices": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.administrative_units": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.directory_roles": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.role_definitions": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.skus": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.service_plans": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.directory_extensions": picklists_offer_what_there_is, picklists_need_the_permission;
    picklist "entra.group_members": picklists_offer_what_there_is, picklists_need_the_permission;
}

async fn first(stage: &Stage, action: &str) -> String {
    stage.works(&format!("entra.{action}"), json!({})).await["items"][0]["id"].as_str().unwrap().to_owned()
}

fn user(stage: &Stage, name: &str) -> String {
    stage.sandbox.graph().user_by_name(&format!("{name}@contoso.example")).unwrap().id
}

#[tokio::test]
async fn an_application_lives_and_ends() {
    let stage = Stage::new();
    let app = stage
        .works(
            "entra.create_application",
            json!({ "displayName": "Till", "webRedirectUris": ["https://till.example"] }),
        )
        .await;
    let id = json!({ "application": app["id"] });
    let change = json!({ "application": app["id"], "displayName": "Tills", "signInAudience": "AzureADMultipleOrgs", "webRedirectUris": null });
    stage.works("entra.update_application", change).await;
    let now = stage.works("entra.get_application", id.clone()).await;
    assert_eq!((&now["displayName"], &now["web"]["redirectUris"]), (&json!("Tills"), &json!([])));
    let secret =
        stage.works("entra.add_application_password", json!({ "application": app["id"], "displayName": "One" })).await;
    assert!(secret["secretText"].is_string());
    stage
        .works("entra.remove_application_password", json!({ "application": app["id"], "keyId": secret["keyId"] }))
        .await;
    let service = stage.works("entra.create_service_principal", json!({ "appId": app["appId"] })).await;
    let of = json!({ "servicePrincipal": service["id"] });
    stage
        .works("entra.update_service_principal", json!({ "servicePrincipal": service["id"], "accountEnabled": false }))
        .await;
    assert_eq!(stage.works("entra.get_service_principal", of.clone()).await["accountEnabled"], false);
    stage.works("entra.delete_service_principal", of).await;
    stage.works("entra.delete_application", id.clone()).await;
    assert_eq!(stage.fails("entra.get_application", id).await.code(), Code::NotFound);
    for created in [true, false] {
        let upserted =
            stage.works("entra.upsert_application", json!({ "uniqueName": "till", "displayName": "Till" })).await;
        assert_eq!((&upserted["created"], &upserted["object"]["uniqueName"]), (&json!(created), &json!("till")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_app_that_nobody_knows_is_waited_for() {
    let stage = Stage::new();
    let error =
        stage.fails("entra.create_service_principal", json!({ "appId": "11111111-2222-4333-8444-555555555555" })).await;
    assert_eq!(error.code(), Code::Rejected);
    assert_eq!(stage.sandbox.request_count(), 5, "it might have been new");
    assert!(error.advice().contains("a moment ago"), "{}", error.advice());
    // One that is new is found a little later.
    stage.sandbox.graph().replicate_slowly(2);
    let app = stage.works("entra.create_application", json!({ "displayName": "Till" })).await;
    assert_eq!(
        stage.works("entra.create_service_principal", json!({ "appId": app["appId"] })).await["displayName"],
        "Till"
    );
}

#[tokio::test]
async fn everything_is_listed() {
    let stage = Stage::new();
    for (action, count) in [
        ("list_applications", 2),
        ("list_service_principals", 2),
        ("list_directory_roles", 2),
        ("list_role_definitions", 4),
        ("list_administrative_units", 1),
        ("list_devices", 2),
        ("list_domains", 1),
    ] {
        let found = stage.works(&format!("entra.{action}"), json!({})).await;
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{action}");
    }
    assert_eq!(stage.works("entra.get_organization", json!({})).await["displayName"], "Contoso");
    let found = stage.works("entra.list_devices", json!({ "query": { "search": "displayName:laptop" } })).await;
    assert_eq!(found["items"][0]["displayName"], "LAPTOP-ADELE");
    let mut ids: Vec<String> = (0..2_500).map(|i| format!("11111111-2222-4333-8444-{i:012}")).collect();
    ids.push(user(&stage, "AlexW"));
    stage.sandbox.forget_requests();
    let found = stage.works("entra.get_directory_objects", json!({ "ids": ids, "types": ["user"] })).await;
    assert_eq!((found["items"].as_array().unwrap().len(), stage.seen().len()), (1, 3));
}

#[tokio::test]
async fn roles_are_given_and_taken() {
    let stage = Stage::new();
    let alex = user(&stage, "AlexW");
    let role = stage
        .works("entra.activate_directory_role", json!({ "roleTemplateId": "729827e3-9c14-49f7-bb1b-9608f156bbb8" }))
        .await;
    let member = json!({ "role": role["id"], "member": alex });
    for _ in 0..2 {
        stage.works("entra.add_directory_role_member", member.clone()).await;
    }
    let members = stage.works("entra.list_directory_role_members", json!({ "role": role["id"] })).await;
    assert_eq!(members["items"][0]["displayName"], "Alex Wilber");
    stage.works("entra.remove_directory_role_member", member).await;
    let definition = first(&stage, "list_role_definitions").await;
    let given =
        stage.works("entra.create_role_assignment", json!({ "principal": alex, "roleDefinition": definition })).await;
    let list = stage.works("entra.list_role_assignments", json!({ "principalId": alex })).await;
    assert_eq!(list["items"][0]["id"], given["id"]);
    stage.works("entra.delete_role_assignment", json!({ "assignmentId": given["id"] })).await;
    assert_eq!(stage.works("entra.list_role_assignments", json!({ "principalId": alex })).await["items"], json!([]));
}

#[tokio::test]
async fn units_have_members() {
    let stage = Stage::new();
    let unit = stage.works("entra.create_administrative_unit", json!({ "displayName": "Oslo" })).await;
    let id = json!({ "unit": unit["id"] });
    stage.works("entra.update_administrative_unit", json!({ "unit": unit["id"], "description": "In Oslo" })).await;
    assert_eq!(stage.works("entra.get_administrative_unit", id.clone()).await["description"], "In Oslo");
    let member = json!({ "unit": unit["id"], "member": user(&stage, "AlexW") });
    stage.works("entra.add_administrative_unit_member", member.clone()).await;
    let list = stage.works("entra.list_administrative_unit_members", id.clone()).await;
    assert_eq!(list["items"][0]["displayName"], "Alex Wilber");
    stage.works("entra.remove_administrative_unit_member", member).await;
    stage.works("entra.delete_administrative_unit", id.clone()).await;
    assert_eq!(stage.fails("entra.get_administrative_unit", id).await.code(), Code::NotFound);
}

#[tokio::test]
async fn a_rule_goes_with_its_type() {
    let stage = Stage::new();
    let input = json!({ "displayName": "Oslo", "membershipRule": "user.city -eq \"Oslo\"" });
    assert_eq!(stage.fails("entra.create_administrative_unit", input).await.violations()[0].pointer, "/membershipRule");
}

#[tokio::test]
async fn devices_are_changed_and_deleted() {
    let stage = Stage::new();
    let device = first(&stage, "list_devices").await;
    let change =
        json!({ "device": device, "accountEnabled": false, "extensionAttributes": { "extensionAttribute1": "lost" } });
    stage.works("entra.update_device", change).await;
    let now = stage.works("entra.get_device", json!({ "device": device })).await;
    assert_eq!(
        (&now["accountEnabled"], &now["extensionAttributes"]["extensionAttribute1"]),
        (&json!(false), &json!("lost"))
    );
    stage.works("entra.delete_device", json!({ "device": device, "confirm": true })).await;
    assert_eq!(stage.fails("entra.get_device", json!({ "device": device })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn extensions_are_defined_and_deleted() {
    let stage = Stage::new();
    let app = first(&stage, "list_applications").await;
    let input = json!({ "application": app, "name": "badge", "dataType": "String", "targetObjects": ["User"] });
    let made = stage.works("entra.create_directory_extension", input.clone()).await;
    assert!(made["name"].as_str().unwrap().ends_with("_badge"));
    assert_eq!(stage.fails("entra.create_directory_extension", input).await.code(), Code::Rejected);
    let list = async || {
        stage.works("entra.list_directory_extensions", json!({ "application": app })).await["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(list().await, 2);
    stage
        .works(
            "entra.delete_directory_extension",
            json!({ "application": app, "extensionId": made["id"], "confirm": true }),
        )
        .await;
    assert_eq!(list().await, 1);
}

#[tokio::test]
async fn picklists_offer_what_there_is() {
    let stage = Stage::new();
    let group = json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" });
    let sku = json!({ "skuId": "f30db892-07e9-47e9-837c-80727f46fd3d" });
    for (picklist, input, search, label) in [
        ("users", json!({}), "adele", "Adele Vance (AdeleV@contoso.example)"),
        ("groups", json!({}), "retail", "Retail"),
        ("group_members", group, "megan", "Megan Bowen"),
        ("applications", json!({}), "portal", "Contoso Portal"),
        ("service_principals", json!({}), "portal", "Contoso Portal"),
        ("devices", json!({}), "laptop", "LAPTOP-ADELE"),
        ("administrative_units", json!({}), "seattle", "Seattle"),
        ("directory_roles", json!({}), "readers", "Directory Readers"),
        ("role_definitions", json!({}), "helpdesk", "Helpdesk Administrator"),
        ("skus", json!({}), "office", "Office 365 E5 (ENTERPRISEPREMIUM)"),
        ("service_plans", sku, "flow", "FLOW_P2_VIRAL"),
        ("directory_extensions", json!({}), "cost", "costCenter (Contoso Portal)"),
    ] {
        let all = stage.choices(&format!("entra.{picklist}"), input.clone(), None).await.unwrap();
        assert!(all.choices.iter().any(|choice| choice.label == label), "{picklist}: {all:?}");
        let found = stage.choices(&format!("entra.{picklist}"), input, Some(search)).await.unwrap();
        let labels: Vec<&str> = found.choices.iter().map(|choice| choice.label.as_str()).collect();
        assert_eq!(labels, [label], "{picklist}");
    }
}

#[tokio::test]
async fn picklists_need_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for picklist in [
        "users",
        "groups",
        "applications",
        "service_principals",
        "devices",
        "administrative_units",
        "directory_roles",
        "role_definitions",
        "skus",
        "service_plans",
        "directory_extensions",
    ] {
        let error = stage.choices(&format!("entra.{picklist}"), json!({}), None).await.unwrap_err();
        assert_eq!(error.code(), Code::MissingScope, "{picklist}");
    }
    let error = stage.choices("entra.group_members", json!({}), None).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput, "members belong to a group");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("get_application", json!({"application": "11111111-2222-4333-8444-555555555555"})),
        ("update_application", json!({"application": "11111111-2222-4333-8444-555555555555", "displayName": "x"})),
        ("delete_application", json!({"application": "11111111-2222-4333-8444-555555555555"})),
        ("add_application_password", json!({"application": "11111111-2222-4333-8444-555555555555"})),
        (
            "remove_application_password",
            json!({"application": "11111111-2222-4333-8444-555555555555", "keyId": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("get_service_principal", json!({"servicePrincipal": "11111111-2222-4333-8444-555555555555"})),
        (
            "update_service_principal",
            json!({"servicePrincipal": "11111111-2222-4333-8444-555555555555", "accountEnabled": true}),
        ),
        ("delete_service_principal", json!({"servicePrincipal": "11111111-2222-4333-8444-555555555555"})),
        ("activate_directory_role", json!({"roleTemplateId": "11111111-2222-4333-8444-555555555555"})),
        ("list_directory_role_members", json!({"role": "11111111-2222-4333-8444-555555555555"})),
        (
            "add_directory_role_member",
            json!({"role": "11111111-2222-4333-8444-555555555555", "member": "11111111-2222-4333-8444-555555555555"}),
        ),
        (
            "remove_directory_role_member",
            json!({"role": "11111111-2222-4333-8444-555555555555", "member": "11111111-2222-4333-8444-555555555555"}),
        ),
        (
            "create_role_assignment",
            json!({"principal": "11111111-2222-4333-8444-555555555555", "roleDefinition": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("delete_role_assignment", json!({"assignmentId": "x"})),
        ("get_administrative_unit", json!({"unit": "11111111-2222-4333-8444-555555555555"})),
        ("update_administrative_unit", json!({"unit": "11111111-2222-4333-8444-555555555555", "description": "x"})),
        ("delete_administrative_unit", json!({"unit": "11111111-2222-4333-8444-555555555555"})),
        ("list_administrative_unit_members", json!({"unit": "11111111-2222-4333-8444-555555555555"})),
        (
            "add_administrative_unit_member",
            json!({"unit": "11111111-2222-4333-8444-555555555555", "member": "11111111-2222-4333-8444-555555555555"}),
        ),
        (
            "remove_administrative_unit_member",
            json!({"unit": "11111111-2222-4333-8444-555555555555", "member": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("get_device", json!({"device": "11111111-2222-4333-8444-555555555555"})),
        ("update_device", json!({"device": "11111111-2222-4333-8444-555555555555", "accountEnabled": true})),
        ("delete_device", json!({"device": "11111111-2222-4333-8444-555555555555", "confirm": true})),
        ("list_directory_extensions", json!({"application": "11111111-2222-4333-8444-555555555555"})),
        (
            "create_directory_extension",
            json!({"application": "11111111-2222-4333-8444-555555555555", "name": "x", "dataType": "String", "targetObjects": ["User"]}),
        ),
        (
            "delete_directory_extension",
            json!({"application": "11111111-2222-4333-8444-555555555555", "extensionId": "11111111-2222-4333-8444-555555555555", "confirm": true}),
        ),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn nothing_goes_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for (action, input) in [
        ("list_applications", json!({})),
        ("list_service_principals", json!({})),
        ("list_directory_roles", json!({})),
        ("list_role_definitions", json!({})),
        ("list_administrative_units", json!({})),
        ("list_devices", json!({})),
        ("list_domains", json!({})),
        ("list_role_assignments", json!({})),
        ("get_organization", json!({})),
        ("create_application", json!({"displayName": "x"})),
        ("upsert_application", json!({"displayName": "x", "uniqueName": "x"})),
        ("get_directory_objects", json!({"ids": ["11111111-2222-4333-8444-555555555555"]})),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::MissingScope, "{action}: {error}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
