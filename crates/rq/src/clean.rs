//! The cleaner: gives back what dead workers left, ours and RQ's.
//!
//! Stock RQ fails such jobs after many minutes, and several stock cleaners at once enqueue them several
//! times. Here the removal from the registry decides, inside one script, who gives a job back; and a job's
//! copies that stock cleaners push are dropped when they are popped.

use std::time::Duration;

use crate::client::Rq;
use crate::error::Error;
use crate::payload::encode_exception;
use crate::script;
use crate::time::Now;

/// How the cleaner treats what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanSettings {
    /// How often one job is given back before it counts as the cause of the crashes and fails.
    pub reclaims_max: u32,
    /// How long an id may rest between list and registry. A stock worker needs milliseconds, unless it is
    /// paused.
    pub transit_max: Duration,
}

impl Default for CleanSettings {
    fn default() -> Self {
        CleanSettings { reclaims_max: 3, transit_max: Duration::from_secs(30) }
    }
}

/// What one pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Jobs that were put back into their queue.
    pub reclaimed: Vec<String>,
    /// Jobs that failed because they were reclaimed too often.
    pub failed: Vec<String>,
    /// Leftover entries that were removed.
    pub dropped: Vec<String>,
}

impl Cleaned {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Cleaned::default()
    }
}

impl Rq {
    /// Cleans one queue: at most 500 running and 500 resting entries per call.
    ///
    /// A job whose execution had no heartbeat for a lease goes back to the front of its queue. Any number of
    /// cleaners may run at once.
    pub async fn clean(&self, queue: &str, settings: &CleanSettings) -> Result<Cleaned, Error> {
        let now = Now::read();
        let abandoned = format!("Moved to FailedJobRegistry, due to AbandonedJobError, at {}", now.text);
        let mut call = self.script(&script::CLEAN, &now);
        call.arg(queue)
            .arg(now.float())
            .arg(settings.transit_max.as_secs_f64())
            .arg(settings.reclaims_max)
            .arg(encode_exception(&abandoned))
            .arg(encode_exception("Job was stuck in intermediate queue."));
        let (reclaimed, failed, dropped) = call.invoke_async(&mut self.connection()).await?;
        Ok(Cleaned { reclaimed, failed, dropped })
    }
}
