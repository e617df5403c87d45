//! Extracts a tender's facts, and its risks, each in a run of its own as the old system has them.

use async_trait::async_trait;
use bidlens_domain::document::{Document, IssueCode, IssueSeverity};
use bidlens_domain::facts::Facts;
use bidlens_domain::field::FieldStatus;
use bidlens_domain::finding::FileSummary;
use bidlens_domain::risk::RiskType;
use bidlens_jobs::{FailureCode, Handler, Job, JobContext, Outcome};
use bidlens_review::model::{Model, Tally};
use bidlens_storage::{Access, Asset, AssetKind, Db, ResultKind, StoredDocument, Tx};
use serde_json::{Value, json};

use super::results::put_facts;
use super::{Asker, Stop, StoredFacts, ended, unless_stopped, with_model_use, word};
use crate::analysis::{Clauses, analyse_tender};
use crate::models::ProjectModel;
use crate::parser::unread;

pub(crate) struct ExtractProjectInfo {
    pub(crate) db: Db,
    pub(super) asker: Asker,
}

pub(crate) struct ExtractRisks {
    pub(crate) db: Db,
    pub(super) asker: Asker,
}

/// Waits, without spending a budget, until no file of these kinds is still being read.
///
/// A dependency between jobs would not do: it fails with the job it waits for, and one bad file must not stop
/// what can be said about the others.
pub(super) async fn settled(
    db: &Db,
    job: &Job,
    project_id: &str,
    kinds: &[AssetKind],
    context: &JobContext<Db>,
) -> Result<(), Stop> {
    let assets = db.assets(&Access::All, project_id).await?;
    // Files that came after the request are no part of it; waiting for them could go on for ever.
    let pending = |a: &&Asset| kinds.contains(&a.kind) && a.status == "pending" && a.created_at <= job.created_at;
    let waiting = assets.iter().filter(pending).count();
    if waiting > 0 {
        context.progress("waiting", 0, &format!("{waiting} files are still being read")).await;
        return Err(Stop::NotYet);
    }
    Ok(())
}

/// All files of the tender in the order they were added; at least one of them could be read.
pub(super) async fn tender(db: &Db, project_id: &str) -> Result<Vec<Document>, Stop> {
    let documents: Vec<Document> =
        all_documents(db, project_id, AssetKind::Tender).await?.into_iter().map(|s| s.document).collect();
    if documents.iter().all(|d| d.blocks.is_empty()) {
        return Err(Stop::input(
            FailureCode::NoText,
            format!("no file of the tender could be read: {}", reasons(&documents)),
        ));
    }
    Ok(documents)
}

/// The documents of a project's files of one kind. A file that could not be read stands there without text, so
/// that nothing is concluded from words it may hold.
pub(super) async fn all_documents(db: &Db, project_id: &str, kind: AssetKind) -> Result<Vec<StoredDocument>, Stop> {
    let mut read = db.documents(&Access::All, project_id, kind).await?;
    let mut all = Vec::new();
    let assets = db.assets(&Access::All, project_id).await?;
    for asset in assets.into_iter().filter(|a| a.kind == kind && a.status != "pending") {
        match read.iter().position(|s| s.asset.id == asset.id) {
            Some(at) => all.push(read.swap_remove(at)),
            None => {
                let detail = asset.error.as_deref().unwrap_or("the file was not read");
                let document = unread(&asset.filename, &asset.sha256, IssueCode::Malformed, detail);
                all.push(StoredDocument { asset, document });
            }
        }
    }
    Ok(all)
}

/// Why nothing of `documents` could be read, in one line.
pub(super) fn reasons<'d>(documents: impl IntoIterator<Item = &'d Document>) -> String {
    let errors = documents.into_iter().flat_map(|d| d.issues.iter().filter(|i| i.severity == IssueSeverity::Error));
    let mut reasons: Vec<&str> = errors.map(|i| i.detail.as_str()).collect();
    if reasons.is_empty() {
        reasons.push("the files hold no text; scanned pages need text recognition first");
    }
    reasons.join("; ")
}

/// A tender's facts, by code and by the run's model.
pub(super) async fn extract(
    documents: Vec<Document>,
    model: Option<&ProjectModel>,
    clauses: Clauses,
) -> Result<(Vec<Document>, Facts, Tally), Stop> {
    analyse_tender(documents, model.map(|m| m as &dyn Model), clauses).await.map_err(Stop::of)
}

pub(super) fn stored_facts(documents: &[Document], facts: Facts) -> StoredFacts {
    StoredFacts {
        files: documents.iter().map(FileSummary::from).collect(),
        language: facts.language,
        fields: facts.fields,
        requirements: facts.requirements,
        scoring: facts.scoring,
        contradictions: facts.contradictions,
        changes: facts.changes,
        legal: facts.legal,
    }
}

impl ExtractProjectInfo {
    async fn extract(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        settled(&self.db, job, project_id, &[AssetKind::Tender], context).await?;
        context.progress("reading", 10, "").await;
        let documents = tender(&self.db, project_id).await?;
        let model = self.asker.model(job, project_id)?;
        context.progress("extracting", 30, "").await;
        let (documents, facts, tally) =
            unless_stopped(context, extract(documents, model.as_ref(), Clauses::Leave)).await?;
        let found = facts
            .fields
            .values()
            .filter(|f| !matches!(f.status(), FieldStatus::NotFound | FieldStatus::Unreadable))
            .count();
        let result = json!({"fields_found": found, "requirements": facts.requirements.len(), "scoring_items": facts.scoring.items.len()});
        let result = with_model_use(result, model.as_ref(), &tally);
        context.progress("storing", 90, "").await;
        let mut tx = context.begin().await?;
        put_facts(&self.db, &mut tx, project_id, run_id, &stored_facts(&documents, facts)).await?;
        Ok((tx, result))
    }
}

impl ExtractRisks {
    async fn extract(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        settled(&self.db, job, project_id, &[AssetKind::Tender], context).await?;
        context.progress("reading", 10, "").await;
        let documents = tender(&self.db, project_id).await?;
        let model = self.asker.model(job, project_id)?;
        context.progress("extracting", 30, "").await;
        let (_, facts, tally) = unless_stopped(context, extract(documents, model.as_ref(), Clauses::Ask)).await?;
        let rejecting = facts.risks.iter().filter(|r| r.risk_type == RiskType::MustReject).count();
        let result = json!({"risks": facts.risks.len(), "must_reject": rejecting});
        let result = with_model_use(result, model.as_ref(), &tally);
        context.progress("storing", 90, "").await;
        let mut tx = context.begin().await?;
        self.db.put_result(&mut tx, project_id, ResultKind::Risks, "", run_id, &facts.risks).await?;
        Ok((tx, result))
    }
}

#[async_trait]
impl Handler<Db> for ExtractProjectInfo {
    async fn run(&self, job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        ended(self.extract(job, context).await)
    }
}

#[async_trait]
impl Handler<Db> for ExtractRisks {
    async fn run(&self, job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        ended(self.extract(job, context).await)
    }
}
