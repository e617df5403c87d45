//! What a job can be, and the one function that moves it. Drawn in `docs/jobs.md`.

use serde::{Deserialize, Serialize};

/// A job waits, runs, or has ended in one of three ways. "Scheduled" is queued with a time in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

impl JobState {
    pub const ALL: [JobState; 5] =
        [JobState::Queued, JobState::Running, JobState::Succeeded, JobState::Failed, JobState::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Running => "running",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
    }

    pub fn parse(word: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.as_str() == word)
    }

    pub fn is_final(self) -> bool {
        match self {
            JobState::Queued | JobState::Running => false,
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => true,
        }
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A worker takes it.
    Claim,
    /// Its work is done and stored.
    Complete,
    /// Its work failed for good: not worth a retry, or no retry left.
    Fail,
    /// Its work failed and is tried again later.
    Retry,
    /// Its work asks to be run again later; nothing went wrong.
    Snooze,
    /// Its worker was told to stop; no budget is spent.
    Interrupt,
    /// Its worker died; it runs again.
    WorkerLost,
    /// It killed too many workers.
    Quarantine,
    Cancel,
    /// A person puts it back.
    Requeue,
}

/// Where `event` takes a job from `state`; `None` when it cannot happen there.
pub fn transition(state: JobState, event: Event) -> Option<JobState> {
    match (state, event) {
        (JobState::Queued, Event::Claim) => Some(JobState::Running),
        (JobState::Queued | JobState::Running, Event::Cancel) => Some(JobState::Cancelled),
        // A job whose dependency failed fails without having run.
        (JobState::Queued | JobState::Running, Event::Fail) => Some(JobState::Failed),
        (JobState::Running, Event::Complete) => Some(JobState::Succeeded),
        (JobState::Running, Event::Retry | Event::Snooze | Event::Interrupt | Event::WorkerLost) => {
            Some(JobState::Queued)
        }
        (JobState::Running, Event::Quarantine) => Some(JobState::Failed),
        (JobState::Failed | JobState::Cancelled, Event::Requeue) => Some(JobState::Queued),
        (
            JobState::Queued,
            Event::Complete
            | Event::Retry
            | Event::Snooze
            | Event::Interrupt
            | Event::WorkerLost
            | Event::Quarantine
            | Event::Requeue,
        )
        | (JobState::Running, Event::Claim | Event::Requeue)
        | (
            JobState::Failed | JobState::Cancelled,
            Event::Claim
            | Event::Complete
            | Event::Fail
            | Event::Retry
            | Event::Snooze
            | Event::Interrupt
            | Event::WorkerLost
            | Event::Quarantine
            | Event::Cancel,
        )
        | (
            JobState::Succeeded,
            Event::Claim
            | Event::Complete
            | Event::Fail
            | Event::Retry
            | Event::Snooze
            | Event::Interrupt
            | Event::WorkerLost
            | Event::Quarantine
            | Event::Cancel
            | Event::Requeue,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 10] = [
        Event::Claim,
        Event::Complete,
        Event::Fail,
        Event::Retry,
        Event::Snooze,
        Event::Interrupt,
        Event::WorkerLost,
        Event::Quarantine,
        Event::Cancel,
        Event::Requeue,
    ];

    #[test]
    fn the_table_of_transitions() {
        let mut table = String::new();
        for state in JobState::ALL {
            for event in EVENTS {
                if let Some(next) = transition(state, event) {
                    table.push_str(&format!("{} --{event:?}--> {}\n", state.as_str(), next.as_str()));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        queued --Claim--> running
        queued --Fail--> failed
        queued --Cancel--> cancelled
        running --Complete--> succeeded
        running --Fail--> failed
        running --Retry--> queued
        running --Snooze--> queued
        running --Interrupt--> queued
        running --WorkerLost--> queued
        running --Quarantine--> failed
        running --Cancel--> cancelled
        failed --Requeue--> queued
        cancelled --Requeue--> queued
        ");
    }

    #[test]
    fn nothing_leaves_success() {
        assert!(EVENTS.iter().all(|event| transition(JobState::Succeeded, *event).is_none()));
    }
}
