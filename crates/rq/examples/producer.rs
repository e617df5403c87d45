//! Enqueues a call of a Python function and waits for its result.
//!
//! `producer [redis-url]`; run it beside a worker, a stock one or the `worker` example.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::error::Error;
use std::time::Duration;

use rq_wire::{Call, NewJob, Rq};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "redis://127.0.0.1".to_owned());
    let rq = Rq::connect(&url).await?;
    let job = NewJob::new("default", Call::new("jobs.add").arg(2).kwarg("b", 3));
    let id = rq.enqueue(&job).await?.id;
    println!("enqueued {id}");
    match rq.wait_result(id.as_str(), Duration::from_secs(30)).await? {
        Some(result) => println!("{:?} by {}: {}", result.kind, result.worker_name, result.return_value?.repr()),
        None => println!("no result within 30 seconds"),
    }
    Ok(())
}
