//! Waiting for work without polling and without taking it.
//!
//! A script cannot block, and a blocking pop from several lists has a gap in which a crash loses the job. So
//! each queue is watched by a blocking move of its head onto itself, which changes nothing and wakes up when
//! there is a head; the job is then claimed by the script. One connection per queue, since each can block
//! on one list only.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::client::Rq;
use crate::error::Error;

/// How long one blocking call lasts, in seconds; a dead connection is noticed soon after.
const BLOCK_SECONDS: u64 = 20;
/// How long after an error the connection is made anew.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Wakes up when one of some queues may have a job.
#[derive(Debug)]
pub struct Waiter {
    watchers: Vec<Arc<Notify>>,
    woken: Arc<Notify>,
    /// Ends the watchers when dropped, and the server's side of their calls with them.
    _tasks: JoinSet<()>,
}

impl Waiter {
    /// Prepares to watch these queues; connects when first asked to wait.
    pub fn new(rq: &Rq, queues: &[String]) -> Waiter {
        let woken = Arc::new(Notify::new());
        let mut tasks = JoinSet::new();
        let watchers = queues.iter().map(|queue| {
            let asked = Arc::new(Notify::new());
            tasks.spawn(watch(rq.clone(), rq.keys().queue(queue), asked.clone(), woken.clone()));
            asked
        });
        Waiter { watchers: watchers.collect(), woken, _tasks: tasks }
    }

    /// Waits until a queue may have a job, or Redis may be back, or the time is over. May wake up for nothing.
    pub async fn wait(&self, timeout: Duration) {
        for asked in &self.watchers {
            asked.notify_one();
        }
        let _ = tokio::time::timeout(timeout, self.woken.notified()).await;
    }
}

async fn watch(rq: Rq, key: String, asked: Arc<Notify>, woken: Arc<Notify>) {
    let mut connection = None;
    loop {
        asked.notified().await;
        loop {
            match peek(&rq, &key, &mut connection).await {
                Ok(false) => continue,
                Ok(true) => {}
                Err(error) => {
                    tracing::debug!(%error, key, "could not wait for work");
                    connection = None;
                    tokio::time::sleep(RECONNECT_DELAY).await;
                }
            }
            woken.notify_one();
            break;
        }
    }
}

/// Blocks until the list has a head; false when it had none for a while.
async fn peek(rq: &Rq, key: &str, slot: &mut Option<MultiplexedConnection>) -> Result<bool, Error> {
    let connection = match slot {
        Some(connection) => connection,
        None => slot.insert(rq.blocking_connection().await?),
    };
    let mut command = redis::cmd("BLMOVE");
    command.arg(key).arg(key).arg("LEFT").arg("LEFT").arg(BLOCK_SECONDS);
    let reply = command.query_async::<Option<Vec<u8>>>(connection);
    match tokio::time::timeout(Duration::from_secs(BLOCK_SECONDS + 10), reply).await {
        Ok(head) => Ok(head?.is_some()),
        Err(_) => Err(Error::Reply("no reply to a blocking call".to_owned())),
    }
}
