//! Projects and their files.

use std::collections::HashMap;

use bidlens_app::{Asset, DeletePlan, Project, Run, VerdictCounts};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::ErrorCode;

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewProject {
    #[schema(example = "某泵站设备采购")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProjectChange {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectWire {
    pub(crate) id: String,
    pub(crate) owner_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// When bids are due, once the tender's facts tell it: `2026-03-05T09:30` or `2026-03-05`, as the tender states it.
    pub(crate) bid_deadline: Option<String>,
    pub(crate) counts: CountsWire,
    /// The newest run of each kind.
    pub(crate) latest_runs: Vec<RunBrief>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsWire {
    /// Files of every kind.
    pub(crate) files: i64,
    pub(crate) tender_files: i64,
    pub(crate) bid_files: i64,
    pub(crate) bidders: i64,
    pub(crate) runs: i64,
    /// Runs that are pending or running.
    pub(crate) open_runs: i64,
    pub(crate) segments: i64,
    /// Of the latest review of each bidder.
    pub(crate) findings: VerdictCountsWire,
}

/// Findings by their result; what people decided changes nothing here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerdictCountsWire {
    pub(crate) pass: i64,
    pub(crate) risk: i64,
    pub(crate) fail: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunBrief {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) progress: f64,
    pub(crate) error: Option<String>,
    pub(crate) error_code: Option<ErrorCode>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

impl From<VerdictCounts> for VerdictCountsWire {
    fn from(counts: VerdictCounts) -> Self {
        VerdictCountsWire { pass: counts.pass, risk: counts.risk, fail: counts.fail }
    }
}

impl From<&Run> for RunBrief {
    fn from(run: &Run) -> Self {
        RunBrief {
            id: run.id.clone(),
            kind: run.kind.clone(),
            status: run.status.clone(),
            progress: run.progress,
            error: run.error.clone(),
            error_code: run.error_code.map(ErrorCode),
            created_at: run.created_at,
            finished_at: run.finished_at,
        }
    }
}

impl ProjectWire {
    /// `runs` are its own.
    pub(crate) fn new(project: Project, runs: &[Run]) -> ProjectWire {
        ProjectWire {
            id: project.id,
            owner_id: project.owner_id,
            name: project.name,
            description: project.description,
            created_at: project.created_at,
            updated_at: project.updated_at,
            bid_deadline: project.bid_deadline,
            counts: CountsWire {
                files: project.counts.files,
                tender_files: project.counts.tender_files,
                bid_files: project.counts.bid_files,
                bidders: project.counts.bidders,
                runs: project.counts.runs,
                open_runs: project.counts.open_runs,
                segments: project.counts.segments,
                findings: project.counts.findings.into(),
            },
            latest_runs: runs.iter().map(RunBrief::from).collect(),
        }
    }

    /// Each with its own of `runs`, among which those of one project stand together.
    pub(crate) fn list(projects: Vec<Project>, runs: &[Run]) -> Vec<ProjectWire> {
        let by_project = runs.chunk_by(|a, b| a.project_id == b.project_id);
        let own: HashMap<&str, &[Run]> =
            by_project.filter_map(|own| Some((own.first()?.project_id.as_str(), own))).collect();
        let of = |project: Project| {
            let runs = own.get(project.id.as_str()).copied().unwrap_or_default();
            ProjectWire::new(project, runs)
        };
        projects.into_iter().map(of).collect()
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletePlanWire {
    pub(crate) items: Vec<DeletePlanItemWire>,
    /// To be sent with the deletion; stale once the project has changed.
    pub(crate) confirm_token: String,
    pub(crate) warning: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletePlanItemWire {
    pub(crate) r#type: String,
    pub(crate) count: usize,
    pub(crate) samples: Vec<String>,
}

impl From<DeletePlan> for DeletePlanWire {
    fn from(plan: DeletePlan) -> Self {
        let item = |item: bidlens_app::DeletePlanItem| DeletePlanItemWire {
            r#type: item.kind.to_owned(),
            count: item.count,
            samples: item.samples,
        };
        DeletePlanWire {
            items: plan.items.into_iter().map(item).collect(),
            confirm_token: plan.confirm_token,
            warning: plan.warning,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetWire {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) filename: String,
    /// `tender`, `bid`, `attachment` or `custom_rule`.
    pub(crate) kind: String,
    pub(crate) bidder_name: Option<String>,
    pub(crate) size_bytes: i64,
    pub(crate) sha256: String,
    /// `pending`, `ready` or `failed`.
    pub(crate) status: String,
    /// Why it could not be read.
    pub(crate) error: Option<String>,
    /// The same for programs; `null` where an earlier version failed to read it.
    pub(crate) error_code: Option<ErrorCode>,
    /// How many pages it has, once it has been read.
    pub(crate) pages: Option<i64>,
    /// What was met while it was read: `code`, `severity`, `page`, `detail`.
    #[schema(value_type = Vec<Object>)]
    pub(crate) issues: Value,
    /// What it seems to be by what it says, once it has been read: `kind`, `addendum`, `bidder_name`; `null` where it
    /// does not tell.
    #[schema(value_type = Option<Object>)]
    pub(crate) seems: Option<Value>,
    pub(crate) job_id: Option<String>,
    pub(crate) run_id: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AssetChange {
    /// `tender`, `bid` or `attachment`.
    #[serde(default)]
    pub(crate) kind: String,
    /// Needed for a bid.
    #[serde(default)]
    pub(crate) bidder_name: Option<String>,
}

impl AssetWire {
    /// `runs` may hold others than the one that read the file.
    pub(crate) fn new(asset: Asset, runs: &[Run]) -> AssetWire {
        let run = runs.iter().find(|run| Some(&run.id) == asset.run_id.as_ref());
        let told = |name: &str| run.and_then(|run| run.result_json.as_ref()?.get(name).cloned());
        let (issues, seems) = (told("issues"), told("seems"));
        AssetWire {
            id: asset.id,
            project_id: asset.project_id,
            filename: asset.filename,
            kind: asset.kind.as_str().to_owned(),
            bidder_name: Some(asset.bidder_name).filter(|name| !name.is_empty()),
            size_bytes: asset.size_bytes,
            sha256: asset.sha256,
            status: asset.status,
            error: asset.error,
            error_code: asset.error_code.map(ErrorCode),
            pages: told("pages").and_then(|pages| pages.as_i64()),
            issues: issues.unwrap_or_else(|| Value::Array(Vec::new())),
            seems,
            job_id: asset.job_id,
            run_id: asset.run_id,
            created_at: asset.created_at,
        }
    }
}
