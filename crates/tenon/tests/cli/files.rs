//! Files that go in and come out.

use crate::program::{Home, Ran, Served};

#[test]
fn an_attached_file_is_read_and_sent() {
    let home = Home::new();
    home.write("report.txt", "hello");
    let send = |content: &[&str]| {
        let fixed = [
            "preview",
            "outlook.send_email",
            "-c",
            "sandbox",
            "--set",
            "to=a@contoso.example",
            "--set",
            "subject=S",
            "--set",
            "body=B",
        ];
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
    let content: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.folder().join("me.json")).unwrap()).unwrap();
    assert_eq!(content["userPrincipalName"], "AdeleV@contoso.example");
    assert!(stored["body"]["path"].as_str().unwrap().ends_with("me.json"), "{stored}");
}

#[test]
fn a_file_that_is_there_stays_and_nothing_is_sent() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    home.write("mine.json", "precious");
    let get =
        |place: &str| home.on_sandbox(&["raw", "GET", "/me", "--response-type", "binary", "--json", "--output", place]);
    for (place, says) in
        [("mine.json", "nothing is overwritten"), ("missing/me.json", "no folder"), ("missing/", "no folder")]
    {
        let error = get(place).error();
        assert_eq!(error["code"], "invalid_input", "{place}");
        assert!(error["message"].as_str().unwrap().contains(says), "{place}: {error}");
    }
    assert_eq!(
        (sandbox.requests(), std::fs::read_to_string(home.folder().join("mine.json")).unwrap()),
        (0, "precious".to_owned())
    );
    let first = get(".").json();
    let second = get(".").json();
    assert_ne!(first["body"]["path"], second["body"]["path"]);
    assert_eq!(second["body"]["name"], first["body"]["name"]);
}

#[test]
fn downloads_of_one_name_at_once_are_all_there() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    std::fs::create_dir(home.folder().join("down")).unwrap();
    let get = ["raw", "GET", "/me", "--response-type", "binary", "--output", "down", "--connection", "sandbox"];
    let children: Vec<_> = (0..6)
        .map(|_| {
            home.command(&get)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let ran: Vec<Ran> = children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    let paths: std::collections::BTreeSet<_> =
        ran.iter().map(|ran| ran.json()["body"]["path"].as_str().unwrap().to_owned()).collect();
    let there = std::fs::read_dir(home.folder().join("down")).unwrap().count();
    assert_eq!((paths.len(), there), (6, 6), "{paths:?}");
}

#[test]
#[cfg(unix)]
fn devices_and_pipes_are_written_into() {
    let home = Home::new();
    let get =
        |place: &str| home.on_sandbox(&["raw", "GET", "/me", "--response-type", "binary", "--json", "--output", place]);
    get("/dev/null").json();
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    let pipe = home.folder().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
    get("pipe").json();
    assert!(reader.join().unwrap().contains("AdeleV@contoso.example"));
    #[cfg(target_os = "linux")]
    {
        let full = get("/dev/full");
        assert_eq!((full.code, full.error()["code"].as_str()), (74, Some("output")), "{full:?}");
        assert!(full.error()["message"].as_str().unwrap().contains("space"), "the cause is told: {full:?}");
    }
}
