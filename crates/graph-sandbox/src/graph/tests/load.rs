//! Large mailboxes and many requests.

use serde_json::json;

use crate::graph::testing::Bench;

#[test]
fn thousands_of_messages_are_paged_to_the_last() {
    let bench = Bench::adele();
    let body = "x".repeat(200);
    for i in 0..4_000 {
        bench.graph.deliver(
            "diegos@contoso.example",
            "inbox",
            json!({ "subject": format!("Message {i}"), "body": { "contentType": "text", "content": body } }),
        );
    }
    let (all, _) = bench.all("/users/diegos@contoso.example/mailFolders/inbox/messages?$top=700&$select=subject");
    assert!(all.len() >= 4_000);
    let mut subjects: Vec<&str> = all
        .iter()
        .filter_map(|message| message["subject"].as_str())
        .filter(|subject| subject.starts_with("Message "))
        .collect();
    assert_eq!(subjects[0], "Message 3999", "the last to arrive comes first");
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), 4_000);
}
