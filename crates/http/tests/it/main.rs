//! The API from outside: requests against the router, jobs run by the real engine on SQLite.

mod support;

mod bad_input;
mod openapi;
mod ownership;
mod packages;
mod runs;
mod smoke;
mod system;
