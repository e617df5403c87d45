//! Results that lists of projects tell of, stored with what they tell.

use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::finding::{BidReview, Verdict};
use bidlens_storage::{Db, ResultKind, ResultSummary, StorageError, Tx, VerdictCounts};

use super::StoredFacts;

pub(super) async fn put_facts(
    db: &Db,
    tx: &mut Tx,
    project_id: &str,
    run_id: &str,
    facts: &StoredFacts,
) -> Result<(), StorageError> {
    let bid_deadline = match facts.fields.get("bid_deadline").and_then(Field::value) {
        Some(FieldValue::Moment(moment)) => Some(moment.to_string()),
        _ => None,
    };
    db.put_result(tx, project_id, ResultKind::Facts, "", run_id, facts).await?;
    let summary = ResultSummary { bid_deadline, ..ResultSummary::default() };
    db.put_summary(tx, project_id, ResultKind::Facts, "", &summary).await
}

pub(super) async fn put_review(
    db: &Db,
    tx: &mut Tx,
    project_id: &str,
    run_id: &str,
    review: &BidReview,
) -> Result<(), StorageError> {
    let count = |verdict| i64::try_from(review.count(verdict)).unwrap_or(i64::MAX);
    let findings = VerdictCounts { pass: count(Verdict::Pass), risk: count(Verdict::Risk), fail: count(Verdict::Fail) };
    let bidder = review.bidder_name.as_str();
    db.put_result(tx, project_id, ResultKind::Review, bidder, run_id, review).await?;
    let summary = ResultSummary { findings, ..ResultSummary::default() };
    db.put_summary(tx, project_id, ResultKind::Review, bidder, &summary).await
}
