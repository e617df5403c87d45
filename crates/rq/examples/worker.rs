//! Runs `jobs.add` from the queue `default` until it is told to shut down.
//!
//! `worker [redis-url] [lease-seconds]`; a stock client stops it with `send_shutdown_command`, the terminal with
//! Ctrl-C. After a crash, other workers run its jobs again once the lease is over.

use std::error::Error;
use std::time::Duration;

use rq_wire::worker::WorkerSettings;
use rq_wire::{Context, JobError, Rq, Worker};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "redis://127.0.0.1".to_owned());
    let mut rq = Rq::connect(&url).await?;
    let mut settings = WorkerSettings::default();
    if let Some(seconds) = std::env::args().nth(2) {
        let lease = Duration::from_secs(seconds.parse()?);
        rq = rq.with_lease(lease);
        settings.heartbeat = lease / 5;
        settings.clean_every = Some(lease / 5);
    }
    let worker = Worker::new(rq, ["default"]).settings(settings).handle("jobs.add", |context: Context| async move {
        let a = context.arg(0).as_i64().ok_or(JobError::Fatal("a is no integer".to_owned()))?;
        let b = context.kwarg("b").as_i64().unwrap_or(0);
        Ok::<_, JobError>(a + b)
    });
    let stop = CancellationToken::new();
    let on_signal = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_signal.cancel();
        }
    });
    worker.run(stop).await?;
    Ok(())
}
