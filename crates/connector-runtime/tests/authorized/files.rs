//! Temporary files belong to one principal, and runs read and return them.

use std::sync::Arc;

use connector_runtime::bytes::Bytes;
use connector_runtime::{
    AuthorizedHost, Code, FileLimits, Grant, Interface, Mode, Principal, PrincipalId, Rule, Rules, Run, TemporaryFile,
    read_to_end,
};
use serde_json::{Value, json};

use crate::world::{World, grant, mail, principal, printed};

async fn store(seen: &AuthorizedHost, name: &str, content: &'static [u8]) -> TemporaryFile {
    let mut writer = seen.files().create(name, "text/plain", Some(content.len() as u64)).await.unwrap();
    writer.write(Bytes::from_static(content)).await.unwrap();
    writer.finish().await.unwrap()
}

async fn read(seen: &AuthorizedHost, id: &str) -> Bytes {
    read_to_end(seen.files().open(id, None).await.unwrap().content, 1 << 20).await.unwrap()
}

fn with_attachment(subject: &str, file: &str) -> Value {
    let mut mail = mail(subject);
    mail["attachments"] = json!([{ "name": "notes.txt", "content": { "file": file } }]);
    mail
}

#[tokio::test]
async fn files_of_another_principal_do_not_exist_whatever_is_asked() {
    let world = World::with(&["work"]);
    let all = grant(&["work"], &["outlook.*"], Rules::everything());
    let one = world.seen_by("one", all.clone());
    let parent = principal("parent", all.clone());
    let child = Principal {
        id: PrincipalId::new("child").unwrap(),
        name: "Child".into(),
        grant: all.clone(),
        parent: Some(parent.clone()),
    };
    let hosts = [
        one.clone(),
        world.seen_by("two", all.clone()),
        world.seen_by("nothing", Grant::default()),
        world.host.authorize(parent, Interface::Http),
        world.host.authorize(Arc::new(child), Interface::Http),
        world.owner(),
    ];
    let mut files = Vec::new();
    for seen in &hosts {
        files.push(store(seen, "notes.txt", b"At noon.").await);
    }
    let absent = "0123456789abcdef0123456789abcdef";
    for (at, seen) in hosts.iter().enumerate() {
        assert_eq!(seen.files().list().await.unwrap(), [files[at].clone()], "each has its own");
        let others = files.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, file)| file.id.as_str());
        for id in others {
            let asked = [
                (seen.files().show(id).await.err(), seen.files().show(absent).await.err()),
                (seen.files().open(id, None).await.err(), seen.files().open(absent, None).await.err()),
                (seen.files().remove(id).await.err(), seen.files().remove(absent).await.err()),
                (
                    seen.files().for_run(&json!({}), &[("part", id)]).await.err(),
                    seen.files().for_run(&json!({}), &[("part", absent)]).await.err(),
                ),
            ];
            for (foreign, absent_error) in asked {
                let (foreign, absent_error) = (foreign.unwrap(), absent_error.unwrap());
                assert_eq!(foreign.code(), Code::NotFound);
                assert_eq!(printed(&foreign, id), printed(&absent_error, absent));
            }
            let named = |id: &str| json!({ "content": { "file": id } });
            let run_files = seen.files().for_run(&named(id), &[]).await.unwrap();
            assert!(run_files.meta(id).is_none() && run_files.sha256(id).is_none());
            let error = run_files.read(id, 0..1).await.unwrap_err();
            let none = seen.files().for_run(&named(absent), &[]).await.unwrap();
            assert_eq!(printed(&error, id), printed(&none.read(absent, 0..1).await.unwrap_err(), absent));
        }
    }
    for (seen, file) in hosts.iter().zip(&files) {
        assert_eq!(read(seen, &file.id).await, "At noon.", "nobody has removed it");
    }
    for strange in ["", "../x", "main/x", "\n", &files[0].id.to_uppercase(), &"a".repeat(10_000)] {
        assert_eq!(one.files().show(strange).await.unwrap_err().code(), Code::NotFound, "{strange:?}");
    }
}

#[tokio::test]
async fn a_key_that_has_expired_has_no_files() {
    let world = World::with(&["work"]);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(30);
    let seen = world.seen_by("agent", Grant { expires: Some(until), ..Grant::default() });
    let file = store(&seen, "notes.txt", b"At noon.").await;
    world.pass(1801);
    let errors = [
        seen.files().create("a", "text/plain", None).await.err(),
        seen.files().show(&file.id).await.err(),
        seen.files().open(&file.id, None).await.err(),
        seen.files().list().await.err(),
        seen.files().remove(&file.id).await.err(),
        seen.files().for_run(&json!({}), &[]).await.err(),
    ];
    for error in errors {
        assert_eq!(error.unwrap().code(), Code::Denied);
    }
}

#[tokio::test]
async fn a_run_reads_files_by_id_and_those_of_its_call_by_name() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::everything()));
    let file = store(&seen, "notes.txt", b"At noon.").await;
    for (subject, named, attached) in
        [("By id", file.id.as_str(), vec![]), ("By name", "part", vec![("part", file.id.as_str())])]
    {
        let input = with_attachment(subject, named);
        let files = seen.files().for_run(&input, &attached).await.unwrap();
        let run = Run::new("outlook.send_email", "work", input).files(files);
        seen.execute(run, None).await.unwrap();
        assert_eq!(world.sent("work", subject).await, 1);
    }
    let (foreign, input) =
        (world.seen_by("two", grant(&["work"], &["outlook.*"], Rules::everything())), with_attachment("No", &file.id));
    let files = foreign.files().for_run(&input, &[]).await.unwrap();
    let error = foreign.execute(Run::new("outlook.send_email", "work", input).files(files), None).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    assert!(printed(&error, &file.id).contains("no file is attached under the name `NAME`"), "{error:?}");
    assert_eq!(world.sent("work", "No").await, 0);
}

#[tokio::test]
async fn what_a_run_returns_becomes_a_file_of_its_principal() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::everything()));
    let file = store(&seen, "notes.txt", b"At noon.").await;
    let input = json!({ "subject": "Notes", "attachments": [{ "name": "notes.txt", "content": { "file": file.id } }] });
    let files = seen.files().for_run(&input, &[]).await.unwrap();
    let draft = seen.execute(Run::new("outlook.create_draft", "work", input).files(files), None).await.unwrap();
    let draft: Value = draft.output.read().unwrap();
    let input = json!({ "messageId": draft["id"], "namePattern": "*" });
    let files = seen.files().for_run(&input, &[]).await.unwrap();
    let run = Run::new("outlook.download_all_attachments", "work", input).files(files);
    let output: Value = seen.execute(run, None).await.unwrap().output.read().unwrap();
    let found = output.to_string();
    let returned = seen.files().list().await.unwrap().into_iter().find(|returned| *returned.id != file.id).unwrap();
    assert!(found.contains(&format!("\"file\":\"{}\"", returned.id)) && !found.contains("base64"), "{found}");
    assert_eq!((&returned.name[..], returned.size, &returned.sha256), ("notes.txt", 8, &file.sha256));
    assert_eq!(read(&seen, &returned.id).await, "At noon.");
}

#[tokio::test]
async fn a_confirmation_is_bound_to_the_content_of_the_files() {
    let world = World::with(&["work"]);
    let rules = Rules { send: Rule::AfterPreview, ..Rules::default() };
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], rules));
    let shown = store(&seen, "notes.txt", b"At noon.").await;
    let same = store(&seen, "copy.txt", b"At noon.").await;
    let other = store(&seen, "notes.txt", b"At ten!!").await;
    let input = with_attachment("Lunch", "part");
    let run = async |file: &TemporaryFile, mode: Mode| {
        let files = seen.files().for_run(&input, &[("part", &file.id)]).await.unwrap();
        let run = Run::new("outlook.send_email", "work", input.clone()).files(files);
        if mode == Mode::Preview { run.preview() } else { run }
    };
    let confirm = seen.preview(run(&shown, Mode::Preview).await).await.unwrap().confirm.unwrap();
    let error = seen.execute(run(&other, Mode::Live).await, Some(&confirm)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("other_run")));
    let missing = Run::new("outlook.send_email", "work", input.clone());
    assert_eq!(seen.execute(missing, Some(&confirm)).await.unwrap_err().reason(), Some("other_run"));
    assert_eq!(world.sent("work", "Lunch").await, 0);
    // The content counts and not where it is: whoever sends the same form twice sends the same.
    seen.execute(run(&same, Mode::Live).await, Some(&confirm)).await.unwrap();
    assert_eq!(world.sent("work", "Lunch").await, 1);
}

#[tokio::test]
async fn a_returned_file_needs_room_and_an_error_leaves_none_behind() {
    let world = World::built(&["work"], |builder| builder.file_limits(FileLimits::default().quota(10)));
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::everything()));
    let content = json!({ "text": "longer than ten bytes" });
    let input = json!({ "subject": "Notes", "attachments": [{ "name": "notes.txt", "content": content }] });
    let draft = seen.execute(Run::new("outlook.create_draft", "work", input), None).await.unwrap();
    let draft: Value = draft.output.read().unwrap();
    let input = json!({ "messageId": draft["id"], "namePattern": "*" });
    let files = seen.files().for_run(&input, &[]).await.unwrap();
    let run = Run::new("outlook.download_all_attachments", "work", input).files(files);
    let error = seen.execute(run, None).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Output, Some("quota")), "{error:?}");
    assert!(seen.files().list().await.unwrap().is_empty());
}
