//! Extracts a tender's facts, and its risks, each in a run of its own as the old system has them.

use async_trait::async_trait;
use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::FieldStatus;
use bidlens_domain::finding::FileSummary;
use bidlens_domain::risk::RiskType;
use bidlens_jobs::{Handler, Job, JobContext, Outcome};
use bidlens_storage::{Access, AssetKind, Db, ResultKind, Tx};
use serde_json::{Value, json};

use super::{Stop, StoredFacts, ended, word};

pub(crate) struct ExtractProjectInfo {
    pub(crate) db: Db,
}

pub(crate) struct ExtractRisks {
    pub(crate) db: Db,
}

/// Waits, without spending a budget, until no file of these kinds is still being read.
///
/// A dependency between jobs would not do: it fails with the job it waits for, and one bad file must not stop
/// what can be said about the others.
pub(super) async fn settled(
    db: &Db,
    project_id: &str,
    kinds: &[AssetKind],
    context: &JobContext<Db>,
) -> Result<(), Stop> {
    let assets = db.assets(&Access::All, project_id).await?;
    let waiting = assets.iter().filter(|a| kinds.contains(&a.kind) && a.status == "pending").count();
    if waiting > 0 {
        context.progress("waiting", 0, &format!("{waiting} files are still being read")).await;
        return Err(Stop::NotYet);
    }
    Ok(())
}

/// All files of the tender that could be read, in the order they were added.
pub(super) async fn tender(db: &Db, project_id: &str) -> Result<Vec<Document>, Stop> {
    let stored = db.documents(&Access::All, project_id, AssetKind::Tender).await?;
    let documents: Vec<Document> = stored.into_iter().map(|s| s.document).filter(|d| !d.blocks.is_empty()).collect();
    if documents.is_empty() {
        return Err(Stop::Input("no file of the tender could be read; see the files' errors".to_owned()));
    }
    Ok(documents)
}

/// Extraction is pure computation; it runs off the async threads.
pub(super) async fn extract(documents: Vec<Document>) -> Result<(Vec<Document>, Facts), Stop> {
    Ok(tokio::task::spawn_blocking(move || {
        let facts = bidlens_review::extract(&documents);
        (documents, facts)
    })
    .await?)
}

pub(super) fn stored_facts(documents: &[Document], facts: Facts) -> StoredFacts {
    StoredFacts {
        files: documents.iter().map(FileSummary::from).collect(),
        language: facts.language,
        fields: facts.fields,
        requirements: facts.requirements,
        scoring: facts.scoring,
    }
}

impl ExtractProjectInfo {
    async fn extract(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        settled(&self.db, project_id, &[AssetKind::Tender], context).await?;
        context.progress("reading", 10, "").await;
        let documents = tender(&self.db, project_id).await?;
        context.progress("extracting", 30, "").await;
        let (documents, facts) = extract(documents).await?;
        let found = facts
            .fields
            .values()
            .filter(|f| !matches!(f.status(), FieldStatus::NotFound | FieldStatus::Unreadable))
            .count();
        let result = json!({"fields_found": found, "requirements": facts.requirements.len(), "scoring_items": facts.scoring.items.len()});
        context.progress("storing", 90, "").await;
        let mut tx = context.begin().await?;
        self.db
            .put_result(&mut tx, project_id, ResultKind::Facts, "", run_id, &stored_facts(&documents, facts))
            .await?;
        Ok((tx, result))
    }
}

impl ExtractRisks {
    async fn extract(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        settled(&self.db, project_id, &[AssetKind::Tender], context).await?;
        context.progress("reading", 10, "").await;
        let documents = tender(&self.db, project_id).await?;
        context.progress("extracting", 30, "").await;
        let (_, facts) = extract(documents).await?;
        let rejecting = facts.risks.iter().filter(|r| r.risk_type == RiskType::MustReject).count();
        let result = json!({"risks": facts.risks.len(), "must_reject": rejecting});
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
