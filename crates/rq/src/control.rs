//! What an operator or another program does to jobs and workers: cancel, delete, requeue, empty, suspend, stop.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use redis::AsyncCommands as _;

use crate::client::Rq;
use crate::error::Error;
use crate::json;
use crate::script;
use crate::time::Now;
use crate::value::Value;

/// What the control script does to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Cancel,
    Delete,
    Drop,
    Requeue,
}

/// A command to one worker, sent over its channel. Nothing acknowledges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Finish what runs, then exit.
    Shutdown,
    /// End what runs at once; it fails, or is retried.
    KillHorse,
    /// Stop one job; it is not retried.
    StopJob {
        /// The job.
        job_id: String,
    },
    /// Stop one execution of a job (RQ 3); it is not retried.
    StopExecution {
        /// The job.
        job_id: String,
        /// The execution.
        execution_id: String,
    },
}

impl Command {
    /// The message on the channel.
    pub fn to_json(&self) -> String {
        let text = |text: &str| Value::from(text);
        let pairs = match self {
            Command::Shutdown => vec![("command", text("shutdown"))],
            Command::KillHorse => vec![("command", text("kill-horse"))],
            Command::StopJob { job_id } => vec![("command", text("stop-job")), ("job_id", text(job_id))],
            Command::StopExecution { job_id, execution_id } => vec![
                ("command", text("stop-execution")),
                ("job_id", text(job_id)),
                ("execution_id", text(execution_id)),
            ],
        };
        let dict = Value::Dict(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect());
        // Texts always have a JSON form.
        String::from_utf8(json::write(&dict).unwrap_or_default()).unwrap_or_default()
    }

    /// Reads a message; `None` for what is malformed or unknown.
    pub fn parse(message: &[u8]) -> Option<Command> {
        let dict = json::read(message).ok()?;
        let text = |key: &str| Some(dict.get(key)?.as_str()?.to_owned());
        Some(match text("command")?.as_str() {
            "shutdown" => Command::Shutdown,
            "kill-horse" => Command::KillHorse,
            "stop-job" => Command::StopJob { job_id: text("job_id")? },
            "stop-execution" => Command::StopExecution { job_id: text("job_id")?, execution_id: text("execution_id")? },
            _ => return None,
        })
    }
}

impl Rq {
    /// Cancels a job that is not over. A worker of this crate that runs it drops it at its next heartbeat.
    ///
    /// With `enqueue_dependents` the jobs that wait for it are treated as if it had finished. Replies whether
    /// there was a job to cancel.
    pub async fn cancel(&self, id: &str, enqueue_dependents: bool) -> Result<bool, Error> {
        let reply = self.control(Verb::Cancel, id, false, enqueue_dependents).await?;
        Ok(!matches!(reply.as_str(), "missing" | "refused"))
    }

    /// Deletes a job, its results and its place among others' dependents. Replies whether there was one.
    pub async fn delete(&self, id: &str) -> Result<bool, Error> {
        Ok(self.control(Verb::Delete, id, false, false).await? != "missing")
    }

    /// Puts a job that is over, scheduled or deferred into its queue. Replies false when it has no hash, or waits
    /// or runs already.
    pub async fn requeue(&self, id: &str, at_front: bool) -> Result<bool, Error> {
        let reply = self.control(Verb::Requeue, id, at_front, false).await?;
        Ok(!matches!(reply.as_str(), "missing" | "refused"))
    }

    /// Deletes all jobs that wait in a queue; replies how many.
    pub async fn empty(&self, queue: &str) -> Result<u64, Error> {
        let now = Now::read();
        Ok(self.script(&script::EMPTY, &now).arg(queue).invoke_async(&mut self.connection()).await?)
    }

    /// Suspends all workers, ours and RQ's, for a while or until [`Rq::resume`].
    pub async fn suspend(&self, duration: Option<Duration>) -> Result<(), Error> {
        let key = self.keys().suspended();
        match duration {
            Some(duration) => Ok(self.connection().set_ex(key, 1, duration.as_secs().max(1)).await?),
            None => Ok(self.connection().set(key, 1).await?),
        }
    }

    /// Whether a suspension is in force.
    pub async fn is_suspended(&self) -> Result<bool, Error> {
        Ok(self.connection().exists(self.keys().suspended()).await?)
    }

    /// Ends a suspension.
    pub async fn resume(&self) -> Result<(), Error> {
        Ok(self.connection().del(self.keys().suspended()).await?)
    }

    /// Sends a command to a worker; replies how many processes listened.
    pub async fn send_command(&self, worker: &str, command: &Command) -> Result<u64, Error> {
        Ok(self.connection().publish(self.keys().pubsub(worker), command.to_json()).await?)
    }

    /// The commands sent to a worker from now on, until the connection breaks.
    pub async fn commands(&self, worker: &str) -> Result<impl Stream<Item = Command> + Send + use<>, Error> {
        let mut subscriber = self.subscriber().await?;
        subscriber.subscribe(self.keys().pubsub(worker)).await?;
        let messages = subscriber.into_on_message();
        Ok(messages.filter_map(|message| std::future::ready(Command::parse(message.get_payload_bytes()))))
    }

    /// Stops a running job through its worker; replies whether a worker listened.
    pub async fn stop_job(&self, id: &str) -> Result<bool, Error> {
        let worker: Option<String> = self.connection().hget(self.keys().job(id), "worker_name").await?;
        match worker.filter(|name| !name.is_empty()) {
            Some(worker) => Ok(self.send_command(&worker, &Command::StopJob { job_id: id.to_owned() }).await? > 0),
            None => Ok(false),
        }
    }

    /// Replaces the `meta` dictionary of a job. `meta` must be in the serializer of the job's data.
    pub async fn save_meta(&self, id: &str, meta: &[u8]) -> Result<(), Error> {
        let key = self.keys().job(id);
        // Writing to a deleted job would bring back a hash of nothing but its meta.
        if self.connection().exists(&key).await? {
            let () = self.connection().hset(key, "meta", meta).await?;
        }
        Ok(())
    }

    pub(crate) async fn control(
        &self,
        verb: Verb,
        id: &str,
        at_front: bool,
        free_dependents: bool,
    ) -> Result<String, Error> {
        let verb = match verb {
            Verb::Cancel => "cancel",
            Verb::Delete => "delete",
            Verb::Drop => "drop",
            Verb::Requeue => "requeue",
        };
        let now = Now::read();
        let mut call = self.script(&script::CONTROL, &now);
        call.arg(verb).arg(id).arg(u8::from(at_front)).arg(u8::from(free_dependents));
        Ok(call.invoke_async(&mut self.connection()).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_come_back_and_unknown_ones_are_ignored() {
        let stop = Command::StopExecution { job_id: "j".to_owned(), execution_id: "e".to_owned() };
        for command in [Command::Shutdown, Command::KillHorse, Command::StopJob { job_id: "j".to_owned() }, stop] {
            assert_eq!(Command::parse(command.to_json().as_bytes()), Some(command));
        }
        assert_eq!(Command::Shutdown.to_json(), r#"{"command": "shutdown"}"#);
        for message in ["", "{}", "[]", r#"{"command": "dance"}"#, r#"{"command": "stop-job"}"#] {
            assert_eq!(Command::parse(message.as_bytes()), None, "{message}");
        }
    }
}
