//! The journal of a run's writes, with which a later run of the same work resumes where this one broke off.

use async_trait::async_trait;
use connector_sdk::{Code, Error, Response, Result, Secret, Upload};
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::{Client, Session};

/// A journal of the writes of one piece of work: those that are about to be sent, and the responses to those that came
/// back.
///
/// A plan is pure, so a second run of the same work asks for the same writes. Those that are known to be carried
/// out are answered from here and not sent again; the others are sent.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Records that these writes are about to be sent in one message, and returns what is known of each. When this
    /// returns, the record outlives a crash. Whatever is to be sent belongs to the returned [`Pending`].
    ///
    /// # Errors
    /// What keeps the work from going on: the store's, or `conflict` when another process has taken it over. Nothing
    /// is to be sent then.
    async fn begin(&self, writes: Vec<Write>) -> Result<(Pending, Vec<Before>)>;

    /// Records the outcomes of the writes that were to be sent, in their order. A failure to record them is not the
    /// run's failure: those writes count as lost afterwards.
    async fn end(&self, pending: Pending, outcomes: Vec<After>);
}

/// A write, with what identifies it in a later run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Hash of method, address and body.
    pub exact: [u8; 32],
    /// Hash of method and address.
    pub place: [u8; 32],
    /// Method and template, such as `POST /me/events`.
    pub request: String,
    /// Index of the input, of many, that it is sent for.
    pub item: Option<usize>,
    /// Whether it may be sent again when its response was lost.
    pub repeatable: bool,
    /// Address of the upload session that it fills. It is a credential.
    pub address: Option<Secret>,
}

/// Result of looking up a write before it is sent.
#[derive(Debug, Clone)]
pub enum Before {
    /// Nothing is known: send it.
    Send,
    /// An earlier run may have sent it: send it again, because that is harmless. With the upload session that the
    /// earlier run filled.
    SendAgain(Option<Secret>),
    /// An earlier run has carried it out, with this response.
    Answered(Response),
    /// It must not be sent.
    Refused(Error),
}

impl Before {
    /// Returns whether the write is to be sent.
    pub fn is_sent(&self) -> bool {
        matches!(self, Before::Send | Before::SendAgain(_))
    }
}

/// The writes of one message between [`Journal::begin`] and [`Journal::end`].
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Pending(
    /// Number that the journal assigned.
    pub u64,
);

/// Outcome of a write.
#[derive(Debug, Clone)]
pub enum After {
    /// It was carried out, with this response.
    Answered(Response),
    /// It was certainly not carried out.
    Refused,
    /// It is not known whether it was carried out.
    Lost,
}

impl After {
    /// Returns the outcome that the result of a request means.
    pub fn of(answer: &Result<Response>, repeatable: bool) -> After {
        match answer {
            Ok(response) => After::Answered(response.clone()),
            Err(error) if error.code() == Code::OutcomeUnknown => After::Lost,
            // One that may be repeated ends as unavailable when all of its answers were lost.
            Err(error) if repeatable && error.code() == Code::Unavailable => After::Lost,
            Err(_) => After::Refused,
        }
    }
}

impl Write {
    /// Returns the write that a call is.
    pub(crate) fn of(call: &Call<'_>) -> Write {
        let url = call.url.to_string();
        let place = Sha256::new_with_prefix(call.request.method.as_str()).chain_update(b"\n").chain_update(&url);
        Write {
            exact: place.clone().chain_update(b"\n").chain_update(&call.body).finalize().into(),
            place: place.finalize().into(),
            request: format!("{} {}", call.request.method, call.request.template()),
            item: call.request.options().item_index(),
            repeatable: call.request.options().is_idempotent(),
            address: None,
        }
    }

    /// Returns the write of a file to an upload session. A later run has another session for the same file.
    pub(crate) fn of_upload(upload: &Upload, size: u64) -> Write {
        let named = format!("{:?}\n{:?}\n{size}", upload.place, upload.file);
        let hash: [u8; 32] = Sha256::digest(named).into();
        Write {
            exact: hash,
            place: hash,
            request: "PUT (upload session)".to_owned(),
            item: None,
            // The session itself says what it has.
            repeatable: true,
            address: Some(Secret::new(upload.url.as_str())),
        }
    }
}

/// Sends one write, unless an earlier run has.
pub(crate) async fn send(client: &Client, journal: &dyn Journal, call: &mut Call<'_>) -> Result<Response> {
    let (pending, before) = journal.begin(vec![Write::of(call)]).await?;
    match before.into_iter().next() {
        Some(Before::Answered(response)) => return Ok(response),
        Some(Before::Refused(error)) => return Err(error),
        Some(Before::SendAgain(_)) => call.lost = true,
        Some(Before::Send) => {}
        None => return Err(Error::bug("the journal of a run said nothing of a write")),
    }
    let answer = client.finish(call).await;
    journal.end(pending, vec![After::of(&answer, call.request.options().is_idempotent())]).await;
    answer
}

/// Returns the journal that a call is recorded in, if there is one.
pub(crate) fn of<'s>(session: &'s Session, call: &Call<'_>) -> Option<&'s dyn Journal> {
    session.journal.as_deref().filter(|_| !call.request.options().is_read_only())
}
