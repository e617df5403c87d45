//! What can go wrong between this library and its caller.

use crate::job::BadJobId;
use crate::keys::BadPrefix;
use crate::payload::PayloadError;

/// An error of this library.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Redis refused, or was not reachable. Transitions are safe to repeat.
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// A payload cannot be written or read.
    #[error("payload: {0}")]
    Payload(#[from] PayloadError),
    /// A job id RQ would refuse.
    #[error(transparent)]
    JobId(#[from] BadJobId),
    /// A key prefix RQ would refuse.
    #[error(transparent)]
    Prefix(#[from] BadPrefix),
    /// A unique job whose id is already known.
    #[error("job {0} exists already")]
    Duplicate(String),
    /// An active worker of that name is registered.
    #[error("worker {0} is registered and alive")]
    WorkerAlive(String),
    /// Options that exclude each other.
    #[error("bad options: {0}")]
    Options(&'static str),
    /// A reply this library does not understand; the scripts and the library are out of step.
    #[error("unexpected reply from redis: {0}")]
    Reply(String),
}

impl Error {
    /// Whether the same call may succeed later: Redis was away, loading, full or fail-over was under way.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Redis(error) => {
                error.is_io_error()
                    || error.is_timeout()
                    || error.is_connection_dropped()
                    || error.is_connection_refusal()
                    || !matches!(error.retry_method(), redis::RetryMethod::NoRetry)
                    || error.code().is_some_and(|code| {
                        matches!(
                            code,
                            "LOADING"
                                | "OOM"
                                | "READONLY"
                                | "BUSY"
                                | "MISCONF"
                                | "MASTERDOWN"
                                | "NOREPLICAS"
                                | "CLUSTERDOWN"
                        )
                    })
            }
            _ => false,
        }
    }
}
