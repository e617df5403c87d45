//! Rows for jobs that Python programs put into the queue: the four functions of the contract, called as before.
//!
//! A call that cannot be done still gets a row: it is kept as failed, with the reason.

use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::{AdoptError, Adopter, End, FailureCode, Job, JobId, JobStore, NewJob, Stranger, WorkerId};
use bidlens_storage::{Access, Db, NewRun};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::kinds;
use crate::models::Models;

pub(crate) struct AdoptJob {
    pub(crate) db: Db,
    pub(crate) models: Models,
    pub(crate) worker: WorkerId,
    /// For calls that name no time of their own.
    pub(crate) timeout: Duration,
}

/// A function of the contract: its parameters in order, and the kind of run it is.
struct Function {
    name: &'static str,
    parameters: &'static [&'static str],
    run_kind: &'static str,
}

static FUNCTIONS: &[Function] = &[
    Function {
        name: kinds::INGEST.1,
        parameters: &["project_id", "asset_id", "owner_id", "job_id"],
        run_kind: "ingest",
    },
    Function {
        name: kinds::PROJECT_INFO.1,
        parameters: &["project_id", "model_id", "run_id", "owner_id"],
        run_kind: "extract_project_info",
    },
    Function {
        name: kinds::RISKS.1,
        parameters: &["project_id", "model_id", "run_id", "owner_id"],
        run_kind: "extract_risks",
    },
    Function {
        name: kinds::REVIEW.1,
        parameters: &["project_id", "model_id", "bidder_name", "bid_asset_ids", "run_id", "owner_id"],
        run_kind: "review",
    },
];

/// Why a call cannot be done, with what is kept of it.
struct Broken {
    reason: String,
    payload: Value,
}

/// Why a call is not taken in as it is.
enum Unfit {
    Broken(Broken),
    /// The store could not be asked.
    Unknown(String),
}

impl AdoptJob {
    /// The call's payload in this program's words, checked.
    async fn payload(&self, stranger: &Stranger, function: &Function) -> Result<Map<String, Value>, Unfit> {
        let broken = |reason: String| Unfit::Broken(Broken { reason, payload: Value::Null });
        let arguments = stranger.arguments.as_ref().map_err(|e| broken(format!("{}: {e}", function.name)))?;
        let mut payload = arguments.keywords.clone();
        let broken = |reason: String, payload: &Map<String, Value>| {
            Unfit::Broken(Broken {
                reason: format!("{}: {reason}", function.name),
                payload: Value::Object(payload.clone()),
            })
        };
        for (at, value) in arguments.positional.iter().enumerate() {
            let Some(name) = function.parameters.get(at) else {
                return Err(broken(format!("takes {} arguments", function.parameters.len()), &payload));
            };
            if payload.insert((*name).to_owned(), value.clone()).is_some() {
                return Err(broken(format!("`{name}` is given twice"), &payload));
            }
        }
        if let Some(unknown) = payload.keys().find(|name| !function.parameters.contains(&name.as_str())) {
            return Err(broken(format!("there is no parameter `{unknown}`"), &payload));
        }
        let word = |name: &str| payload.get(name).and_then(Value::as_str).filter(|w| !w.is_empty());
        let Some(project_id) = word("project_id") else {
            return Err(broken("`project_id` is missing".to_owned(), &payload));
        };
        let Some(owner) = word("owner_id") else {
            return Err(broken("`owner_id` is missing".to_owned(), &payload));
        };
        let access = Access::Owner(owner.to_owned());
        match self.db.has_project(&access, project_id).await {
            Ok(true) => {}
            Ok(false) => return Err(broken(format!("{owner} has no project {project_id}"), &payload)),
            Err(error) => return Err(Unfit::Unknown(format!("look up the project: {error}"))),
        }
        if function.name == kinds::INGEST.1 {
            let asset = match word("asset_id") {
                Some(id) => {
                    let asset = self.db.asset(&access, id).await;
                    let asset = asset.map_err(|error| Unfit::Unknown(format!("look up the file: {error}")))?;
                    asset.filter(|a| a.project_id == project_id)
                }
                None => None,
            };
            if asset.is_none() {
                return Err(broken("`asset_id` names no file of the project".to_owned(), &payload));
            }
        }
        if !matches!(payload.get("model_id"), None | Some(Value::Null))
            && let Err(error) = self.models.find(word("model_id"))
        {
            return Err(broken(error.to_string(), &payload));
        }
        let list_of_words = |v: &Value| v.as_array().is_some_and(|items| items.iter().all(Value::is_string));
        match payload.get("bid_asset_ids") {
            Some(Value::Null) => drop(payload.insert("bid_asset_ids".to_owned(), json!([]))),
            Some(ids) if !list_of_words(ids) => {
                return Err(broken("`bid_asset_ids` is a list of ids or null".to_owned(), &payload));
            }
            _ => {}
        }
        Ok(payload)
    }

    fn row(&self, stranger: &Stranger, owner: &str, payload: Value) -> NewJob {
        let mut new = NewJob::new(&stranger.queue, &stranger.function, owner, payload);
        new.id = stranger.id;
        new.timeout = stranger.timeout.filter(|t| !t.is_zero()).unwrap_or(self.timeout);
        new
    }

    /// Inserts the job with a run of its own, so that people see it as they see others.
    async fn insert(
        &self,
        stranger: &Stranger,
        function: &Function,
        mut payload: Map<String, Value>,
    ) -> Result<Job, AdoptError> {
        let failed = |e: &dyn std::fmt::Display| format!("insert the job's row: {e}");
        let text = |payload: &Map<String, Value>, name: &str| {
            payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (project_id, owner) = (text(&payload, "project_id"), text(&payload, "owner_id"));
        let wanted = text(&payload, "run_id");
        let taken = !wanted.is_empty() && self.has_run(&wanted).await?;
        let run_id = if wanted.is_empty() || taken { Uuid::now_v7().to_string() } else { wanted };
        payload.insert("run_id".to_owned(), json!(run_id));
        payload.extend(stranger.keep.clone());
        let job = self.row(stranger, &owner, Value::Object(payload));
        let run = NewRun { id: run_id, project_id, kind: function.run_kind.to_owned() };
        match self.db.submit(&run, &job).await {
            Ok(submitted) => Ok(submitted.job),
            // Two workers may adopt the same job; the first row stays.
            Err(error) => self.found(stranger.id, &failed(&error)).await,
        }
    }

    async fn has_run(&self, id: &str) -> Result<bool, AdoptError> {
        let run = self.db.run(&Access::All, id).await;
        Ok(run.map_err(|error| AdoptError::NotNow(format!("look up the run: {error}")))?.is_some())
    }

    /// The row that another worker has inserted. When the store answers and has none, it never will.
    async fn found(&self, id: JobId, reason: &str) -> Result<Job, AdoptError> {
        match self.db.fetch(id).await {
            Ok(Some(job)) => Ok(job),
            Ok(None) => Err(AdoptError::Refused(reason.to_owned())),
            Err(error) => Err(AdoptError::NotNow(format!("{reason}; {error}"))),
        }
    }

    /// Keeps a call that cannot be done as a failed row.
    async fn keep(&self, stranger: &Stranger, broken: Broken) -> Result<Job, AdoptError> {
        let owner = broken.payload.get("owner_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut payload = broken.payload;
        if !payload.is_object() {
            payload = json!({});
        }
        if let Some(payload) = payload.as_object_mut() {
            payload.extend(stranger.keep.clone());
        }
        let failed = |e: &dyn std::fmt::Display| format!("{}; and its row was not kept: {e}", broken.reason);
        if self.db.insert(self.row(stranger, &owner, payload)).await.is_err() {
            return self.found(stranger.id, &broken.reason).await;
        }
        let claimed = self.db.claim(stranger.id, self.worker).await.map_err(|e| AdoptError::NotNow(failed(&e)))?;
        let Some(claimed) = claimed else {
            return self.found(stranger.id, &broken.reason).await;
        };
        let end = End::Failed(FailureCode::BadCall.because(&broken.reason));
        let ended = self.db.finish_batch(vec![(claimed.claim, end)]).await;
        match ended.into_iter().next() {
            Some(Ok(job)) => Ok(job),
            // The worker gives the claim back, and then the row is run and fails as one of a kind nobody knows.
            Some(Err(error)) => Err(AdoptError::NotNow(failed(&error))),
            None => Err(AdoptError::Refused(broken.reason)),
        }
    }
}

#[async_trait]
impl Adopter for AdoptJob {
    async fn adopt(&self, stranger: &Stranger) -> Result<Job, AdoptError> {
        let Some(function) = FUNCTIONS.iter().find(|f| f.name == stranger.function) else {
            let reason = match &stranger.arguments {
                Err(reason) => reason.clone(),
                Ok(_) => {
                    let known: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).collect();
                    format!("there is no function `{}`; there are {}", stranger.function, known.join(", "))
                }
            };
            let payload = stranger.arguments.as_ref().map_or(Value::Null, |a| Value::Object(a.keywords.clone()));
            return self.keep(stranger, Broken { reason, payload }).await;
        };
        match self.payload(stranger, function).await {
            Ok(payload) => self.insert(stranger, function, payload).await,
            Err(Unfit::Broken(broken)) => self.keep(stranger, broken).await,
            Err(Unfit::Unknown(reason)) => Err(AdoptError::NotNow(reason)),
        }
    }
}
