//! A list, items passed through

use xtask::Result;

use super::super::cpu::{self, pairs};
use super::super::report::Row;
use super::super::{bare, ours};
use super::{Bench, Name, time};

const ITEMS: usize = 20_000;
const TARGET: f64 = 0.4;

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let graph = bench.server.graph(&format!("list-{ITEMS}"));
    let host = ours::host(&graph)?;
    let url = format!("{graph}/v1.0/users/{}/mailFolders/inbox/messages?$top=100", ours::mailbox(0));
    let check =
        |count: usize| if count == ITEMS { Ok(()) } else { Err(format!("{count} items came instead of {ITEMS}")) };
    let pairs = pairs(
        bench.many(7, 2),
        async || {
            let before = cpu::own()?;
            check(ours::list(&host).await?)?;
            Ok(cpu::own()? - before)
        },
        async || {
            let before = cpu::own()?;
            check(bare::list(&bench.bare, url.clone()).await?)?;
            Ok(cpu::own()? - before)
        },
    )
    .await?;
    let each = |seconds: f64| format!("{} CPU a page", time(seconds / (ITEMS / 100) as f64));
    Ok(Row {
        row: Name::List,
        work: format!("list {ITEMS} messages of 2 KB"),
        bare: each(pairs.bare.median),
        ours: each(pairs.ours.median),
        ratio: Some(pairs.ratio),
        target: format!("≤ {TARGET} × CPU"),
        met: Some(pairs.ratio.median <= TARGET),
        notes: vec![
            format!("Ours: Host::stream({}), items as they arrive, in pages of 100.", ours::LIST),
            "Bare: reqwest, each page read into a serde_json::Value.".to_owned(),
        ],
    })
}
