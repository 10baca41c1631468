//! `tenon sandbox`, and faults.

use serde_json::{Value, json};

use crate::browser::{ADELE, ALEX, sign_in, sign_in_elsewhere};
use crate::program::{Home, Ran, Served};

#[test]
fn a_served_sandbox_remembers() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let send = [
        "run",
        "outlook.send_email",
        "--set",
        "to=MeganB@contoso.example",
        "--set",
        "subject=Remembered",
        "--set",
        "body=x",
    ];
    assert_eq!(home.on_sandbox(&send).json()["sent"], true);
    let sent =
        home.on_sandbox(&["run", "outlook.list_emails", "--set", "folderId=sentitems", "--set", "limit=5"]).json();
    assert_eq!(sent["items"][0]["subject"], "Remembered", "{sent}");
}

#[test]
fn a_key_sends_once() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let send = [
        "run",
        "outlook.send_email",
        "--set",
        "to=MeganB@contoso.example",
        "--set",
        "subject=Once",
        "--set",
        "body=x",
        "--key",
        "k1",
    ];
    assert_eq!(home.on_sandbox(&send).json()["sent"], true);
    let before = sandbox.requests();
    let again = home.on_sandbox(&send);
    assert_eq!(again.json()["sent"], true);
    assert!(again.err.contains("an earlier run with the same key"), "{again:?}");
    assert_eq!(sandbox.requests(), before, "nothing was sent again");
}

#[test]
fn bad_input_sends_nothing() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let ran = home.on_sandbox(&["run", "outlook.send_email", "--set", "to=nonsense"]);
    assert_eq!(ran.code, 10, "{ran:?}");
    let preview = home.on_sandbox(&["preview", "outlook.list_emails"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    assert_eq!(sandbox.requests(), 0);
}

#[test]
fn a_lost_answer_to_a_send_is_told_and_not_repeated() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "reset_after" }, "path": "sendMail", "times": 1 }));
    let send = [
        "run",
        "outlook.send_email",
        "--json",
        "--set",
        "to=MeganB@contoso.example",
        "--set",
        "subject=Lost",
        "--set",
        "body=x",
    ];
    let ran = home.on_sandbox(&send);
    assert_eq!((ran.code, ran.error()["code"].clone()), (42, "outcome_unknown".into()), "{ran:?}");
    sandbox.control("DELETE", "faults", &Value::Null);
    let query = ["--set", "folderId=sentitems", "--set", "query.filter=subject eq 'Lost'"];
    let sent = home.on_sandbox(&[&["run", "outlook.list_emails"], &query[..]].concat()).json();
    assert_eq!(sent["items"].as_array().unwrap().len(), 1, "{sent}");
}

#[test]
fn a_run_has_a_deadline() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "slow", "millis": 600_000 } }));
    let ran = home.on_sandbox(&["raw", "GET", "/me", "--deadline", "300ms", "--json"]);
    assert_eq!(ran.code, 41, "{ran:?}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_run_and_says_what_that_means() {
    use std::process::Stdio;

    use crate::program::{Ran, Running};
    let mut sandbox = Served::start();
    let home = Home::at(&sandbox);
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "slow", "millis": 600_000 }, "path": "sendMail" }));
    let send = [
        "run",
        "outlook.send_email",
        "-c",
        "sandbox",
        "--set",
        "to=MeganB@contoso.example",
        "--set",
        "subject=S",
        "--set",
        "body=x",
    ];
    let child = Running(home.command(&send).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    while sandbox.requests() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.interrupt();
    let mut child = child;
    let mut err = String::new();
    std::io::Read::read_to_string(child.0.stderr.as_mut().unwrap(), &mut err).unwrap();
    let ran = Ran { code: child.wait(), out: String::new(), err };
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(ran.err.contains("may have been carried out"), "{ran:?}");

    sandbox.process.interrupt();
    assert_eq!(sandbox.process.wait(), 0, "Ctrl-C is how a sandbox ends");
}

// Elsewhere the system keeps its certificates where no variable leads.
#[cfg(target_os = "linux")]
#[test]
fn without_certificates_a_sandbox_is_reached_and_graph_says_what_is_missing() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    home.write("none.pem", "");
    let run = |arguments: &[&str]| -> Ran {
        home.command(arguments).env("SSL_CERT_FILE", "none.pem").env_remove("SSL_CERT_DIR").output().unwrap().into()
    };
    assert_eq!(run(&["raw", "GET", "/me", "--connection", "sandbox"]).json()["status"], 200);
    let ran = run(&["metadata", "fetch", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].clone()), (10, "invalid_input".into()), "{ran:?}");
    assert!(ran.error()["hint"].as_str().is_some_and(|hint| hint.contains("ca-certificates")), "{ran:?}");
}

#[test]
fn a_perturbed_sandbox_says_how_and_is_the_same_for_tenon() {
    let plain = Home::new();
    let args = ["run", "outlook.list_emails", "--set", "limit=20"];
    let subjects =
        |list: &Value| list["items"].as_array().unwrap().iter().map(|it| it["subject"].clone()).collect::<Vec<_>>();
    let expected = plain.on_sandbox(&args).json();
    let sandbox =
        Served::announced(&mut Home::new().command(&["sandbox", "--perturb", "7:links,pages,coding,order,spelling"]));
    assert_eq!(subjects(&Home::at(&sandbox).on_sandbox(&args).json()), subjects(&expected));
    for wrong in ["seven", "7:ordr"] {
        let error = Home::new().run(&["sandbox", "--perturb", wrong]).err;
        assert!(error.contains("unknown-properties") && error.contains("lossless"), "{error}");
    }
}

#[test]
fn a_served_sandbox_says_how_to_sign_in() {
    let sandbox = Served::start();
    let home = Home::new();
    let sign_in_to = &sandbox.announced["signIn"];
    assert!(sign_in_to["users"].as_array().unwrap().contains(&json!(ADELE)), "{sign_in_to}");
    assert_eq!(sign_in_to["tenantId"].as_str().map(str::len), Some(36), "{sign_in_to}");
    for connect in sign_in_to["connect"].as_array().unwrap() {
        let method = connect["method"].as_str().unwrap();
        let args: Vec<&str> = connect["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut command = home.command(&[&args[..], &["--name", method]].concat());
        command.envs(connect["env"].as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap())));
        let ran = match method {
            "authorization_code" => {
                command.arg("--no-browser");
                sign_in(command, ADELE)
            }
            "device_code" => sign_in_elsewhere(command, ALEX, "accept"),
            _ => command.output().unwrap().into(),
        };
        assert_eq!(ran.json()["state"], "ready", "{method}: {ran:?}");
        let mut list = home.command(&["run", "outlook.list_emails", "--set", "limit=1", "--connection", method]);
        list.envs(connect["env"].as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap())));
        let listed: Ran = list.output().unwrap().into();
        assert!(listed.json()["items"].is_array(), "{method}: {listed:?}");
    }
}

#[test]
fn a_sandbox_over_tls_is_reached_by_whoever_trusts_its_root() {
    let home = Home::new();
    let sandbox = Served::announced(&mut home.command(&["sandbox", "--tls"]));
    assert!(sandbox.url.starts_with("https://127.0.0.1:"), "{}", sandbox.url);
    let root = sandbox.announced["rootCertificate"].as_str().unwrap().to_owned();
    let pem = std::fs::read_to_string(&root).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    // Elsewhere the system keeps its certificates where no variable leads.
    if cfg!(target_os = "linux") {
        let run = |root: &str| -> Ran {
            let mut command =
                home.command(&["run", "outlook.list_emails", "-c", "sandbox", "--set", "limit=1", "--json"]);
            command.env("TENON_SANDBOX_URL", &sandbox.url).env("SSL_CERT_FILE", root).env_remove("SSL_CERT_DIR");
            command.output().unwrap().into()
        };
        let listed = run(&root);
        assert!(listed.json()["items"].is_array(), "{listed:?}");
        let other = Served::announced(&mut home.command(&["sandbox", "--tls"]));
        let refused = run(other.announced["rootCertificate"].as_str().unwrap());
        assert_eq!(refused.error()["code"], "unavailable", "{refused:?}");
    }
    #[cfg(unix)]
    {
        let mut sandbox = sandbox;
        sandbox.process.interrupt();
        assert_eq!(sandbox.process.wait(), 0);
        assert!(!std::path::Path::new(&root).exists(), "the certificate goes with the sandbox");
    }
}

#[test]
fn what_the_sandbox_does_not_serve_is_no_missing_object_or_permission() {
    let home = Home::new();
    for version in ["v1.0", "beta"] {
        let input = json!({ "url": "/planner/tasks", "apiVersion": version }).to_string();
        let ran = home.on_sandbox(&["run", "graph_raw.get", "--input", &input, "--json"]);
        let error = ran.error();
        assert_eq!((ran.code, error["code"].as_str()), (32, Some("rejected")), "{ran:?}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("sandboxNotServed: The sandbox does not serve 'planner'."), "{message}");
    }
}
