//! The same with processes that are really killed: this program again as its own children, over HTTP.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use connector_runtime::KeySource;
use connector_sdk::{Code, Result};
use graph_sandbox::Feeds;
use serde_json::{Value, json};

use super::chance::Chance;
use super::consumer::begin;
use super::kinds::{Watch, watches};
use super::oracle::Heard;
use super::run::Others;
use super::world::{World, builder, given};

const FOLDER: &str = "TENON_MODEL_FOLDER";
const TEST: &str = "processes::processes_that_are_killed_keep_the_promise";

fn watch(trigger: &str) -> Watch {
    watches().into_iter().find(|watch| watch.trigger == trigger).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_are_killed_keep_the_promise() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        listen(Path::new(&folder)).await.unwrap();
        return;
    }
    let seed = super::number("TENON_MODEL_SEED", 1);
    let kills = super::number("TENON_MODEL_PROCESSES", 6) as usize;
    for trigger in ["outlook.new_or_updated_email", "entra.new_user"] {
        let folder = tempfile::tempdir().unwrap();
        let watch = watch(trigger);
        let (world, mut chance) = (World::new(), Chance(seed));
        let server = world.sandbox.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let setup = json!({ "url": server.url(), "token": world.token(), "trigger": trigger });
        fs::write(folder.path().join("setup"), setup.to_string()).unwrap();
        let mut others = Others::new(&watch, &world, Chance(chance.next()));
        until_quiet(folder.path()).await;
        for kill in 0..kills {
            world.sandbox.graph().disturb_feeds(Feeds::all(&["categories", "jobTitle"]), chance.next());
            let mut life = Life::start(folder.path(), false);
            life.until_it_listens(kill).await;
            // Some changes while it listens; then it ends in the middle of something.
            for _ in 0..chance.below(12) {
                others.change();
                tokio::time::sleep(Duration::from_micros(chance.next() % 8000)).await;
            }
            life.kill();
        }
        world.sandbox.graph().disturb_feeds(Feeds::default(), 0);
        until_quiet(folder.path()).await;
        let mut heard = Heard::default();
        for line in fs::read_to_string(folder.path().join("heard")).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            heard.event(&text("id"), &text("about"), &text("state"), 0);
        }
        let faults = heard.judge(watch.rule, &others.history, None);
        assert!(faults.is_empty(), "TENON_MODEL_SEED={seed} {trigger}: {faults:?}");
        assert!(heard.events() > 0, "{trigger} told nothing");
    }
}

/// A child; it ends whatever happens to the test.
struct Life {
    child: Child,
    begun: PathBuf,
}

impl Life {
    fn start(folder: &Path, until_quiet: bool) -> Life {
        let begun = folder.join("begun");
        _ = fs::remove_file(&begun);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", TEST]).env(FOLDER, folder).env("TENON_MODEL_QUIET", u8::from(until_quiet).to_string());
        Life { child: command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap(), begun }
    }

    async fn until_it_listens(&mut self, kill: usize) {
        let until = Instant::now() + Duration::from_secs(300);
        while !self.begun.exists() {
            assert!(self.child.try_wait().unwrap().is_none(), "child {kill} has ended by itself");
            assert!(Instant::now() < until, "child {kill} does not begin");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

// A life that ends by itself when there is nothing more to hear.
async fn until_quiet(folder: &Path) {
    let mut life = Life::start(folder, true);
    loop {
        if let Some(status) = life.child.try_wait().unwrap() {
            assert!(status.success(), "the last child failed");
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

// A child: it writes down what it hears, then acknowledges it.
async fn listen(folder: &Path) -> Result<()> {
    let setup: Value = serde_json::from_str(&fs::read_to_string(folder.join("setup")).unwrap()).unwrap();
    let watch = watch(setup["trigger"].as_str().unwrap());
    let connection = given(setup["url"].as_str().unwrap(), setup["token"].as_str().unwrap())?;
    // The others' clock stands where the world begins, and only they move it.
    let now = super::world::BEGINNING.parse().unwrap();
    let host = builder(&folder.join("store.db"), &KeySource::File(folder.join("key")).open_later()?)?
        .now(move || now)
        .connection("work", connection)
        .build()?;
    let until_quiet = std::env::var("TENON_MODEL_QUIET").is_ok_and(|quiet| quiet == "1");
    let mut heard = OpenOptions::new().create(true).append(true).open(folder.join("heard")).unwrap();
    let mut listener = begin(&host, &watch).await?;
    File::create(folder.join("begun")).unwrap();
    // If the test itself is killed, its children end soon after.
    let until = Instant::now() + Duration::from_secs(600);
    let mut silent = 0;
    while Instant::now() < until && !(until_quiet && silent == 3) {
        let event = match listener.try_next().await {
            Err(error) if error.code() == Code::Unavailable => continue,
            event => event?,
        };
        let Some(event) = event else {
            silent += 1;
            continue;
        };
        silent = 0;
        let (about, state) = (watch.read)(&event.data.read()?);
        let line = json!({ "id": event.id, "about": about, "state": state });
        heard.write_all(format!("{line}\n").as_bytes()).unwrap();
        listener.ack(&event).await?;
    }
    Ok(())
}
