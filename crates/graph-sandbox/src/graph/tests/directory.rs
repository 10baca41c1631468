//! Users and groups.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn new_user(alias: &str) -> Value {
    json!({
        "accountEnabled": true, "displayName": alias, "mailNickname": alias, "userPrincipalName": format!("{alias}@contoso.example"),
        "passwordProfile": { "password": "Not-A-Real-One-1", "forceChangePasswordNextSignIn": true },
    })
}

fn group_id(bench: &Bench, name: &str) -> String {
    let found = bench.get(&format!("/groups?$filter=displayName eq '{name}'"));
    found.items()[0]["id"].as_str().unwrap().to_owned()
}

fn bind(ids: &[String]) -> Value {
    let urls: Vec<String> =
        ids.iter().map(|id| format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")).collect();
    json!({ "members@odata.bind": urls })
}

fn create(bench: &Bench, alias: &str) -> String {
    bench.post("/users", new_user(alias)).ok(201)["id"].as_str().unwrap().to_owned()
}

#[test]
fn people_are_listed_with_their_usual_properties() {
    let bench = Bench::adele();
    let (users, _) = bench.all("/users?$top=5");
    assert_eq!(users.len(), 12);
    assert_eq!(users[0].as_object().unwrap().len(), 11);
    let only = bench.get("/users?$select=displayName&$top=1").ok(200)["value"][0].clone();
    assert_eq!(only.as_object().unwrap().keys().collect::<Vec<_>>(), ["displayName"]);
    let me = bench.get("/me?$select=department,accountEnabled,assignedLicenses,ageGroup").ok(200);
    assert_eq!((&me["department"], &me["ageGroup"]), (&json!("Retail"), &Value::Null));
    assert_eq!(bench.get("/me/manager").ok(200)["displayName"], "Megan Bowen");
    assert_eq!(
        bench.get("/me?$expand=manager($select=id,displayName)").ok(200)["manager"]["displayName"],
        "Megan Bowen"
    );
    assert_eq!(bench.get("/users/meganb@contoso.example/directReports").items().len(), 5);
    bench.get("/users/meganb@contoso.example/manager").refused(404, "Request_ResourceNotFound");
    bench.get("/users/nobody@contoso.example").refused(404, "Request_ResourceNotFound");
    assert_eq!(bench.get("/me/licenseDetails").items()[0]["skuPartNumber"], "ENTERPRISEPREMIUM");
}

#[test]
fn a_user_is_made_changed_deleted_and_restored() {
    let bench = Bench::adele();
    let id = create(&bench, "NestorW");
    bench.patch(&format!("/users/{id}"), json!({ "jobTitle": "Director", "department": "Operations" })).ok(204);
    assert_eq!(bench.get("/users/nestorw@contoso.example").ok(200)["jobTitle"], "Director");
    bench.delete(&format!("/users/{id}")).ok(204);
    bench.get(&format!("/users/{id}")).refused(404, "Request_ResourceNotFound");
    assert_eq!(bench.get("/directory/deletedItems/microsoft.graph.user").items().len(), 2, "Lidia was deleted before");
    bench.send("POST", &format!("/directory/deletedItems/{id}/restore"), None).ok(200);
    bench.get(&format!("/users/{id}")).ok(200);
    bench.delete(&format!("/users/{id}")).ok(204);
    bench.delete(&format!("/directory/deletedItems/{id}")).ok(204);
    bench.get(&format!("/directory/deletedItems/{id}")).refused(404, "Request_ResourceNotFound");
}

#[test]
fn a_user_that_cannot_be_made_is_refused() {
    let bench = Bench::adele();
    let refuse = |change: &dyn Fn(&mut Value), says: &str| {
        let mut user = new_user("X");
        change(&mut user);
        let answer = bench.post("/users", user);
        assert!(answer.message().contains(says), "{}", answer.body);
        answer.refused(400, "Request_BadRequest");
    };
    refuse(
        &|user| drop(user.as_object_mut().unwrap().remove("displayName")),
        "A value is required for property 'displayName'",
    );
    refuse(
        &|user| user["userPrincipalName"] = "adelev@contoso.example".into(),
        "Another object with the same value for property userPrincipalName",
    );
    refuse(&|user| user["userPrincipalName"] = "x@elsewhere.example".into(), "domain portion of the userPrincipalName");
    refuse(&|user| user["passwordProfile"]["password"] = "weak".into(), "password complexity");
    refuse(&|user| user["favouriteColour"] = "red".into(), "'favouriteColour' does not exist");
    refuse(&|user| user["accountEnabled"] = "yes".into(), "accountEnabled");
    refuse(&|user| user["usageLocation"] = "USA".into(), "usageLocation");
}

#[test]
fn members_are_added_all_or_none() {
    let bench = Bench::adele();
    let group = bench
        .post(
            "/groups",
            json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true }),
        )
        .ok(201);
    let path = format!("/groups/{}", group["id"].as_str().unwrap());
    let people: Vec<String> = (0..21).map(|i| create(&bench, &format!("Bulk{i}"))).collect();
    bench.patch(&path, bind(&people)).refused(400, "Request_BadRequest");
    bench.patch(&path, bind(&people[..20])).ok(204);
    assert_eq!(bench.get(&format!("{path}/members")).items().len(), 20);
    let answer = bench.patch(&path, bind(&[people[20].clone(), people[0].clone()]));
    assert_eq!(
        answer.message(),
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    answer.refused(400, "Request_BadRequest");
    let missing = "11111111-2222-4333-8444-555555555555".to_owned();
    let answer = bench.patch(&path, bind(&[people[20].clone(), missing.clone()]));
    assert!(answer.message().contains(&missing));
    answer.refused(404, "Request_ResourceNotFound");
    assert_eq!(bench.get(&format!("{path}/members?$top=999")).items().len(), 20, "nothing of a refused change stays");
    bench.delete(&format!("{path}/members/{}/$ref", people[0])).ok(204);
    bench.delete(&format!("{path}/members/{}/$ref", people[0])).refused(404, "Request_ResourceNotFound");
    let reference = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", people[0]) });
    bench.post(&format!("{path}/members/$ref"), reference.clone()).ok(204);
    bench.post(&format!("{path}/members/$ref"), reference).refused(400, "Request_BadRequest");
}

#[test]
fn a_dynamic_group_keeps_its_members() {
    let bench = Bench::adele();
    let dynamic = group_id(&bench, "All Engineers");
    let me = bench.get("/me").ok(200)["id"].as_str().unwrap().to_owned();
    bench.patch(&format!("/groups/{dynamic}"), bind(&[me])).refused(403, "Authorization_RequestDenied");
    assert_eq!(bench.get(&format!("/groups/{dynamic}/members/microsoft.graph.user")).items().len(), 4);
}

#[test]
fn memberships_are_found_through_groups() {
    let bench = Bench::adele();
    let nested = group_id(&bench, "sg-All-Offices");
    let direct = bench.get(&format!("/groups/{nested}/members"));
    assert!(direct.items().iter().all(|member| member["@odata.type"] == "#microsoft.graph.group"));
    assert_eq!(bench.get(&format!("/groups/{nested}/transitiveMembers")).items().len(), 7);
    assert_eq!(
        bench.get("/users/pattif@contoso.example/transitiveMemberOf").items().len(),
        4,
        "two groups and two roles"
    );
    assert_eq!(bench.get(&format!("/groups/{nested}?$expand=members")).ok(200)["members"].as_array().unwrap().len(), 2);
}

#[test]
fn groups_have_owners() {
    let bench = Bench::adele();
    let path = format!("/groups/{}/owners", group_id(&bench, "Retail"));
    let me = bench.get(&path).items()[0]["id"].as_str().unwrap().to_owned();
    bench.delete(&format!("{path}/{me}/$ref")).refused(400, "Request_BadRequest");
    let megan = bench.get("/users/meganb@contoso.example").ok(200)["id"].as_str().unwrap().to_owned();
    bench
        .post(
            &format!("{path}/$ref"),
            json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{megan}") }),
        )
        .ok(204);
    bench.delete(&format!("{path}/{me}/$ref")).ok(204);
}

#[test]
fn advanced_queries_need_their_header() {
    let bench = Bench::adele();
    let eventual = Bench::adele().header("consistencylevel", "eventual");
    for query in [
        "$count=true",
        "$search=\"displayName:adele\"",
        "$filter=endswith(mail,'contoso.example')",
        "$filter=department ne 'Retail'",
        "$filter=not(startswith(displayName,'A'))",
        "$orderby=department",
        "$filter=startswith(displayName,'A')&$orderby=displayName",
    ] {
        bench.get(&format!("/users?{query}")).refused(400, "Request_UnsupportedQuery");
        let query = if query.contains("$filter") { format!("{query}&$count=true") } else { query.to_owned() };
        eventual.get(&format!("/users?{query}")).ok(200);
    }
    eventual.get("/users?$filter=department ne 'Retail'").refused(400, "Request_UnsupportedQuery");
    let found = eventual.get("/users?$search=\"displayName:ade\" OR \"department:legal\"");
    assert_eq!(found.items().len(), 2);
    eventual.get("/users?$search=adele").refused(400, "Request_UnsupportedQuery");
    bench.get("/users?$filter=contains(displayName,'a')").refused(400, "Request_UnsupportedQuery");
    bench.get("/users?$skip=2").refused(400, "BadRequest");
    bench.get("/users?$top=1000").refused(400, "Request_UnsupportedQuery");
    bench.get("/users/$count").refused(400, "Request_UnsupportedQuery");
    assert_eq!(eventual.get("/users/$count").response.body().as_ref(), b"12");
    let licensed = "assignedLicenses/any(l:l/skuId eq c7df2760-2c81-4ef7-b578-5b5392b571df)";
    assert_eq!(bench.get(&format!("/users?$filter={licensed}")).items().len(), 11);
    assert_eq!(bench.get("/groups?$filter=groupTypes/any(t:t eq 'Unified')").items().len(), 3);
}

#[test]
fn the_tenant_describes_itself() {
    let bench = Bench::adele();
    assert_eq!(bench.get("/organization").items()[0]["displayName"], "Contoso");
    assert_eq!(bench.get("/domains").items()[0]["id"], "contoso.example");
    assert_eq!(bench.get("/subscribedSkus").items()[0]["consumedUnits"], 11);
    assert_eq!(bench.get("/organization").items()[0]["id"], bench.graph.tenant_id());
}

#[test]
fn a_mixed_list_prints_each_object_as_what_it_is() {
    let bench = Bench::adele();
    let groups = bench.get("/me/memberOf");
    assert!(groups.items().iter().all(|group| group.get("groupTypes").is_some() && group.get("surname").is_none()));
    let eventual = Bench::adele().header("consistencylevel", "eventual");
    let retail = group_id(&bench, "Retail");
    let found = eventual.get(&format!(
        "/groups/{retail}/members?$count=true&$filter=startswith(displayName,'Adele')&$select=displayName,jobTitle"
    ));
    assert_eq!(
        found.items(),
        [json!({ "@odata.type": "#microsoft.graph.user", "displayName": "Adele Vance", "jobTitle": "Retail Manager" })]
    );
}
