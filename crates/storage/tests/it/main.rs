//! SQLite and PostgreSQL keep the promises of the job engine and of the repository.

mod files;
mod jobs;
mod repository;
mod support;
