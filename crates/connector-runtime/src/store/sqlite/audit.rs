//! SQL of the audit log.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Code, Error, Result, Retry};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::clock::{Millis, millis, timestamp};
use super::fail::{StoreResult, conflict};
use super::{Sqlite, count, limit as rows};
use crate::principal::PrincipalId;
use crate::store::{AuditEnd, AuditEntry, AuditFilter, AuditLog, AuditRecord};

#[async_trait]
impl AuditLog for Sqlite {
    async fn record(&self, entries: &[AuditEntry]) -> Result<Vec<u64>> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let rows = entries.iter().map(Row::of).collect::<Result<Vec<_>>>()?;
        self.write(move |connection, now| append(connection, now, &rows)).await
    }

    async fn finish(&self, id: u64, end: &AuditEnd) -> Result<()> {
        let (id, end) = (id.cast_signed(), print(end)?);
        self.write(move |connection, _| {
            let mut statement = connection.prepare_cached("UPDATE audit SET end = ?2 WHERE id = ?1 AND end IS NULL")?;
            match statement.execute(params![id, end])? {
                0 => Err(conflict(format!("entry {id} of the audit log has an end, or is gone"))),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn entries(&self, filter: &AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>> {
        let (sql, values) = query(filter, before, limit);
        let found = self
            .read(move |connection, _| {
                let mut statement = connection.prepare_cached(&sql)?;
                let rows = statement.query_map(params_from_iter(values), |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Millis>(1)?, row.get::<_, String>(2)?, row.get(3)?))
                })?;
                Ok(rows.collect::<rusqlite::Result<Vec<(i64, Millis, String, Option<String>)>>>()?)
            })
            .await?;
        found
            .into_iter()
            .map(|(id, at, entry, end)| {
                let entry = AuditEntry { end: end.as_deref().map(read).transpose()?, ..read(&entry)? };
                Ok(AuditRecord { id: id.cast_unsigned(), at: timestamp(at), entry })
            })
            .collect()
    }

    async fn prune(&self, age: Duration, most: u64) -> Result<u64> {
        let (age, most) = (millis(age), i64::try_from(most).unwrap_or(i64::MAX));
        self.write(move |connection, now| {
            let mut statement = connection.prepare_cached(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 ORDER BY at, id LIMIT ?2)",
            )?;
            Ok(statement.execute(params![now - age, most])? as u64)
        })
        .await
    }
}

/// What is written of an entry.
struct Row {
    kind: &'static str,
    principal: String,
    action: Option<String>,
    connection: Option<String>,
    entry: String,
    end: Option<String>,
}

impl Row {
    fn of(entry: &AuditEntry) -> Result<Row> {
        Ok(Row {
            kind: entry.kind.name(),
            principal: entry.principal.as_str().to_owned(),
            action: entry.action.clone(),
            connection: entry.connection.clone(),
            entry: print(&AuditEntry { end: None, ..entry.clone() })?,
            end: entry.end.as_ref().map(print).transpose()?,
        })
    }
}

fn append(connection: &Connection, now: Millis, rows: &[Row]) -> StoreResult<Vec<u64>> {
    let last = count(connection, rows.len())?;
    let first = last - i64::try_from(rows.len()).unwrap_or(i64::MAX) + 1;
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (id, at, kind, principal, action, connection, entry, end)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (id, row) in (first..).zip(rows) {
        let Row { kind, principal, action, connection, entry, end } = row;
        statement.execute(params![id, now, kind, principal, action, connection, entry, end])?;
    }
    Ok((first..=last).map(i64::cast_unsigned).collect())
}

fn query(filter: &AuditFilter, before: Option<u64>, limit: usize) -> (String, Vec<Value>) {
    let mut sql = "SELECT id, at, entry, end FROM audit WHERE id < ?".to_owned();
    let mut values = vec![Value::Integer(before.map_or(i64::MAX, |id| i64::try_from(id).unwrap_or(i64::MAX)))];
    if let Some(principals) = &filter.principals {
        let marks = vec!["?"; principals.len()].join(", ");
        sql.push_str(&format!(" AND principal IN ({marks})"));
        values.extend(principals.iter().map(|id: &PrincipalId| Value::Text(id.as_str().to_owned())));
    }
    let texts = [
        ("kind", filter.kind.map(|kind| kind.name().to_owned())),
        ("action", filter.action.clone()),
        ("connection", filter.connection.clone()),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            sql.push_str(&format!(" AND {column} = ?"));
            values.push(Value::Text(text));
        }
    }
    if filter.is_open {
        sql.push_str(" AND end IS NULL");
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?");
    values.push(Value::Integer(rows(limit)));
    (sql, values)
}

fn print(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::bug(error.to_string()))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(Code::Unavailable, format!("an entry of the audit log cannot be read: {error}"))
            .retry(Retry::Never)
            .with_hint("It may be written by a newer version. Update this program.")
    })
}
