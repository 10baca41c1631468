//! Tests of jobs that go wrong.

use std::sync::Arc;

use connector_sdk::Code;
use rusqlite::Connection;

use super::{LONGEST, Writer};
use crate::store::sqlite::clock::Clock;
use crate::store::sqlite::fail::{StoreName, StoreResult};

fn writer() -> Arc<Writer> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE t (x)").unwrap();
    Arc::new(Writer::new(connection, Clock::machine(), StoreName::memory()))
}

fn insert(connection: &Connection, bytes: usize) -> StoreResult<()> {
    connection.execute("INSERT INTO t VALUES (zeroblob(?1))", [bytes as i64])?;
    Ok(())
}

async fn rows(writer: &Arc<Writer>) -> i64 {
    writer.run(|connection, _| Ok(connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?)).await.unwrap()
}

#[tokio::test]
async fn a_job_that_panics_is_undone_and_the_next_one_runs() {
    let writer = writer();
    let error = writer
        .run(|connection, _| -> StoreResult<()> {
            insert(connection, 1)?;
            panic!("on purpose")
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Bug);
    writer.run(|connection, _| insert(connection, 1)).await.unwrap();
    assert_eq!(rows(&writer).await, 1);
}

#[tokio::test]
async fn a_transaction_that_takes_long_leaves_the_rest_to_the_next_one() {
    let writer = writer();
    // On one thread, all of them are queued before the first one runs.
    let jobs: Vec<_> = (0..4)
        .map(|_| {
            let writer = Arc::clone(&writer);
            let slow = |connection: &Connection, _| {
                std::thread::sleep(LONGEST);
                insert(connection, 1)
            };
            tokio::spawn(async move { writer.run(slow).await })
        })
        .collect();
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    assert_eq!(rows(&writer).await, 4);
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_is_answered_that_is_not_there() {
    let writer = writer();
    writer.run(|connection, _| Ok(connection.pragma_update(None, "max_page_count", 10)?)).await.unwrap();
    // On one thread, all of them are queued before the first one runs.
    let jobs: Vec<_> = (0..10)
        .map(|n| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                writer.run(move |connection, _| insert(connection, if n % 3 == 1 { 1 << 20 } else { 100 })).await
            })
        })
        .collect();
    let mut answered = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(()) => answered += 1,
            Err(error) => assert!(error.to_string().contains("disk") && error.to_string().contains("full"), "{error}"),
        }
    }
    assert_eq!(rows(&writer).await, answered);
    writer.run(|connection, _| insert(connection, 1)).await.unwrap();
}

#[tokio::test]
async fn a_job_whose_caller_has_gone_away_is_whole_or_not_at_all() {
    let writer = writer();
    for _ in 0..20 {
        let one = Arc::clone(&writer);
        let job = tokio::spawn(async move {
            one.run(|connection, _| {
                insert(connection, 1)?;
                insert(connection, 1)
            })
            .await
        });
        tokio::task::yield_now().await;
        job.abort();
    }
    writer.run(|connection, _| insert(connection, 1)).await.unwrap();
    assert_eq!(rows(&writer).await % 2, 1);
}
