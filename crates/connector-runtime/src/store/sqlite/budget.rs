//! Budgets, counted in slots.
//!
//! A row for every single taking would be exact and dear. A row for each 32nd part of the window is cheap, and safe
//! because a slot counts until its end has left the window: at most a 32nd part of the window too long, never too
//! short. A slot that began at a time that has not come yet began under a wrong clock, and is over.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Error, Result};
use rusqlite::{Connection, params};

use super::Sqlite;
use super::clock::{CORRECTION, Millis, millis, span};
use super::fail::StoreResult;
use super::share;
use crate::store::{RateBudget, Share, Take, check_name};

const SLOTS: i64 = 32;

#[async_trait]
impl RateBudget for Sqlite {
    async fn take(&self, key: &str, n: u32, limit: u32, window: Duration) -> Result<Take> {
        check_name("key", key)?;
        if n > limit {
            return Err(Error::invalid(
                "",
                format!("{n} at once can never be had from {key}, where {limit} in {window:?} are allowed"),
            ));
        }
        let (key, window) = (key.to_owned(), millis(window).max(1));
        self.write(move |connection, now| take(connection, now, &key, n.into(), limit.into(), window)).await
    }

    fn is_local(&self) -> bool {
        self.0.readers.is_none()
    }

    async fn lease(&self, key: &str, holder: &str, want: u32, limit: u32, ttl: Duration) -> Result<Share> {
        let (key, holder) = held(key, holder)?;
        self.write(move |connection, now| {
            share::lease(
                connection,
                now,
                share::Ask { key: &key, holder: &holder, want, limit, until: now + millis(ttl) },
            )
        })
        .await
    }

    async fn end_lease(&self, key: &str, holder: &str) -> Result<()> {
        let (key, holder) = held(key, holder)?;
        self.write(move |connection, _| share::end(connection, &key, &holder)).await
    }

    async fn pause(&self, key: &str, time: Duration) -> Result<()> {
        check_name("key", key)?;
        let key = key.to_owned();
        self.write(move |connection, now| share::pause(connection, now, &key, now + millis(time))).await
    }
}

fn held(key: &str, holder: &str) -> Result<(String, String)> {
    check_name("key", key)?;
    check_name("holder", holder)?;
    Ok((key.to_owned(), holder.to_owned()))
}

fn take(connection: &Connection, now: Millis, key: &str, n: i64, limit: i64, window: Millis) -> StoreResult<Take> {
    connection
        .prepare_cached("DELETE FROM budget WHERE key = ?1 AND (expires <= ?2 OR since > ?2 + ?3)")?
        .execute(params![key, now, CORRECTION])?;
    let mut find = connection.prepare_cached("SELECT expires, used FROM budget WHERE key = ?1 ORDER BY expires")?;
    let slots =
        find.query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(Millis, i64)>, _>>()?;
    let mut free = limit - slots.iter().map(|(_, used)| used).sum::<i64>();
    let mut from = now;
    for (expires, used) in slots {
        if free >= n {
            break;
        }
        (free, from) = (free + used, expires);
    }
    if from > now {
        return Ok(Take::Wait(span(now, from)));
    }
    let width = (window / SLOTS).max(1);
    let expires = (now / width + 1) * width + window;
    connection
        .prepare_cached(
            "INSERT INTO budget (key, expires, used, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET used = used + excluded.used, since = min(since, excluded.since)",
        )?
        .execute(params![key, expires, n, now])?;
    Ok(Take::Granted)
}
