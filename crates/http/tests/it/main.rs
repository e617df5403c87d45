//! The API from outside: requests against the router, jobs run by the real engine on SQLite.

mod support;

mod admin;
mod annotated;
mod bad_input;
mod changes;
mod clues;
mod comparison;
mod decisions;
mod exports;
mod ledger;
mod openapi;
mod ownership;
mod packages;
mod page_images;
mod parse_results;
mod projects;
mod roles;
mod runs;
mod search;
mod smoke;
mod system;
mod uploads;
