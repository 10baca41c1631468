//! One run: a random history, a consumer that is killed again and again, and what the oracle says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_runtime::KeyRing;
use connector_sdk::Code;
use graph_sandbox::{Fault as Broken, Feeds, Rule};

use super::chance::Chance;
use super::consumer::{Consumer, End};
use super::history::History;
use super::kinds::{Kind, Scene, Trouble, Watch};
use super::oracle::{Fault, Heard};
use super::world::{Meanwhile, World};

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) kills: usize,
    pub(crate) changes: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) kills: usize,
    pub(crate) changes: usize,
    pub(crate) events: usize,
    /// Events that were handed out again, with the same id.
    pub(crate) again: usize,
    /// What was told as a gap only.
    pub(crate) missed: usize,
    /// Lost places, and requests that failed.
    pub(crate) refused: u64,
    /// How often all had been heard and was held against the history.
    pub(crate) judged: usize,
    pub(crate) faults: Vec<(Fault, String)>,
}

/// Those who change Graph.
pub(crate) struct Others {
    world: World,
    kind: Box<dyn Kind>,
    pub(crate) history: History,
    chance: Chance,
    returns: bool,
    // How many changes they may make while a request is under way.
    meanwhile: usize,
}

impl Others {
    /// Others who know what is there, and have changed nothing yet.
    pub(crate) fn new(watch: &Watch, world: &World, chance: Chance) -> Others {
        let (mut kind, mut history) = ((watch.make)(), History::default());
        kind.begin(world, &mut history);
        let returns = !watch.spared.contains(&Trouble::Returns);
        Others { world: world.clone(), kind, history, chance, returns, meanwhile: 0 }
    }

    pub(crate) fn change(&mut self) {
        let seconds = Duration::from_secs(self.chance.below(30) as u64);
        self.world.sandbox.clock().advance(seconds);
        self.world.machine.advance(seconds);
        let mut scene =
            Scene { world: &self.world, chance: &mut self.chance, history: &mut self.history, returns: self.returns };
        self.kind.change(&mut scene);
    }
}

/// Where the run is.
struct Run<'a> {
    watch: &'a Watch,
    world: World,
    others: Arc<Mutex<Others>>,
    consumer: Consumer<'a>,
    chance: Chance,
    report: Report,
    // Since all had been heard last, Graph has been made to refuse a place.
    lost: bool,
}

/// Runs a history against a trigger.
pub(crate) async fn run(watch: &Watch, seed: u64, size: Size) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (world, mut chance) = (World::new(), Chance(seed));
    let others = Others::new(watch, &world, Chance(chance.next()));
    let consumer = Consumer {
        world: &world.clone(),
        watch,
        path: &path,
        keys: KeyRing::random().unwrap(),
        heard: Heard::default(),
    };
    let mut run = Run {
        watch,
        world,
        others: Arc::new(Mutex::new(others)),
        consumer,
        chance,
        report: Report::default(),
        lost: false,
    };
    run.wake();
    run.settle().await;
    while run.report.kills < size.kills && run.report.faults.is_empty() {
        run.turn(size).await;
        if run.chance.one_in(8) {
            run.settle().await;
        }
    }
    run.settle().await;
    let mut report = run.report;
    (report.events, report.again, report.missed) =
        (run.consumer.heard.events(), run.consumer.heard.again, run.consumer.heard.missed);
    report.changes = run.others.lock().unwrap().history.changes;
    report
}

impl Run<'_> {
    fn wants(&mut self, trouble: Trouble, one_in: usize) -> bool {
        !self.watch.spared.contains(&trouble) && self.chance.one_in(one_in)
    }

    // What is changed before anybody watches is not new, whatever the machine's clock says then.
    fn wake(&mut self) {
        let mut others = self.others.lock().unwrap();
        (0..5).for_each(|_| others.change());
        others.history.begin();
        self.world.sandbox.clock().advance(Duration::from_secs(3));
        if !self.watch.spared.contains(&Trouble::MachineClock) {
            let seconds = self.chance.below(20 * 60) as i64 - 10 * 60;
            let graph = self.world.sandbox.clock().now();
            self.world.machine.set(graph + jiff::SignedDuration::from_secs(seconds));
        }
    }

    // Some changes, some trouble, and lives until one is killed.
    async fn turn(&mut self, size: Size) {
        // Some are left for while requests are under way; and some kinds of change may find nothing to change.
        let due = (size.changes * (self.report.kills + 1) / size.kills).saturating_sub(1);
        self.trouble();
        for life in 0.. {
            {
                let mut others = self.others.lock().unwrap();
                let some = if life == 0 { due.saturating_sub(others.history.changes) } else { 1 };
                (0..some).for_each(|_| others.change());
            }
            // A life takes about ten steps, more where there is more to hear. Sooner or later it is killed.
            let steps = self.chance.below(24 / (life + 1) + 2) + 1;
            match self.live(1, Some(steps)).await {
                End::Killed => {
                    self.report.kills += 1;
                    return;
                }
                End::Quiet => {}
                End::Failed(error) if passes(error.code()) => {}
                End::Failed(error) => return self.report.faults.push((Fault::Ended, format!("{error:?}"))),
            }
        }
    }

    fn trouble(&mut self) {
        let mut feeds = Feeds::default();
        feeds.short_pages = self.wants(Trouble::ShortPages, 2);
        feeds.repeats = self.wants(Trouble::Repeats, 2);
        feeds.replays = self.wants(Trouble::Replays, 2);
        feeds.late = self.wants(Trouble::Late, 2);
        if self.wants(Trouble::Fragments, 2) {
            let properties = self.others.lock().unwrap().kind.properties();
            feeds.fragments = properties.iter().map(|name| (*name).to_owned()).collect();
        }
        self.world.sandbox.graph().disturb_feeds(feeds, self.chance.next());
        if self.wants(Trouble::LostPlaces, 6) {
            self.lose();
        }
        if self.chance.one_in(4) {
            let fault =
                [Broken::ResetAfter, Broken::ResetBefore, Broken::GatewayTimeout, Broken::Truncate { bytes: 40 }];
            let rule = self.chance.pick(&fault).map(|fault| Rule::new(fault).once());
            self.world.sandbox.faults().add(rule.unwrap());
        }
        if self.wants(Trouble::MachineClock, 6) {
            let graph = self.world.sandbox.clock().now();
            let seconds = self.chance.below(6 * 3600) as i64 - 3 * 3600;
            self.world.machine.set(graph + jiff::SignedDuration::from_secs(seconds));
        }
        if self.wants(Trouble::Meanwhile, 3) {
            self.others.lock().unwrap().meanwhile = 3;
        }
    }

    // A place is lost in one of the ways that Graph has of saying so.
    fn lose(&mut self) {
        self.lost = true;
        let refusals = [
            (410, "syncStateNotFound"),
            (400, "Directory_ExpiredPageToken"),
            (404, "itemNotFound"),
            (400, "ErrorInvalidRequest"),
        ];
        if self.chance.one_in(3) {
            return self.world.sandbox.graph().expire_delta_tokens();
        }
        if let Some((status, code)) = self.chance.pick(&refusals) {
            let fault = Broken::Status { status, code: code.to_owned(), message: "Badly formed token.".to_owned() };
            self.world.sandbox.faults().add(Rule::new(fault).path("*token=ey*").once());
        }
    }

    async fn live(&mut self, quiet: usize, steps: Option<usize>) -> End {
        let (others, chance) = (self.others.clone(), Mutex::new(Chance(self.chance.next())));
        let meanwhile: Arc<Meanwhile> = Arc::new(move || {
            let mut others = others.lock().unwrap();
            if others.meanwhile > 0 && chance.lock().unwrap().one_in(3) {
                others.meanwhile -= 1;
                others.change();
            }
        });
        self.consumer.live(quiet, steps, &mut self.chance, meanwhile).await
    }

    // Nothing happens any more and nothing is wrong, until all has been heard; then it is judged.
    async fn settle(&mut self) {
        let sandbox = &self.world.sandbox;
        self.report.refused += sandbox.faults().counts().fired;
        sandbox.faults().clear();
        sandbox.graph().disturb_feeds(Feeds::default(), 0);
        self.others.lock().unwrap().meanwhile = 0;
        if let End::Failed(error) = self.live(3, None).await {
            self.report.faults.push((Fault::Ended, format!("{error:?}")));
        }
        let mut others = self.others.lock().unwrap();
        self.report.faults.extend(self.consumer.heard.judge(
            self.watch.rule,
            &others.history,
            self.lost.then_some(self.watch.misses),
        ));
        self.lost = false;
        others.history.settle();
        self.report.judged += 1;
    }
}

fn passes(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Throttled | Code::OutcomeUnknown)
}
