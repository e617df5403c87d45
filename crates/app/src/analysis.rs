//! The main job's thinking: what code reads and judges, then what a configured model adds. Shared by jobs and the
//! command line; reading files and storing results is the callers' business.

use bidlens_domain::clue::Clue;
use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::BidReview;
use bidlens_review::model::{Budget, Model, ModelError, Tally, judge_meaning, read_clauses, settle_fields};
use bidlens_review::{BidFiles, Judged, RuleSet};

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("the computation broke down")]
    Broken(#[from] tokio::task::JoinError),
}

/// Whether a model is also asked about sentences that may cost a bid its validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clauses {
    Ask,
    Leave,
}

/// What may be asked about one tender; the rest of a run's budget is for its bids.
const TENDER_BUDGET: Budget = Budget { calls: 6, input_tokens: 20_000 };
const BIDS_BUDGET: Budget = Budget { calls: 19, input_tokens: 40_000 };

/// Fields, risks, requirements and scoring of a tender. Computation runs off the async threads.
pub async fn analyse_tender(
    documents: Vec<Document>,
    model: Option<&dyn Model>,
    clauses: Clauses,
) -> Result<(Vec<Document>, Facts, Tally), AnalysisError> {
    let (documents, mut facts) = tokio::task::spawn_blocking(move || {
        let facts = bidlens_review::extract(&documents);
        (documents, facts)
    })
    .await?;
    let Some(model) = model else { return Ok((documents, facts, Tally::default())) };
    let mut fields = facts.fields.clone();
    let mut tally = settle_fields(model, &documents, &mut fields, TENDER_BUDGET).await?;
    let documents = if tally.accepted > 0 {
        // Requirements and risks rest on fields.
        let (documents, settled) = tokio::task::spawn_blocking(move || {
            let facts = bidlens_review::complete(&documents, fields);
            (documents, facts)
        })
        .await?;
        facts = settled;
        documents
    } else {
        documents
    };
    if clauses == Clauses::Ask {
        let (risks, asked) = read_clauses(model, &documents, &facts.risks, TENDER_BUDGET.without(&tally)).await?;
        facts.risks.extend(risks);
        tally.add(asked);
    }
    Ok((documents, facts, tally))
}

/// What a review came to, with the facts it rests on.
#[derive(Debug)]
pub struct ReviewedBids {
    pub reviews: Vec<BidReview>,
    pub clues: Vec<Clue>,
    pub facts: Facts,
    pub tally: Tally,
}

/// Judges each bidder apart against a tender's facts and the user's rules, and all beside each other.
pub async fn review_bids(
    documents: Vec<Document>,
    facts: Facts,
    bidders: Vec<(String, Vec<Document>)>,
    rules: Vec<RuleSet>,
    model: Option<&dyn Model>,
) -> Result<ReviewedBids, AnalysisError> {
    let (facts, bidders, judged) = tokio::task::spawn_blocking(move || {
        let files: Vec<BidFiles<'_>> =
            bidders.iter().map(|(name, documents)| BidFiles { bidder_name: name.clone(), documents }).collect();
        let judged = bidlens_review::review(&documents, &facts, &files, &rules);
        (facts, bidders, judged)
    })
    .await?;
    let Judged { mut reviews, clues } = judged;
    let mut tally = Tally::default();
    if let Some(model) = model {
        let count = reviews.len();
        for (done, (review, (name, files))) in reviews.iter_mut().zip(&bidders).enumerate() {
            let budget = BIDS_BUDGET.without(&tally).share(count - done);
            tally.add(judge_meaning(model, &facts, files, name, &mut review.findings, budget).await?);
        }
    }
    Ok(ReviewedBids { reviews, clues, facts, tally })
}
