use serde_json::{Value, json};

use super::{Collection, ETag, Permissions, Property, Verb};
use crate::graph::testing::Bench;

const SCOPES: &str = "Tasks.ReadWrite";

fn permissions(collection: Collection) -> Collection {
    collection.permissions(
        Permissions::delegated(["Tasks.Read", "Tasks.ReadWrite"]).application(["Tasks.Read.All"]),
        Permissions::delegated(["Tasks.ReadWrite"]).application(["Tasks.ReadWrite.All"]),
    )
}

fn plans() -> Collection {
    permissions(
        Collection::new("/planner/plans").type_name("plannerPlan").property(Property::string("title").required()),
    )
    .seed([json!({ "id": "alpha", "title": "Alpha" }), json!({ "id": "beta", "title": "Beta" })])
}

fn tasks() -> Collection {
    let seeds = (1..=5).map(|number| {
        let plan = if number < 4 { "alpha" } else { "beta" };
        let title = format!("Task {number}");
        json!({ "id": format!("t{number}"), "title": title, "planId": plan, "percentComplete": number * 10 })
    });
    permissions(Collection::new("/planner/tasks").type_name("plannerTask"))
        .property(Property::string("title").required())
        .property(Property::string("planId").required())
        .property(Property::integer("percentComplete").default_value(0))
        .property(Property::choice("priority", &["low", "normal", "urgent"]).default_value("normal"))
        .property(Property::timestamp("dueDateTime"))
        .property(Property::string("labels").list())
        .property(Property::timestamp("createdDateTime").set_on_create())
        .property(Property::timestamp("changedDateTime").set_on_update())
        .nested("/planner/plans/{plan}/tasks", "planId")
        .etag(ETag::Required)
        .page_size(2, 50)
        .seed(seeds)
}

fn bench() -> Bench {
    Bench::taught(SCOPES, vec![plans(), tasks()])
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name}: {value}"))
}

#[test]
fn an_item_is_created_read_updated_and_deleted() {
    let bench = bench();
    let made =
        bench.post("/planner/tasks", json!({ "title": "Write", "planId": "alpha", "priority": "URGENT" })).ok(201);
    assert_eq!(made["@odata.context"], "http://127.0.0.1:1234/v1.0/$metadata#planner/tasks/$entity");
    assert_eq!(
        (&made["percentComplete"], &made["labels"], &made["priority"]),
        (&json!(0), &json!([]), &json!("urgent"))
    );
    assert_eq!((&made["dueDateTime"], text(&made, "createdDateTime")), (&Value::Null, "2026-03-02T09:00:00Z"));
    let path = format!("/planner/tasks/{}", text(&made, "id"));
    assert_eq!(bench.get(&path).ok(200), made);
    let tagged = Bench { graph: bench.graph.clone(), ..self::bench() }.header("if-match", text(&made, "@odata.etag"));
    let changed = tagged.patch(&path, json!({ "percentComplete": 50, "dueDateTime": "2026-04-01T00:00:00Z" })).ok(200);
    assert_eq!((&changed["percentComplete"], text(&changed, "title")), (&json!(50), "Write"));
    assert_ne!(changed["@odata.etag"], made["@odata.etag"]);
    tagged.patch(&path, json!({ "percentComplete": 60 })).refused(412, "PreconditionFailed");
    tagged.delete(&path).refused(412, "PreconditionFailed");
    bench.patch(&path, json!({ "percentComplete": 60 })).refused(428, "PreconditionRequired");
    bench.delete(&path).refused(428, "PreconditionRequired");
    let any = Bench { graph: bench.graph.clone(), ..self::bench() }.header("if-match", "*");
    any.delete(&path).ok(204);
    bench.get(&path).refused(404, "NotFound");
}

#[test]
fn lists_take_the_query_options() {
    let bench = bench();
    let (items, last) = bench.all("/planner/tasks?$count=true&$select=title");
    assert_eq!((items.len(), &last.body["@odata.count"]), (5, &json!(5)));
    assert!(items.iter().all(|item| item.get("planId").is_none() && item.get("id").is_some()), "{items:?}");
    let titles = |path: &str| {
        let (items, _) = bench.all(path);
        items.iter().map(|item| text(item, "title").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("/planner/tasks?$filter=percentComplete ge 40"), ["Task 4", "Task 5"]);
    assert_eq!(titles("/planner/tasks?$orderby=percentComplete desc&$top=1")[..2], ["Task 5", "Task 4"]);
    assert_eq!(titles("/planner/tasks?$skip=3"), ["Task 4", "Task 5"]);
    assert_eq!(titles("/planner/tasks?$filter=priority eq 'normal' and planId eq 'beta'").len(), 2);
    bench.get("/planner/tasks?$filter=priority eq 'soon'").refused(400, "BadRequest");
    bench.get("/planner/tasks?$select=owner").refused(400, "BadRequest");
    bench.get("/planner/tasks?$top=51").refused(400, "BadRequest");
    bench.get("/planner/tasks?$search=\"x\"").refused(400, "BadRequest");
    bench.get("/planner/tasks?$expand=plan").refused(400, "BadRequest");
}

#[test]
fn bodies_are_checked_as_graph_does() {
    let bench = bench();
    let refused = |body: Value| {
        let refused = bench.post("/planner/tasks", body);
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{}", refused.body);
        refused.message().to_owned()
    };
    let unknown = "The property 'titel' does not exist on type 'microsoft.graph.plannerTask'.";
    assert!(refused(json!({ "titel": "x", "planId": "alpha" })).starts_with(unknown));
    assert!(refused(json!({ "title": 7, "planId": "alpha" })).contains("Edm.String"));
    assert!(refused(json!({ "title": "x", "planId": "alpha", "percentComplete": "half" })).contains("Edm.Int32"));
    assert!(refused(json!({ "title": "x", "planId": "alpha", "priority": "soon" })).contains("'soon' was not found"));
    assert_eq!(refused(json!({ "title": "x" })), "A value is required for property 'planId'.");
    assert!(refused(json!({ "title": "x", "planId": "alpha", "id": "mine" })).contains("'id' is read-only"));
    let created = json!({ "title": "x", "planId": "alpha", "createdDateTime": "2026-01-01T00:00:00Z" });
    assert!(refused(created).contains("'createdDateTime' is read-only"));
    let any = Bench { graph: bench.graph.clone(), ..self::bench() }.header("if-match", "*");
    let cleared = any.patch("/planner/tasks/t1", json!({ "title": null }));
    assert_eq!(cleared.message(), "A value is required for property 'title'.");
    bench.send("POST", "/planner/tasks", None).refused(400, "BadRequest");
    bench.post("/planner/tasks/t1", json!({})).refused(405, "sandboxNotServed");
}

#[test]
fn a_second_path_has_the_items_of_one_value() {
    let bench = bench();
    let (items, last) = bench.all("/planner/plans/alpha/tasks");
    assert_eq!(items.len(), 3);
    assert_eq!(last.body["@odata.context"], "http://127.0.0.1:1234/v1.0/$metadata#planner/plans('alpha')/tasks");
    let made = bench.post("/planner/plans/beta/tasks", json!({ "title": "Nested" })).ok(201);
    assert_eq!(text(&made, "planId"), "beta");
    assert_eq!(bench.all("/planner/plans/beta/tasks").0.len(), 3);
    bench.post("/planner/plans/beta/tasks", json!({ "title": "x", "planId": "alpha" })).refused(400, "BadRequest");
    bench.get("/planner/plans/gamma/tasks").refused(404, "NotFound");
}

#[test]
fn permissions_are_those_of_the_description() {
    Bench::taught("Tasks.Read", vec![tasks()]).get("/planner/tasks").ok(200);
    let reader = Bench::taught("Tasks.Read", vec![tasks()]);
    reader.post("/planner/tasks", json!({ "title": "x", "planId": "a" })).refused(403, "Forbidden");
    Bench::taught("Mail.Read", vec![tasks()]).get("/planner/tasks").refused(403, "Forbidden");
    let app = |role: &str| Bench { graph: bench().graph, ..Bench::app(role) };
    app("Tasks.Read.All").get("/planner/tasks").ok(200);
    app("Tasks.Read").get("/planner/tasks").refused(403, "Forbidden");
    let open = Collection::new("/open").permissions(Permissions::not_needed(), Permissions::not_needed());
    Bench::taught("", vec![open]).post("/open", json!({})).ok(201);
}

#[test]
fn each_user_and_each_container_has_items_of_their_own() {
    let own = |path| {
        Collection::new(path).property(Property::string("text")).silent_update().permissions(
            Permissions::delegated(["Notes.ReadWrite"]).shared(["Notes.ReadWrite.Shared"]),
            Permissions::delegated(["Notes.ReadWrite"]),
        )
    };
    let notes = own("@/notes").seed_at("/users/alexw@contoso.example/notes", [json!({ "text": "of Alex" })]);
    let bench = Bench::taught("Notes.ReadWrite", vec![notes.clone(), own("@/notes/{id}/comments")]);
    let note = bench.post("/me/notes", json!({ "text": "mine" })).ok(201);
    assert_eq!(bench.all("/me/notes").0.len(), 1);
    assert_eq!(bench.all("/users/adelev@contoso.example/notes").0.len(), 1);
    bench.get("/users/alexw@contoso.example/notes").refused(403, "Forbidden");
    let shared = Bench::taught("Notes.ReadWrite.Shared", vec![notes]);
    assert_eq!(text(&shared.all("/users/alexw@contoso.example/notes").0[0], "text"), "of Alex");
    shared.get("/users/nobody@contoso.example/notes").refused(404, "Request_ResourceNotFound");
    let comments = format!("/me/notes/{}/comments", text(&note, "id"));
    let comment = bench.post(&comments, json!({ "text": "good" })).ok(201);
    assert_eq!(bench.all(&comments).0.len(), 1);
    bench.get("/me/notes/none/comments").refused(404, "NotFound");
    let path = format!("{comments}/{}", text(&comment, "id"));
    bench.patch(&path, json!({ "text": "better" })).ok(204);
    let shown = Bench { graph: bench.graph.clone(), ..Bench::taught("Notes.ReadWrite", Vec::new()) };
    let shown = shown.header("prefer", "return=representation").patch(&path, json!({ "text": "best" })).ok(200);
    assert_eq!(text(&shown, "text"), "best");
}

#[test]
fn parts_of_a_batch_are_answered_alike() {
    let bench = bench();
    let part = |id: &str, method: &str, url: &str| json!({ "id": id, "method": method, "url": url });
    let parts = [
        part("1", "GET", "/planner/tasks/t1"),
        part("2", "GET", "/planner/buckets"),
        part("3", "DELETE", "/planner/tasks"),
    ];
    let answer = bench.post("/$batch", json!({ "requests": parts })).ok(200);
    let part = |id: &str| answer["responses"].as_array().unwrap().iter().find(|part| part["id"] == id).unwrap().clone();
    assert_eq!((&part("1")["status"], &part("1")["body"]["title"]), (&json!(200), &json!("Task 1")));
    assert_eq!((&part("2")["status"], &part("2")["body"]["error"]["code"]), (&json!(501), &json!("sandboxNotServed")));
    assert_eq!(part("2")["body"]["error"]["message"], "The sandbox does not serve 'buckets'. Microsoft Graph may.");
    assert_eq!((&part("3")["status"], &part("3")["headers"]["Allow"]), (&json!(405), &json!("GET, POST")));
}

#[test]
fn verbs_that_are_not_served_say_so() {
    let fixed = permissions(Collection::new("/fixed").verbs([Verb::List, Verb::Get])).seed([json!({ "id": "one" })]);
    let bench = Bench::taught(SCOPES, vec![fixed]);
    bench.get("/fixed/ONE").ok(200);
    let refused = bench.post("/fixed", json!({}));
    assert_eq!(refused.header("allow"), "GET");
    assert!(refused.message().starts_with("The sandbox serves GET at '/fixed', and not POST."), "{}", refused.body);
    refused.refused(405, "sandboxNotServed");
}

#[test]
#[should_panic(expected = "does not say who may read it")]
fn a_description_says_who_may_read() {
    Bench::taught(SCOPES, vec![Collection::new("/open")]);
}

#[test]
#[should_panic(expected = "A value is required for property 'title'.")]
fn items_from_the_start_are_checked() {
    Bench::taught(SCOPES, vec![plans().seed([json!({ "id": "gamma" })])]);
}
