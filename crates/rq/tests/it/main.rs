//! Tests against a real Redis and real RQ 2 and 3.
//!
//! Each test has a Redis of its own (`support::redis`), so they run side by side. Python environments are
//! made once, see `support::python`.

mod support;

mod cleaning;
mod dispatching;
mod interop;
mod moves;
mod pickles;
mod poison;
mod tools;
mod working;
