//! `bidlens queue`: looks at the queues and moves single jobs.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;

use crate::cli::Queue;
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
        Queue::Cancel { id, data } => server::with_rows(data, |app| async move {
            let outcome = app.cancel_job(&id).await?;
            terminal::print(&format!("{outcome:?}").to_lowercase())?;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

fn status(data: crate::cli::DataDir, as_json: bool) -> anyhow::Result<ExitCode> {
    server::with_rows(data, |app| async move {
        let counts = app.queue_counts().await?;
        let ages = app.oldest_waiting().await?;
        if as_json {
            let counts: Vec<_> =
                counts.iter().map(|c| json!({"queue": c.queue, "state": c.state.as_str(), "count": c.count})).collect();
            let ages: Vec<_> = ages.iter().map(|(queue, age)| json!({"queue": queue, "oldest_seconds": age})).collect();
            terminal::print(&serde_json::to_string_pretty(&json!({"counts": counts, "waiting": ages}))?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if counts.is_empty() {
            terminal::print("no jobs")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut out = String::from("queue     state      jobs\n");
        for count in &counts {
            let _ = writeln!(out, "{:9} {:10} {:4}", count.queue, count.state.as_str(), count.count);
        }
        for (queue, age) in &ages {
            let _ = writeln!(out, "{queue}: the oldest job has waited {age:.0} s");
        }
        terminal::print(&out)?;
        Ok(ExitCode::SUCCESS)
    })
}
