//! A program with a connector of its own.
//!
//! The test is the program too: it runs itself, and `tenon::run` reads the arguments of the process. So it has a `main`
//! of its own, and not that of the test harness.

use std::process::{Command, ExitCode, Output};

use connector_sdk::{ConnectionSpec, Connector, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Reads who is signed in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetMe {}

impl connector_sdk::Action for GetMe {
    type Output = Raw<Map<String, Value>>;
    // No connector of the project needs this permission, so the sandbox grants it because of this connector.
    const SPEC: Spec = Spec::new("get_me", "Get me", Effect::Read).delegated(&["Own.Read", "User.Read"]);

    fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
        Ok(Request::get("/me").raw())
    }
}

fn own() -> Connector {
    let connection = ConnectionSpec::new(Vec::new(), Vec::new());
    Connector::new("own", "Own", "Reads who is signed in.", connection).action::<GetMe>()
}

/// Environment variable that makes the test the program: `once` or `twice`, as often as it adds the connector.
const PROGRAM: &str = "TENON_TEST_PROGRAM";

fn main() -> ExitCode {
    match std::env::var(PROGRAM).as_deref() {
        Ok("once") => return tenon::run(&[own]),
        Ok(_) => return tenon::run(&[own, own]),
        Err(_) => {}
    }
    the_connector_is_one_of_all();
    two_of_one_name_are_refused();
    ExitCode::SUCCESS
}

fn run(program: &str, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    for variable in ["TENON_CONNECTION", "TENON_SANDBOX_URL", "TENON_LOG", "TENON_KEY", "TENON_KEY_SOURCE"] {
        command.env_remove(variable);
    }
    command.env(PROGRAM, program).env("TENON_HOME", home.path().join("home")).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn the_connector_is_one_of_all() {
    let ran = run("once", &["run", "own.get_me", "--connection", "sandbox"]);
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(json(&ran)["displayName"], "Adele Vance");

    let listed = json(&run("once", &["actions"])).to_string();
    for name in ["own.get_me", "outlook.send_email"] {
        assert!(listed.contains(&format!("\"{name}\"")), "{name} is not in {listed}");
    }

    let refused = run("once", &["run", "own.get_you", "--connection", "sandbox"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Did you mean `own.get_me`?"), "{refused:?}");
}

fn two_of_one_name_are_refused() {
    let refused = run("twice", &["actions"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("two connectors are called `own`"), "{refused:?}");
}
