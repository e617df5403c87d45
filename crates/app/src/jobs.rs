//! The handlers of the jobs: read a file, extract facts, extract risks, review bids.
//!
//! Each is fit to run again from the start: it reads rows, computes, and writes everything it found in the one
//! transaction that completes it. A failure leaves what an earlier run stored.

mod adopt;
mod directory;
mod extract;
mod failure;
mod ingest;
mod results;
mod review;

use std::sync::Arc;
use std::time::Duration;

use bidlens_domain::change::Change;
use bidlens_domain::contradiction::Contradiction;
use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldKey};
use bidlens_domain::finding::FileSummary;
use bidlens_domain::legal::LegalReading;
use bidlens_domain::requirement::Requirement;
use bidlens_domain::risk::Risk;
use bidlens_domain::scoring::Scoring;
use bidlens_jobs::{Dispatch, Failure, FailureCode, Job, JobContext, Outcome, Runtime};
use bidlens_review::model::Tally;
use bidlens_storage::{Db, FileStore, Tx};
use serde::{Deserialize, Serialize};

use crate::analysis::AnalysisError;
use crate::indexing::Indexer;
use crate::metrics::Metrics;
use crate::models::{Models, ProjectModel, model_use};
use crate::settings::Settings;

/// Queue and function name of each job, as programs outside know them.
pub mod kinds {
    pub const INGEST: (&str, &str) = ("ingest", "app.queue.tasks.async_ingest_asset_v2");
    pub const PROJECT_INFO: (&str, &str) = ("extract", "app.queue.tasks.async_extract_project_info_v2");
    pub const RISKS: (&str, &str) = ("extract", "app.queue.tasks.async_extract_risks_v2");
    pub const DIRECTORY: (&str, &str) = ("extract", "bidlens.generate_directory");
    pub const REVIEW: (&str, &str) = ("review", "app.queue.tasks.async_review_run_v2");
    pub const ALL: &[(&str, &str)] = &[INGEST, PROJECT_INFO, RISKS, DIRECTORY, REVIEW];
}

/// What the project-info job stores: everything extracted but the risks, which have a run of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredFacts {
    pub files: Vec<FileSummary>,
    pub language: Language,
    pub fields: std::collections::BTreeMap<FieldKey, Field>,
    pub requirements: Vec<Requirement>,
    pub scoring: Scoring,
    /// Absent, as what follows, in what earlier versions stored.
    #[serde(default)]
    pub contradictions: Vec<Contradiction>,
    /// Absent in what earlier versions stored.
    #[serde(default)]
    pub changes: Vec<Change>,
    #[serde(default)]
    pub legal: LegalReading,
}

impl StoredFacts {
    pub fn into_facts(self, risks: Vec<Risk>) -> Facts {
        Facts {
            language: self.language,
            fields: self.fields,
            risks,
            requirements: self.requirements,
            scoring: self.scoring,
            contradictions: self.contradictions,
            changes: self.changes,
            legal: self.legal,
        }
    }
}

/// What the handlers work with.
pub(crate) struct Parts<'a> {
    pub(crate) db: &'a Db,
    pub(crate) files: &'a FileStore,
    pub(crate) settings: &'a Settings,
    pub(crate) metrics: &'a Arc<Metrics>,
    pub(crate) indexer: &'a Indexer,
    pub(crate) models: &'a Models,
}

/// Makes all kinds of jobs known to the engine.
pub(crate) fn register<D: Dispatch + ?Sized>(runtime: Runtime<Db, D>, parts: &Parts<'_>) -> Runtime<Db, D> {
    let Parts { db, files, settings, metrics, indexer, models } = *parts;
    let asker = Asker { db: db.clone(), models: models.clone(), metrics: Arc::clone(metrics) };
    let ingest = ingest::IngestAsset {
        db: db.clone(),
        files: files.clone(),
        parser: settings.parser.clone(),
        max_bytes: settings.max_upload_bytes,
        metrics: Arc::clone(metrics),
        indexer: indexer.clone(),
    };
    let adopter = adopt::AdoptJob {
        db: db.clone(),
        models: models.clone(),
        worker: runtime.worker(),
        timeout: settings.job_timeout,
    };
    runtime
        .adopt_with(Arc::new(adopter))
        .handle(kinds::INGEST.1, Arc::new(ingest))
        .handle(kinds::PROJECT_INFO.1, Arc::new(extract::ExtractProjectInfo { db: db.clone(), asker: asker.clone() }))
        .handle(kinds::RISKS.1, Arc::new(extract::ExtractRisks { db: db.clone(), asker: asker.clone() }))
        .handle(kinds::DIRECTORY.1, Arc::new(directory::GenerateDirectory { db: db.clone() }))
        .handle(kinds::REVIEW.1, Arc::new(review::ReviewRun { db: db.clone(), files: files.clone(), asker }))
}

/// Finds the model a job asks for.
#[derive(Clone)]
struct Asker {
    db: Db,
    models: Models,
    metrics: Arc<Metrics>,
}

impl Asker {
    /// The job's model as its project asks it; `None` for the built-in one.
    fn model(&self, job: &Job, project_id: &str) -> Result<Option<ProjectModel>, Stop> {
        let id = job.payload.get("model_id").and_then(|v| v.as_str());
        let server = self.models.find(id).map_err(|e| Stop::input(FailureCode::UnknownModel, e.to_string()))?;
        Ok(server.map(|server| ProjectModel {
            server,
            db: self.db.clone(),
            project_id: project_id.to_owned(),
            metrics: Arc::clone(&self.metrics),
        }))
    }
}

/// Adds to a run's result what its model was asked.
fn with_model_use(mut result: serde_json::Value, model: Option<&ProjectModel>, tally: &Tally) -> serde_json::Value {
    if let Some(model) = model {
        result["model"] = model_use(&model.server, tally);
    }
    result
}

/// What stops a handler before its result.
enum Stop {
    /// Not worth another try: the input is at fault.
    Input(Failure),
    /// Worth another try.
    Outside(Failure),
    /// Files are still being read; ask again.
    NotYet,
    /// The engine wants it to end; what it says is heard only when the reason was time.
    Stopped,
}

impl Stop {
    fn input(code: FailureCode, reason: impl Into<String>) -> Stop {
        Stop::Input(code.because(reason))
    }

    /// A model that is busy or away may answer later; what it answers badly it would answer badly again.
    fn of(error: AnalysisError) -> Stop {
        match error {
            AnalysisError::Model(error) => {
                let failure = failure::of_model(&error).because(error.to_string());
                if error.is_passing() { Stop::Outside(failure) } else { Stop::Input(failure) }
            }
            error @ AnalysisError::Broken(_) => Stop::from(anyhow::Error::new(error)),
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        let error = error.into();
        Stop::Outside(failure::of_outside(&error).because(format!("{error:#}")))
    }
}

fn ended(result: Result<(Tx, serde_json::Value), Stop>) -> Outcome<Tx> {
    match result {
        Ok((tx, result)) => Outcome::Done { tx, result },
        Err(Stop::Input(failure)) => Outcome::Fail(failure),
        Err(Stop::Stopped) => Outcome::Fail(FailureCode::TimedOut.because("it took longer than allowed")),
        Err(Stop::NotYet) => Outcome::Snooze(Duration::from_secs(1)),
        Err(Stop::Outside(failure)) => Outcome::Retry(failure),
    }
}

/// Long work that is given up as soon as the job is to stop; a child process of it ends with it.
async fn unless_stopped<T>(context: &JobContext<Db>, work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    tokio::select! {
        done = work => done,
        () = context.stopped().cancelled() => Err(Stop::Stopped),
    }
}

/// A word of the job's payload.
fn word<'j>(job: &'j Job, key: &str) -> Result<&'j str, Stop> {
    job.payload
        .get(key)
        .and_then(|v| v.as_str())
        .ok_or_else(|| Stop::input(FailureCode::BadCall, format!("the job has no `{key}`")))
}
