//! Whether everything that a connector lists is run here, or by transcripts.

use std::collections::{BTreeMap, BTreeSet};

use tenon_tests::cases;

use crate::stage::Stage;
use crate::{
    batches, changes, directory, entra_apps, entra_changes, entra_groups, entra_users, files, graph_devices,
    graph_excel, graph_exchange, graph_files, graph_meetings, graph_records, graph_sharing, graph_sites, graph_teams,
    inputs, lists, mail, outlook_calendars, outlook_changes, outlook_contacts, outlook_events, outlook_folders,
    outlook_mail, outlook_settings, outlook_subscriptions, requests,
};

/// Two tests of something that a connector lists.
#[derive(Debug)]
pub(crate) struct Covers {
    /// Its kind and its id.
    pub(crate) what: (&'static str, &'static str),
    /// The test in which it works.
    pub(crate) works: &'static str,
    /// The test in which it fails.
    pub(crate) fails: &'static str,
}

/// Says which tests of a module cover what. A test that does not exist does not compile.
macro_rules! covers {
    ($($kind:ident $id:literal: $works:ident, $fails:ident;)*) => {
        pub(crate) const COVERS: &[crate::coverage::Covers] = &[$(crate::coverage::Covers {
            what: (stringify!($kind), $id),
            works: stringify!($works),
            fails: stringify!($fails),
        }),*];
        const _: &[fn()] = &[$($works, $fails),*];
    };
}
pub(crate) use covers;

const TABLES: &[&[Covers]] = &[
    batches::COVERS,
    changes::COVERS,
    directory::COVERS,
    entra_apps::COVERS,
    entra_changes::COVERS,
    entra_groups::COVERS,
    entra_users::COVERS,
    files::COVERS,
    graph_devices::COVERS,
    graph_exchange::COVERS,
    graph_excel::COVERS,
    graph_files::COVERS,
    graph_sites::COVERS,
    graph_teams::COVERS,
    graph_sharing::COVERS,
    graph_records::COVERS,
    graph_meetings::COVERS,
    inputs::COVERS,
    lists::COVERS,
    mail::COVERS,
    requests::COVERS,
    outlook_mail::COVERS,
    outlook_folders::COVERS,
    outlook_settings::COVERS,
    outlook_calendars::COVERS,
    outlook_events::COVERS,
    outlook_contacts::COVERS,
    outlook_subscriptions::COVERS,
    outlook_changes::COVERS,
];

/// What connectors list: kind and id, with the source.
type Listed = BTreeMap<(&'static str, String), &'static str>;

// What transcripts show to work and to fail.
fn played(listed: &Listed) -> BTreeSet<(&'static str, String)> {
    let (mut works, mut fails) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let Ok(transcript) = &case.transcript else { continue };
        let all = if transcript.error.is_some() { &mut fails } else { &mut works };
        all.insert(format!("{}.{}", case.connector, case.action));
    }
    let both: Vec<_> = works.intersection(&fails).cloned().collect();
    // A transcript does not say of which kind the thing is. It is played with the first of these that has its name.
    let kinds = ["action", "trigger", "picklist"];
    let first = |name: &String| kinds.into_iter().find(|kind| listed.contains_key(&(*kind, name.clone())));
    both.into_iter().filter_map(|name| Some((first(&name)?, name))).collect()
}

#[test]
fn everything_that_is_listed_is_run() {
    let stage = Stage::new();
    let mut listed = Listed::new();
    for connector in stage.host.connectors() {
        let mut list = |kind, name, source| listed.insert((kind, format!("{}.{name}", connector.name)), source);
        connector.actions.iter().for_each(|it| _ = list("action", it.spec().name, it.source()));
        connector.triggers.iter().for_each(|it| _ = list("trigger", it.spec().name, it.source()));
        connector.picklists.iter().for_each(|it| _ = list("picklist", it.spec().name, it.source()));
        connector.dynamic_schemas.iter().for_each(|it| _ = list("dynamic_schema", it.spec().name, it.source()));
    }
    assert!(listed.len() > 15, "{listed:?}");
    let covered = TABLES.iter().copied().flatten();
    let known: BTreeSet<_> = covered.clone().map(|covers| (covers.what.0, covers.what.1.to_owned())).collect();
    // What several connectors list is one thing, and is run under one of its names; its examples are run under all.
    let played = played(&listed);
    let sources: BTreeSet<_> = known.iter().chain(&played).filter_map(|what| listed.get(what)).collect();
    let missing: Vec<_> = listed
        .iter()
        .filter(|(_, source)| !sources.contains(source))
        .map(|((kind, name), _)| format!("{kind} {name}"))
        .collect();
    assert!(
        missing.is_empty(),
        "each of these needs two transcripts, one with an output and one with an error, or two end-to-end tests that a \
         `covers!` table names, one that works and one that fails: {missing:#?}"
    );
    let gone: Vec<_> = known.iter().filter(|what| !listed.contains_key(what)).collect();
    assert!(gone.is_empty(), "no connector lists these any more: {gone:?}");
    for covers in covered {
        assert_ne!(covers.works, covers.fails, "one test cannot end well and badly: {covers:?}");
    }
}
