//! No secret comes out: each field of a secret has a canary, every command runs at every level of the
//! log, well and badly, and everything that comes out or is kept is searched for the canaries.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connector_sdk::Secret;
use graph_sandbox::{App, AppSecret, FederatedCredential, Sandbox, Server, seeds};
use serde_json::json;

use crate::browser::{ADELE, sign_in, sign_in_elsewhere};
use crate::program::{Home, Ran};
use crate::tap::Tap;

pub(crate) const CERTIFICATE: &str = include_str!("../../../graph-auth/tests/keys/app.cert.pem");
pub(crate) const KEY: &str = include_str!("../../../graph-auth/tests/keys/app.key.pem");
const TENANT: &str = "contoso.example";

const DAEMON: &str = "cccccccc-0000-4000-8000-000000000001";
const WEB: &str = "cccccccc-0000-4000-8000-000000000002";
const CERTIFIED: &str = "cccccccc-0000-4000-8000-000000000003";
const FEDERATED: &str = "cccccccc-0000-4000-8000-000000000004";

// With characters that each encoding changes.
const DAEMON_SECRET: &str = "canary~daemon+secret/with=every&reserved%char";
const WEB_SECRET: &str = "canary~web?secret#with more:characters";
const WRONG_SECRET: &str = "canary~wrong+secret that nobody knows";
const WRONG_TOKEN: &str = "canary~token.that/is+no.token";
const PASSPHRASE: &str = "canary~passphrase+of four&words";
const WRONG_KEY: &str = "canary~key+that/is=no key";

/// The options that decide how much is told.
const LEVELS: &[(&[&str], Option<&str>)] = &[
    (&[], None),
    (&["-v"], None),
    (&["-vv"], None),
    (&["-vvv"], None),
    (&["--json"], None),
    (&["--json", "-vvv"], None),
    (&[], Some("trace")),
];

struct World {
    sandbox: Sandbox,
    tap: Tap,
    federated: String,
    _server: Server,
}

impl World {
    async fn new() -> World {
        let sandbox = Sandbox::new();
        let bare = |id, secret: Option<&str>| {
            let mut app = App::daemon(id, "Canary", "", seeds::ROLES);
            app.secrets =
                secret.map(|secret| AppSecret { value: Secret::new(secret), expires: None }).into_iter().collect();
            app
        };
        sandbox.register(bare(DAEMON, Some(DAEMON_SECRET)));
        sandbox.register(App::web(WEB, "Canary", WEB_SECRET, "http://localhost"));
        let mut certified = bare(CERTIFIED, None);
        certified.certificates.push(CERTIFICATE.to_owned());
        sandbox.register(certified);
        let mut federated = bare(FEDERATED, None);
        let (issuer, subject, audience) = ("https://issuer.example", "canary:subject", "api://AzureADTokenExchange");
        federated.federated.push(FederatedCredential {
            issuer: issuer.into(),
            subject: subject.into(),
            audience: audience.into(),
        });
        sandbox.register(federated);
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let exp = sandbox.clock().now().as_second() + 3600;
        let claims = json!({ "iss": issuer, "sub": subject, "aud": audience, "exp": exp });
        let federated = format!(
            "{}.{}.{}",
            part(json!({ "alg": "RS256" })),
            part(claims),
            URL_SAFE_NO_PAD.encode("canary~federated")
        );
        let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let tap = Tap::before(server.address());
        World { sandbox, tap, federated, _server: server }
    }
}

/// Runs commands and keeps all that came out, and the arguments with it.
struct Runner<'a> {
    home: Home,
    world: &'a World,
    level: &'a (&'static [&'static str], Option<&'static str>),
    seen: String,
    /// Which commands went well, and which did not.
    done: BTreeSet<(String, bool)>,
}

impl Runner<'_> {
    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.home.command(&[self.level.0, arguments].concat());
        command
            .env("DAEMON_SECRET", DAEMON_SECRET)
            .env("WEB_SECRET", WEB_SECRET)
            .env("WRONG_SECRET", WRONG_SECRET)
            .env("PASSPHRASE", PASSPHRASE);
        let token = self.world.sandbox.issue_token(graph_sandbox::Holder::User(ADELE), &["Mail.Read", "User.Read"]);
        command.env("TOKEN", token).env("WRONG_TOKEN", WRONG_TOKEN);
        command
            .env("IDENTITY_ENDPOINT", format!("{}/msi/token", self.world.tap.url))
            .env("IDENTITY_HEADER", seeds::IDENTITY_HEADER);
        if let Some(filter) = self.level.1 {
            command.env("TENON_LOG", filter);
        }
        command
    }

    fn note(&mut self, arguments: &[&str], ran: Ran) -> Ran {
        self.done.insert((arguments[0].to_owned(), ran.code == 0));
        writeln!(self.seen, "$ tenon {}\n{}{}", arguments.join(" "), ran.out, ran.err).unwrap();
        ran
    }

    fn well(&mut self, arguments: &[&str]) {
        let ran = self.command(arguments).output().unwrap().into();
        let ran = self.note(arguments, ran);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    }

    fn badly(&mut self, arguments: &[&str]) {
        let ran = self.command(arguments).output().unwrap().into();
        let ran = self.note(arguments, ran);
        assert_ne!(ran.code, 0, "{arguments:?}: {ran:?}");
    }

    fn connects(&mut self, well: bool, name: &str, method: &str, more: &[&str]) {
        let url = self.world.tap.url.clone();
        let arguments = connect(&url, name, method, more);
        if well { self.well(&arguments) } else { self.badly(&arguments) }
    }

    /// Signs in as the user `me`.
    fn connect_user(&mut self) {
        let user =
            ["--tenant", "organizations", "--client-id", WEB, "--client-secret-env", "WEB_SECRET", "--no-browser"];
        let ran = sign_in(self.command(&connect(&self.world.tap.url, "me", "authorization_code", &user)), ADELE);
        assert_eq!(self.note(&["connect", "outlook"], ran).code, 0);
    }

    fn all_commands(&mut self) {
        self.home.write("cert.pem", CERTIFICATE);
        self.home.write("key.pem", KEY);
        self.home.write("broken.pem", KEY.replace("MII", "canaryMII").replace("-----END", "-----ENDE"));
        self.home.write("federated", &self.world.federated);
        self.home.write("federated-wrong", WRONG_TOKEN);
        self.home
            .write("input.json", json!({ "to": ["MeganB@contoso.example"], "subject": "S", "body": "x" }).to_string());
        self.connecting();
        self.using();
        self.failing();
        self.managing();
        self.describing();
    }

    fn connecting(&mut self) {
        let tenant = ["--tenant", TENANT];
        let daemon = [&tenant[..], &["--client-id", DAEMON, "--client-secret-env"]].concat();
        let certified =
            [&tenant[..], &["--client-id", CERTIFIED, "--certificate-file", "cert.pem", "--private-key-file"]].concat();
        let federated = [&tenant[..], &["--client-id", FEDERATED, "--federated-token-file"]].concat();
        let methods: &[(&str, &str, &[&str], &str, &str)] = &[
            ("app", "client_credentials", &daemon, "DAEMON_SECRET", "WRONG_SECRET"),
            ("cert", "client_certificate", &certified, "key.pem", "broken.pem"),
            ("fed", "workload_identity", &federated, "federated", "federated-wrong"),
            ("given", "access_token", &["--access-token-env"], "TOKEN", "WRONG_TOKEN"),
        ];
        for (name, method, flags, right, wrong) in methods {
            for (value, well) in [(right, true), (wrong, false)] {
                // Whether a given token is good is known when it is used.
                self.connects(well || *name == "given", name, method, &[*flags, &[*value]].concat());
            }
        }
        self.connects(true, "machine", "managed_identity", &[]);
        self.connect_user();
        let device = ["--tenant", "organizations", "--client-id", seeds::PUBLIC];
        let ran = sign_in_elsewhere(
            self.command(&connect(&self.world.tap.url, "device", "device_code", &device)),
            ADELE,
            "accept",
        );
        assert_eq!(self.note(&["connect", "outlook"], ran).code, 0);
        self.well(&["profiles", "put", "company", "--client-id", DAEMON, "--client-secret-env", "DAEMON_SECRET"]);
        self.well(&[
            "profiles",
            "put",
            "certified",
            "--client-id",
            CERTIFIED,
            "--certificate-file",
            "cert.pem",
            "--private-key-file",
            "key.pem",
        ]);
    }

    fn using(&mut self) {
        for name in ["app", "cert", "fed", "me", "machine"] {
            self.well(&["connections", "show", name]);
            self.well(&["connections", "test", name]);
        }
        self.well(&["run", "outlook.list_emails", "-c", "me", "--set", "limit=1"]);
        self.well(&["run", "outlook.send_email", "-c", "me", "--input", "@input.json", "--key", "once"]);
        self.well(&["preview", "outlook.send_email", "-c", "me", "--input", "@input.json"]);
        self.well(&["raw", "GET", "/me", "-c", "me"]);
        self.well(&["choices", "outlook.mail_folders", "-c", "me"]);
        self.well(&["listen", "outlook.new_email", "-c", "me", "--once"]);
        self.well(&["scopes", "outlook.send_email", "-c", "me"]);
    }

    fn failing(&mut self) {
        use graph_sandbox::{Fault, Provoke, Rule};
        let world = self.world;
        let faults = world.sandbox.faults();
        // The refresh token is sent, and the answer is lost, broken or a refusal.
        for fault in [Fault::unavailable(), Fault::ResetAfter, Fault::Truncate { bytes: 900 }] {
            faults.add(Rule::new(Fault::Unauthorized).path("/me"));
            faults.add(Rule::new(fault).path("/token"));
            self.badly(&["connections", "test", "me"]);
            faults.clear();
            self.connect_user();
        }
        for fault in [Fault::Unauthorized, Fault::claims_challenge(), Fault::throttle(1), Fault::ResetBefore] {
            faults.add(Rule::new(fault).path("/me").once());
            let ran = self.command(&["connections", "test", "me"]).output().unwrap().into();
            self.note(&["connections", "test", "me"], ran);
            faults.clear();
        }
        for reason in [
            Provoke::PasswordChanged(ADELE.into()),
            Provoke::MfaRequired(ADELE.into()),
            Provoke::SecretExpired(WEB.into()),
        ] {
            self.world.sandbox.provoke(reason);
            faults.add(Rule::new(Fault::Unauthorized).path("/me"));
            self.badly(&["raw", "GET", "/me", "-c", "me"]);
            self.badly(&["connections", "test", "me"]);
            self.well(&["connections", "show", "me"]);
            self.world.sandbox.relent();
            faults.clear();
            let ran = sign_in(self.command(&["connections", "reconnect", "me", "--no-browser"]), ADELE);
            assert_eq!(self.note(&["connections", "reconnect"], ran).code, 0);
        }
        let ran = sign_in(self.command(&["connections", "reconnect", "me", "--no-browser"]), "AlexW@contoso.example");
        assert_ne!(self.note(&["connections", "reconnect", "me"], ran).code, 0);
        self.badly(&["connections", "reconnect", "app", "--client-secret-env", "WRONG_SECRET"]);
        self.badly(&["connections", "reconnect", "app", "--tenant", "common"]);
        self.badly(&["connections", "test", "given"]);
        let ran = self.command(&["connections", "list"]).env("TENON_KEY", WRONG_KEY).output().unwrap().into();
        assert_ne!(self.note(&["connections", "list"], ran).code, 0);
        self.badly(&["run", "outlook.list_emails", "-c", "me", "--set", "limit=nonsense"]);
    }

    fn managing(&mut self) {
        self.well(&["connections", "admin-consent", "me"]);
        self.well(&["profiles", "list"]);
        self.well(&["profiles", "remove", "company"]);
        self.well(&["key", "show"]);
        self.well(&["key", "rotate"]);
        self.badly(&["key", "move", "nowhere"]);
        self.transferring();
        self.well(&["connections", "list"]);
        self.well(&["connections", "remove", "cert"]);
        self.badly(&["connections", "remove", "cert"]);
    }
}

impl Runner<'_> {
    fn transferring(&mut self) {
        self.well(&["connections", "export", "-o", "none.json"]);
        self.well(&["connections", "export"]);
        self.badly(&["connections", "export", "nobody"]);
        self.badly(&["connections", "export", "--with-secrets"]);
        self.well(&["connections", "export", "--with-secrets", "--passphrase-env", "PASSPHRASE"]);
        self.well(&["connections", "export", "--with-secrets", "--passphrase-env", "PASSPHRASE", "-o", "sealed.json"]);
        self.badly(&["connections", "import", "sealed.json", "--replace"]);
        self.badly(&["connections", "import", "sealed.json", "--passphrase-env", "WRONG_SECRET", "--replace"]);
        self.badly(&["connections", "import", "sealed.json", "--passphrase-env", "PASSPHRASE"]);
        self.well(&["connections", "import", "sealed.json", "--passphrase-env", "PASSPHRASE", "--replace"]);
        self.well(&["connections", "export", "app", "--with-secrets", "--plain-text", "-o", "plain.json"]);
        self.badly(&["connections", "import", "plain.json"]);
        // What nobody can read holds canaries where they are not expected.
        let plain = std::fs::read_to_string(self.home.folder().join("plain.json")).unwrap();
        self.home.write("cut.json", &plain[..plain.len() / 2]);
        self.home
            .write("bent.json", plain.replace("\"clientSecret\"", "\"userId\"").replace("\"method\"", "\"cloud\""));
        self.badly(&["connections", "import", "cut.json", "--replace"]);
        self.badly(&["connections", "import", "bent.json", "--replace"]);
    }

    /// The commands that need no connection.
    fn describing(&mut self) {
        self.well(&["actions"]);
        self.well(&["describe", "outlook.send_email"]);
        self.badly(&["describe", "outlook.nothing"]);
        self.well(&["validate", concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/graph_raw")]);
        self.badly(&["validate", "absent"]);
        self.well(&["exit-codes"]);
        self.well(&["completions", "bash"]);
        self.badly(&["completions", "nothing"]);
        self.well(&["connect", "outlook", "--show-scopes", "--client-secret-env", "WEB_SECRET"]);
        self.badly(&["connect", "outlook", "--show-scopes", "--client-secret-env", "MISSING"]);
        self.badly(&["sandbox", "--port", "nonsense"]);
        self.badly(&["serve", "--listen", "0.0.0.0:0"]);
        // Its input is empty, so it ends at once.
        self.well(&["mcp"]);
        self.badly(&["mcp", "--allow", "nothing"]);
        self.well(&["keys", "add", "canary", "--connection", "*", "--action", "*"]);
        self.badly(&["keys", "show", "nothing"]);
        self.well(&["approvals"]);
        self.badly(&["approvals", "approve", "nothing"]);
        self.well(&["audit"]);
        self.badly(&["audit", "--kind", "nothing"]);
        self.badly(&["actions", "nothing"]);
        self.badly(&["preview", "outlook.send_email", "-c", "me", "--set", "to=nonsense"]);
        self.badly(&["choices", "outlook.nothing", "-c", "me"]);
        self.badly(&["listen", "outlook.nothing", "-c", "me", "--once"]);
        self.badly(&["scopes", "outlook.nothing", "-c", "me"]);
        self.badly(&["profiles", "remove", "company"]);
        self.badly(&["exit-codes", "--nonsense"]);
        self.well(&["watch", "add", "outlook.new_email", "--name", "inbox", "-c", "me"]);
        self.well(&["watch", "try", "inbox"]);
        self.badly(&["watch", "show", "nowhere"]);
        self.home.write("tenon.toml", "[watches.mail]\ntrigger = 'outlook.new_email'\nconnection = 'me'\n");
        self.well(&["apply", "--file", "tenon.toml"]);
        self.badly(&["apply", "--file", "absent.toml"]);
        self.well(&["destinations", "list"]);
        self.badly(&["destinations", "add", "crm", "http://127.0.0.1/hooks"]);
        self.well(&["deliveries", "replays"]);
        self.badly(&["deliveries", "list", "nowhere"]);
        self.well(&["metadata", "status"]);
        self.badly(&["metadata", "fetch", "--file", "absent.xml"]);
        self.badly(&["scopes", "--request", "PATCH /groups/{id}", "-c", "me"]);
    }

    /// A command that is new must be run here too.
    fn has_run_every_command(&self) {
        let help = self.home.run(&["--help"]).out;
        let list = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
        let lines = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let commands: Vec<&str> =
            lines.map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help").collect();
        assert!(commands.contains(&"run") && commands.len() > 10, "{help}");
        for command in commands {
            for well in [true, false] {
                // One that serves until it is stopped does not end well; the tests beside this one stop it.
                let serves = ["sandbox", "serve"].contains(&command);
                let is_run = (serves && well) || self.done.contains(&(command.to_owned(), well));
                assert!(is_run, "`tenon {command}` was not run {}", if well { "well" } else { "badly" });
            }
        }
    }
}

fn connect<'a>(url: &'a str, name: &'a str, method: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["connect", "outlook", "--name", name, "--method", method, "--graph-url", url];
    if !["access_token", "managed_identity"].contains(&method) {
        all.extend(["--authority-url", url]);
    }
    all.extend(more);
    all
}

/// A secret in all the forms in which it could come out.
pub(crate) fn needles(secret: &str) -> Vec<String> {
    let mut all = Vec::new();
    let length = 24.min(secret.len());
    // Of a long one the end and the middle: it may come out in part, and tokens begin alike.
    let parts = if secret.len() < 48 {
        vec![secret]
    } else {
        vec![&secret[secret.len() - length..], &secret[secret.len() / 2 - 12..][..length]]
    };
    for part in parts {
        all.push(part.to_owned());
        let form: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
        all.extend([form.replace('+', "%20"), form.to_lowercase(), form]);
        all.push(serde_json::to_string(part).unwrap().trim_matches('"').to_owned());
        let hex: String = part.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        all.extend([hex.to_uppercase(), hex]);
        // At each of the three offsets that it can have in what is encoded; the edges depend on the neighbours.
        for offset in 0..3 {
            for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
                let coded = engine.encode([&vec![b'x'; offset], part.as_bytes()].concat());
                let end = coded.trim_end_matches('=').len() - 2;
                all.push(coded[if offset == 0 { 0 } else { 4 }..end].to_owned());
            }
        }
    }
    all
}

pub(crate) fn search(place: &str, content: &[u8], secrets: &[String]) {
    let text = String::from_utf8_lossy(content);
    for secret in secrets {
        for needle in needles(secret) {
            if let Some(at) = text.find(&needle) {
                let line = text[..at].matches('\n').count();
                panic!("{place} shows a secret in line {line}: {}", text.lines().nth(line).unwrap_or_default());
            }
        }
    }
}

fn search_folder(folder: &Path, secrets: &[String]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search_folder(&path, secrets);
        } else if path.file_name().is_some_and(|name| name != "key") {
            search(&path.display().to_string(), &std::fs::read(&path).unwrap(), secrets);
        }
    }
}

#[test]
fn no_secret_comes_out() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = LEVELS
            .iter()
            .map(|level| {
                let world = runtime.block_on(World::new());
                scope.spawn(move || {
                    let mut runner =
                        Runner { home: Home::new(), world: &world, level, seen: String::new(), done: BTreeSet::new() };
                    runner.all_commands();
                    let mut secrets: Vec<String> = world.tap.secrets().into_iter().collect();
                    runner.has_run_every_command();
                    let Runner { home, seen, .. } = runner;
                    // What the tap learned is what there is to find.
                    assert!(secrets.len() > 20, "only {} secrets passed", secrets.len());
                    for known in [DAEMON_SECRET, WEB_SECRET, WRONG_SECRET] {
                        assert!(secrets.iter().any(|secret| secret == known), "{known} did not pass");
                    }
                    secrets.extend(
                        [PASSPHRASE, WRONG_TOKEN, WRONG_KEY, seeds::IDENTITY_HEADER, &world.federated]
                            .map(str::to_owned),
                    );
                    secrets.extend(KEY.lines().filter(|line| line.len() == 64).map(str::to_owned));
                    let keys = std::fs::read_to_string(home.data().join("key")).unwrap();
                    secrets.extend(keys.lines().filter(|line| !line.starts_with('#')).map(str::to_owned));
                    search(&format!("the output with {level:?}"), seen.as_bytes(), &secrets);
                    search_folder(&home.data(), &secrets);
                    seen.len()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let sizes: Vec<usize> = results.into_iter().map(|result| result.unwrap()).collect();
    // More is told at each level, or nothing was searched.
    assert!(sizes[0] < sizes[1] && sizes[1] < sizes[3], "{sizes:?}");
}

#[test]
fn a_canary_would_be_found() {
    let secrets = [DAEMON_SECRET.to_owned()];
    let basic = STANDARD.encode(format!("id:{DAEMON_SECRET}"));
    let form: String = url::form_urlencoded::byte_serialize(DAEMON_SECRET.as_bytes()).collect();
    let hex: String = DAEMON_SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    for leak in [DAEMON_SECRET, &basic, &form, &hex, &format!("Secret({DAEMON_SECRET:?})")] {
        let found =
            std::panic::catch_unwind(|| search("a log", format!("first line\nsecret: {leak}\n").as_bytes(), &secrets));
        assert!(found.is_err(), "{leak} was not found");
    }
    search("a log", b"nothing to see", &secrets);
}
