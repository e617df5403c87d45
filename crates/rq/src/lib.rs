//! The Redis layout of Python RQ, for programs that are not Python.
//!
//! A job enqueued here runs on a stock RQ worker (2.12 or 3.0), a job enqueued by Python runs on a [`Worker`]
//! of this crate, and `rq info`, rq-dashboard and rq-exporter show both. Three ways in:
//!
//! - *Enqueue*: [`Rq::enqueue`] a [`NewJob`], read its result with [`Rq::wait_result`].
//! - *Run*: build a [`Worker`], give it a handler per Python function name, [`Worker::run`] it.
//! - *Dispatch only*, for programs whose truth lives elsewhere: [`Rq::announce`], [`Rq::pop`], [`Rq::settle`];
//!   see [`dispatch`].
//!
//! Each transition of a job is one script, hence atomic: there is no moment at which a crash loses a job.
//! Needs Redis 6.2 or later, or Valkey.
#![warn(missing_docs)]

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod clean;
pub mod client;
pub mod control;
pub mod dispatch;
pub mod enqueue;
pub mod error;
pub mod job;
pub mod json;
pub mod keys;
pub mod payload;
pub mod pickle;
pub mod registry;
pub mod result;
pub mod schedule;
mod script;
pub mod settle;
pub mod time;
pub mod value;
pub mod wait;
pub mod worker;

pub use client::Rq;
pub use dispatch::{Announced, Announcement, Claim, Popped};
pub use enqueue::{Dependency, Enqueued, NewJob, Retry};
pub use error::Error;
pub use job::{Job, JobId, Status};
pub use keys::Keys;
pub use payload::{Call, Serializer};
pub use settle::{Outcome, Settled, Settlement};
pub use value::Value;
pub use worker::{Context, JobError, Worker};
