//! Reading results: what a job returned or why it failed, and waiting for that.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::Value as Reply;

use crate::client::Rq;
use crate::dispatch::pairs;
use crate::error::Error;
use crate::payload::{PayloadError, decode_exception, decode_return_value};
use crate::value::Value;

/// What a result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultKind {
    /// The job ended well.
    Successful,
    /// It failed, or was stopped.
    Failed,
    /// It was stopped.
    Stopped,
    /// It asked for a retry.
    Retried,
    /// It asked for one retry too many.
    RetriesExhausted,
}

/// One entry of a job's result stream.
#[derive(Debug, Clone, PartialEq)]
pub struct JobResult {
    /// What it says.
    pub kind: ResultKind,
    /// When it was written, by the server's clock.
    pub created_at: SystemTime,
    /// Who ran the job; empty when unknown.
    pub worker_name: String,
    /// What the job returned; [`Value::None`] when nothing.
    pub return_value: Result<Value, PayloadError>,
    /// The traceback of a failure; empty when there is none.
    pub error: String,
    /// The execution.
    pub execution_id: Option<String>,
}

impl Rq {
    /// The newest result of a job.
    pub async fn latest_result(&self, id: &str) -> Result<Option<JobResult>, Error> {
        Ok(self.results(id, 1).await?.pop())
    }

    /// Up to `limit` results of a job, newest first; RQ keeps about ten.
    pub async fn results(&self, id: &str, limit: usize) -> Result<Vec<JobResult>, Error> {
        let mut command = redis::cmd("XREVRANGE");
        command.arg(self.keys().results(id)).arg("+").arg("-").arg("COUNT").arg(limit);
        let Reply::Array(entries) = command.query_async(&mut self.connection()).await? else {
            return Err(Error::Reply("XREVRANGE".to_owned()));
        };
        Ok(entries.iter().filter_map(read_entry).collect())
    }

    /// Waits for a result of a job, on a connection of its own; `None` when none came in time.
    ///
    /// Replies at once when there is one already. A job that returns nothing, or keeps no result, has none.
    pub async fn wait_result(&self, id: &str, timeout: Duration) -> Result<Option<JobResult>, Error> {
        let mut connection = self.blocking_connection().await?;
        let mut command = redis::cmd("XREAD");
        // BLOCK 0 would be without end.
        command
            .arg("BLOCK")
            .arg(timeout.as_millis().max(1) as u64)
            .arg("STREAMS")
            .arg(self.keys().results(id))
            .arg("0-0");
        match command.query_async(&mut connection).await? {
            Reply::Nil => Ok(None),
            _ => self.latest_result(id).await,
        }
    }
}

fn read_entry(entry: &Reply) -> Option<JobResult> {
    let Reply::Array(parts) = entry else { return None };
    let [Reply::BulkString(entry_id), Reply::Array(fields)] = parts.as_slice() else { return None };
    let millis = std::str::from_utf8(entry_id).ok()?.split('-').next()?.parse().ok()?;
    let mut result = JobResult {
        kind: ResultKind::Successful,
        created_at: UNIX_EPOCH + Duration::from_millis(millis),
        worker_name: String::new(),
        return_value: Ok(Value::None),
        error: String::new(),
        execution_id: None,
    };
    for (name, value) in pairs(fields) {
        match name {
            b"type" => {
                result.kind = match value {
                    b"1" => ResultKind::Successful,
                    b"2" => ResultKind::Failed,
                    b"3" => ResultKind::Stopped,
                    b"4" => ResultKind::Retried,
                    b"5" => ResultKind::RetriesExhausted,
                    _ => return None,
                };
            }
            b"worker_name" => result.worker_name = String::from_utf8_lossy(value).into_owned(),
            b"return_value" => result.return_value = decode_return_value(value),
            b"exc_string" => result.error = decode_exception(value),
            b"execution_id" => result.execution_id = Some(String::from_utf8_lossy(value).into_owned()),
            _ => {}
        }
    }
    Some(result)
}
