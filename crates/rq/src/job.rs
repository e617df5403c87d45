//! One job as its hash has it: reading whatever is there, writing only what Python reads.
//!
//! A bad field makes a Python worker exit. Here it becomes a [`FieldProblem`] beside the fields that could
//! be read, so that the job can be reported and moved to the failed registry.

use chrono::{DateTime, Utc};

use crate::json;
use crate::payload::{Call, PayloadError, Serializer};
use crate::time::{format_timestamp, parse_timestamp};
use crate::value::Value;

/// How long a job may run when it says nothing, in seconds.
pub const TIMEOUT_SECONDS_DEFAULT: i64 = 180;
/// How long a result is kept when the job says nothing, in seconds.
pub const RESULT_TTL_SECONDS_DEFAULT: i64 = 500;
/// How long a failed job is kept when it says nothing, in seconds.
pub const FAILURE_TTL_SECONDS_DEFAULT: i64 = 31_536_000;

/// A job id: letters, digits, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(String);

/// An id Python would refuse to fetch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("job id {0:?} has characters other than A-Z a-z 0-9 _ -")]
pub struct BadJobId(pub String);

impl JobId {
    /// Checks an id.
    pub fn new(id: impl Into<String>) -> Result<JobId, BadJobId> {
        let id = id.into();
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if id.is_empty() || !id.bytes().all(good) {
            return Err(BadJobId(id));
        }
        Ok(JobId(id))
    }

    /// A fresh random id.
    pub fn random() -> JobId {
        JobId(uuid::Uuid::new_v4().to_string())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for JobId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for JobId {
    type Error = BadJobId;

    fn try_from(id: &str) -> Result<Self, BadJobId> {
        JobId::new(id)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Saved, but in no queue.
    Created,
    /// Waiting in a queue.
    Queued,
    /// Running.
    Started,
    /// Ended well.
    Finished,
    /// Ended badly.
    Failed,
    /// Stopped by a command; listed with the failed ones.
    Stopped,
    /// Waiting for other jobs.
    Deferred,
    /// On its way from deferred to queued (RQ 3).
    ReadyToEnqueue,
    /// Waiting for a moment.
    Scheduled,
    /// Waiting for a slot of a rate limit (RQ 3).
    RateLimited,
    /// Canceled.
    Canceled,
}

impl Status {
    /// RQ's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Created => "created",
            Status::Queued => "queued",
            Status::Started => "started",
            Status::Finished => "finished",
            Status::Failed => "failed",
            Status::Stopped => "stopped",
            Status::Deferred => "deferred",
            Status::ReadyToEnqueue => "ready_to_enqueue",
            Status::Scheduled => "scheduled",
            Status::RateLimited => "rate_limited",
            Status::Canceled => "canceled",
        }
    }

    /// Reads RQ's word.
    pub fn parse(word: &str) -> Option<Status> {
        Some(match word {
            "created" => Status::Created,
            "queued" => Status::Queued,
            "started" => Status::Started,
            "finished" => Status::Finished,
            "failed" => Status::Failed,
            "stopped" => Status::Stopped,
            "deferred" => Status::Deferred,
            "ready_to_enqueue" => Status::ReadyToEnqueue,
            "scheduled" => Status::Scheduled,
            "rate_limited" => Status::RateLimited,
            "canceled" => Status::Canceled,
            _ => return None,
        })
    }

    /// Whether the job is over, one way or another.
    pub fn is_end(self) -> bool {
        matches!(self, Status::Finished | Status::Failed | Status::Stopped | Status::Canceled)
    }
}

/// A field Python could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name.
    pub field: String,
    /// What it held, lossily as text, cut at 80 characters.
    pub text: String,
}

impl std::fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={:?}", self.field, self.text)
    }
}

/// A job hash, read tolerantly.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The id, as the list or key has it.
    pub id: String,
    /// The serialized call; empty when missing.
    pub data: Vec<u8>,
    /// The stored status; `None` when missing or unknown.
    pub status: Option<Status>,
    /// The queue the job belongs to.
    pub origin: String,
    /// What monitoring tools show.
    pub description: Option<String>,
    /// When the job was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it last entered a queue.
    pub enqueued_at: Option<DateTime<Utc>>,
    /// When it last started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it last ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// When its worker last reported.
    pub last_heartbeat: Option<DateTime<Utc>>,
    /// The worker that runs or ran it.
    pub worker_name: Option<String>,
    /// Seconds it may run; -1 is forever.
    pub timeout: Option<i64>,
    /// Seconds to keep the result; -1 forever, 0 not at all.
    pub result_ttl: Option<i64>,
    /// Seconds to keep a failure; -1 forever, 0 not at all.
    pub failure_ttl: Option<i64>,
    /// Seconds the job may wait.
    pub ttl: Option<i64>,
    /// The jobs this one waits for.
    pub dependency_ids: Vec<String>,
    /// Whether failed dependencies count as done.
    pub allow_dependency_failures: bool,
    /// Retries that are left.
    pub retries_left: i64,
    /// Seconds before each retry.
    pub retry_intervals: Vec<i64>,
    /// Whether a retry goes to the front of its queue.
    pub enqueue_at_front_on_retry: bool,
    /// The serialized `meta` dictionary; empty when missing.
    pub meta: Vec<u8>,
    /// Names of Python callbacks (success, failure, stopped), which only a Python worker can run.
    pub callbacks: Vec<String>,
    /// What could not be read.
    pub problems: Vec<FieldProblem>,
}

impl Job {
    /// Reads a job from its hash's fields; never fails.
    pub fn read<'a>(id: &str, fields: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Job {
        let mut job = Job {
            id: id.to_owned(),
            data: Vec::new(),
            status: None,
            origin: String::new(),
            description: None,
            created_at: None,
            enqueued_at: None,
            started_at: None,
            ended_at: None,
            last_heartbeat: None,
            worker_name: None,
            timeout: None,
            result_ttl: None,
            failure_ttl: None,
            ttl: None,
            dependency_ids: Vec::new(),
            allow_dependency_failures: false,
            retries_left: 0,
            retry_intervals: Vec::new(),
            enqueue_at_front_on_retry: false,
            meta: Vec::new(),
            callbacks: Vec::new(),
            problems: Vec::new(),
        };
        if JobId::new(id).is_err() {
            job.problem("id", id.as_bytes());
        }
        for (name, value) in fields {
            job.read_field(name, value);
        }
        job
    }

    /// The fields of its hash as they were before it was taken, but for what only Python can use (callbacks,
    /// dependencies that are done).
    pub(crate) fn fields(&self) -> Vec<(&'static str, Vec<u8>)> {
        let moment = |moment: Option<DateTime<Utc>>| moment.map(|m| format_timestamp(m).into_bytes());
        let number = |number: Option<i64>| number.map(|n| n.to_string().into_bytes());
        let text = |text: &Option<String>| text.as_ref().map(|t| t.clone().into_bytes());
        let full = |bytes: &[u8]| Some(bytes.to_vec()).filter(|b| !b.is_empty());
        let retries = (self.retries_left > 0).then_some(self.retries_left);
        let intervals = Some(json::write(&self.retry_intervals.clone().into())).filter(|_| retries.is_some());
        let fields = [
            ("data", full(&self.data)),
            ("origin", full(self.origin.as_bytes())),
            ("description", text(&self.description)),
            ("created_at", moment(self.created_at)),
            ("enqueued_at", moment(self.enqueued_at)),
            ("timeout", number(self.timeout)),
            ("result_ttl", number(self.result_ttl)),
            ("failure_ttl", number(self.failure_ttl)),
            ("ttl", number(self.ttl)),
            ("retries_left", number(retries)),
            ("retry_intervals", intervals.and_then(Result::ok)),
            ("meta", full(&self.meta)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The call, and the serializer its results belong in.
    pub fn call(&self) -> Result<(Call, Serializer), PayloadError> {
        Call::decode(&self.data)
    }

    /// The `meta` dictionary; `None` when it is empty.
    pub fn meta(&self) -> Result<Value, PayloadError> {
        if self.meta.is_empty() {
            return Ok(Value::None);
        }
        Serializer::sniff(&self.meta).ok_or(PayloadError::Unknown)?.loads(&self.meta)
    }

    /// Whether Python could read every field.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Seconds until the next retry, or `None` when none is left.
    ///
    /// RQ counts intervals from the end: with more retries than intervals the first one repeats, with fewer
    /// the first ones are skipped.
    pub fn retry_interval(&self) -> Option<i64> {
        if self.retries_left <= 0 {
            return None;
        }
        let left = usize::try_from(self.retries_left).unwrap_or(usize::MAX);
        let index = self.retry_intervals.len().saturating_sub(left);
        Some(self.retry_intervals.get(index).copied().unwrap_or(0).max(0))
    }

    fn problem(&mut self, field: &str, value: &[u8]) {
        let text = String::from_utf8_lossy(value).chars().take(80).collect();
        self.problems.push(FieldProblem { field: field.to_owned(), text });
    }

    fn read_field(&mut self, name: &[u8], value: &[u8]) {
        let Ok(name) = std::str::from_utf8(name) else { return };
        match name {
            "data" => {
                self.data = value.to_vec();
                return;
            }
            "meta" => {
                self.meta = value.to_vec();
                return;
            }
            // Their garbage is tolerated by Python as well.
            "webhooks" | "result" | "exc_info" => return,
            _ => {}
        }
        let Ok(text) = std::str::from_utf8(value) else {
            if is_known_field(name) {
                self.problem(name, value);
            }
            return;
        };
        let some_text = || Some(text.to_owned()).filter(|text| !text.is_empty());
        let fine = match name {
            "status" => {
                self.status = Status::parse(text);
                text.is_empty() || self.status.is_some()
            }
            "origin" => {
                self.origin = text.to_owned();
                true
            }
            "description" => {
                self.description = some_text();
                true
            }
            "worker_name" => {
                self.worker_name = some_text();
                true
            }
            "created_at" => read_moment(text, &mut self.created_at),
            "enqueued_at" => read_moment(text, &mut self.enqueued_at),
            "started_at" => read_moment(text, &mut self.started_at),
            "ended_at" => read_moment(text, &mut self.ended_at),
            "last_heartbeat" => read_moment(text, &mut self.last_heartbeat),
            "timeout" => read_int(text, &mut self.timeout),
            "result_ttl" => read_int(text, &mut self.result_ttl),
            "failure_ttl" => read_int(text, &mut self.failure_ttl),
            "ttl" => read_int(text, &mut self.ttl),
            "retries_left" => {
                let mut left = None;
                let fine = read_int(text, &mut left);
                self.retries_left = left.unwrap_or(0);
                fine
            }
            "number_of_retries" | "repeats_left" | "rate_limit_concurrency" => read_int(text, &mut None),
            "retry_intervals" => read_int_list(text, &mut self.retry_intervals),
            "repeat_intervals" => read_int_list(text, &mut Vec::new()),
            "dependency_ids" => read_text_list(text, &mut self.dependency_ids),
            "dependency_id" => {
                if self.dependency_ids.is_empty() && !text.is_empty() {
                    self.dependency_ids.push(text.to_owned());
                }
                true
            }
            "allow_dependency_failures" => read_flag(text, &mut self.allow_dependency_failures, true),
            "enqueue_at_front" => read_flag(text, &mut false, false),
            "enqueue_at_front_on_retry" => read_flag(text, &mut self.enqueue_at_front_on_retry, true),
            "success_callback_name" | "failure_callback_name" | "stopped_callback_name" => {
                self.callbacks.extend(some_text());
                true
            }
            "success_callback_timeout" | "failure_callback_timeout" | "stopped_callback_timeout" => {
                !text.is_empty() && read_int(text, &mut None)
            }
            _ => true,
        };
        if !fine {
            self.problem(name, value);
        }
    }
}

fn is_known_field(name: &str) -> bool {
    !name.starts_with("x_")
}

fn read_moment(text: &str, slot: &mut Option<DateTime<Utc>>) -> bool {
    *slot = parse_timestamp(text);
    text.is_empty() || slot.is_some()
}

fn read_int(text: &str, slot: &mut Option<i64>) -> bool {
    *slot = text.parse().ok();
    text.is_empty() || slot.is_some()
}

fn read_flag(text: &str, slot: &mut bool, empty_is_fine: bool) -> bool {
    match text {
        "0" => *slot = false,
        "1" => *slot = true,
        "" => return empty_is_fine,
        _ => return false,
    }
    true
}

fn read_int_list(text: &str, slot: &mut Vec<i64>) -> bool {
    if text.is_empty() {
        return true;
    }
    let Ok(Value::List(items)) = json::read(text.as_bytes()) else { return false };
    let numbers: Option<Vec<i64>> = items.iter().map(|item| item.as_f64().map(|n| n as i64)).collect();
    numbers.map(|numbers| *slot = numbers).is_some()
}

fn read_text_list(text: &str, slot: &mut Vec<String>) -> bool {
    if text.is_empty() {
        return true;
    }
    let Ok(Value::List(items)) = json::read(text.as_bytes()) else { return false };
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    texts.map(|texts| *slot = texts).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Job {
        Job::read("j1", fields.iter().map(|(k, v)| (k.as_bytes(), v.as_bytes())))
    }

    #[test]
    fn reads_a_real_hash() {
        let job = read(&[
            ("status", "queued"),
            ("created_at", "2026-11-23T17:34:16.624912Z"),
            ("data", "xyz"),
            ("success_callback_name", ""),
            ("started_at", ""),
            ("origin", "default"),
            ("timeout", "180"),
            ("retries_left", "2"),
            ("retry_intervals", "[10, 30, 60]"),
            ("x_unknown", "kept"),
        ]);
        assert_eq!(job.problems, []);
        assert_eq!((job.status, job.timeout, job.retry_interval()), (Some(Status::Queued), Some(180), Some(30)));
    }

    #[test]
    fn every_poison_pill_is_a_problem_and_no_panic() {
        let pills = [
            ("created_at", "2026-11-23T17:34:57.123456789Z"),
            ("enqueued_at", "2026-11-23T17:34:57+00:00"),
            ("started_at", "2026-11-23 17:34:57Z"),
            ("ended_at", "1795455272"),
            ("timeout", "180.0"),
            ("timeout", "1h"),
            ("timeout", "None"),
            ("result_ttl", "500.0"),
            ("failure_ttl", "1h"),
            ("ttl", "None"),
            ("status", "galloping"),
            ("dependency_ids", "a,b"),
            ("retry_intervals", "x"),
            ("enqueue_at_front", ""),
            ("success_callback_timeout", ""),
            ("allow_dependency_failures", "true"),
        ];
        for (field, text) in pills {
            let job = read(&[("data", "x"), (field, text)]);
            assert_eq!(job.problems, [FieldProblem { field: field.to_owned(), text: text.to_owned() }]);
        }
        let job = Job::read("a.b", [(&b"description"[..], &b"\xff"[..])]);
        assert_eq!(job.problems.len(), 2);
    }

    #[test]
    fn what_python_tolerates_is_sound() {
        for (field, text) in [
            ("created_at", ""),
            ("timeout", ""),
            ("timeout", "-1"),
            ("result_ttl", ""),
            ("status", ""),
            ("retries_left", ""),
            ("dependency_ids", ""),
            ("dependency_ids", "[\"a\"]"),
            ("retry_intervals", ""),
            ("meta", "garbage"),
            ("webhooks", "garbage"),
        ] {
            assert!(read(&[(field, text)]).is_sound(), "{field}={text}");
        }
    }

    #[test]
    fn intervals_count_from_the_end() {
        let intervals = |left: i64, list: &[i64]| {
            let job = Job { retries_left: left, retry_intervals: list.to_vec(), ..read(&[]) };
            job.retry_interval()
        };
        assert_eq!([2, 1].map(|left| intervals(left, &[10, 30, 60])), [Some(30), Some(60)]);
        assert_eq!([5, 4, 3, 2, 1].map(|left| intervals(left, &[10, 30])), [10, 10, 10, 10, 30].map(Some));
        assert_eq!(intervals(0, &[10]), None);
        assert_eq!(intervals(1, &[]), Some(0));
    }
}
