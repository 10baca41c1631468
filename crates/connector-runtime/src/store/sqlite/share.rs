//! Shares of a limit: who may use how much of it at once.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::clock::{CORRECTION, Millis, span};
use super::count;
use super::fail::StoreResult;
use crate::store::Share;

/// What a holder asks for.
pub(super) struct Ask<'a> {
    pub(super) key: &'a str,
    pub(super) holder: &'a str,
    pub(super) want: u32,
    pub(super) limit: u32,
    pub(super) until: Millis,
}

/// The lease of another holder.
struct Other {
    wanted: u32,
    granted: u32,
    turn: i64,
}

pub(super) fn lease(connection: &Connection, now: Millis, ask: Ask<'_>) -> StoreResult<Share> {
    clear(connection, now)?;
    let paused = paused(connection, now, ask.key)?;
    if ask.want == 0 {
        end(connection, ask.key, ask.holder)?;
        return Ok(Share { granted: 0, contended: false, paused });
    }
    let mut find = connection.prepare_cached("SELECT holder, wanted, granted, turn FROM share WHERE key = ?1")?;
    let rows = find.query_map([ask.key], |row| {
        let other = Other { wanted: row.get(1)?, granted: row.get(2)?, turn: row.get(3)? };
        Ok((row.get::<_, String>(0)?, other))
    })?;
    let (mut mine, mut others) = (None, Vec::new());
    for row in rows {
        let (holder, lease) = row?;
        if holder == ask.holder { mine = Some(lease) } else { others.push(lease) }
    }
    let had = mine.as_ref().map_or(0, |mine| mine.granted);
    let waits_since = mine.as_ref().filter(|mine| mine.granted == 0).map(|mine| mine.turn);
    let granted = grant(&ask, had, waits_since, &others);
    // Who begins to wait goes to the end of the queue.
    let turn = match mine {
        Some(mine) if (mine.granted == 0) == (granted == 0) => mine.turn,
        _ => count(connection, 1)?,
    };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO share (key, holder, wanted, granted, until, at, turn) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![ask.key, ask.holder, ask.want, granted, ask.until, now, turn])?;
    Ok(Share { granted, contended: is_contended(ask.limit, granted, &others), paused })
}

fn grant(ask: &Ask<'_>, had: u32, waits_since: Option<i64>, others: &[Other]) -> u32 {
    let (free, fair) = (free(ask.limit, others), fair(ask.limit, others));
    let starves = |other: &Other| other.granted < other.wanted.min(fair);
    let most = if others.iter().any(starves) { fair } else { ask.limit };
    // One for each that has nothing and has waited longer.
    let before = |other: &&Other| other.granted == 0 && waits_since.is_none_or(|since| other.turn < since);
    let reserved = u32::try_from(others.iter().filter(before).count()).unwrap_or(u32::MAX);
    let kept = had.min(free);
    ask.want.min(most.min(free.saturating_sub(reserved)).max(kept))
}

/// Returns what the others have left.
fn free(limit: u32, others: &[Other]) -> u32 {
    limit.saturating_sub(others.iter().map(|other| other.granted).sum())
}

/// Returns the part of each holder, one more than the others.
fn fair(limit: u32, others: &[Other]) -> u32 {
    (limit / u32::try_from(others.len() + 1).unwrap_or(u32::MAX)).max(1)
}

fn is_contended(limit: u32, granted: u32, others: &[Other]) -> bool {
    let fair = fair(limit, others);
    let missing: u32 = others.iter().map(|other| other.wanted.min(fair).saturating_sub(other.granted)).sum();
    // What is free is theirs as soon as they ask.
    if missing <= free(limit, others).saturating_sub(granted) {
        return false;
    }
    match granted {
        0 => false,
        1 => others.iter().any(|other| other.granted == 0) && others.iter().all(|other| other.granted < 2),
        _ => others.iter().any(|other| other.granted < other.wanted && other.granted + 1 < granted),
    }
}

pub(super) fn end(connection: &Connection, key: &str, holder: &str) -> StoreResult<()> {
    connection.prepare_cached("DELETE FROM share WHERE key = ?1 AND holder = ?2")?.execute([key, holder])?;
    Ok(())
}

pub(super) fn pause(connection: &Connection, now: Millis, key: &str, until: Millis) -> StoreResult<()> {
    clear(connection, now)?;
    connection
        .prepare_cached(
            "INSERT INTO pause (key, until, at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET until = max(until, excluded.until), at = excluded.at",
        )?
        .execute(params![key, until, now])?;
    Ok(())
}

fn paused(connection: &Connection, now: Millis, key: &str) -> StoreResult<Option<Duration>> {
    let mut find = connection.prepare_cached("SELECT until FROM pause WHERE key = ?1")?;
    let until: Option<Millis> = find.query_row([key], |row| row.get(0)).optional()?;
    Ok(until.map(|until| span(now, until)))
}

/// Removes what is over, of every key: whoever asked for it may never come again.
fn clear(connection: &Connection, now: Millis) -> StoreResult<()> {
    for table in ["share", "pause"] {
        connection
            .prepare_cached(&format!("DELETE FROM {table} WHERE until <= ?1 OR at > ?1 + ?2"))?
            .execute([now, CORRECTION])?;
    }
    Ok(())
}
