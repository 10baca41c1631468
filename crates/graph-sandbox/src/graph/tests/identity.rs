//! Applications, roles, units, devices, licences and what else there is in a directory.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const SCOPES: &str = "User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All RoleManagement.ReadWrite.Directory AppRoleAssignment.ReadWrite.All \
    AuditLog.Read.All UserAuthenticationMethod.ReadWrite.All Directory.AccessAsUser.All User.Invite.All Application.ReadWrite.All AdministrativeUnit.ReadWrite.All";

fn first(bench: &Bench, path: &str) -> Value {
    bench.get(path).items()[0].clone()
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

#[test]
fn an_application_lives_and_ends() {
    let bench = Bench::with(SCOPES);
    let app = bench.post("/applications", json!({ "displayName": "Till" })).ok(201);
    let path = format!("/applications/{}", id(&app));
    bench.patch(&path, json!({ "web": { "homePageUrl": "https://till.example" } })).ok(204);
    let web = bench.get(&path).ok(200)["web"].clone();
    assert_eq!(
        (&web["homePageUrl"], web["redirectUris"].is_array()),
        (&json!("https://till.example"), true),
        "complex properties are merged"
    );
    bench.patch(&path, json!({ "appId": "x" })).refused(400, "Request_BadRequest");
    let secret =
        bench.post(&format!("{path}/addPassword"), json!({ "passwordCredential": { "displayName": "one" } })).ok(200);
    assert!(secret["secretText"].is_string());
    bench.post(&format!("{path}/removePassword"), json!({ "keyId": secret["keyId"] })).ok(204);
    bench
        .post(&format!("{path}/removePassword"), json!({ "keyId": secret["keyId"] }))
        .refused(400, "Request_BadRequest");
    let service = bench.post("/servicePrincipals", json!({ "appId": app["appId"] })).ok(201);
    assert_eq!(service["displayName"], "Till");
    bench
        .post("/servicePrincipals", json!({ "appId": app["appId"] }))
        .refused(409, "Request_MultipleObjectsWithSameKeyValue");
    bench.delete(&path).ok(204);
    bench.get(&path).refused(404, "Request_ResourceNotFound");
}

#[test]
fn a_unique_name_makes_once_and_changes_then() {
    let bench = Bench::with(SCOPES);
    let path = "/groups(uniqueName='press')";
    let group =
        json!({ "displayName": "Press", "mailEnabled": false, "mailNickname": "press", "securityEnabled": true });
    bench.patch(path, group.clone()).refused(404, "Request_ResourceNotFound");
    let bench = bench.header("prefer", "create-if-missing");
    assert_eq!(bench.patch(path, group).ok(201)["displayName"], "Press");
    bench.patch(path, json!({ "description": "x" })).ok(204);
    assert_eq!(bench.get(path).ok(200)["description"], "x");
    bench.patch("/applications(uniqueName='till')", json!({ "displayName": "Till" })).ok(201);
    bench.patch("/applications(uniqueName='till')", json!({ "displayName": "Tills" })).ok(204);
}

#[test]
fn roles_and_units_have_members() {
    let bench = Bench::with(SCOPES);
    let adele = bench.get("/me").ok(200);
    for path in ["/directoryRoles", "/directory/administrativeUnits"] {
        let members = format!("{path}/{}/members", id(&first(&bench, path)));
        let reference =
            json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", id(&adele)) });
        bench.post(&format!("{members}/$ref"), reference.clone()).ok(204);
        bench.post(&format!("{members}/$ref"), reference).refused(400, "Request_BadRequest");
        assert!(bench.get(&members).items().iter().any(|member| member["displayName"] == "Adele Vance"));
        bench.delete(&format!("{members}/{}/$ref", id(&adele))).ok(204);
        bench.delete(&format!("{members}/{}/$ref", id(&adele))).refused(404, "Request_ResourceNotFound");
    }
    let template = &bench.get("/directoryRoleTemplates").items()[2]["id"].clone();
    bench.post("/directoryRoles", json!({ "roleTemplateId": template })).ok(201);
    bench.post("/directoryRoles", json!({ "roleTemplateId": template })).refused(400, "Request_BadRequest");
    assert_eq!(bench.get("/users/pattif@contoso.example/memberOf/microsoft.graph.directoryRole").items().len(), 2);
}

#[test]
fn licences_are_held_against_what_there_is() {
    let bench = Bench::with(SCOPES);
    let flow = "f30db892-07e9-47e9-837c-80727f46fd3d";
    let path = "/me/assignLicense";
    bench.post(path, json!({ "addLicenses": [{ "skuId": flow }] })).refused(400, "BadRequest");
    bench.post(path, json!({ "addLicenses": [{ "skuId": flow, "disabledPlans": [] }], "removeLicenses": [] })).ok(200);
    assert_eq!(bench.get("/me/licenseDetails").items().len(), 2);
    bench.post(path, json!({ "addLicenses": [], "removeLicenses": [flow] })).ok(200);
    bench.post(path, json!({ "addLicenses": [], "removeLicenses": [flow] })).refused(400, "Request_BadRequest");
}

#[test]
fn objects_are_found_by_their_ids() {
    let bench = Bench::with(SCOPES);
    let (device, unit) = (first(&bench, "/devices"), first(&bench, "/directory/administrativeUnits"));
    let found = bench
        .post("/directoryObjects/getByIds", json!({ "ids": [device["id"], unit["id"], "nobody"], "types": ["device"] }))
        .ok(200);
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    assert_eq!(found["value"][0]["@odata.type"], "#microsoft.graph.device");
    bench.get("/auditLogs/signIns?$filter=userPrincipalName eq 'adelev@contoso.example'").ok(200);
    assert_eq!(bench.post("/me/checkMemberGroups", json!({ "groupIds": [] })).ok(200)["value"], json!([]));
    Bench::with("User.Read").get("/auditLogs/signIns").refused(403, "Authorization_RequestDenied");
}
