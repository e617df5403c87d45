//! Putting jobs into queues: now, later, after others, once, or many at a time.
//!
//! A plain job is one MULTI without scripts. What must look before it writes (unique ids, dependencies, rate
//! limits) is one script.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::Rq;
use crate::error::Error;
use crate::job::{JobId, Status, TIMEOUT_SECONDS_DEFAULT};
use crate::json;
use crate::payload::{Call, Serializer};
use crate::script;
use crate::time::Now;
use crate::value::Value;

/// How many jobs one MULTI of [`Rq::enqueue_many`] carries.
const BATCH_MAX: usize = 1000;

/// How often a failing job is run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Runs after the first one.
    pub max: u32,
    /// Whole seconds to wait before each; the list is aligned with the last run. Empty is at once.
    pub intervals_seconds: Vec<u32>,
    /// Whether a retry goes to the front of its queue.
    pub at_front: bool,
}

impl Retry {
    /// Retries at once.
    pub fn times(max: u32) -> Retry {
        Retry { max, intervals_seconds: Vec::new(), at_front: false }
    }
}

/// The jobs a job waits for. A parent that does not exist counts as done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The parents.
    pub parents: Vec<JobId>,
    /// Whether a failed parent counts as done.
    pub allow_failure: bool,
    /// Whether the job enters its queue at the front.
    pub at_front: bool,
}

/// A job to enqueue. Unset options mean what RQ's defaults mean.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The id; random when unset.
    pub id: Option<JobId>,
    /// The queue.
    pub queue: String,
    /// What to run.
    pub call: Call,
    /// How the call, its `meta` and its result are written.
    pub serializer: Serializer,
    /// Seconds it may run, at least 1; -1 is forever.
    pub timeout_seconds: i64,
    /// Seconds its result is kept; -1 forever, 0 not at all.
    pub result_ttl_seconds: Option<i64>,
    /// Seconds its failure is kept; -1 forever, 0 not at all.
    pub failure_ttl_seconds: Option<i64>,
    /// Seconds it may wait before it is forgotten, at least 1.
    pub ttl_seconds: Option<i64>,
    /// What monitoring tools show; the call when unset.
    pub description: Option<String>,
    /// Whether it goes to the front of the queue.
    pub at_front: bool,
    /// Retries.
    pub retry: Option<Retry>,
    /// What it waits for. Ignored, as in RQ, for a job that is scheduled.
    pub depends_on: Option<Dependency>,
    /// Free data of the job: a dictionary.
    pub meta: Option<Value>,
    /// Whether an existing job of that id is an error; such jobs need an id.
    pub unique: bool,
    /// A name shared by jobs of which only so many may run at once. RQ 2 workers cannot read such jobs while
    /// they wait.
    pub rate_limit: Option<(String, u32)>,
}

impl NewJob {
    /// A job with RQ's defaults, pickled.
    pub fn new(queue: impl Into<String>, call: Call) -> NewJob {
        NewJob {
            id: None,
            queue: queue.into(),
            call,
            serializer: Serializer::Pickle,
            timeout_seconds: TIMEOUT_SECONDS_DEFAULT,
            result_ttl_seconds: None,
            failure_ttl_seconds: None,
            ttl_seconds: None,
            description: None,
            at_front: false,
            retry: None,
            depends_on: None,
            meta: None,
            unique: false,
            rate_limit: None,
        }
    }

    /// Sets the id.
    #[must_use]
    pub fn id(mut self, id: JobId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the serializer.
    #[must_use]
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.serializer = serializer;
        self
    }

    /// Sets the seconds it may run.
    #[must_use]
    pub fn timeout_seconds(mut self, seconds: i64) -> Self {
        self.timeout_seconds = seconds;
        self
    }

    /// Sets the seconds its result is kept.
    #[must_use]
    pub fn result_ttl_seconds(mut self, seconds: i64) -> Self {
        self.result_ttl_seconds = Some(seconds);
        self
    }

    /// Sets the seconds its failure is kept.
    #[must_use]
    pub fn failure_ttl_seconds(mut self, seconds: i64) -> Self {
        self.failure_ttl_seconds = Some(seconds);
        self
    }

    /// Sets the seconds it may wait.
    #[must_use]
    pub fn ttl_seconds(mut self, seconds: i64) -> Self {
        self.ttl_seconds = Some(seconds);
        self
    }

    /// Sets what monitoring tools show.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Puts it at the front.
    #[must_use]
    pub fn at_front(mut self) -> Self {
        self.at_front = true;
        self
    }

    /// Sets retries.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Waits for these jobs.
    #[must_use]
    pub fn after(mut self, parents: impl IntoIterator<Item = JobId>) -> Self {
        let parents = parents.into_iter().collect();
        self.depends_on = Some(Dependency { parents, allow_failure: false, at_front: false });
        self
    }

    /// Sets the free data.
    #[must_use]
    pub fn meta(mut self, meta: Value) -> Self {
        self.meta = Some(meta);
        self
    }

    /// Refuses an id that exists.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Every field of the job's hash, as a Python client would save it.
    ///
    /// Of use to a dispatcher, see [`crate::Announcement`]; others call [`Rq::enqueue`].
    pub fn fields(&self, status: Status) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
        self.fields_at(status, &Now::read())
    }

    fn fields_at(&self, status: Status, now: &Now) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
        self.check()?;
        let text = |text: &str| text.as_bytes().to_vec();
        let number = |number: i64| number.to_string().into_bytes();
        let description = self.description.clone().unwrap_or_else(|| self.call.describe());
        let mut fields = vec![
            ("status", text(status.as_str())),
            ("created_at", text(&now.text)),
            ("data", self.call.encode(self.serializer)?),
            ("origin", text(&self.queue)),
            ("description", description.into_bytes()),
            ("timeout", number(self.timeout_seconds)),
        ];
        let empty = [
            "success_callback_name",
            "failure_callback_name",
            "stopped_callback_name",
            "started_at",
            "ended_at",
            "last_heartbeat",
            "worker_name",
            "group_id",
        ];
        fields.extend(empty.map(|name| (name, Vec::new())));
        if status == Status::Queued {
            fields.push(("enqueued_at", text(&now.text)));
        }
        let ttls = [
            ("result_ttl", self.result_ttl_seconds),
            ("failure_ttl", self.failure_ttl_seconds),
            ("ttl", self.ttl_seconds),
        ];
        fields.extend(ttls.into_iter().filter_map(|(name, ttl)| Some((name, number(ttl?)))));
        if let Some(retry) = &self.retry {
            let intervals = match retry.intervals_seconds.as_slice() {
                [] => vec![0],
                intervals => intervals.to_vec(),
            };
            fields.push(("retries_left", number(retry.max.into())));
            fields
                .push(("retry_intervals", json::write(&intervals.into()).map_err(crate::payload::PayloadError::from)?));
            if retry.at_front {
                fields.push(("enqueue_at_front_on_retry", number(1)));
            }
        }
        if let Some(dependency) = &self.depends_on
            && let Some(first) = dependency.parents.first()
        {
            let ids: Vec<&str> = dependency.parents.iter().map(JobId::as_str).collect();
            fields.push(("dependency_id", text(first.as_str())));
            fields.push(("dependency_ids", json::write(&ids.into()).map_err(crate::payload::PayloadError::from)?));
            fields.push(("allow_dependency_failures", number(dependency.allow_failure.into())));
            fields.push(("enqueue_at_front", number(dependency.at_front.into())));
        } else if self.at_front && status == Status::Scheduled {
            fields.push(("enqueue_at_front", number(1)));
        }
        if let Some(meta) = &self.meta {
            fields.push(("meta", self.serializer.dumps(meta)?));
        }
        if let Some((key, concurrency)) = &self.rate_limit {
            fields.push(("rate_limit_key", text(key)));
            fields.push(("rate_limit_concurrency", number((*concurrency).into())));
        }
        Ok(fields)
    }

    fn check(&self) -> Result<(), Error> {
        if self.queue.is_empty() {
            return Err(Error::Options("a queue needs a name"));
        }
        if self.timeout_seconds != -1 && self.timeout_seconds < 1 {
            return Err(Error::Options("timeout is at least 1 second, or -1"));
        }
        if self.ttl_seconds.is_some_and(|ttl| ttl < 1) {
            return Err(Error::Options("ttl is at least 1 second"));
        }
        if self.unique && (self.id.is_none() || self.depends_on.is_some() || self.rate_limit.is_some()) {
            return Err(Error::Options("a unique job needs an id, and neither dependencies nor a rate limit"));
        }
        if self.rate_limit.as_ref().is_some_and(|(key, concurrency)| key.is_empty() || *concurrency == 0) {
            return Err(Error::Options("a rate limit needs a name and at least one slot"));
        }
        Ok(())
    }

    fn is_plain(&self) -> bool {
        !self.unique && self.depends_on.is_none() && self.rate_limit.is_none()
    }
}

/// What became of a job that was enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// Its id.
    pub id: JobId,
    /// [`Status::Queued`], [`Status::Deferred`], [`Status::Scheduled`] or [`Status::RateLimited`].
    pub status: Status,
}

impl Rq {
    /// Enqueues one job.
    pub async fn enqueue(&self, job: &NewJob) -> Result<Enqueued, Error> {
        if job.is_plain() {
            let mut done = self.enqueue_many(std::slice::from_ref(job)).await?;
            return done.pop().ok_or_else(|| Error::Reply("no job was enqueued".to_owned()));
        }
        self.enqueue_by_script(job, None).await
    }

    /// Enqueues many jobs, a thousand per round trip; each thousand appears at once.
    ///
    /// Jobs that are unique, rate limited or wait for others take a round trip each, in their place.
    pub async fn enqueue_many(&self, jobs: &[NewJob]) -> Result<Vec<Enqueued>, Error> {
        let mut done = Vec::with_capacity(jobs.len());
        for run in jobs.chunk_by(|a, b| a.is_plain() == b.is_plain()) {
            if !run[0].is_plain() {
                for job in run {
                    done.push(self.enqueue_by_script(job, None).await?);
                }
                continue;
            }
            for batch in run.chunks(BATCH_MAX) {
                self.enqueue_batch(batch, &mut done).await?;
            }
        }
        Ok(done)
    }

    /// Enqueues a job at a moment; needs a scheduler, ours or RQ's. Whole seconds, rounded up.
    pub async fn enqueue_at(&self, job: &NewJob, due: SystemTime) -> Result<Enqueued, Error> {
        let due = due.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.enqueue_by_script(job, Some(due.as_millis().div_ceil(1000) as i64)).await
    }

    /// Enqueues a job after a while; see [`Rq::enqueue_at`].
    pub async fn enqueue_in(&self, job: &NewJob, delay: Duration) -> Result<Enqueued, Error> {
        self.enqueue_at(job, SystemTime::now() + delay).await
    }

    async fn enqueue_batch(&self, batch: &[NewJob], done: &mut Vec<Enqueued>) -> Result<(), Error> {
        let now = Now::read();
        let mut pipe = redis::pipe();
        pipe.atomic();
        // Per queue and end: the ids to push, in order.
        let mut pushes: Vec<(&str, bool, Vec<JobId>)> = Vec::new();
        let from = done.len();
        for job in batch {
            let id = job.id.clone().unwrap_or_else(JobId::random);
            let key = self.keys().job(id.as_str());
            let mut command = redis::cmd("HSET");
            command.arg(&key);
            for (name, value) in job.fields_at(Status::Queued, &now)? {
                command.arg(name).arg(value);
            }
            pipe.add_command(command).ignore();
            if let Some(ttl) = job.ttl_seconds {
                pipe.cmd("EXPIRE").arg(&key).arg(ttl).ignore();
            }
            match pushes.iter_mut().find(|(queue, front, _)| *queue == job.queue && *front == job.at_front) {
                Some((_, _, ids)) => ids.push(id.clone()),
                None => pushes.push((&job.queue, job.at_front, vec![id.clone()])),
            }
            done.push(Enqueued { id, status: Status::Queued });
        }
        for (queue, front, ids) in pushes {
            let key = self.keys().queue(queue);
            pipe.cmd("SADD").arg(self.keys().queues()).arg(&key).ignore();
            pipe.cmd(if front { "LPUSH" } else { "RPUSH" });
            pipe.arg(key);
            for id in &ids {
                pipe.arg(id.as_str());
            }
            pipe.ignore();
        }
        let pushed: Result<(), redis::RedisError> = pipe.query_async(&mut self.connection()).await;
        if let Err(error) = pushed {
            done.truncate(from);
            return Err(error.into());
        }
        Ok(())
    }

    async fn enqueue_by_script(&self, job: &NewJob, due: Option<i64>) -> Result<Enqueued, Error> {
        let now = Now::read();
        let id = job.id.clone().unwrap_or_else(JobId::random);
        let status = if due.is_some() { Status::Scheduled } else { Status::Queued };
        let fields = job.fields_at(status, &now)?;
        let parents = job.depends_on.as_ref().map_or(&[][..], |dependency| &dependency.parents);
        let allow_failure = job.depends_on.as_ref().is_some_and(|dependency| dependency.allow_failure);
        let at_front = job.at_front || job.depends_on.as_ref().is_some_and(|dependency| dependency.at_front);
        let (limit_key, limit) = job.rate_limit.as_ref().map_or(("", 0), |(key, limit)| (key, *limit));
        let mut call = self.script(&script::ENQUEUE, &now);
        call.arg(&job.queue)
            .arg(id.as_str())
            .arg(u8::from(at_front))
            .arg(u8::from(job.unique))
            .arg(job.ttl_seconds.map(|ttl| ttl.to_string()).unwrap_or_default())
            .arg(due.map(|due| due.to_string()).unwrap_or_default())
            .arg(u8::from(allow_failure))
            .arg(limit_key)
            .arg(limit)
            .arg(parents.len());
        for parent in parents {
            call.arg(parent.as_str());
        }
        for (name, value) in fields {
            call.arg(name).arg(value);
        }
        let reply: String = call.invoke_async(&mut self.connection()).await?;
        if reply == "duplicate" {
            return Err(Error::Duplicate(id.to_string()));
        }
        let status = Status::parse(&reply).ok_or(Error::Reply(reply))?;
        Ok(Enqueued { id, status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_no_field_that_reads_as_a_problem() {
        let mut job = NewJob::new("q", Call::new("jobs.add").arg(1))
            .retry(Retry { max: 3, intervals_seconds: vec![1, 2], at_front: true })
            .after([JobId::random()])
            .meta(Value::Dict(vec![("a".into(), 1.into())]));
        job.rate_limit = Some(("x".to_owned(), 2));
        (job.result_ttl_seconds, job.failure_ttl_seconds, job.ttl_seconds) = (Some(-1), Some(0), Some(5));
        let fields = job.fields(Status::Queued).unwrap();
        let read = crate::Job::read("a", fields.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())));
        assert_eq!(read.problems, []);
        assert_eq!((read.retries_left, read.retry_intervals), (3, vec![1, 2]));
        assert_eq!(read.description.as_deref(), Some("jobs.add(1)"));
    }

    #[test]
    fn refuses_what_rq_would() {
        let job = || NewJob::new("q", Call::new("f"));
        let refused = [
            NewJob { timeout_seconds: 0, ..job() },
            NewJob { ttl_seconds: Some(0), ..job() },
            NewJob { unique: true, ..job() },
            NewJob { queue: String::new(), ..job() },
            NewJob { rate_limit: Some(("x".to_owned(), 0)), ..job() },
        ];
        for job in refused {
            assert!(matches!(job.fields(Status::Queued), Err(Error::Options(_))), "{job:?}");
        }
    }
}
