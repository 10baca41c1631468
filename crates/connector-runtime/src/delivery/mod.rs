//! Delivery: the events of watches are sent to destinations, signed by the specification Standard Webhooks.
//!
//! A destination reads the log of a watch as a consumer, and acknowledges what was delivered: at least once, and what was
//! not delivered stays. Where one event fails and others do not, it is stored as a failed delivery, with a schedule of its
//! own, and the others go on. Where the endpoint fails, nothing is stored for any event: they wait in the log, and one of
//! them is sent from time to time.

mod attach;
mod attempt;
mod batch;
mod destination;
mod failed;
mod in_order;
mod job;
mod message;
mod operations;
mod queue;
mod replay;
mod retry;
mod schedule;
mod secret;
mod status;
mod stored;
mod webhook;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use connector_sdk::{Result, Transport};
use graph_client::{AddressRules, GuardedTransport};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

pub use self::attempt::{Attempt, AttemptError};
pub use self::destination::{
    Destination, DestinationChange, DestinationId, DestinationInfo, DestinationPause, DestinationState, NewDestination,
    NewSecret,
};
pub use self::failed::{DeliveryState, FailedDelivery, FailedId};
pub use self::replay::{Replay, ReplayId, Selection};

pub(crate) use self::attach::{attach, attach_operations, detach, task, watches_of};
pub(crate) use self::failed::{FailedDeliveries, FailedRecord, no_such_failed};
pub(crate) use self::job::{DeliverJob, wake_all};
pub(crate) use self::message::OutgoingEvent;
pub(crate) use self::queue::send;
pub(crate) use self::replay::{ReplayJob, Replays};
pub(crate) use self::retry::RetryJob;
pub(crate) use self::secret::SigningSecrets;
pub(crate) use self::status::Endpoints;
pub(crate) use self::stored::{Destinations, StoredDestination};

/// What the deliveries of a process share.
pub(crate) struct Deliveries {
    rules: AddressRules,
    transport: OnceLock<Arc<dyn Transport>>,
    slots: Mutex<BTreeMap<DestinationId, (u8, Arc<Semaphore>)>>,
}

impl Deliveries {
    /// Creates what they share. Without a transport, one is made with the first delivery: it reads certificates.
    pub(crate) fn new(rules: AddressRules, transport: Option<Arc<dyn Transport>>) -> Deliveries {
        let cell = OnceLock::new();
        if let Some(transport) = transport {
            let _ = cell.set(transport);
        }
        Deliveries { rules, transport: cell, slots: Mutex::default() }
    }

    /// Checks the address of a destination, as far as that is possible before its name is resolved.
    ///
    /// # Errors
    /// `invalid_input` with the reason `address`.
    pub(crate) fn check(&self, url: &Url) -> Result<()> {
        self.rules.check(url)
    }

    fn transport(&self) -> Result<Arc<dyn Transport>> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport.clone());
        }
        let transport = Arc::new(GuardedTransport::builder(self.rules.clone()).build()?);
        Ok(self.transport.get_or_init(|| transport).clone())
    }

    // Waits until fewer deliveries to the destination are on their way than may be at once.
    async fn slot(&self, to: &Destination) -> Option<OwnedSemaphorePermit> {
        let slots = {
            let mut all = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let (most, slots) = all.entry(to.id.clone()).or_insert_with(|| new_slots(to.concurrency));
            if *most != to.concurrency {
                (*most, *slots) = new_slots(to.concurrency);
            }
            slots.clone()
        };
        slots.acquire_owned().await.ok()
    }

    /// Forgets a destination that was removed.
    pub(crate) fn forget(&self, id: &DestinationId) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

fn new_slots(concurrency: u8) -> (u8, Arc<Semaphore>) {
    (concurrency, Arc::new(Semaphore::new(usize::from(concurrency).max(1))))
}
