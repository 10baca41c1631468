//! Many members into one group

use bytes::Bytes;
use connector_runtime::Run;
use http::StatusCode;
use serde_json::{Value, json};
use xtask::Result;

use super::super::flight::fly;
use super::super::report::Row;
use super::super::server::FREE;
use super::super::{bare, ours};
use super::{Bench, Name};

const MEMBERS: usize = 2000;
const TARGET: u64 = 5;
const GROUP: &str = "02bd9fd6-8f93-4758-87c3-1fb73740a315";

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let graph = bench.server.graph(FREE);
    let host = ours::host(&graph)?;
    let members: Vec<String> = (0..MEMBERS).map(|i| format!("87d349ed-44d7-43e1-9a83-{i:012x}")).collect();

    bench.server.counts().await?;
    let input = json!({ "group": GROUP, "members": members });
    let output: Value = host.execute(Run::new(ours::ADD_MEMBERS, ours::CONNECTION, input)).await?.output.read()?;
    let added = output["added"].as_u64().unwrap_or_default();
    if added != MEMBERS as u64 {
        return Err(format!("{added} members were added instead of {MEMBERS}").into());
    }
    let many = bench.server.counts().await?.requests;

    let url = format!("{graph}/v1.0/groups/{GROUP}/members/$ref");
    let client = bench.bare.clone();
    // One after the other: they change one group.
    fly(1, members, move |member| {
        let (client, url) = (client.clone(), url.clone());
        let body = Bytes::from(
            json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}") }).to_string(),
        );
        async move { bare::post(&client, url, body, StatusCode::NO_CONTENT).await }
    })
    .await?
    .all_well()?;
    let single = bench.server.counts().await?.requests;

    Ok(Row {
        row: Name::Members,
        work: format!("{MEMBERS} members into one group"),
        bare: format!("{single} requests"),
        ours: format!("{many} requests"),
        ratio: None,
        target: format!("{TARGET} requests"),
        met: Some(many <= TARGET),
        notes: Vec::new(),
    })
}
