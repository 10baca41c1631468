//! A program that listens, and that may be killed at any step.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use connector_runtime::{Host, KeyRing, Listen, Listener};
use connector_sdk::{Code, Error, Result};
use serde_json::Value;

use super::chance::Chance;
use super::kinds::Watch;
use super::oracle::Heard;
use super::world::{Meanwhile, World};

/// How a life ended.
#[derive(Debug)]
pub(crate) enum End {
    /// There was nothing more to hear.
    Quiet,
    Killed,
    Failed(Error),
}

/// One life after the other of the same program.
pub(crate) struct Consumer<'a> {
    pub(crate) world: &'a World,
    pub(crate) watch: &'a Watch,
    /// Its store.
    pub(crate) path: &'a Path,
    pub(crate) keys: KeyRing,
    pub(crate) heard: Heard,
}

impl Consumer<'_> {
    /// Lives until `quiet` looks in a row had nothing to tell, or until it is killed: when it was woken `steps` times.
    pub(crate) async fn live(
        &mut self,
        quiet: usize,
        steps: Option<usize>,
        chance: &mut Chance,
        meanwhile: Arc<Meanwhile>,
    ) -> End {
        let mut life = pin!(self.listen(quiet, chance, meanwhile));
        let mut left = steps.unwrap_or(usize::MAX);
        std::future::poll_fn(move |cx| {
            if left == 0 {
                return Poll::Ready(End::Killed);
            }
            left -= 1;
            life.as_mut().poll(cx).map(|end| end.map_or_else(End::Failed, |()| End::Quiet))
        })
        .await
    }

    async fn listen(&mut self, quiet: usize, chance: &mut Chance, meanwhile: Arc<Meanwhile>) -> Result<()> {
        let host = self.world.host(self.path, &self.keys, chance, meanwhile)?;
        let mut listener = begin(&host, self.watch).await?;
        let mut silent = 0;
        while silent < quiet {
            let Some(event) = listener.try_next().await? else {
                silent += 1;
                continue;
            };
            silent = 0;
            let data: Value = event.data.read()?;
            let (about, state) = (self.watch.read)(&data);
            self.heard.event(&event.id, &about, &state, event.gaps.len());
            // Whoever dies here hears of it again.
            tokio::task::yield_now().await;
            listener.ack(&event).await?;
        }
        Ok(())
    }
}

/// Begins to listen. The life before may still be about to let go of the name.
pub(crate) async fn begin(host: &Host, watch: &Watch) -> Result<Listener> {
    loop {
        let listen = Listen { name: Some("model".to_owned()), ..Listen::new(watch.trigger, "work", (watch.input)()) };
        match host.listen(listen).await {
            Err(error) if error.code() == Code::Conflict => {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await
            }
            done => return done,
        }
    }
}
