//! `bidlens queue`: looks at the queues, holds them, and moves single jobs.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use bidlens_app::{Explanation, JobState};
use serde_json::json;

use crate::cli::{DataDir, Queue};
use crate::server;
use crate::terminal;

pub(crate) fn run(command: Queue) -> anyhow::Result<ExitCode> {
    match command {
        Queue::Status { data, json } => status(data, json),
        Queue::Requeue { id, data } => server::with_rows(data, |app| async move {
            match app.requeue_job(&id).await? {
                Some(job) => terminal::print(&format!("job {} waits in queue {}", job.id, job.queue))?,
                None => bail!("requeue {id}: only a failed or cancelled job can be put back"),
            }
            Ok(ExitCode::SUCCESS)
        }),
        Queue::Explain { id, data, json } => explain(id, data, json),
        Queue::Pause { queues, data } => set_paused(queues, data, true),
        Queue::Resume { queues, data } => set_paused(queues, data, false),
        Queue::Drain { timeout, data } => drain(Duration::from_secs(timeout), data),
        Queue::Cancel { id, data } => server::with_rows(data, |app| async move {
            let outcome = app.cancel_job(&id).await?;
            terminal::print(&format!("{outcome:?}").to_lowercase())?;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

fn status(data: DataDir, as_json: bool) -> anyhow::Result<ExitCode> {
    server::with_rows(data, |app| async move {
        let counts = app.queue_counts().await?;
        let ages = app.oldest_waiting().await?;
        let paused: Vec<String> = app.queues().await?.into_iter().filter(|(_, p)| *p).map(|(name, _)| name).collect();
        let workers = app.workers().await?.len();
        let is_suspended = app.is_suspended().await;
        if as_json {
            let counts: Vec<_> =
                counts.iter().map(|c| json!({"queue": c.queue, "state": c.state.as_str(), "count": c.count})).collect();
            let ages: Vec<_> = ages.iter().map(|(queue, age)| json!({"queue": queue, "oldest_seconds": age})).collect();
            terminal::print(&serde_json::to_string_pretty(
                &json!({"counts": counts, "waiting": ages, "paused": paused, "suspended": is_suspended, "workers": workers}),
            )?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let header = if counts.is_empty() { "no jobs\n" } else { "queue     state      jobs\n" };
        let mut out = String::from(header);
        for count in &counts {
            let _ = writeln!(out, "{:9} {:10} {:4}", count.queue, count.state.as_str(), count.count);
        }
        for (queue, age) in &ages {
            let _ = writeln!(out, "{queue}: the oldest job has waited {age:.0} s");
        }
        for queue in &paused {
            let _ = writeln!(out, "{queue}: paused");
        }
        if is_suspended {
            let _ = writeln!(out, "all workers are suspended in Redis (`rq suspend`)");
        }
        let _ = writeln!(out, "workers: {workers}");
        terminal::print(&out)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn explain(id: String, data: DataDir, as_json: bool) -> anyhow::Result<ExitCode> {
    server::with_rows(data, |app| async move {
        let Some(explanation) = app.explain_job(&id).await? else { bail!("explain {id}: there is no such job") };
        let is_suspended = app.is_suspended().await;
        let (job, reasons) = (&explanation.job, reasons(&explanation, is_suspended));
        if as_json {
            let waits_for: Vec<_> = explanation
                .waits_for
                .iter()
                .map(|(id, state)| json!({"job_id": id.to_string(), "status": state.as_str()}))
                .collect();
            let document = json!({
                "job_id": job.id.to_string(), "queue": job.queue, "kind": job.kind, "status": job.state.as_str(),
                "due_in_seconds": explanation.due_in.map(|d| d.as_secs_f64()), "waits_for": waits_for,
                "queue_paused": explanation.queue_paused, "ahead": explanation.ahead, "workers": explanation.workers,
                "reasons": reasons,
            });
            terminal::print(&serde_json::to_string_pretty(&document)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut out = format!("job {} ({}) is {} in queue {}\n", job.id, job.kind, job.state.as_str(), job.queue);
        for reason in &reasons {
            let _ = writeln!(out, "- {reason}");
        }
        terminal::print(&out)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Why the job does not run, the reason that matters most first.
fn reasons(explanation: &Explanation, is_suspended: bool) -> Vec<String> {
    let job = &explanation.job;
    match job.state {
        JobState::Running => return vec![format!("it runs: {} {} %", job.stage, job.progress)],
        JobState::Succeeded => return vec!["it is done".to_owned()],
        JobState::Failed | JobState::Cancelled => {
            let error = job.error.as_deref().unwrap_or("no reason was written");
            return vec![format!("it has ended: {error}"), format!("`bidlens queue requeue {}` runs it again", job.id)];
        }
        JobState::Queued => {}
    }
    let mut reasons = Vec::new();
    if is_suspended {
        reasons.push("all workers are suspended in Redis; `rq resume` lets them go on".to_owned());
    }
    if explanation.queue_paused {
        reasons.push(format!("queue {} is paused; `bidlens queue resume {}` lets it go on", job.queue, job.queue));
    }
    for (id, state) in &explanation.waits_for {
        reasons.push(format!("it waits for job {id}, which is {}", state.as_str()));
    }
    if let Some(due_in) = explanation.due_in {
        let why = if job.errors > 0 { "after an error" } else { "as its work asked for" };
        reasons.push(format!("it is due in {:.0} s, {why}", due_in.as_secs_f64().ceil()));
    }
    if let Some(error) = &job.error {
        reasons.push(format!("its last attempt ended with: {error}"));
    }
    if explanation.workers == 0 {
        reasons.push(format!("no living worker says that it serves queue {}", job.queue));
    }
    if explanation.ahead > 0 {
        reasons.push(format!("{} jobs of its queue come before it", explanation.ahead));
    }
    if reasons.is_empty() {
        reasons.push("nothing holds it; a worker takes it next".to_owned());
    }
    reasons
}

fn set_paused(queues: Vec<String>, data: DataDir, paused: bool) -> anyhow::Result<ExitCode> {
    server::with_rows(data, |app| async move {
        let queues = match queues.is_empty() {
            true => app.queues().await?.into_iter().filter(|(_, p)| *p != paused).map(|(name, _)| name).collect(),
            false => queues,
        };
        for queue in &queues {
            app.set_queue_paused(queue, paused).await?;
            terminal::print(&format!("{queue}: {}", if paused { "paused" } else { "goes on" }))?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn drain(patience: Duration, data: DataDir) -> anyhow::Result<ExitCode> {
    server::with_rows(data, |app| async move {
        for (queue, paused) in app.queues().await? {
            if !paused {
                app.set_queue_paused(&queue, true).await?;
            }
        }
        terminal::print_note("all queues are paused; waiting for what runs (`bidlens queue resume` goes on)");
        let started = Instant::now();
        loop {
            let running = app.running_jobs().await?;
            if running == 0 {
                terminal::print("no job runs")?;
                return Ok(ExitCode::SUCCESS);
            }
            if started.elapsed() >= patience {
                bail!("drain: {running} jobs still run after {} s; the queues stay paused", patience.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    })
}
