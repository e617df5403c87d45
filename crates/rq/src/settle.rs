//! Ending executions: finished, failed, stopped, canceled, or back into the queue.
//!
//! Many settlements travel in one call. A settlement with an execution id is fenced: it does nothing when
//! that execution is no longer registered, because a cleaner gave the job to someone else.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::Rq;
use crate::error::Error;
use crate::payload::{Serializer, encode_exception};
use crate::script;
use crate::time::Now;
use crate::value::Value;

/// Arguments per settlement; `lua/settle.lua` reads them by position.
const WIDTH: usize = 13;
/// Settlements per call: Lua cannot pass more than some thousand arguments on.
const BATCH_MAX: usize = 1000;

/// How an execution ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Well.
    Finished {
        /// The value as the result stream holds it, empty for `None`; see [`Outcome::finished`].
        return_value: String,
        /// Seconds to keep the result; -1 forever, 0 not at all.
        ttl_seconds: i64,
    },
    /// Badly, for good.
    Failed {
        /// What Python shows as the traceback.
        error: String,
        /// Seconds to keep the failure; -1 forever, 0 not at all.
        ttl_seconds: i64,
    },
    /// Stopped by a command; listed with the failed ones, never retried.
    Stopped {
        /// What Python shows as the traceback.
        error: String,
        /// Seconds to keep it.
        ttl_seconds: i64,
    },
    /// Canceled.
    Canceled,
    /// Badly, to be tried again. Counts as a failure of the worker.
    Retry {
        /// Seconds until then; 0 is at once. A delay needs a scheduler.
        delay_seconds: i64,
        /// Whether it goes to the front.
        at_front: bool,
        /// What to store as retries left; `None` leaves them.
        retries_left: Option<i64>,
    },
    /// Interrupted, to be run again. Spends no retry.
    Requeue {
        /// Seconds until then; 0 is at once.
        delay_seconds: i64,
        /// Whether it goes to the front.
        at_front: bool,
    },
}

impl Outcome {
    /// A success with its value, in the serializer of the job's data.
    pub fn finished(value: &Value, serializer: Serializer, ttl_seconds: i64) -> Outcome {
        let return_value = if *value == Value::None { String::new() } else { serializer.return_value(value) };
        Outcome::Finished { return_value, ttl_seconds }
    }
}

/// The end of one execution. [`crate::Claim`] makes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The queue whose registries list the job.
    pub queue: String,
    /// The job.
    pub id: String,
    /// The execution that ended; `None` ends whatever there is.
    pub execution: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it started.
    pub started: Option<SystemTime>,
    /// When it ended.
    pub ended: SystemTime,
    /// Fields of the job's hash to remove because Python could not read them.
    pub forget_fields: Vec<String>,
}

/// What a settlement found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It was written.
    Done,
    /// The execution had been taken away; nothing was written.
    Lost,
    /// The job had been canceled meanwhile, and stays so.
    Canceled,
    /// The job had been deleted meanwhile.
    Deleted,
    /// A key of the job has a wrong type; what could be written was.
    Broken,
}

impl Rq {
    /// Ends executions, a thousand per call; replies in the same order. Safe to repeat after an error.
    ///
    /// `worker` has its counters raised and is shown as idle when nothing is left; empty for none.
    pub async fn settle(&self, worker: &str, settlements: &[Settlement]) -> Result<Vec<Settled>, Error> {
        let mut out = Vec::with_capacity(settlements.len());
        for batch in settlements.chunks(BATCH_MAX) {
            out.extend(self.settle_batch(worker, batch).await?);
        }
        Ok(out)
    }

    async fn settle_batch(&self, worker: &str, settlements: &[Settlement]) -> Result<Vec<Settled>, Error> {
        let now = Now::read();
        let mut call = self.script(&script::SETTLE, &now);
        call.arg(worker).arg(WIDTH);
        for settlement in settlements {
            add_settlement(&mut call, settlement);
        }
        let replies: Vec<String> = call.invoke_async(&mut self.connection()).await?;
        let read = |reply: String| match reply.as_str() {
            "ok" => Ok(Settled::Done),
            "lost" => Ok(Settled::Lost),
            "canceled" => Ok(Settled::Canceled),
            "deleted" => Ok(Settled::Deleted),
            "broken" => Ok(Settled::Broken),
            _ => Err(Error::Reply(reply)),
        };
        replies.into_iter().map(read).collect()
    }
}

fn add_settlement(call: &mut redis::ScriptInvocation<'_>, settlement: &Settlement) {
    let (kind, ttl, payload, delay, at_front, retries_left) = match &settlement.outcome {
        Outcome::Finished { return_value, ttl_seconds } => {
            ("finished", *ttl_seconds, return_value.clone(), 0, false, None)
        }
        Outcome::Failed { error, ttl_seconds } => ("failed", *ttl_seconds, encode_exception(error), 0, false, None),
        Outcome::Stopped { error, ttl_seconds } => ("stopped", *ttl_seconds, encode_exception(error), 0, false, None),
        Outcome::Canceled => ("canceled", 0, String::new(), 0, false, None),
        Outcome::Retry { delay_seconds, at_front, retries_left } => {
            ("retry", 0, String::new(), *delay_seconds, *at_front, *retries_left)
        }
        Outcome::Requeue { delay_seconds, at_front } => ("requeue", 0, String::new(), *delay_seconds, *at_front, None),
    };
    let float = |moment: SystemTime| Now::unix_float(moment.duration_since(UNIX_EPOCH).unwrap_or_default());
    let worked = settlement.started.and_then(|started| settlement.ended.duration_since(started).ok());
    call.arg(kind)
        .arg(&settlement.queue)
        .arg(&settlement.id)
        .arg(settlement.execution.as_deref().unwrap_or(""))
        .arg(ttl)
        .arg(payload)
        .arg(settlement.started.map(float).unwrap_or_default())
        .arg(float(settlement.ended))
        .arg(worked.map(Now::unix_float).unwrap_or_default())
        .arg(delay)
        .arg(u8::from(at_front))
        .arg(retries_left.map(|left| left.to_string()).unwrap_or_default())
        .arg(settlement.forget_fields.join(" "));
}
