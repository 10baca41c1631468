//! Microsoft's own description of Graph: fetched, asked, and what raw requests gain by it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::json;

use crate::program::Home;

const CSDL: &str = r#"<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EntityType Name="message"><Property Name="subject" Type="Edm.String" /></EntityType>
    <EntityType Name="user"><NavigationProperty Name="messages" Type="Collection(graph.message)" /></EntityType>
    <EntityContainer Name="service"><Singleton Name="me" Type="microsoft.graph.user" /></EntityContainer>
  </Schema></edmx:DataServices></edmx:Edmx>"#;

const TABLE: &str = r#"{ "permissions": {
  "Mail.Read": { "pathSets": [{ "schemeKeys": ["DelegatedWork", "Application"], "methods": ["GET"], "paths": { "/me/messages": "least=DelegatedWork" } }] },
  "Mail.Levitate": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["DELETE"], "paths": { "/me/messages/{id}": "least=DelegatedWork" } }] }
} }"#;

/// A home with the description in it.
fn informed() -> Home {
    let home = Home::new();
    home.write("graph.xml", CSDL);
    home.write("permissions.json", TABLE);
    let status = home.run(&["metadata", "fetch", "--file", "graph.xml", "--file", "permissions.json"]).json();
    assert_eq!((status["missing"].clone(), status["files"][1]["entries"].clone()), (json!([]), json!(2)), "{status}");
    home
}

#[test]
fn without_it_nothing_changes() {
    let home = Home::new();
    assert_eq!(home.run(&["metadata", "status"]).json()["missing"], json!(["types", "permissions"]));
    let ran = home.run(&["scopes", "--request", "GET /me/messages", "--json"]);
    assert!(ran.code == 10 && ran.err.contains("tenon metadata fetch"), "{ran:?}");
    let preview = home.on_sandbox(&["preview", "graph_raw.get", "--set", "url=/me/mesages"]).json();
    assert_eq!(preview["requests"][0].get("warnings"), None, "{preview}");
    assert!(!home.data().exists());
}

#[test]
fn permissions_of_a_request() {
    let home = informed();
    let found = home.run(&["scopes", "--request", "get /me/messages", "--request", "DELETE /me/messages/{id}"]).json();
    assert_eq!(found[0]["delegated"], json!({ "least": ["Mail.Read"], "all": ["Mail.Read"] }));
    assert_eq!(found[0]["application"], json!({ "least": [], "all": ["Mail.Read"] }));
    assert_eq!(found[1]["delegated"]["least"], json!(["Mail.Levitate"]));
    let ran = home.run(&["scopes", "--request", "GET /me/mesages"]);
    assert!(ran.code == 10 && ran.err.contains("did you mean `messages`?"), "{ran:?}");
    assert_eq!(home.run(&["scopes", "--request", "GET"]).code, 10);
    let found = home
        .on_sandbox(&["run", "graph_raw.find_permissions", "--set", "method=GET", "--set", "path=/me/messages"])
        .json();
    assert_eq!(found, json!({ "least": ["Mail.Read"], "all": ["Mail.Read"], "listed": true }));
}

#[test]
fn a_raw_request_is_warned_of() {
    let home = informed();
    let preview = home.on_sandbox(&["preview", "graph_raw.get", "--set", "url=/me/mesages"]).json();
    assert!(preview["requests"][0]["warnings"][0].as_str().unwrap().contains("did you mean `messages`?"), "{preview}");
    let ran = home.on_sandbox(&["raw", "GET", "/me/mesages"]);
    assert!(ran.code != 0 && ran.err.contains("did you mean `messages`?"), "{ran:?}");
    // The sandbox grants what its connectors ask for, and nobody asks for this.
    let preview = home.on_sandbox(&["preview", "graph_raw.delete", "--set", "url=/me/messages/1"]).json();
    assert!(preview["requests"][0]["warnings"][0].as_str().unwrap().contains("`Mail.Levitate`"), "{preview}");
    let ran = home.on_sandbox(&["raw", "GET", "/me/messages?$top=1"]).json();
    assert_eq!((ran["status"].clone(), ran.get("warnings")), (json!(200), None));
}

#[test]
fn it_is_downloaded_from_a_mirror() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mirror = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        for body in [CSDL, TABLE] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(|line| line.unwrap());
            let first = lines.next().unwrap();
            assert!(first.starts_with("GET /microsoftgraph/") && first.contains("/HEAD/"), "{first}");
            assert!(
                lines
                    .take_while(|line| !line.is_empty())
                    .all(|line| !line.to_ascii_lowercase().starts_with("authorization"))
            );
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
                .unwrap();
        }
    });
    let status = Home::new().run(&["metadata", "fetch", "--latest", "--mirror", &mirror]).json();
    served.join().unwrap();
    assert_eq!(status["files"].as_array().map(Vec::len), Some(2), "{status}");
    assert!(status["files"][0]["source"].as_str().unwrap().starts_with(&mirror));
}

#[test]
fn what_is_no_description_is_refused() {
    let home = Home::new();
    home.write("a.txt", "hello");
    for arguments in [["--file", "a.txt"], ["--file", "absent"], ["--mirror", "http://mirror.example"]] {
        let ran = home.run(&["metadata", "fetch", arguments[0], arguments[1]]);
        assert_eq!(ran.code, 10, "{ran:?}");
    }
    assert_eq!(home.run(&["metadata", "fetch", "--file", "a.txt", "--latest"]).code, 2);
}
