//! What goes over the wire, apart from what it is inside: field names here are promises to clients.
//!
//! Start at the type's answer in [`crate::routes`]; `info` keeps the keys of the system this one replaces.

mod info;
mod project;
mod result;
mod run;
mod upload;

pub(crate) use info::{ProjectInfoWire, project_info};
pub(crate) use project::{AssetChange, AssetWire, DeletePlanWire, NewProject, ProjectChange, ProjectWire};
pub(crate) use result::{
    ChangeWire, ChunkWire, ClarificationsWire, ClueWire, FindingWire, PageLineWire, RequirementWire, RiskWire,
    SearchHitWire, changes, clarifications, clue, finding, ranking_word, requirement, risks,
};
pub(crate) use run::{ErrorCode, JobWire, RunWire, StartedWire, run_location, started};
pub(crate) use upload::{UploadWire, expires_at, upload_location};
