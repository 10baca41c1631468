//! SQL of documents and locks.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::task::spawn_blocking;

use super::clock::{CORRECTION, Millis, millis, timestamp};
use super::fail::{StoreResult, conflict, stopped};
use super::presence::Presence;
use super::{Sqlite, count};
use crate::store::{Doc, DocumentStore, Lock, Put, Revision, check_name};

#[async_trait]
impl DocumentStore for Sqlite {
    async fn get(&self, kind: &str, key: &str) -> Result<Option<Doc>> {
        let (kind, key) = named(kind, key)?;
        self.read(move |connection, _| {
            let mut statement =
                connection.prepare_cached("SELECT revision, bytes FROM doc WHERE kind = ?1 AND key = ?2")?;
            Ok(statement.query_row([kind, key], |row| doc(row, 0)).optional()?)
        })
        .await
    }

    async fn revision(&self, kind: &str, key: &str) -> Result<Option<Revision>> {
        let (kind, key) = named(kind, key)?;
        self.read(move |connection, _| {
            let mut statement = connection.prepare_cached("SELECT revision FROM doc WHERE kind = ?1 AND key = ?2")?;
            let revision = statement.query_row([kind, key], |row| row.get::<_, i64>(0)).optional()?;
            Ok(revision.map(|revision| Revision::new(revision.cast_unsigned())))
        })
        .await
    }

    async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        let (kind, key) = named(kind, key)?;
        self.write(move |connection, _| put(connection, &Put { kind, key, expected, bytes })).await
    }

    async fn put_all(&self, documents: Vec<Put>) -> Result<Vec<Revision>> {
        for Put { kind, key, .. } in &documents {
            check_name("kind", kind)?;
            check_name("key", key)?;
        }
        // A piece of work is done whole or not at all.
        self.write(move |connection, _| documents.iter().map(|document| put(connection, document)).collect()).await
    }

    async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()> {
        let (kind, key) = named(kind, key)?;
        self.write(move |connection, _| {
            let removed = connection
                .prepare_cached("DELETE FROM doc WHERE kind = ?1 AND key = ?2 AND revision = ?3")?
                .execute(params![kind, key, expected.number().cast_signed()])?;
            match removed {
                0 => Err(conflict(format!("the {kind} {key} was changed or removed in the meantime"))),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn list(&self, kind: &str, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Doc)>> {
        check_name("kind", kind)?;
        let (kind, prefix, after) = (kind.to_owned(), prefix.to_owned(), after.map(str::to_owned));
        self.read(move |connection, _| {
            let mut statement = connection.prepare_cached(
                "SELECT key, revision, bytes FROM doc WHERE kind = ?1 AND key >= ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key",
            )?;
            // Rows come one by one, so it ends with the first key that is beyond the prefix.
            let mut rows = statement.query(params![kind, prefix.as_str().max(after.as_deref().unwrap_or_default()), after])?;
            let mut found = Vec::new();
            while let Some(row) = (found.len() < limit).then(|| rows.next()).transpose()?.flatten() {
                let key: String = row.get(0)?;
                if !key.starts_with(&prefix) {
                    break;
                }
                found.push((key, doc(row, 1)?));
            }
            Ok(found)
        })
        .await
    }

    async fn count(&self, kind: &str, prefix: &str) -> Result<u64> {
        check_name("kind", kind)?;
        let (kind, prefix) = (kind.to_owned(), prefix.to_owned());
        self.read(move |connection, _| {
            let mut statement = connection.prepare_cached(
                "SELECT count(*) FROM doc WHERE kind = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3)",
            )?;
            let number: i64 = statement.query_row(params![kind, prefix, beyond(&prefix)], |row| row.get(0))?;
            Ok(number.cast_unsigned())
        })
        .await
    }

    async fn kinds(&self, prefix: &str) -> Result<Vec<String>> {
        let prefix = prefix.to_owned();
        self.read(move |connection, _| {
            let mut statement = connection
                .prepare_cached("SELECT DISTINCT kind FROM doc WHERE substr(kind, 1, length(?1)) = ?1 ORDER BY kind")?;
            let kinds = statement.query_map([prefix], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(kinds)
        })
        .await
    }

    async fn reserve(&self) -> Result<()> {
        let Some(beside) = self.0.beside.clone() else { return Ok(()) };
        let name = self.0.name.clone();
        let taken = spawn_blocking(move || beside.reserve.take(&name)).await;
        taken.unwrap_or_else(|_| Err(stopped(&self.0.name)))
    }

    async fn put_reserved(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        match (self.put(kind, key, expected, bytes.clone()).await, &self.0.beside) {
            // Whatever the disk has against it, room may help.
            (Err(error), Some(beside)) if matches!(error.code(), Code::Unavailable | Code::Bug) => {
                beside.reserve.give_back();
                self.put(kind, key, expected, bytes).await
            }
            (done, _) => done,
        }
    }

    async fn lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<Option<Lock>> {
        let (key, owner) = held(key, owner)?;
        let beside = self.0.beside.clone();
        self.write(move |connection, now| {
            let presence = beside.as_ref().map(|beside| &beside.presence);
            if is_held(connection, &key, now, presence)? {
                return Ok(None);
            }
            let (fence, until) = (count(connection, 1)?, now + millis(ttl));
            connection
                .prepare_cached("INSERT OR REPLACE INTO lock (key, owner, fence, until, since, holder) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![key, owner, fence, until, now, presence.and_then(Presence::mine)])?;
            Ok(Some(lock(key, owner, fence, until)))
        })
        .await
    }

    async fn renew(&self, key: &str, owner: &str, ttl: Duration) -> Result<Lock> {
        let (key, owner) = held(key, owner)?;
        self.write(move |connection, now| {
            let until = now + millis(ttl);
            match renew(connection, &key, &owner, now, until)? {
                Some(fence) => Ok(lock(key, owner, fence, until)),
                None => Err(conflict(format!("the lock on {key} is not held by {owner} any more"))),
            }
        })
        .await
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<bool> {
        let (key, owner) = held(key, owner)?;
        self.write(move |connection, _| {
            Ok(connection.prepare_cached("DELETE FROM lock WHERE key = ?1 AND owner = ?2")?.execute([key, owner])? > 0)
        })
        .await
    }
}

fn named(kind: &str, key: &str) -> Result<(String, String)> {
    check_name("kind", kind)?;
    check_name("key", key)?;
    Ok((kind.to_owned(), key.to_owned()))
}

fn held(key: &str, owner: &str) -> Result<(String, String)> {
    check_name("key", key)?;
    check_name("owner", owner)?;
    Ok((key.to_owned(), owner.to_owned()))
}

fn put(connection: &Connection, Put { kind, key, expected, bytes }: &Put) -> StoreResult<Revision> {
    let revision = count(connection, 1)?;
    let changed = match expected {
        None => connection
            .prepare_cached(
                "INSERT INTO doc (kind, key, revision, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![kind, key, revision, &bytes[..]])?,
        Some(expected) => connection
            .prepare_cached("UPDATE doc SET revision = ?3, bytes = ?4 WHERE kind = ?1 AND key = ?2 AND revision = ?5")?
            .execute(params![kind, key, revision, &bytes[..], expected.number().cast_signed()])?,
    };
    match (changed, expected) {
        (0, None) => Err(conflict(format!("there is a {kind} {key} already"))),
        (0, Some(_)) => Err(conflict(format!("the {kind} {key} was changed or removed in the meantime"))),
        _ => Ok(Revision::new(revision.cast_unsigned())),
    }
}

/// Returns the first text after all that begin with the prefix; `None` when there is none. Texts are in the order of
/// their characters, as their bytes are.
fn beyond(prefix: &str) -> Option<String> {
    let mut before = prefix.to_owned();
    while let Some(last) = before.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            before.push(next);
            return Some(before);
        }
    }
    None
}

fn doc(row: &Row<'_>, first: usize) -> rusqlite::Result<Doc> {
    Ok(Doc {
        revision: Revision::new(row.get::<_, i64>(first)?.cast_unsigned()),
        bytes: row.get::<_, Vec<u8>>(first + 1)?.into(),
    })
}

/// Returns whether somebody holds the lock: its time is not over, it was not taken under a clock that was ahead, and
/// its holder has not ended.
fn is_held(connection: &Connection, key: &str, now: Millis, presence: Option<&Presence>) -> StoreResult<bool> {
    let mut statement = connection
        .prepare_cached("SELECT holder FROM lock WHERE key = ?1 AND until > ?2 AND coalesce(since, ?2) <= ?2 + ?3")?;
    let found: Option<Option<String>> =
        statement.query_row(params![key, now, CORRECTION], |row| row.get(0)).optional()?;
    Ok(match (found, presence) {
        (Some(Some(holder)), Some(presence)) => !presence.has_ended(&holder),
        (found, _) => found.is_some(),
    })
}

/// Extends the lock and returns its fence, if the owner still has it.
fn renew(connection: &Connection, key: &str, owner: &str, now: Millis, until: Millis) -> StoreResult<Option<i64>> {
    let mut statement = connection
        .prepare_cached("UPDATE lock SET since = ?3, until = ?4 WHERE key = ?1 AND owner = ?2 RETURNING fence")?;
    Ok(statement.query_row(params![key, owner, now, until], |row| row.get(0)).optional()?)
}

fn lock(key: String, owner: String, fence: i64, until: Millis) -> Lock {
    Lock { key, owner, fence: fence.cast_unsigned(), until: timestamp(until) }
}
