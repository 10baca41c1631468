//! Files that go in and come out.

use crate::program::Home;

#[test]
fn an_attached_file_is_read_and_sent() {
    let home = Home::new();
    home.write("report.txt", "hello");
    let send = |content: &[&str]| {
        let fixed =
            ["preview", "outlook.send_email", "-c", "sandbox", "--set", "to=a@contoso.example", "--set", "subject=S", "--set", "body=B"];
        home.run(&[&fixed[..], content].concat()).json()["requests"][0]["body"]["message"]["attachments"][0].clone()
    };
    let expected = send(&["--set", "attachments.0.name=r.txt", "--set", "attachments.0.content=@report.txt"]);
    assert_eq!((expected["name"].as_str(), expected["contentBytes"].as_str()), (Some("r.txt"), Some("aGVsbG8=")));
    let json = r#"{"attachments":[{"name":"r.txt","content":{"file":"report"}}]}"#;
    assert_eq!(send(&["--input", json, "--file", "report=report.txt"]), expected);
}

#[test]
fn a_missing_file_is_bad_input() {
    let home = Home::new();
    let ran = home.on_sandbox(&[
        "run",
        "outlook.send_email",
        "--json",
        "--set",
        "attachments.0.content=@missing.txt",
        "--file",
        "also-missing.txt",
    ]);
    assert_eq!(ran.code, 10, "{ran:?}");
    assert_eq!(ran.error()["issues"].as_array().unwrap().len(), 2, "{ran:?}");
}

#[test]
fn a_returned_file_goes_where_it_is_told() {
    let home = Home::new();
    let get = ["raw", "GET", "/me", "--response-type", "binary"];
    let inside = home.on_sandbox(&get).json();
    assert!(inside["body"]["base64"].is_string(), "{inside}");
    let stored = home.on_sandbox(&[&get[..], &["--output", "me.json"]].concat()).json();
    let content: serde_json::Value = serde_json::from_slice(&std::fs::read(home.folder().join("me.json")).unwrap()).unwrap();
    assert_eq!(content["userPrincipalName"], "AdeleV@contoso.example");
    assert!(stored["body"]["path"].as_str().unwrap().ends_with("me.json"), "{stored}");
}
