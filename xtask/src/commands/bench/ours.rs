//! Our side: a host as an embedding program makes it.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use connector_runtime::{ExternalConnection, Host, Run};
use connector_sdk::{Granted, Secret, Subject};
use futures_util::StreamExt;
use graph_client::{Endpoint, Token, TokenRequest, Tokens};
use serde_json::{Value, json};
use xtask::Result;

use super::service;

/// What both sides send as their token: as long as those of Entra.
pub(super) static TOKEN: LazyLock<String> =
    LazyLock::new(|| format!("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.{}.c2lnbmVk", "bm9ib2R5".repeat(180)));

/// The connection's name.
pub(super) const CONNECTION: &str = "bench";

/// How the benchmark names the actions that it runs.
pub(super) const SEND: &str = "outlook.send_email";
pub(super) const LIST: &str = "outlook.list_emails";
pub(super) const ADD_MEMBERS: &str = "entra.add_group_member";

struct Fixed(Token);

#[async_trait]
impl Tokens for Fixed {
    async fn token(&self, _: TokenRequest<'_>) -> connector_sdk::Result<Token> {
        Ok(self.0.clone())
    }
}

/// A host without a connection of its own.
pub(super) fn builder() -> connector_runtime::HostBuilder {
    let all = xtask::connectors::connectors().into_iter().chain([service::connector()]);
    all.fold(Host::builder(), |builder, connector| builder.connector(connector))
}

/// A host with an app's connection to the Graph at `graph`. What the token grants is known, so every
/// call's permission is checked.
pub(super) fn host(graph: &str) -> Result<Host> {
    let granted = Granted::new(["Mail.Send", "Mail.Read", "GroupMember.ReadWrite.All"]);
    let token = Token::new(&Secret::new(TOKEN.as_str()), Some(Arc::new(granted)))?;
    let given =
        ExternalConnection::new(Endpoint::new(graph)?, Arc::new(Fixed(token)), Subject::App { user: Some(mailbox(0)) });
    Ok(builder().connection(CONNECTION, given).build()?)
}

/// A mailbox by number.
pub(super) fn mailbox(number: usize) -> String {
    format!("user{number:03}@contoso.example")
}

/// An email of the usual kind, from this mailbox.
pub(super) fn email(from: usize) -> Value {
    json!({
        "mailbox": mailbox(from),
        "to": ["adele@contoso.example", "megan@contoso.example"],
        "cc": ["alex@contoso.example"],
        "subject": "Agenda for Thursday's review",
        "body": format!("<html><body><h1>Agenda</h1>{}</body></html>", "<p>First the figures, then the plans for the next quarter.</p>".repeat(12)),
        "importance": "high",
        "saveToSentItems": true
    })
}

/// Sends an email.
pub(super) async fn send(host: Host, input: Value) -> Result<()> {
    host.execute(Run::new(SEND, CONNECTION, input)).await?;
    Ok(())
}

/// Reads a list to its end, as its items arrive, and counts them.
pub(super) async fn list(host: &Host) -> Result<usize> {
    let mut items = Box::pin(host.stream(Run::new(LIST, CONNECTION, json!({ "fetchAll": true }))));
    let mut count = 0;
    while let Some(item) = items.next().await {
        std::hint::black_box(item?);
        count += 1;
    }
    Ok(count)
}
