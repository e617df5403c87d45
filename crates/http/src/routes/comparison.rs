//! Two runs of the review beside each other.

use axum::Json;
use axum::extract::State;
use bidlens_app::{BidderComparison, RunComparison};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::AppState;
use crate::extract::{Asker, PathOf, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{self, FindingWire};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompareQuery {
    /// The earlier run; the one before `to` when it is not given.
    from: Option<String>,
    /// The later run; the newest when it is not given.
    to: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparisonWire {
    from: String,
    to: String,
    /// Runs that can be compared, newest first.
    runs: Vec<ReviewedRunWire>,
    /// Bidders that both runs reviewed.
    bidders: Vec<BidderComparisonWire>,
    /// Bidders that the earlier run alone reviewed.
    only_from: Vec<String>,
    /// Bidders that the later run alone reviewed.
    only_to: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewedRunWire {
    run_id: String,
    reviewed_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BidderComparisonWire {
    bidder_name: String,
    new: Vec<FindingWire>,
    gone: Vec<FindingWire>,
    changed: Vec<ChangedWire>,
    unchanged: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedWire {
    finding_id: String,
    before: FindingWire,
    after: FindingWire,
}

/// What changed from one review run to another
///
/// The findings of the newest ten successful review runs are kept.
#[utoipa::path(get, operation_id = "compare_reviews", path = "/projects/{project_id}/review/compare", tag = "results", params(("project_id" = String, Path), CompareQuery),
    responses((status = 200, body = ComparisonWire), (status = 404, body = ProblemBody),
        (status = 409, description = "fewer than two runs are kept", body = ProblemBody), (status = 422, description = "a run is not kept", body = ProblemBody)))]
pub(crate) async fn compare(
    State(state): State<AppState>,
    asker: Asker,
    PathOf(project_id): PathOf<String>,
    QueryOf(query): QueryOf<CompareQuery>,
) -> Result<Json<ComparisonWire>, Problem> {
    let comparison =
        state.app.compare_runs(&asker.access(), &project_id, query.from.as_deref(), query.to.as_deref()).await?;
    Ok(Json(comparison_wire(comparison)))
}

fn comparison_wire(comparison: RunComparison) -> ComparisonWire {
    let run = |r: bidlens_app::ReviewedRun| ReviewedRunWire { run_id: r.run_id, reviewed_at: r.reviewed_at };
    ComparisonWire {
        from: comparison.from,
        to: comparison.to,
        runs: comparison.runs.into_iter().map(run).collect(),
        bidders: comparison.bidders.into_iter().map(bidder_wire).collect(),
        only_from: comparison.only_from,
        only_to: comparison.only_to,
    }
}

fn bidder_wire(bidder: BidderComparison) -> BidderComparisonWire {
    let name = bidder.bidder_name.as_str();
    BidderComparisonWire {
        new: bidder.new.iter().map(|f| wire::finding(name, f)).collect(),
        gone: bidder.gone.iter().map(|f| wire::finding(name, f)).collect(),
        changed: bidder
            .changed
            .iter()
            .map(|(before, after)| ChangedWire {
                finding_id: after.id.clone(),
                before: wire::finding(name, before),
                after: wire::finding(name, after),
            })
            .collect(),
        unchanged: bidder.unchanged,
        bidder_name: bidder.bidder_name,
    }
}
