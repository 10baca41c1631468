//! The keyring of the operating system, where there is one.

use std::process::Stdio;

use crate::program::{Home, Ran};

// A service on a bus of its own, so that no entry is made in the keyring of whoever runs this.
const SERVICE: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";

fn on_a_bus(home: &Home, script: &str) -> Ran {
    let mut command = std::process::Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", SERVICE, "sh", "sh", "-ec", script]).stdin(Stdio::null());
    command.env("TENON", env!("CARGO_BIN_EXE_tenon")).env("TENON_HOME", home.data()).env("HOME", home.folder());
    command
        .env("XDG_RUNTIME_DIR", home.folder())
        .env_remove("XDG_DATA_HOME")
        .env_remove("TENON_KEY")
        .env_remove("TENON_KEY_SOURCE");
    command.output().expect("dbus-run-session is there").into()
}

#[test]
#[ignore = "needs dbus-run-session and gnome-keyring-daemon: cargo test --test cli -- --ignored keyring"]
fn processes_that_begin_at_once_have_one_key_which_rotates_and_moves() {
    let home = Home::new();
    let ran = on_a_bus(
        &home,
        "export TENON_KEY_SOURCE=keyring
        for i in 1 2 3 4 5 6 7 8; do \"$TENON\" key show --json > \"$HOME/shown$i\" & done; wait
        cat \"$HOME\"/shown*; cp \"$TENON_HOME/key\" \"$HOME/pointer\"; unset TENON_KEY_SOURCE
        \"$TENON\" key rotate --json; \"$TENON\" key move file --json; \"$TENON\" key move keyring --json; \"$TENON\" connections list --json",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[..8].iter().all(|line| *line == lines[0] && line["source"] == "keyring"), "{ran:?}");
    let first = &lines[0]["keys"][0];
    assert!(
        lines[9]["source"] == "file" && lines[9]["keys"][1] == *first && lines[10]["source"] == "keyring",
        "{ran:?}"
    );
    assert_eq!(lines[9]["keys"], lines[10]["keys"]);
    let pointer = std::fs::read_to_string(home.folder().join("pointer")).unwrap();
    assert!(pointer.contains("keyring:store-"), "{pointer}");
}
