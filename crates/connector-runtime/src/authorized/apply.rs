//! Watches and destinations that are to be as somebody wants them, however they are now.

use connector_sdk::{Code, Error, Issue, Result, Secret};
use schemars::JsonSchema;
use serde::Serialize;

use super::{AuthorizedDestinations, AuthorizedWatches};
use crate::delivery::{DestinationChange, DestinationInfo, NewDestination, NewSecret};
use crate::principal::Access;
use crate::store::AuditKind;
use crate::watch::{NewWatch, Watch, WatchInfo, check_times};

/// What was done so that something is as it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It was made.
    Added,
    /// It was changed.
    Changed,
    /// It was so already.
    Unchanged,
}

impl AuthorizedWatches<'_> {
    /// Makes a watch, or changes the one of this name so that it is as it is wanted. Its place, its events and its pause
    /// stay. Whoever calls it again with the same changes nothing.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::add`]; `conflict` with the reason `other_watch` where the watch of this name has another
    /// trigger or connection.
    pub async fn apply(&self, wanted: NewWatch) -> Result<(Applied, WatchInfo)> {
        let (revision, former) = match self.find(&wanted.name, Access::Write).await {
            Err(error) if error.code() == Code::NotFound => return Ok((Applied::Added, self.add(wanted).await?)),
            found => found?,
        };
        let connection = self.seen.connections().find(&wanted.connection).await?;
        if (&former.trigger, &former.connection) != (&wanted.trigger, &connection) {
            let message = format!("the watch `{}` has another trigger or connection", wanted.name);
            return Err(Error::new(Code::Conflict, message)
                .with_reason("other_watch")
                .with_hint("Choose another name, or remove that watch first: its place belongs to its trigger."));
        }
        let issues: Vec<Issue> = check_times(wanted.interval_seconds, wanted.retention_days)
            .chain(self.invalid(&wanted.trigger, &wanted.input)?)
            .collect();
        if !issues.is_empty() {
            return Err(Error::issues(issues));
        }
        let destinations = self.destinations(&wanted.destinations).await?;
        let NewWatch { input, interval_seconds, retention_days, .. } = wanted;
        let watch = Watch { input, interval_seconds, retention_days, ..former.clone() };
        let sends_alike = former.destinations.len() == destinations.len()
            && destinations.iter().all(|destination| former.destinations.contains(destination));
        if watch == former && sends_alike {
            return Ok((Applied::Unchanged, self.info(revision, former).await?));
        }
        let changed = match watch == former {
            true => self.info(revision, former).await?,
            false => self.replace(AuditKind::WatchChanged, (revision, former), watch, None).await?,
        };
        Ok((Applied::Changed, self.send_to(changed, &destinations).await?))
    }
}

impl AuthorizedDestinations<'_> {
    /// Makes a destination, or changes the one of this name so that it is as it is wanted. Its secret and its state stay.
    /// Whoever calls it again with the same changes nothing. The secret is returned where it is made.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::add`] and [`AuthorizedDestinations::change`].
    pub async fn apply(&self, wanted: NewDestination) -> Result<(Applied, DestinationInfo, Option<Secret>)> {
        let former = match self.show(&wanted.name).await {
            Err(error) if error.code() == Code::NotFound => {
                let NewSecret { info, secret } = self.add(wanted).await?;
                return Ok((Applied::Added, info, Some(secret)));
            }
            found => found?,
        };
        let is = &former.destination;
        if (&is.url, &is.events, is.ordered, is.timeout_seconds, is.concurrency)
            == (&wanted.url, &wanted.events, wanted.ordered, wanted.timeout_seconds, wanted.concurrency)
        {
            return Ok((Applied::Unchanged, former, None));
        }
        let change = DestinationChange {
            name: None,
            url: Some(wanted.url),
            events: Some(wanted.events),
            ordered: Some(wanted.ordered),
            timeout_seconds: Some(wanted.timeout_seconds),
            concurrency: Some(wanted.concurrency),
        };
        let changed = self.change(former.destination.id.as_str(), change, Some(former.revision)).await?;
        Ok((Applied::Changed, changed, None))
    }
}
