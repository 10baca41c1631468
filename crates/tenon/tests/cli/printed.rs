//! What people read, as it is printed: each text is a snapshot, so that a change of it is seen in review.
//!
//! `cargo insta review` shows what has changed and takes it over; `INSTA_UPDATE=always` takes everything over.

use insta::assert_snapshot;

use crate::program::{Home, Ran};

fn printed(ran: &Ran) -> String {
    let Ran { code, out, err } = ran;
    [("stdout", out), ("stderr", err)]
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .fold(format!("exit code {code}\n"), |all, (name, text)| format!("{all}-- {name}\n{text}"))
}

#[test]
fn help() {
    let home = Home::new();
    let command = |words: &[&str]| home.run(&[words, &["--help"]].concat()).out;
    assert_snapshot!("help", command(&[]));
    for name in ["run", "preview", "listen", "choices", "connect", "scopes", "describe", "sandbox", "raw", "validate"] {
        assert_snapshot!(format!("help-{name}"), command(&[name]));
    }
}

#[test]
fn previews() {
    let home = Home::new();
    for (name, words) in [
        ("send-email", &["outlook.send_email", "--set", "to=meganb@contoso.example", "--set", "subject=Lunch"][..]),
        ("disable-user", &["entra.disable_user", "--set", "user=gradya@contoso.example"]),
        ("list-drive-items", &["graph.list_drive_items", "--set", "limit=5"]),
    ] {
        let words = [&["preview"], words].concat();
        let words = if name == "send-email" { [&words[..], &["--set", "body=At noon?"]].concat() } else { words };
        assert_snapshot!(format!("preview-{name}"), printed(&home.on_sandbox(&words)));
    }
}

#[test]
fn errors() {
    let home = Home::new();
    for (name, words) in [
        ("input", &["run", "outlook.send_email", "--set", "to=nobody", "--set", "subjekt=Lunch"][..]),
        ("action", &["run", "outlook.send_emial"]),
        ("one-of", &["run", "graph.get_drive_item"]),
        (
            "time-zone",
            &["run", "outlook.get_calendar_view", "--set", "start=2026-01-31T08:00:00", "--set", "end=2026-02-01"],
        ),
        ("confirm", &["run", "entra.delete_all_subscriptions"]),
    ] {
        assert_snapshot!(format!("error-{name}"), printed(&home.on_sandbox(words)));
    }
    assert_snapshot!("error-connection", printed(&home.run(&["run", "outlook.list_emails", "-c", "wrok"])));
    assert_snapshot!("error-usage", printed(&home.run(&["run"])));
}

#[test]
fn scopes() {
    let home = Home::new();
    assert_snapshot!("scopes", printed(&home.run(&["scopes", "outlook.send_email", "entra.disable_user"])));
}
