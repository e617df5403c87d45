//! The job engine: durable jobs whose row is the truth, and the workers that run them.
//!
//! It knows nothing of tenders, SQL or Redis. A [`JobStore`] keeps rows, a [`Dispatch`] says what might be
//! ready, a [`Handler`] does the work and hands its results over inside a transaction that is fenced by the
//! job's claim. Start at [`state`] for what a job can be, at [`store`] for what a store promises (and
//! [`conformance`] for the proof), at [`runtime`] for how a worker runs jobs.

pub mod conformance;
pub mod dispatch;
pub mod failure;
pub mod memory;
pub mod observe;
pub mod runtime;
pub mod state;
pub mod store;

pub use dispatch::{Dispatch, DispatchError, InProcessDispatch, Stranger, Taken};
pub use failure::{Failure, FailureCode};
pub use observe::{Ended, Observer, Unobserved};
pub use runtime::{AdoptError, Adopter, Handler, JobContext, Outcome, Runtime, RuntimeSettings};
pub use state::{Event, JobState, transition};
pub use store::{
    CancelOutcome, Claim, ClaimId, Claimed, End, Explanation, Inserted, Job, JobId, JobStore, NewJob, Progress,
    QueueCount, StoreError, WorkerId, WorkerInfo, WorkerRow,
};
