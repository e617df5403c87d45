//! Private PostgreSQL and Redis servers for tests, from the machine's own packages, and files made to break readers.
//!
//! [`hostile`] makes the files; [`ModelServer`] plays a server of a language model. Each server listens on a free port of this machine, keeps its data in a folder of its own, and ends with the
//! test process however that ends: a shell that starts it waits for the end of its input, which is ours. Nothing
//! here speaks to the servers; tests use their own clients. Missing packages fail the test and are named.

pub mod hostile;

mod model_server;
mod postgres;
mod python;
mod redis;
mod server;

pub use model_server::{ModelAnswer, ModelRequest, ModelServer};
pub use postgres::Postgres;
pub use python::python_with_rq;
pub use redis::Redis;
