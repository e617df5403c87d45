//! The dispatcher's verbs: say what might be ready, take it, put it back or let it go.
//!
//! For a program whose truth lives elsewhere, such as rows of a database. Redis is then only a hint with
//! RQ's face: [`Rq::announce`] what should wait, [`Rq::pop`] what waits, [`Rq::settle`] (or one of the
//! `mark_` verbs, which need no claim) what ended, [`Rq::drop_job`] what nobody wants any more. Every verb is one
//! call of one script and may be repeated: announcing a job that waits or runs does nothing.

use std::time::SystemTime;

use redis::Value as Reply;

use crate::client::Rq;
use crate::control::Verb;
use crate::enqueue::NewJob;
use crate::error::Error;
use crate::job::{FAILURE_TTL_SECONDS_DEFAULT, Job, JobId, RESULT_TTL_SECONDS_DEFAULT, Status};
use crate::payload::Serializer;
use crate::script;
use crate::settle::{Outcome, Settled, Settlement};
use crate::time::Now;
use crate::value::Value;

/// How many announcements one script call carries.
const ANNOUNCE_BATCH_MAX: usize = 2000;

/// A job that should be waiting.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// The queue.
    pub queue: String,
    /// The id.
    pub id: JobId,
    /// The fields of its hash, written when it is pushed.
    pub fields: Vec<(&'static str, Vec<u8>)>,
    /// Whether it goes to the front.
    pub at_front: bool,
}

impl Announcement {
    /// Announces a job that has an id, with every field Python readers expect.
    pub fn of(job: &NewJob) -> Result<Announcement, Error> {
        let id = job.id.clone().ok_or(Error::Options("an announced job needs an id"))?;
        Ok(Announcement { queue: job.queue.clone(), id, fields: job.fields(Status::Queued)?, at_front: job.at_front })
    }
}

/// What an announcement found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// The job was not there and waits now.
    Pushed,
    /// It waited already.
    Waiting,
    /// It runs.
    Running,
    /// A client canceled it while it waited. Whoever wants it to run all the same drops it first
    /// ([`Rq::drop_job`]).
    Canceled,
}

/// One job taken from a queue and registered as running.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The queue whose registries list it.
    pub queue: String,
    /// The id of this execution, 32 hexadecimal digits. Later calls prove with it that the job is still theirs.
    pub execution: String,
    /// The job as it was before it was taken.
    pub job: Job,
    /// When it was taken.
    pub started: SystemTime,
}

impl Claim {
    /// The job's id.
    pub fn id(&self) -> &str {
        &self.job.id
    }

    fn settlement(&self, outcome: Outcome) -> Settlement {
        Settlement {
            queue: self.queue.clone(),
            id: self.job.id.clone(),
            execution: Some(self.execution.clone()),
            outcome,
            started: Some(self.started),
            ended: SystemTime::now(),
            forget_fields: Vec::new(),
        }
    }

    /// Ends it well, with a value for its result stream.
    pub fn finished(&self, value: &Value, serializer: Serializer) -> Settlement {
        let ttl_seconds = self.job.result_ttl.unwrap_or(RESULT_TTL_SECONDS_DEFAULT);
        self.settlement(Outcome::finished(value, serializer, ttl_seconds))
    }

    /// Ends it badly, for good.
    pub fn failed(&self, error: &str) -> Settlement {
        let ttl_seconds = self.job.failure_ttl.unwrap_or(FAILURE_TTL_SECONDS_DEFAULT);
        let outcome = Outcome::Failed { error: error.to_owned(), ttl_seconds };
        // Left in place, they would make every Python reader of the failed registry raise.
        let forget_fields = self.job.problems.iter().map(|problem| problem.field.clone()).collect();
        Settlement { forget_fields, ..self.settlement(outcome) }
    }

    /// Ends it as stopped by a command.
    pub fn stopped(&self, error: &str) -> Settlement {
        let ttl_seconds = self.job.failure_ttl.unwrap_or(FAILURE_TTL_SECONDS_DEFAULT);
        self.settlement(Outcome::Stopped { error: error.to_owned(), ttl_seconds })
    }

    /// Ends it badly, or puts it back when it has a retry left.
    pub fn failed_or_retry(&self, error: &str) -> Settlement {
        match self.job.retry_interval() {
            None => self.failed(error),
            Some(delay_seconds) => self.settlement(Outcome::Retry {
                delay_seconds,
                at_front: self.job.enqueue_at_front_on_retry,
                retries_left: Some(self.job.retries_left - 1),
            }),
        }
    }

    /// Ends it as canceled.
    pub fn canceled(&self) -> Settlement {
        self.settlement(Outcome::Canceled)
    }

    /// Puts it back without spending a retry: at the front at once, or later.
    pub fn requeue(&self, delay_seconds: i64) -> Settlement {
        self.settlement(Outcome::Requeue { delay_seconds, at_front: true })
    }
}

/// What [`Rq::pop_many`] found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Popped {
    /// Whether `rq suspend` is in force; nothing is taken then.
    pub is_suspended: bool,
    /// The jobs taken.
    pub claims: Vec<Claim>,
    /// Ids that cannot name a job (queue, id); they were dropped from their list.
    pub unreadable: Vec<(String, String)>,
}

impl Rq {
    /// Makes sure a job waits; does nothing when it waits or runs already, or when a client canceled it.
    ///
    /// An id whose hash is gone counts as not waiting, without a look into the list; should a second entry be
    /// left there, it is dropped when it is popped.
    pub async fn announce(&self, announcement: &Announcement) -> Result<Announced, Error> {
        let mut replies = self.announce_many(std::slice::from_ref(announcement)).await?;
        replies.pop().ok_or_else(|| Error::Reply("no reply to an announcement".to_owned()))
    }

    /// Announces many jobs, two thousand per round trip; replies in the same order.
    pub async fn announce_many(&self, announcements: &[Announcement]) -> Result<Vec<Announced>, Error> {
        let mut out = Vec::with_capacity(announcements.len());
        for batch in announcements.chunks(ANNOUNCE_BATCH_MAX) {
            let now = Now::read();
            let mut call = self.script(&script::ANNOUNCE, &now);
            call.arg(batch.len());
            for item in batch {
                call.arg(&item.queue).arg(item.id.as_str()).arg(u8::from(item.at_front)).arg(2 * item.fields.len());
                for (name, value) in &item.fields {
                    call.arg(name).arg(value);
                }
            }
            let replies: Vec<String> = call.invoke_async(&mut self.connection()).await?;
            for reply in replies {
                out.push(match reply.as_str() {
                    "pushed" => Announced::Pushed,
                    "waiting" => Announced::Waiting,
                    "running" => Announced::Running,
                    "canceled" => Announced::Canceled,
                    _ => return Err(Error::Reply(reply)),
                });
            }
        }
        Ok(out)
    }

    /// Takes the next job of the first queue that has one, and registers it as run by `worker`.
    pub async fn pop(&self, worker: &str, queues: &[String]) -> Result<Option<Claim>, Error> {
        Ok(self.pop_many(worker, queues, 1).await?.claims.pop())
    }

    /// Takes up to `max` jobs, at most a thousand, in one call.
    ///
    /// Ids of jobs that are over, canceled, gone or running already are dropped on the way.
    pub async fn pop_many(&self, worker: &str, queues: &[String], max: usize) -> Result<Popped, Error> {
        let started = SystemTime::now();
        let now = Now::from(started);
        let mut call = self.script(&script::CLAIM, &now);
        call.arg(worker);
        self.lease_args(&mut call, &now);
        call.arg(queues.len());
        for queue in queues {
            call.arg(queue);
        }
        for _ in 0..max.min(1000) {
            call.arg(uuid::Uuid::new_v4().simple().to_string());
        }
        let reply: Reply = call.invoke_async(&mut self.connection()).await?;
        read_popped(reply, started).ok_or_else(|| Error::Reply("claim".to_owned()))
    }

    /// The ids that wait in a queue, next first.
    pub async fn waiting_ids(&self, queue: &str) -> Result<Vec<String>, Error> {
        Ok(redis::cmd("LRANGE")
            .arg(self.keys().queue(queue))
            .arg(0)
            .arg(-1)
            .query_async(&mut self.connection())
            .await?)
    }

    /// Forgets a job wherever it is: list, registries, hash, results. Replies whether there was one.
    pub async fn drop_job(&self, id: &str) -> Result<bool, Error> {
        Ok(self.control(Verb::Drop, id, false, false).await? != "missing")
    }

    /// Registers a job as running that was not popped, such as one taken from a database. Replies its claim, or `None`
    /// when it has no hash or runs already.
    pub async fn mark_started(&self, worker: &str, queue: &str, id: &str) -> Result<Option<Claim>, Error> {
        let started = SystemTime::now();
        let Some(execution) = self.register_started(worker, queue, id, &[]).await? else { return Ok(None) };
        let Some(job) = self.job(id).await? else { return Ok(None) };
        Ok(Some(Claim { queue: queue.to_owned(), execution, job, started }))
    }

    /// Writes a job anew that runs here and that Redis forgot, and registers it as running. Replies its new claim, or
    /// `None` when Redis knows the job: someone else decides about it then.
    pub async fn restore_started(&self, worker: &str, claim: &Claim) -> Result<Option<Claim>, Error> {
        let fields = claim.job.fields();
        let execution = self.register_started(worker, &claim.queue, claim.id(), &fields).await?;
        Ok(execution.map(|execution| Claim { execution, ..claim.clone() }))
    }

    /// Replies the new execution's id.
    async fn register_started(
        &self,
        worker: &str,
        queue: &str,
        id: &str,
        fields: &[(&'static str, Vec<u8>)],
    ) -> Result<Option<String>, Error> {
        let execution = uuid::Uuid::new_v4().simple().to_string();
        let now = Now::read();
        let mut call = self.script(&script::START, &now);
        call.arg(worker);
        self.lease_args(&mut call, &now);
        call.arg(queue).arg(id).arg(&execution);
        for (name, value) in fields {
            call.arg(name).arg(value);
        }
        let reply: String = call.invoke_async(&mut self.connection()).await?;
        match reply.as_str() {
            "missing" | "running" | "known" => Ok(None),
            "ok" => Ok(Some(execution)),
            _ => Err(Error::Reply(reply)),
        }
    }

    /// Records a success whoever ran the job, wherever its id is. `ttl_seconds` is how long the result is kept.
    pub async fn mark_finished(
        &self,
        queue: &str,
        id: &str,
        value: &Value,
        serializer: Serializer,
        ttl_seconds: i64,
    ) -> Result<Settled, Error> {
        self.mark(queue, id, Outcome::finished(value, serializer, ttl_seconds)).await
    }

    /// Records a failure whoever ran the job. `ttl_seconds` is how long it is kept.
    pub async fn mark_failed(&self, queue: &str, id: &str, error: &str, ttl_seconds: i64) -> Result<Settled, Error> {
        self.mark(queue, id, Outcome::Failed { error: error.to_owned(), ttl_seconds }).await
    }

    /// Records a cancellation whoever runs the job.
    pub async fn mark_canceled(&self, queue: &str, id: &str) -> Result<Settled, Error> {
        self.mark(queue, id, Outcome::Canceled).await
    }

    /// Puts a job back into its queue wherever its id is, after a delay in seconds.
    pub async fn mark_requeued(&self, queue: &str, id: &str, delay_seconds: i64) -> Result<Settled, Error> {
        self.mark(queue, id, Outcome::Requeue { delay_seconds, at_front: false }).await
    }

    async fn mark(&self, queue: &str, id: &str, outcome: Outcome) -> Result<Settled, Error> {
        let settlement = Settlement {
            queue: queue.to_owned(),
            id: id.to_owned(),
            execution: None,
            outcome,
            started: None,
            ended: SystemTime::now(),
            forget_fields: Vec::new(),
        };
        let mut replies = self.settle("", std::slice::from_ref(&settlement)).await?;
        replies.pop().ok_or_else(|| Error::Reply("no reply to a settlement".to_owned()))
    }
}

fn read_popped(reply: Reply, started: SystemTime) -> Option<Popped> {
    let Reply::Array(parts) = reply else { return None };
    let mut parts = parts.into_iter();
    let mut popped = Popped { is_suspended: text(parts.next()?)? == "suspended", ..Popped::default() };
    for part in parts {
        let Reply::Array(part) = part else { return None };
        let [queue, id, execution, fields] = <[Reply; 4]>::try_from(part).ok()?;
        let Reply::Array(fields) = fields else { return None };
        let (id, execution) = (text(id)?, text(execution)?);
        if execution.is_empty() {
            popped.unreadable.push((text(queue)?, id));
            continue;
        }
        let job = Job::read(&id, pairs(&fields));
        popped.claims.push(Claim { queue: text(queue)?, execution, job, started });
    }
    Some(popped)
}

/// The names and values of a hash, from a flat reply.
pub(crate) fn pairs(fields: &[Reply]) -> impl Iterator<Item = (&[u8], &[u8])> {
    fields.chunks_exact(2).filter_map(|pair| match pair {
        [Reply::BulkString(name), Reply::BulkString(value)] => Some((name.as_slice(), value.as_slice())),
        _ => None,
    })
}

fn text(reply: Reply) -> Option<String> {
    match reply {
        Reply::BulkString(bytes) => Some(
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ),
        Reply::SimpleString(text) => Some(text),
        _ => None,
    }
}
