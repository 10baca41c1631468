//! Lists as streams.

use async_trait::async_trait;
use connector_sdk::{Code, Error, Json, Result};
use futures_core::Stream;
use futures_util::StreamExt;
use graph_client::ItemSink;

use crate::host::Host;
use crate::run::Run;

impl Host {
    /// Runs an action that lists, and streams its items as their pages arrive. Memory stays flat: the next page is read
    /// when the stream has been read so far. When the stream is dropped, what is on its way is waited for in the
    /// background, and what the run has opened is closed.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use connector_sdk::Secret;
    /// # use graph_client::Endpoint;
    /// # use graph_sandbox::{Holder, Sandbox};
    /// use connector_runtime::{ExternalConnection, Host, Run};
    /// use futures_util::TryStreamExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> connector_sdk::Result<()> {
    /// # let sandbox = Sandbox::new();
    /// # let adele = Holder::User("adelev@contoso.example");
    /// # let token = Secret::new(sandbox.issue_token(adele, &["Mail.ReadWrite", "Mail.Send"]));
    /// # let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &token, None)?;
    /// # let adele = given.transport(Arc::new(sandbox.clone()));
    /// # let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;
    /// let input = serde_json::json!({ "limit": 2 });
    /// let messages: Vec<_> = host.stream(Run::new("outlook.list_emails", "adele", input)).try_collect().await?;
    /// assert_eq!(messages.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self, run: Run) -> impl Stream<Item = Result<Json>> + Send + use<> {
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<Json>>>(1);
        let host = self.clone();
        tokio::spawn(async move {
            let mut items = Channel(sender.clone());
            if let Err(error) = host.execute_into(run, &mut items).await {
                // Nobody listens any more when this fails.
                let _ = sender.send(Err(error)).await;
            }
        });
        futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|page| (page, receiver))
        })
        .flat_map(|page| {
            let items: Vec<Result<Json>> = match page {
                Ok(items) => items.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            futures_util::stream::iter(items)
        })
    }
}

struct Channel(tokio::sync::mpsc::Sender<Result<Vec<Json>>>);

#[async_trait]
impl ItemSink for Channel {
    async fn emit(&mut self, items: Vec<Json>) -> Result<()> {
        self.0.send(Ok(items)).await.map_err(|_| Error::new(Code::Unavailable, "nobody takes the items any more"))
    }
}
