//! SQL of events, cursors and consumers.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::clock::{CORRECTION, Millis, millis, span, timestamp};
use super::fail::{Fail, StoreResult, conflict};
use super::{Sqlite, count, limit as rows};
use crate::store::{Committed, EventLog, Lag, NewEvent, Revision, Start, StoredEvent, check_name};

/// Age of the note of a seen id from which seeing it again renews it.
const RENEW: Millis = 24 * 3600 * 1000;

/// Maximum number of forgotten ids that one commit removes, so that none is held up by them.
const CLEAR: i64 = 1000;

#[async_trait]
impl EventLog for Sqlite {
    async fn commit(
        &self,
        source: &str,
        expected: Option<Revision>,
        events: &[NewEvent],
        cursor: Bytes,
    ) -> Result<Committed> {
        check_name("source", source)?;
        for event in events {
            check_name("event id", &event.id)?;
        }
        let (name, events, retention) = (source.to_owned(), events.to_vec(), self.0.retention);
        self.write(move |connection, now| commit(connection, now, retention, &name, expected, &events, &cursor)).await
    }

    async fn append(&self, source: &str, events: &[NewEvent]) -> Result<usize> {
        check_name("source", source)?;
        for event in events {
            check_name("event id", &event.id)?;
        }
        let (name, events, retention) = (source.to_owned(), events.to_vec(), self.0.retention);
        self.write(move |connection, now| {
            let source = source_id(connection, &name)?;
            let next = count(connection, events.len())? + 1;
            insert(connection, now, retention, source, next - events.len() as i64, &events)
        })
        .await
    }

    async fn page(&self, source: &str, after: u64, limit: usize) -> Result<Vec<StoredEvent>> {
        check_name("source", source)?;
        let name = source.to_owned();
        self.read(move |connection, _| {
            let mut find = connection.prepare_cached("SELECT id FROM source WHERE name = ?1")?;
            let Some(source) = find.query_row([name], |row| row.get(0)).optional()? else { return Ok(Vec::new()) };
            self::after(connection, source, i64::try_from(after).unwrap_or(i64::MAX), limit)
        })
        .await
    }

    async fn join(&self, source: &str, consumer: &str, start: Start) -> Result<()> {
        let (name, reader) = named(source, consumer)?;
        self.write(move |connection, _| join(connection, &name, &reader, start)).await
    }

    async fn cursor(&self, source: &str) -> Result<Option<(Revision, Bytes)>> {
        check_name("source", source)?;
        let name = source.to_owned();
        self.read(move |connection, _| {
            let mut statement = connection
                .prepare_cached("SELECT revision, cursor FROM source WHERE name = ?1 AND revision IS NOT NULL")?;
            let found =
                statement.query_row([name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
            Ok(found.map(|(revision, cursor)| (Revision::new(revision.cast_unsigned()), cursor.into())))
        })
        .await
    }

    async fn read(&self, source: &str, consumer: &str, limit: usize) -> Result<Vec<StoredEvent>> {
        let (name, reader) = named(source, consumer)?;
        let first = self.read(move |connection, _| unread(connection, &name, &reader, limit)).await?;
        if let Some(deliveries) = first {
            return Ok(deliveries);
        }
        let (name, reader) = named(source, consumer)?;
        let first = self
            .write(move |connection, _| {
                join(connection, &name, &reader, Start::Oldest)?;
                unread(connection, &name, &reader, limit)
            })
            .await?;
        Ok(first.unwrap_or_default())
    }

    async fn ack(&self, source: &str, consumer: &str, up_to: u64) -> Result<()> {
        let (name, reader) = named(source, consumer)?;
        self.write(move |connection, _| {
            let up_to = i64::try_from(up_to).unwrap_or(i64::MAX);
            let Some(Position { source, last, acked }) = position(connection, &name, &reader)? else {
                return Err(stranger(&name, &reader));
            };
            if up_to > last {
                return Err(conflict(format!("{reader} acknowledged {up_to} of {name}, which was not given out yet")));
            }
            move_on(connection, source, &reader, acked, up_to)
        })
        .await
    }

    async fn ack_older(&self, source: &str, consumer: &str, age: Duration) -> Result<()> {
        let (name, reader) = named(source, consumer)?;
        self.write(move |connection, now| ack_older(connection, now, now - millis(age), &name, &reader)).await
    }

    async fn lag(&self, source: &str, consumer: &str) -> Result<Lag> {
        let (name, reader) = named(source, consumer)?;
        self.read(move |connection, now| {
            let mut find = connection.prepare_cached(
                "SELECT count(*), min(e.at) FROM event e JOIN source s ON s.id = e.source WHERE s.name = ?1 AND e.sequence > \
                 coalesce((SELECT acked FROM consumer c WHERE c.source = s.id AND c.name = ?2), 0)",
            )?;
            let (events, oldest): (i64, Option<Millis>) =
                find.query_row([name, reader], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(Lag { events: events.cast_unsigned(), oldest: oldest.map(|oldest| span(oldest, now)) })
        })
        .await
    }

    async fn leave(&self, source: &str, consumer: &str) -> Result<bool> {
        let (name, reader) = named(source, consumer)?;
        self.write(move |connection, _| {
            let found: Option<i64> = connection
                .prepare_cached(
                    "DELETE FROM consumer WHERE source = (SELECT id FROM source WHERE name = ?1) AND name = ?2 RETURNING source",
                )?
                .query_row([name, reader], |row| row.get(0))
                .optional()?;
            if let Some(source) = found {
                drop_done(connection, source)?;
            }
            Ok(found.is_some())
        })
        .await
    }

    async fn rename(&self, source: &str, name: &str) -> Result<bool> {
        check_name("source", source)?;
        check_name("source", name)?;
        let (source, name) = (source.to_owned(), name.to_owned());
        self.write(move |connection, _| {
            let mut rename = connection.prepare_cached(
                "UPDATE source SET name = ?2 WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM source WHERE name = ?2)",
            )?;
            Ok(rename.execute([source, name])? > 0)
        })
        .await
    }

    async fn forget(&self, source: &str) -> Result<()> {
        check_name("source", source)?;
        let name = source.to_owned();
        self.write(move |connection, _| {
            let mut statement = connection.prepare_cached("DELETE FROM source WHERE name = ?1 RETURNING id")?;
            let Some(source) = statement.query_row([name], |row| row.get::<_, i64>(0)).optional()? else {
                return Ok(());
            };
            for table in ["event", "seen", "consumer"] {
                connection.prepare_cached(&format!("DELETE FROM {table} WHERE source = ?1"))?.execute([source])?;
            }
            Ok(())
        })
        .await
    }
}

fn named(source: &str, consumer: &str) -> Result<(String, String)> {
    check_name("source", source)?;
    check_name("consumer", consumer)?;
    Ok((source.to_owned(), consumer.to_owned()))
}

fn commit(
    connection: &Connection,
    now: Millis,
    retention: Millis,
    name: &str,
    expected: Option<Revision>,
    events: &[NewEvent],
    cursor: &[u8],
) -> StoreResult<Committed> {
    let source = source_id(connection, name)?;
    let revision = count(connection, events.len() + 1)?;
    let moved = connection
        .prepare_cached("UPDATE source SET revision = ?2, cursor = ?3 WHERE id = ?1 AND revision IS ?4")?
        .execute(params![source, revision, cursor, expected.map(|revision| revision.number().cast_signed())])?;
    if moved == 0 {
        return Err(conflict(format!("the cursor of {name} was moved by somebody else in the meantime")));
    }
    let first = revision - events.len() as i64;
    let added = insert(connection, now, retention, source, first, events)?;
    Ok(Committed { revision: Revision::new(revision.cast_unsigned()), added, duplicates: events.len() - added })
}

/// Inserts the events that the source has not had yet, with sequences from `first` on, and returns how many.
fn insert(
    connection: &Connection,
    now: Millis,
    retention: Millis,
    source: i64,
    first: i64,
    events: &[NewEvent],
) -> StoreResult<usize> {
    let mut see =
        connection.prepare_cached("INSERT INTO seen (source, id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    let mut see_again =
        connection.prepare_cached("UPDATE seen SET at = ?3 WHERE source = ?1 AND id = ?2 AND at < ?4")?;
    let mut insert =
        connection.prepare_cached("INSERT INTO event (sequence, source, id, bytes, at) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    clear_seen(connection, now - retention)?;
    let mut added = 0;
    for (sequence, event) in (first..).zip(events) {
        let digest = Sha256::digest(&event.id);
        if see.execute(params![source, &digest[..16], now])? > 0 {
            insert.execute(params![sequence, source, event.id, &event.bytes[..], now])?;
            added += 1;
        } else {
            see_again.execute(params![source, &digest[..16], now, now - RENEW])?;
        }
    }
    if added > 0 {
        let last = first + events.len() as i64 - 1;
        connection.prepare_cached("UPDATE source SET last = ?2 WHERE id = ?1")?.execute([source, last])?;
    }
    Ok(added)
}

/// Returns the id of the source's row, which is created if it is missing: a consumer may come before the first commit.
fn source_id(connection: &Connection, name: &str) -> StoreResult<i64> {
    let mut find = connection.prepare_cached("SELECT id FROM source WHERE name = ?1")?;
    match find.query_row([name], |row| row.get(0)).optional()? {
        Some(id) => Ok(id),
        None => Ok(connection
            .prepare_cached("INSERT INTO source (name) VALUES (?1) RETURNING id")?
            .query_row([name], |row| row.get(0))?),
    }
}

/// Returns the events that the consumer has not acknowledged; `None` when there is no such consumer.
fn unread(connection: &Connection, name: &str, reader: &str, limit: usize) -> StoreResult<Option<Vec<StoredEvent>>> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT s.id, c.acked FROM source s JOIN consumer c ON c.source = s.id WHERE s.name = ?1 AND c.name = ?2",
        )?
        .query_row([name, reader], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((source, acked)) = found else { return Ok(None) };
    Ok(Some(after(connection, source, acked, limit)?))
}

/// Returns the events of the source after this sequence.
fn after(connection: &Connection, source: i64, sequence: i64, limit: usize) -> StoreResult<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, id, bytes, at FROM event WHERE source = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3",
    )?;
    let events = statement.query_map([source, sequence, rows(limit)], |row| {
        Ok(StoredEvent {
            sequence: row.get::<_, i64>(0)?.cast_unsigned(),
            id: row.get(1)?,
            bytes: row.get::<_, Vec<u8>>(2)?.into(),
            at: timestamp(row.get(3)?),
        })
    })?;
    Ok(events.collect::<Result<_, _>>()?)
}

/// Adds the consumer, unless it exists.
fn join(connection: &Connection, name: &str, consumer: &str, start: Start) -> StoreResult<()> {
    let source = source_id(connection, name)?;
    let mut find = connection.prepare_cached("SELECT 1 FROM consumer WHERE source = ?1 AND name = ?2")?;
    if find.exists(params![source, consumer])? {
        return Ok(());
    }
    let last: i64 =
        connection.prepare_cached("SELECT last FROM source WHERE id = ?1")?.query_row([source], |row| row.get(0))?;
    let acked = match start {
        Start::Now => last,
        Start::Oldest => 0,
        Start::After(sequence) => match i64::try_from(sequence) {
            Ok(sequence) if sequence <= last => sequence,
            _ => {
                return Err(conflict(format!(
                    "{consumer} would begin after {sequence} of {name}, which was not given out yet"
                )));
            }
        },
    };
    connection
        .prepare_cached("INSERT INTO consumer (source, name, acked) VALUES (?1, ?2, ?3)")?
        .execute(params![source, consumer, acked])?;
    Ok(())
}

/// Acknowledges what was committed before `before`.
fn ack_older(connection: &Connection, now: Millis, before: Millis, name: &str, consumer: &str) -> StoreResult<()> {
    let Some(Position { source, last, acked }) = position(connection, name, consumer)? else {
        return Err(stranger(name, consumer));
    };
    let young: Option<i64> = connection
        .prepare_cached(
            "SELECT sequence FROM event WHERE source = ?1 AND sequence > ?2 AND at > ?3 AND at <= ?4 ORDER BY sequence LIMIT 1",
        )?
        .query_row(params![source, acked, before, now + CORRECTION], |row| row.get(0))
        .optional()?;
    move_on(connection, source, consumer, acked, young.map_or(last, |young| young - 1))
}

/// Where a consumer stands in its source.
struct Position {
    source: i64,
    last: i64,
    acked: i64,
}

fn position(connection: &Connection, name: &str, consumer: &str) -> StoreResult<Option<Position>> {
    let mut find = connection.prepare_cached(
        "SELECT s.id, s.last, c.acked FROM source s JOIN consumer c ON c.source = s.id WHERE s.name = ?1 AND c.name = ?2",
    )?;
    let read = |row: &Row<'_>| Ok(Position { source: row.get(0)?, last: row.get(1)?, acked: row.get(2)? });
    Ok(find.query_row([name, consumer], read).optional()?)
}

/// Moves the consumer on, never back, and drops what nobody needs any more.
fn move_on(connection: &Connection, source: i64, consumer: &str, acked: i64, up_to: i64) -> StoreResult<()> {
    if up_to > acked {
        connection
            .prepare_cached("UPDATE consumer SET acked = ?3 WHERE source = ?1 AND name = ?2")?
            .execute(params![source, consumer, up_to])?;
        drop_done(connection, source)?;
    }
    Ok(())
}

fn stranger(name: &str, consumer: &str) -> Fail {
    conflict(format!("{consumer} does not read from {name}"))
}

/// Removes the events that every consumer has acknowledged. Without a consumer, everything is kept for the first one.
fn drop_done(connection: &Connection, source: i64) -> StoreResult<()> {
    connection
        .prepare_cached(
            "DELETE FROM event WHERE source = ?1 AND sequence <= (SELECT min(acked) FROM consumer WHERE source = ?1)",
        )?
        .execute([source])?;
    Ok(())
}

fn clear_seen(connection: &Connection, before: Millis) -> StoreResult<()> {
    connection
        .prepare_cached(
            "DELETE FROM seen WHERE (source, id) IN (SELECT source, id FROM seen WHERE at < ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute([before, CLEAR])?;
    Ok(())
}
