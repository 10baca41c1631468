//! `tenon connections export` and `import`, and where the key is kept.

use std::process::{Command, Stdio};

use graph_sandbox::seeds;
use serde_json::{Value, json};

use crate::browser::ADELE;
use crate::program::{Home, Ran, Running, Served};
use crate::sign_in::connect_app;

const PASSPHRASE: &str = "correct horse battery staple";

fn with_passphrase(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = home.command(arguments);
    command
        .args(["--passphrase-env", "PASSPHRASE_OF_THE_TEST"])
        .env("PASSPHRASE_OF_THE_TEST", PASSPHRASE)
        .output()
        .unwrap()
        .into()
}

#[test]
fn without_secrets_it_is_reconnected_elsewhere() {
    let sandbox = Served::start();
    let (here, there) = (Home::new(), Home::new());
    let id = connect_app(&here, &sandbox, &[]).json()["id"].clone();
    let exported = here.run(&["connections", "export"]);
    assert_eq!(exported.json()["secrets"], "left_out");
    assert!(!exported.out.contains(seeds::DAEMON_SECRET) && !exported.out.contains("eyJ"), "{exported:?}");

    let imported: Ran = there.fed(&["connections", "import", "-"], exported.out.as_bytes());
    let card = &imported.json()["items"][0];
    assert_eq!((&card["id"], card["state"].as_str()), (&id, Some("broken")), "{imported:?}");
    let ran = there.run(&["run", "outlook.list_emails", "-c", "work", "--json"]);
    assert_eq!(ran.error()["code"], "not_connected");
    assert!(ran.error()["hint"].as_str().unwrap().contains("tenon connections reconnect work"), "{ran:?}");
    there.write("secret", seeds::DAEMON_SECRET);
    let card = there.run(&["connections", "reconnect", "work", "--client-secret-file", "secret"]).json();
    assert_eq!((&card["id"], card["state"].as_str()), (&id, Some("ready")));
    assert_eq!(there.run(&["connections", "test", "work"]).json()["found"], ADELE);
}

#[test]
fn with_secrets_only_as_it_was_asked() {
    let sandbox = Served::start();
    let (here, there) = (Home::new(), Home::new());
    connect_app(&here, &sandbox, &[]).json();
    let export = ["connections", "export", "--with-secrets"];
    let unclear = here.run(&[&export[..], &["--json"]].concat());
    assert!(unclear.code == 10 && unclear.error()["hint"].as_str().unwrap().contains("--plain-text"), "{unclear:?}");
    for misused in [&["--plain-text"][..], &["--plain-text", "-o", "x", "--passphrase-file", "y"]] {
        assert_eq!(here.run(&[&export[..], misused].concat()).code, 2);
    }
    assert_eq!(here.run(&["connections", "export", "--plain-text", "-o", "x"]).code, 2);
    assert_eq!(with_passphrase(&here, &["connections", "export", "--json"]).code, 10);

    let sealed = with_passphrase(&here, &export);
    assert_eq!(sealed.json()["secrets"], "sealed");
    assert!(!sealed.out.contains(seeds::DAEMON) && !sealed.out.contains(seeds::DAEMON_SECRET), "{sealed:?}");
    there.write("sealed.json", &sealed.out);
    assert_eq!(there.run(&["connections", "import", "sealed.json", "--json"]).code, 10);
    let imported = with_passphrase(&there, &["connections", "import", "sealed.json"]).json();
    assert_eq!(imported["items"][0]["state"], "ready");
    assert_eq!(there.run(&["connections", "test", "work"]).json()["works"], true);
    assert_eq!(sandbox.control("GET", "requests", &Value::Null)["tokenRequests"], 1, "the token came along");
    let taken = with_passphrase(&there, &["connections", "import", "sealed.json", "--json"]);
    assert_eq!(taken.error()["code"], "conflict");
    with_passphrase(&there, &["connections", "import", "sealed.json", "--replace"]).json();
}

#[test]
fn plain_text_is_for_its_owner_alone_and_replaces_nothing() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &[]).json();
    let export = ["connections", "export", "work", "--with-secrets", "--plain-text", "--output", "plain.json"];
    let ran = home.run(&export);
    assert_eq!(ran.json(), json!({ "file": "plain.json", "secrets": "plain_text" }));
    assert!(ran.err.contains("plain text") && !ran.out.contains(seeds::DAEMON_SECRET), "{ran:?}");
    let file = home.folder().join("plain.json");
    assert!(std::fs::read_to_string(&file).unwrap().contains(seeds::DAEMON_SECRET));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap()) & 0o777, 0o600);
    assert_eq!(home.run(&export).code, 10, "nothing is overwritten");
    home.run(&["connections", "remove", "work"]).json();
    home.run(&["connections", "import", "plain.json"]).json();
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
    home.write("nonsense.json", "{\"secret\": \"canary\"}");
    let ran = home.run(&["connections", "import", "nonsense.json", "--json"]);
    assert!(ran.code == 10 && !ran.err.contains("canary"), "{ran:?}");
}

/// An export that holds this many connections.
fn large_export(home: &Home, sandbox: &Served, count: usize) -> String {
    connect_app(home, sandbox, &[]).json();
    let mut text = home.run(&["connections", "export"]).json();
    let connection = text["connections"][0]["connection"].clone();
    text["connections"] =
        (0..count).map(|number| json!({ "name": format!("c{number}"), "connection": connection })).collect();
    text.to_string()
}

#[test]
#[cfg(unix)]
fn an_export_that_does_not_fit_leaves_nothing() {
    let (sandbox, home) = (Served::start(), Home::new());
    let export = large_export(&home, &sandbox, 400);
    home.write("large.json", &export);
    home.run(&["connections", "import", "large.json"]).json();
    // No file may grow beyond 128 blocks; the store's side file, which reading needs, has 64.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 128; exec {} connections export --json -o out.json",
        env!("CARGO_BIN_EXE_tenon")
    );
    let ran: Ran = Command::new("sh")
        .args(["-c", &limited])
        .current_dir(home.folder())
        .env("TENON_HOME", home.data())
        .output()
        .unwrap()
        .into();
    assert_eq!((ran.code, ran.error()["code"].as_str()), (74, Some("output")), "{ran:?}");
    let left: Vec<_> = std::fs::read_dir(home.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.len() == 2 && !left.iter().any(|name| name == "out.json"), "{left:?}");
    home.run(&["connections", "export", "--json", "-o", "out.json"]).json();
}

#[test]
#[cfg(unix)]
fn a_killed_import_is_whole_or_not_there() {
    let (sandbox, here) = (Served::start(), Home::new());
    let export = large_export(&here, &sandbox, 200);
    let mut whole = std::time::Duration::ZERO;
    let mut outcomes = std::collections::BTreeSet::new();
    for round in 0..24_u32 {
        let there = Home::new();
        there.write("large.json", &export);
        let began = std::time::Instant::now();
        let mut import = there.command(&["connections", "import", "large.json"]);
        let mut child = Running(import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        if round == 0 {
            // The first one is not killed, and shows how long it takes.
            assert_eq!(child.wait(), 0);
            whole = began.elapsed();
        } else {
            std::thread::sleep(whole * round / 24);
            child.0.kill().unwrap();
            child.wait();
        }
        // One of those that are listed is the sandbox.
        outcomes.insert(there.run(&["connections", "list"]).json()["items"].as_array().unwrap().len() - 1);
    }
    assert!(outcomes.contains(&200) && outcomes.iter().all(|count| matches!(count, 0 | 200)), "{outcomes:?}");
}

#[test]
fn the_key_is_where_it_was_put() {
    let home = Home::new();
    let shown = home.run(&["key", "show"]).json();
    assert_eq!((shown["source"].as_str(), shown["keys"].as_array().unwrap().len()), (Some("file"), 1));
    let key = std::fs::read_to_string(home.data().join("key")).unwrap();
    let with = |variable: &str, value: &str| -> Ran {
        home.command(&["key", "show", "--json"]).env(variable, value).output().unwrap().into()
    };
    assert_eq!(
        with("TENON_KEY", key.lines().last().unwrap()).json(),
        json!({ "source": "environment", "place": "TENON_KEY", "keys": shown["keys"] })
    );
    let refused = with("TENON_KEY_SOURCE", "keyring");
    assert!(
        refused.code == 10 && refused.error()["hint"].as_str().unwrap().contains("tenon key move keyring"),
        "{refused:?}"
    );
    assert!(with("TENON_KEY_SOURCE", "nonsense").error()["message"].as_str().unwrap().contains("nonsense"));
    assert_eq!(std::fs::read_to_string(home.data().join("key")).unwrap(), key, "nothing was moved unasked");
}
