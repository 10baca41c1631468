//! Query options over messages.

use crate::graph::testing::Bench;

#[test]
fn options_shape_a_list() {
    let bench = Bench::adele();
    let counted = bench.get("/me/messages?$count=true&$top=2&$filter=isRead eq false").ok(200);
    assert!(counted["@odata.count"].as_u64().unwrap() > 2);
    let next = counted["@odata.nextLink"].as_str().unwrap();
    assert!(
        next.contains("$filter=isRead%20eq%20false") && next.contains("$skip=2") && next.contains("$top=2"),
        "{next}"
    );
    assert!(bench.get(next).items().iter().all(|message| message["isRead"] == false));
    let sorted = bench.get("/me/messages?$orderby=subject&$top=50&$select=subject");
    let subjects: Vec<String> =
        sorted.items().iter().map(|message| message["subject"].as_str().unwrap().to_lowercase()).collect();
    assert!(subjects.is_sorted());
    let found = bench.get("/me/messages?$search=\"subject:budget\"");
    assert!(
        !found.items().is_empty()
            && found.items().iter().all(|message| message["subject"].as_str().unwrap().contains("budget"))
    );
    assert_eq!(bench.get("/me/messages?$top=0").items().len(), 0);
    let paged = Bench::adele().header("prefer", "odata.maxpagesize=3");
    assert_eq!(paged.get("/me/messages").items().len(), 3);
}

#[test]
fn filter_and_order_have_to_agree() {
    let bench = Bench::adele();
    bench.get("/me/messages?$filter=receivedDateTime ge 2020-01-01T00:00:00Z and isRead eq true&$orderby=receivedDateTime desc").ok(200);
    bench.get("/me/messages?$filter=isRead eq true&$orderby=receivedDateTime desc").refused(400, "InefficientFilter");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let bench = Bench::adele();
    for (query, code) in [
        ("$filter=sbject eq 'x'", "RequestBroker--ParseUri"),
        ("$select=sbject", "RequestBroker--ParseUri"),
        ("$orderby=sbject", "RequestBroker--ParseUri"),
        ("$orderby=subject down", "RequestBroker--ParseUri"),
        ("$expand=subject", "RequestBroker--ParseUri"),
        ("$expand=nothing", "RequestBroker--ParseUri"),
        ("$top=ten", "RequestBroker--ParseUri"),
        ("$top=-1", "RequestBroker--ParseUri"),
        ("$top=1001", "RequestBroker--ParseUri"),
        ("$top=1&$top=2", "RequestBroker--ParseUri"),
        ("$apply=x", "RequestBroker--ParseUri"),
        ("$count=perhaps", "RequestBroker--ParseUri"),
        ("$search=from:alex", "BadRequest"),
        ("$search=\"a\"&$filter=isRead eq true", "SearchWithFilter"),
        ("$search=\"a\"&$orderby=subject", "SearchWithOrderBy"),
        ("$filter=receivedDateTime ge 'x'", "RequestBroker--ParseUri"),
    ] {
        bench.get(&format!("/me/messages?{query}")).refused(400, code);
    }
    let names = bench.get("/me/messages?$select=sbject");
    assert!(names.message().contains("Could not find a property named 'sbject' on type 'microsoft.graph.message'"));
}

#[test]
fn options_may_leave_out_their_dollar() {
    let bench = Bench::adele();
    assert_eq!(bench.get("/me/messages?top=3&select=subject").items().len(), 3);
}
