//! `tenon connect`: every way to sign in, over loopback.

use graph_sandbox::seeds;
use serde_json::json;

use crate::browser::{ADELE, ALEX, request, sign_in, sign_in_elsewhere, sign_in_with};
use crate::program::{Home, Ran, Served};

const TENANT: &str = "contoso.example";

/// The flags that point a connection at the sandbox.
pub(crate) fn here(sandbox: &Served) -> Vec<&str> {
    vec!["--graph-url", &sandbox.url, "--authority-url", &sandbox.url]
}

/// Makes the connection `work` of an app.
pub(crate) fn connect_app(home: &Home, sandbox: &Served, more: &[&str]) -> Ran {
    let flags = [
        "connect",
        "outlook",
        "--name",
        "work",
        "--method",
        "client_credentials",
        "--tenant",
        TENANT,
        "--client-id",
        seeds::DAEMON,
    ];
    let mut command = home.command(&flags);
    command.args(["--client-secret-env", "SECRET_OF_THE_TEST", "--user-id", ADELE]).args(here(sandbox)).args(more);
    command.env("SECRET_OF_THE_TEST", seeds::DAEMON_SECRET).output().unwrap().into()
}

/// Makes the connection `me` of a user.
pub(crate) fn connect_user(home: &Home, sandbox: &Served, who: &str, more: &[&str]) -> Ran {
    let flags =
        ["connect", "outlook", "--name", "me", "--tenant", "organizations", "--client-id", seeds::WEB, "--no-browser"];
    let mut command = home.command(&flags);
    command.args(["--client-secret-env", "SECRET_OF_THE_TEST"]).args(here(sandbox)).args(more);
    command.env("SECRET_OF_THE_TEST", seeds::WEB_SECRET);
    sign_in(command, who)
}

#[test]
fn an_app_by_flags_alone() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_app(&home, &sandbox, &[]).json();
    assert_eq!((card["name"].as_str(), card["state"].as_str()), (Some("work"), Some("ready")), "{card}");
    assert_eq!(card["userId"], ADELE);
    assert!(card["granted"].as_array().unwrap().contains(&json!("Mail.Send")), "{card}");
    assert_eq!(card["settings"]["secrets"], json!(["clientSecret"]));
    // The only connection need not be named.
    assert!(home.run(&["run", "outlook.list_emails", "--set", "limit=1"]).json()["items"].is_array());
    assert_eq!(home.run(&["connections", "test", "work"]).json()["found"], ADELE);
    // Three processes, one token.
    assert_eq!(sandbox.control("GET", "requests", &json!(null))["tokenRequests"], 1);
}

#[test]
fn a_secret_in_a_file_and_in_the_header() {
    let sandbox = Served::start();
    let home = Home::new();
    home.write("secret", format!("{}\n", seeds::DAEMON_SECRET));
    let flags =
        ["connect", "outlook", "--method", "client_credentials", "--tenant", TENANT, "--client-id", seeds::DAEMON];
    let more = ["--client-secret-file", "secret", "--client-auth-style", "basic"];
    let card = home.run(&[&flags[..], &more, &here(&sandbox)].concat()).json();
    assert_eq!(card["name"], "outlook", "the connector's name is the usual one");
}

#[test]
fn a_user_with_a_browser() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_user(&home, &sandbox, ADELE, &[]).json();
    assert_eq!(card["identity"]["username"], ADELE, "{card}");
    let report = home.run(&["connections", "test", "me"]).json();
    assert_eq!((report["works"].clone(), report["found"].clone()), (json!(true), json!(ADELE)));
    let asked = sandbox.control("GET", "requests", &json!(null));
    let authorize = asked["requests"][0]["path"].as_str().unwrap();
    for part in ["code_challenge_method=S256", "code_challenge=", "state=", "nonce="] {
        assert!(authorize.contains(part), "{part} is not in {authorize}");
    }
}

#[test]
fn a_listed_address_without_a_port() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_user(&home, &sandbox, ADELE, &["--redirect-uri", "http://localhost"]).json();
    assert_eq!(card["identity"]["username"], ADELE, "{card}");
}

#[test]
fn a_user_who_says_no() {
    let sandbox = Served::start();
    let home = Home::new();
    let flags = ["connect", "outlook", "--client-id", seeds::PUBLIC, "--no-browser", "--json"];
    let ran = sign_in_with(home.command(&[&flags[..], &here(&sandbox)].concat()), |url| {
        let back = request("POST", url, &format!("user={ADELE}&decision=cancel")).location.unwrap();
        assert_eq!(request("GET", &back, "").status, 200);
    });
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("65004") && ran.out.is_empty(), "{ran:?}");
    assert_eq!(home.run(&["connections", "list"]).json()["items"].as_array().unwrap().len(), 1, "nothing is kept");
}

#[test]
fn a_strangers_callback_ends_nothing() {
    let sandbox = Served::start();
    let home = Home::new();
    let flags = ["connect", "outlook", "--client-id", seeds::PUBLIC, "--no-browser"];
    let ran = sign_in_with(home.command(&[&flags[..], &here(&sandbox)].concat()), |url| {
        let back = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        let stranger = url::Url::parse(&format!("{back}?code=stolen&state=guessed")).unwrap();
        request("GET", &stranger, "");
        assert_eq!(request("GET", &url::Url::parse(&back).unwrap(), "").status, 404, "no query is no answer");
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", ADELE);
        request("GET", &request("GET", &url, "").location.unwrap(), "");
    });
    assert_eq!(ran.json()["identity"]["username"], ADELE);
}

#[test]
fn a_device_code() {
    let sandbox = Served::start();
    for decision in ["accept", "cancel"] {
        let home = Home::new();
        let flags = [
            "connect",
            "outlook",
            "--method",
            "device_code",
            "--tenant",
            "organizations",
            "--client-id",
            seeds::PUBLIC,
        ];
        let ran = sign_in_elsewhere(home.command(&[&flags[..], &here(&sandbox)].concat()), ALEX, decision);
        if decision == "accept" {
            assert_eq!(ran.json()["identity"]["username"], ALEX);
        } else {
            assert_ne!(ran.code, 0);
            assert!(ran.err.contains("declined"), "{ran:?}");
        }
    }
}

#[test]
fn a_provider_that_is_not_entra() {
    let sandbox = Served::start();
    let home = Home::new();
    let url = |path: &str| format!("{}/oidc{path}", sandbox.url);
    let (authorize, token, issuer) = (url("/authorize"), url("/token"), url(""));
    let flags = [
        "connect",
        "outlook",
        "--name",
        "other",
        "--client-id",
        seeds::WEB,
        "--client-auth-style",
        "basic",
        "--no-browser",
    ];
    let urls = ["--authorize-url", &authorize, "--token-url", &token, "--issuer", &issuer, "--graph-url", &sandbox.url];
    let mut command = home.command(&[&flags[..], &urls].concat());
    command.args(["--client-secret-env", "SECRET_OF_THE_TEST"]).env("SECRET_OF_THE_TEST", seeds::WEB_SECRET);
    let card = sign_in(command, ADELE).json();
    assert_eq!(card["identity"]["tid"], issuer);
    // Each refresh token is good once; a second use would end the grant.
    for _ in 0..3 {
        sandbox.control("POST", "faults", &json!({ "fault": { "kind": "unauthorized" }, "path": "/me", "times": 1 }));
        assert_eq!(home.run(&["connections", "test", "other"]).json()["works"], true);
    }
    assert_eq!(sandbox.control("GET", "requests", &json!(null))["tokenRequests"], 4);

    let wrong = url("/else");
    let urls = ["--authorize-url", &authorize, "--token-url", &token, "--issuer", &wrong, "--graph-url", &sandbox.url];
    let flags = ["connect", "outlook", "--name", "wrong", "--client-id", seeds::PUBLIC, "--no-browser"];
    let ran = sign_in(home.command(&[&flags[..], &urls].concat()), ADELE);
    for part in ["iss", issuer.as_str(), wrong.as_str(), "--issuer"] {
        assert!(ran.code != 0 && ran.err.contains(part), "{part}: {ran:?}");
    }
}

#[test]
fn a_machine_without_an_identity() {
    let home = Home::new();
    // Nobody listens there.
    let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran: Ran = home
        .command(&["connect", "outlook", "--name", "machine", "--method", "managed_identity", "--json"])
        .env("IDENTITY_ENDPOINT", format!("http://{place}/msi/token"))
        .env("IDENTITY_HEADER", "x")
        .output()
        .unwrap()
        .into();
    let error = ran.error();
    assert_eq!(error["code"], "unavailable", "{ran:?}");
    assert!(error["message"].as_str().unwrap().contains("no managed identity"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("another method"), "{error}");
}

#[test]
fn a_given_token() {
    let sandbox = Served::start();
    let home = Home::new();
    let token = sandbox.control("POST", "token", &json!({ "user": ADELE, "scopes": ["Mail.Read", "User.Read"] }));
    let connect = [
        "connect",
        "outlook",
        "--name",
        "given",
        "--method",
        "access_token",
        "--access-token-env",
        "TOKEN_OF_THE_TEST",
    ];
    let ran: Ran = home
        .command(&[&connect[..], &["--graph-url", &sandbox.url]].concat())
        .env("TOKEN_OF_THE_TEST", token["accessToken"].as_str().unwrap())
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.json()["granted"], json!(["Mail.Read", "User.Read"]));
    assert!(home.run(&["run", "outlook.list_emails", "-c", "given"]).json()["items"].is_array());
    // It has ended: nothing renews it, so a new one is asked for.
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "unauthorized" }, "path": "/messages", "times": 9 }));
    let ended = home.run(&["run", "outlook.list_emails", "-c", "given", "--json"]);
    assert_eq!(ended.error()["code"], "not_connected", "{ended:?}");
    assert!(ended.error()["hint"].as_str().unwrap().contains("--access-token-env"), "{ended:?}");
    let send = [
        "run",
        "outlook.send_email",
        "-c",
        "given",
        "--json",
        "--set",
        "to=a@b.example",
        "--set",
        "subject=S",
        "--set",
        "body=x",
    ];
    let ran = home.run(&send);
    assert_eq!(ran.error()["code"], "missing_scope", "{ran:?}");
    assert_eq!(sandbox.control("GET", "requests", &json!(null))["tokenRequests"], 0);
    let missing = home.run(&[&connect[..], &["--json"]].concat());
    assert_eq!(missing.code, 10, "{missing:?}");
    assert!(missing.error()["message"].as_str().unwrap().contains("TOKEN_OF_THE_TEST"), "{missing:?}");
}

#[test]
fn only_so_many_permissions_as_chosen() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_user(&home, &sandbox, ADELE, &["--scope", "Mail.Read"]).json();
    let granted = card["granted"].as_array().unwrap();
    assert!(granted.contains(&json!("Mail.Read")) && !granted.contains(&json!("Mail.Send")), "{card}");
    let lacks = home.run(&["scopes", "outlook.send_email", "outlook.list_emails", "--connection", "me"]).json();
    assert!(lacks.to_string().contains("Mail.Send"), "{lacks}");
}

#[test]
fn a_certificate_or_its_thumbprint() {
    use crate::canaries::{CERTIFICATE, KEY};
    use connector_sdk::Secret;
    use graph_sandbox::{App, Sandbox};

    const ID: &str = "cccccccc-0000-4000-8000-00000000000c";
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (sandbox, server) = runtime.block_on(async {
        let sandbox = Sandbox::new();
        let mut app = App::daemon(ID, "Certified", "", seeds::ROLES);
        app.secrets.clear();
        app.certificates.push(CERTIFICATE.to_owned());
        sandbox.register(app);
        let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        (sandbox, server)
    });
    let url = format!("http://{}", server.address());
    let home = Home::new();
    home.write("cert.pem", CERTIFICATE);
    home.write("key.pem", KEY);
    let read =
        graph_auth::SigningCertificate::read(Some(&Secret::new(CERTIFICATE)), Some(&Secret::new(KEY)), None).unwrap();
    let flags = [
        "connect",
        "outlook",
        "--method",
        "client_certificate",
        "--tenant",
        TENANT,
        "--client-id",
        ID,
        "--graph-url",
        &url,
    ];
    let key = ["--authority-url", &url, "--private-key-file", "key.pem"];
    for (name, which) in
        [("whole", ["--certificate-file", "cert.pem"]), ("short", ["--certificate-thumbprint", read.thumbprint()])]
    {
        let card = home.run(&[&flags[..], &key, &which, &["--name", name]].concat()).json();
        assert_eq!(card["state"], "ready", "{card}");
    }
    assert_eq!(sandbox.token_requests(), 2);
}
