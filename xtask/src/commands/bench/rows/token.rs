//! Many that find the token expired

use connector_runtime::{NewConnection, SignInStep};
use connector_sdk::{Secret, SignInMethod};
use graph_auth::Settings;
use xtask::Result;

use super::super::flight::fly;
use super::super::ours;
use super::super::process::Server;
use super::super::report::Row;
use super::super::server::{FREE, SHORT_TENANT};
use super::{Bench, Name};

const TASKS: usize = 50;

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let host = ours::builder().build()?;
    connect(&host, "outlook", &bench.server, &bench.server.graph(FREE), SHORT_TENANT).await?;
    bench.server.counts().await?;
    let inputs = (0..TASKS).map(ours::email).collect();
    fly(TASKS, inputs, move |input| ours::send(host.clone(), input)).await?.all_well()?;
    let tokens = bench.server.counts().await?.tokens;
    Ok(Row {
        row: Name::Token,
        work: format!("{TASKS} tasks begin with an expired token"),
        bare: "–".to_owned(),
        ours: format!("{tokens} token request{}", if tokens == 1 { "" } else { "s" }),
        ratio: None,
        target: "1 token request".to_owned(),
        met: Some(tokens == 1),
        notes: vec!["A stored connection with client credentials, whose first token expires as it comes.".to_owned()],
    })
}

/// Signs an app in and stores the connection.
pub(super) async fn connect(
    host: &connector_runtime::Host,
    connector: &str,
    server: &Server,
    graph: &str,
    tenant: &str,
) -> Result<()> {
    let settings = Settings {
        tenant_id: Some(tenant.to_owned()),
        client_id: Some("00000003-0000-4ff1-ce00-000000000000".to_owned()),
        client_secret: Some(Secret::new("a secret of the benchmark")),
        user_id: Some(ours::mailbox(0)),
        graph_url: Some(graph.to_owned()),
        authority_url: Some(server.address.http.clone()),
        ..Settings::new(SignInMethod::ClientCredentials)
    };
    let new = NewConnection {
        name: ours::CONNECTION.to_owned(),
        connector: connector.to_owned(),
        settings,
        confirm_other: false,
        redirect_uri: None,
    };
    match host.connections().connect_new(new).await? {
        SignInStep::Done(_) => Ok(()),
        _ => Err("an app's sign-in is not finished at once".into()),
    }
}
