//! Reviews the bids of a project, each bidder apart.

use async_trait::async_trait;
use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::Verdict;
use bidlens_domain::ledger_edit;
use bidlens_jobs::{FailureCode, Handler, Job, JobContext, Outcome};
use bidlens_review::model::{Model, Tally};
use bidlens_review::{RuleSet, custom_rules};
use bidlens_storage::{Access, AssetKind, Db, FileStore, ResultKind, StoredDocument, Tx};
use serde_json::{Value, json};

use super::extract::{all_documents, extract, reasons, settled, stored_facts, tender};
use super::results::{put_facts, put_review};
use super::{Asker, Stop, StoredFacts, ended, unless_stopped, with_model_use, word};
use crate::analysis::{Clauses, ReviewedBids, review_bids};
use crate::work::ReviewRequest;

pub(crate) struct ReviewRun {
    pub(crate) db: Db,
    pub(crate) files: FileStore,
    pub(super) asker: Asker,
}

impl ReviewRun {
    async fn review(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        let request = ReviewRequest {
            bidder_name: job.payload.get("bidder_name").and_then(Value::as_str).map(str::to_owned),
            bid_asset_ids: ids(job, "bid_asset_ids"),
            custom_rule_asset_ids: ids(job, "custom_rule_asset_ids"),
        };
        settled(&self.db, job, project_id, &[AssetKind::Tender, AssetKind::Bid], context).await?;
        context.progress("reading", 5, "").await;
        let rules = self.rules(project_id, &request).await?;
        let documents = tender(&self.db, project_id).await?;
        let bidders = self.bidders(project_id, &request).await?;
        let model = self.asker.model(job, project_id)?;
        let model = model.as_ref();
        context.progress("extracting", 20, "").await;
        let mut tally = Tally::default();
        let mut fresh = None;
        let stored = self.db.result::<StoredFacts>(&Access::All, project_id, ResultKind::Facts).await?;
        let (documents, facts) = match stored {
            // Facts of other files than the tender has now would judge by what no longer stands.
            Some(row) if same_files(&row.content, &documents) => (documents, row.content.into_facts(Vec::new())),
            Some(_) => {
                let (documents, facts, asked) =
                    unless_stopped(context, extract(documents, model, Clauses::Leave)).await?;
                tally.add(asked);
                (documents, facts)
            }
            None => {
                let (documents, facts, asked) =
                    unless_stopped(context, extract(documents, model, Clauses::Leave)).await?;
                tally.add(asked);
                fresh = Some(stored_facts(&documents, facts.clone()));
                (documents, facts)
            }
        };
        // People's word on the ledger counts, whoever read it.
        let edits = self.db.ledger_edits(&Access::All, project_id).await?;
        let (requirements, dropped) = ledger_edit::apply(facts.requirements, &edits);
        let facts = Facts { requirements, ..facts };
        context.progress("reviewing", 40, "").await;
        let asked_model = model.map(|m| m as &dyn Model);
        let judged = async { review_bids(documents, facts, bidders, rules, asked_model).await.map_err(Stop::of) };
        let ReviewedBids { mut reviews, clues, tally: asked, .. } = unless_stopped(context, judged).await?;
        bidlens_review::leave_out(&mut reviews, &dropped);
        tally.add(asked);
        context.progress("storing", 90, "").await;
        let mut tx = context.begin().await?;
        if request.is_of_all_bids() {
            let bidders: Vec<&str> = reviews.iter().map(|r| r.bidder_name.as_str()).collect();
            self.db.retain_results(&mut tx, project_id, ResultKind::Review, &bidders).await?;
            // A review of some bids sees too little to say what all have in common; the earlier clues stay.
            self.db.put_result(&mut tx, project_id, ResultKind::Clues, "", run_id, &clues).await?;
        }
        if let Some(facts) = fresh {
            // A report of the findings needs the facts they rest on.
            put_facts(&self.db, &mut tx, project_id, run_id, &facts).await?;
        }
        let mut summary = Vec::new();
        for review in &reviews {
            put_review(&self.db, &mut tx, project_id, run_id, review).await?;
            summary.push(json!({
                "bidder_name": review.bidder_name,
                "pass": review.count(Verdict::Pass),
                "risk": review.count(Verdict::Risk),
                "fail": review.count(Verdict::Fail),
            }));
        }
        self.db.keep_reviews(&mut tx, project_id, run_id, &reviews).await?;
        Ok((tx, with_model_use(json!({"bids": summary}), model, &tally)))
    }

    async fn rules(&self, project_id: &str, request: &ReviewRequest) -> Result<Vec<RuleSet>, Stop> {
        let assets = self.db.assets(&Access::All, project_id).await?;
        let wanted = &request.custom_rule_asset_ids;
        let mut rules = Vec::new();
        for asset in
            assets.iter().filter(|a| a.kind == AssetKind::CustomRule && (wanted.is_empty() || wanted.contains(&a.id)))
        {
            let bytes = self.files.read(&asset.sha256).await?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            rules.push(
                custom_rules::parse(&asset.filename, &text)
                    .map_err(|e| Stop::input(FailureCode::BadRules, e.to_string()))?,
            );
        }
        Ok(rules)
    }

    /// Documents by bidder, files that could not be read among them.
    async fn bidders(&self, project_id: &str, request: &ReviewRequest) -> Result<Vec<(String, Vec<Document>)>, Stop> {
        let stored = all_documents(&self.db, project_id, AssetKind::Bid).await?;
        let wanted = |s: &StoredDocument| {
            request.bidder_name.as_ref().is_none_or(|n| *n == s.asset.bidder_name)
                && (request.bid_asset_ids.is_empty() || request.bid_asset_ids.contains(&s.asset.id))
        };
        let mut bidders: Vec<(String, Vec<Document>)> = Vec::new();
        for StoredDocument { asset, document } in stored.into_iter().filter(wanted) {
            match bidders.iter_mut().find(|(name, _)| *name == asset.bidder_name) {
                Some((_, documents)) => documents.push(document),
                None => bidders.push((asset.bidder_name, vec![document])),
            }
        }
        let documents = || bidders.iter().flat_map(|(_, documents)| documents);
        if documents().all(|d| d.blocks.is_empty()) {
            return Err(Stop::input(
                FailureCode::NoText,
                format!("no file of the bids could be read: {}", reasons(documents())),
            ));
        }
        Ok(bidders)
    }
}

fn same_files(facts: &StoredFacts, documents: &[Document]) -> bool {
    let stored = facts.files.iter().map(|f| f.sha256.as_str());
    stored.eq(documents.iter().map(|d| d.sha256.as_str()))
}

fn ids(job: &Job, key: &str) -> Vec<String> {
    let list = job.payload.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[async_trait]
impl Handler<Db> for ReviewRun {
    async fn run(&self, job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        ended(self.review(job, context).await)
    }
}
