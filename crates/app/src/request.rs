//! The name of the request that is being answered, so that the work it asks for can be found by it.

use bidlens_jobs::{NewJob, observe};
use serde_json::Value;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Answers a request under its name.
pub async fn with_request_id<F: Future>(id: String, work: F) -> F::Output {
    REQUEST_ID.scope(id, work).await
}

/// Notes in the job who asked for it; workers log it with everything they do for the job.
pub(crate) fn name_request(job: &mut NewJob) {
    // Commands have no request.
    if let (Ok(id), Some(payload)) = (REQUEST_ID.try_with(Clone::clone), job.payload.as_object_mut()) {
        payload.insert(observe::REQUEST_ID.to_owned(), Value::String(id));
    }
    tracing::info!(job = %job.id, kind = job.kind, queue = job.queue, "job asked for");
}
