//! SQL of tasks and leases.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use rusqlite::{Connection, OptionalExtension, params};

use super::clock::{CORRECTION, Millis, millis, span, timestamp};
use super::fail::{StoreResult, conflict};
use super::{Sqlite, count, limit as rows};
use crate::store::{Lease, TaskQueue, check_name};

#[async_trait]
impl TaskQueue for Sqlite {
    async fn schedule(&self, key: &str, after: Duration, payload: Bytes) -> Result<()> {
        check_name("key", key)?;
        let key = key.to_owned();
        self.write(move |connection, now| {
            connection
                .prepare_cached(
                    "INSERT INTO task (key, payload, ready, epoch, attempt, since) VALUES (?1, ?2, ?3, 0, 0, ?4) ON CONFLICT DO UPDATE \
                     SET payload = excluded.payload, ready = iif(owner IS NULL, excluded.ready, ready), \
                     again = iif(owner IS NULL, NULL, excluded.ready), since = iif(owner IS NULL, excluded.since, since)",
                )?
                .execute(params![key, &payload[..], now + millis(after), now])?;
            Ok(())
        })
        .await
    }

    async fn wake(&self, key: &str) -> Result<bool> {
        check_name("key", key)?;
        let key = key.to_owned();
        self.write(move |connection, now| {
            let woken = connection
                .prepare_cached(
                    "UPDATE task SET ready = iif(owner IS NULL, min(ready, ?2), ready), \
                     again = iif(owner IS NULL, NULL, min(coalesce(again, ?2), ?2)) WHERE key = ?1",
                )?
                .execute(params![key, now])?;
            Ok(woken > 0)
        })
        .await
    }

    async fn cancel(&self, key: &str) -> Result<bool> {
        check_name("key", key)?;
        let key = key.to_owned();
        self.write(move |connection, _| {
            Ok(connection.prepare_cached("DELETE FROM task WHERE key = ?1")?.execute([key])? > 0)
        })
        .await
    }

    async fn claim(&self, prefix: &str, owner: &str, ttl: Duration, limit: usize) -> Result<Vec<Lease>> {
        check_name("owner", owner)?;
        // Most looks find nothing, and need not stand in the writers' queue for it.
        if self.next_due(prefix).await? != Some(Duration::ZERO) {
            return Ok(Vec::new());
        }
        let (prefix, owner) = (prefix.to_owned(), owner.to_owned());
        self.write(move |connection, now| {
            let keys = due(connection, now, &prefix, limit)?;
            let epoch = count(connection, 1)?;
            let until = now + millis(ttl);
            let mut take = connection.prepare_cached(
                "UPDATE task SET owner = ?2, epoch = ?3, ready = ?4, attempt = attempt + 1, again = NULL, since = ?5 WHERE key = ?1 RETURNING payload, attempt",
            )?;
            let mut leases = Vec::with_capacity(keys.len());
            for key in keys {
                let (payload, attempt): (Vec<u8>, u32) =
                    take.query_row(params![key, owner, epoch, until, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
                leases.push(Lease {
                    key,
                    payload: payload.into(),
                    owner: owner.clone(),
                    epoch: epoch.cast_unsigned(),
                    attempt,
                    ttl,
                    until: timestamp(until),
                });
            }
            Ok(leases)
        })
        .await
    }

    async fn next_due(&self, prefix: &str) -> Result<Option<Duration>> {
        let prefix = prefix.to_owned();
        self.read(move |connection, now| {
            if began_ahead(connection, now, &prefix)? {
                return Ok(Some(Duration::ZERO));
            }
            let (area, within) = within(&prefix);
            let ready: Option<Millis> = connection
                .prepare_cached(&format!("SELECT ready FROM task WHERE {within} ORDER BY ready LIMIT 1"))?
                .query_row(params![prefix, area], |row| row.get(0))
                .optional()?;
            Ok(ready.map(|ready| span(now, ready)))
        })
        .await
    }

    async fn heartbeat(&self, lease: &Lease) -> Result<()> {
        let ttl = millis(lease.ttl);
        self.held(lease, move |connection, now, key, epoch| {
            let mut keep = connection.prepare_cached(
                "UPDATE task SET ready = ?3, since = ?4 WHERE key = ?1 AND epoch = ?2 AND owner IS NOT NULL",
            )?;
            keep.execute(params![key, epoch, now + ttl, now])
        })
        .await
    }

    async fn complete(&self, lease: &Lease, next: Option<Duration>) -> Result<()> {
        let next = next.map(millis);
        self.held(lease, move |connection, now, key, epoch| {
            let next = next.map(|next| now + next);
            let mut end = connection
                .prepare_cached("DELETE FROM task WHERE key = ?1 AND epoch = ?2 AND owner IS NOT NULL AND coalesce(again, ?3) IS NULL")?;
            if end.execute(params![key, epoch, next])? > 0 {
                return Ok(1);
            }
            let mut done = connection.prepare_cached(
                "UPDATE task SET owner = NULL, attempt = 0, again = NULL, ready = min(coalesce(again, ?3), coalesce(?3, again)), since = ?4 \
                 WHERE key = ?1 AND epoch = ?2 AND owner IS NOT NULL",
            )?;
            done.execute(params![key, epoch, next, now])
        })
        .await
    }

    async fn release(&self, lease: &Lease, retry: Duration) -> Result<()> {
        let retry = millis(retry);
        self.held(lease, move |connection, now, key, epoch| {
            let mut back = connection.prepare_cached(
                "UPDATE task SET owner = NULL, again = NULL, ready = ?3, since = ?4 WHERE key = ?1 AND epoch = ?2 AND owner IS NOT NULL",
            )?;
            back.execute(params![key, epoch, now + retry, now])
        })
        .await
    }
}

/// Returns the area of a prefix, and a condition for the tasks of the prefix (`?1`), which uses the area (`?2`) where
/// there is one, as the indexes begin with that.
fn within(prefix: &str) -> (Option<&str>, &'static str) {
    match prefix.split_inclusive('/').next() {
        Some(area) if area.ends_with('/') => (Some(area), "area = ?2 AND substr(key, 1, length(?1)) = ?1"),
        _ => (None, "?2 IS NULL AND substr(key, 1, length(?1)) = ?1"),
    }
}

/// Returns whether a task of the prefix was scheduled, or is held, since a time that has not come yet.
fn began_ahead(connection: &Connection, now: Millis, prefix: &str) -> StoreResult<bool> {
    let (area, within) = within(prefix);
    let mut find = connection.prepare_cached(&format!("SELECT 1 FROM task WHERE {within} AND since > ?3 LIMIT 1"))?;
    Ok(find.exists(params![prefix, area, now + CORRECTION])?)
}

/// Returns the keys of the tasks that may be claimed, the longest due first.
fn due(connection: &Connection, now: Millis, prefix: &str, limit: usize) -> StoreResult<Vec<String>> {
    let (area, within) = within(prefix);
    // Apart, because only the usual case can follow an index from the longest due on.
    let due = match began_ahead(connection, now, prefix)? {
        false => "ready <= ?3".to_owned(),
        true => format!("(ready <= ?3 OR since > ?3 + {CORRECTION})"),
    };
    let mut find = connection
        .prepare_cached(&format!("SELECT key FROM task WHERE {within} AND {due} ORDER BY ready, key LIMIT ?4"))?;
    let keys = find.query_map(params![prefix, area, now, rows(limit)], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

impl Sqlite {
    /// Changes the task of a lease; `change` returns how many rows it found under key and epoch.
    async fn held<C>(&self, lease: &Lease, change: C) -> Result<()>
    where
        C: FnOnce(&Connection, Millis, &str, i64) -> rusqlite::Result<usize> + Send + 'static,
    {
        check_name("key", &lease.key)?;
        let (key, epoch) = (lease.key.clone(), lease.epoch.cast_signed());
        self.write(move |connection, now| match change(connection, now, &key, epoch)? {
            0 => Err(conflict(format!(
                "the lease on {key} is not good any more: the task was given to somebody else, ended or removed"
            ))),
            _ => Ok(()),
        })
        .await
    }
}
