//! SQLite and PostgreSQL keep the promises of the job engine and of the repository.

mod alike;
mod differential;
mod jobs;
mod migrations;
mod postgres;
mod repository;
mod search;
mod support;
mod together;
