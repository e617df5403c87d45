//! The job engine: states, claims, leases, retries, timeouts, the worker runtime.
