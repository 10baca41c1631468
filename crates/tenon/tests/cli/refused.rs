//! `tenon connect`: what is refused before anything is sent, with every violation.

use graph_sandbox::seeds;

use crate::program::Home;

/// The flags after `connect outlook`, and the places of all that is wrong with them.
const REFUSED: &[(&[&str], &[&str])] = &[
    (&["--method", "client_credentials"], &["/clientId", "/clientSecret", "/tenantId"]),
    (
        &["--method", "client_credentials", "--tenant", "common", "--client-id", "x"],
        &["/clientId", "/clientSecret", "/tenantId"],
    ),
    (
        &["--method", "client_credentials", "--tenant", "no tenant", "--user-id", " x"],
        &["/clientId", "/clientSecret", "/tenantId", "/userId"],
    ),
    (
        &["--method", "client_credentials", "--tenant", "a.example", "--account-type", "consumers"],
        &["/accountType", "/clientId", "/clientSecret"],
    ),
    (&["--method", "client_certificate", "--tenant", "a.example"], &["/certificate", "/clientId", "/privateKey"]),
    (&["--method", "workload_identity", "--tenant", "a.example"], &["/clientId", "/federatedTokenFile"]),
    (&["--method", "access_token"], &["/accessToken"]),
    (&["--method", "device_code", "--param", "prompt=login"], &["/clientId", "/extraParameters"]),
    (&["--method", "managed_identity", "--access-token-env", "PATH"], &["/accessToken"]),
    (&["--account-type", "tenant"], &["/clientId", "/tenantId"]),
    (&["--account-type", "tenant", "--tenant", "common"], &["/clientId", "/tenantId"]),
    (&["--user-id", "a@b.example"], &["/clientId", "/userId"]),
    (
        &["--param", "state=x", "--param", "claims=[]"],
        &["/clientId", "/extraParameters/claims", "/extraParameters/state"],
    ),
    (&["--param", "prompt"], &["/extraParameters"]),
    (
        &[
            "--graph-url",
            "http://a.example",
            "--authority-url",
            "http://b.example",
            "--authorize-url",
            "http://c.example/a",
            "--token-url",
            "http://d.example/t",
        ],
        &["/authorityUrl", "/authorizeUrl", "/clientId", "/graphUrl", "/tokenUrl"],
    ),
    (&["--cloud", "china", "--graph-url", "https://graph.microsoft.com"], &["/clientId", "/graphUrl"]),
    (&["--scope", "https://vault.azure.net/read", "--scope", "\"x"], &["/clientId", "/scopes", "/scopes"]),
    (
        &["--method", "client_credentials", "--scope", "Mail.Read"],
        &["/clientId", "/clientSecret", "/scopes", "/tenantId"],
    ),
    (&["--token-url", "https://id.example/token"], &["/authorizeUrl", "/clientId"]),
    (&["--redirect-uri", "https://a.example/back", "--client-id", seeds::PUBLIC], &["/redirectUri"]),
    (&["--name", "a/b"], &["/name"]),
    (&["--method", "nonsense"], &[""]),
    (&["--cloud", "nowhere"], &[""]),
    (&["--secret-expires", "soon"], &[""]),
];

#[test]
fn every_violation_is_named() {
    let home = Home::new();
    for (flags, places) in REFUSED {
        let ran = home.run(&[&["connect", "outlook", "--no-browser", "--json"], *flags].concat());
        let mut found = ran.pointers();
        found.sort();
        assert_eq!(found, *places, "{flags:?}: {ran:?}");
        let all = ran.error();
        for issue in all["issues"].as_array().unwrap() {
            assert!(!issue["message"].as_str().unwrap().is_empty(), "{flags:?}");
        }
    }
    assert_eq!(home.run(&["connections", "list"]).json()["items"].as_array().unwrap().len(), 1, "nothing is kept");
}

#[test]
fn a_secrets_id_is_not_a_secret() {
    let home = Home::new();
    let flags = [
        "connect",
        "outlook",
        "--json",
        "--method",
        "client_credentials",
        "--tenant",
        "a.example",
        "--client-id",
        seeds::DAEMON,
    ];
    home.write("secret", "11111111-2222-4333-8444-555555555555");
    let ran = home.run(&[&flags[..], &["--client-secret-file", "secret"]].concat());
    assert_eq!(ran.pointers(), ["/clientSecret"]);
    assert!(!ran.err.contains("11111111-2222-4333"), "{ran:?}");
}

#[test]
fn a_secret_is_no_argument() {
    let home = Home::new();
    for (flag, name) in
        [("--client-secret", "secret"), ("--access-token", "token"), ("--private-key", "key"), ("--certificate", "pem")]
    {
        let ran = home.run(&["connect", "outlook", &format!("{flag}=canary-{name}")]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(!ran.err.contains("canary-"), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let home = Home::new();
    let flags = ["connect", "outlook", "--json", "--client-id", seeds::WEB];
    for more in [
        ["--client-secret-file", "missing.txt"],
        ["--client-secret-env", "MISSING_VARIABLE"],
        ["--certificate-file", "missing.pem"],
    ] {
        let ran = home.run(&[&flags[..], &more].concat());
        assert_eq!(ran.code, 10, "{ran:?}");
        assert!(ran.error()["message"].as_str().unwrap().contains(more[1]), "{ran:?}");
    }
    let ran = home.run(&[&flags[..], &["--client-secret-file", "x", "--client-secret-env", "Y"]].concat());
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn an_unknown_connector_or_profile_is_named() {
    let home = Home::new();
    let ran = home.run(&["connect", "outlok", "--json"]);
    assert!(ran.code != 0 && ran.err.contains("outlook"), "{ran:?}");
    let ran = home.run(&["connect", "outlook", "--profile", "nobody", "--json"]);
    assert_eq!(ran.error()["code"], "not_found", "{ran:?}");
    let ran = home.run(&["connect", "outlook", "--name", "sandbox", "--client-id", seeds::WEB, "--json"]);
    assert_eq!(ran.error()["code"], "conflict", "{ran:?}");
}
