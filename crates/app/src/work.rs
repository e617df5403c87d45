//! Asking for work, watching it, and looking at the queues.

use std::sync::Arc;

use bidlens_domain::finding::stable_id;
use bidlens_jobs::{CancelOutcome, Job, JobId, JobStore, NewJob, QueueCount, StoreError};
use bidlens_storage::{Access, AssetKind, NewRun, Run, User};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::App;
use crate::error::{AppError, Fault, closing};
use crate::jobs::kinds;
use crate::request::name_request;
use crate::settings::RedisFallback;

/// Whether a request answers when its work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitMode {
    Wait,
    /// Answer at once; workers do the work.
    Queue,
}

/// What to review.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReviewRequest {
    /// This bidder only.
    pub bidder_name: Option<String>,
    /// These files only.
    #[serde(default)]
    pub bid_asset_ids: Vec<String>,
    /// These rule files only; all of the project's when empty.
    #[serde(default)]
    pub custom_rule_asset_ids: Vec<String>,
}

impl ReviewRequest {
    /// Whether every bid of the project is reviewed.
    pub(crate) fn is_of_all_bids(&self) -> bool {
        self.bidder_name.is_none() && self.bid_asset_ids.is_empty()
    }
}

/// Whether the parts of the installation answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    pub database: bool,
    pub queue: bool,
    pub files: bool,
}

/// A run that was asked for, and the jobs it waits for.
#[derive(Debug, Clone)]
pub struct Work {
    pub run: Option<Run>,
    job: Job,
    before: Vec<String>,
}

impl Work {
    pub(crate) fn of_job(job: Job) -> Work {
        Work { run: None, job, before: Vec::new() }
    }
}

/// What a run is asked for with.
struct Submission<'a> {
    project_id: &'a str,
    run_kind: &'a str,
    queue: &'a str,
    function: &'a str,
    model_id: Option<&'a str>,
    extra: Value,
    /// The kinds of files the work reads.
    reads: &'a [AssetKind],
}

impl App {
    pub async fn submit_project_info(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        model_id: Option<&str>,
    ) -> Result<Work, AppError> {
        let (queue, function) = kinds::PROJECT_INFO;
        let submission = Submission {
            project_id,
            run_kind: "extract_project_info",
            queue,
            function,
            model_id,
            extra: json!({}),
            reads: &[AssetKind::Tender],
        };
        self.submit(user, access, submission).await
    }

    pub async fn submit_risks(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        model_id: Option<&str>,
    ) -> Result<Work, AppError> {
        let (queue, function) = kinds::RISKS;
        let submission = Submission {
            project_id,
            run_kind: "extract_risks",
            queue,
            function,
            model_id,
            extra: json!({}),
            reads: &[AssetKind::Tender],
        };
        self.submit(user, access, submission).await
    }

    pub async fn submit_directory(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        model_id: Option<&str>,
    ) -> Result<Work, AppError> {
        let (queue, function) = kinds::DIRECTORY;
        let extra = json!({"fill_samples": false});
        let submission = Submission {
            project_id,
            run_kind: "generate_directory",
            queue,
            function,
            model_id,
            extra,
            reads: &[AssetKind::Tender],
        };
        self.submit(user, access, submission).await
    }

    /// Attaches the tender's own form text to the nodes of the directory.
    pub async fn submit_samples(&self, user: &User, access: &Access, project_id: &str) -> Result<Work, AppError> {
        let (queue, function) = kinds::DIRECTORY;
        let extra = json!({"fill_samples": true});
        let submission = Submission {
            project_id,
            run_kind: "fill_directory_samples",
            queue,
            function,
            model_id: None,
            extra,
            reads: &[AssetKind::Tender],
        };
        self.submit(user, access, submission).await
    }

    pub async fn submit_review(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        model_id: Option<&str>,
        request: &ReviewRequest,
    ) -> Result<Work, AppError> {
        let assets = self.assets(access, project_id).await?;
        let mut bids = assets.iter().filter(|a| a.kind == AssetKind::Bid);
        if bids.clone().next().is_none() {
            return Err(AppError::new(Fault::Conflict, "no_bid", "the project has no bid; import one first"));
        }
        if let Some(name) = &request.bidder_name
            && !bids.any(|a| a.bidder_name == *name)
        {
            return Err(AppError::invalid("unknown_bidder", format!("the project has no bid of “{name}”")));
        }
        for (ids, kind) in
            [(&request.bid_asset_ids, AssetKind::Bid), (&request.custom_rule_asset_ids, AssetKind::CustomRule)]
        {
            if let Some(id) = ids.iter().find(|id| !assets.iter().any(|a| a.id == **id && a.kind == kind)) {
                return Err(AppError::invalid("unknown_asset", format!("the project has no {} {id}", kind.as_str())));
            }
        }
        let extra = serde_json::to_value(request).map_err(|e| AppError::outside("write the request", e))?;
        let reads = &[AssetKind::Tender, AssetKind::Bid, AssetKind::CustomRule];
        let (queue, function) = kinds::REVIEW;
        self.submit(
            user,
            access,
            Submission { project_id, run_kind: "review", queue, function, model_id, extra, reads },
        )
        .await
    }

    /// Inserts a run with its job; the same request while its run is open is that run.
    async fn submit(&self, user: &User, access: &Access, submission: Submission<'_>) -> Result<Work, AppError> {
        let Submission { project_id, run_kind, queue, function, model_id, extra, reads } = submission;
        let assets = self.assets(access, project_id).await?;
        let model_id = self.model_name(model_id)?;
        if !assets.iter().any(|a| a.kind == AssetKind::Tender) {
            return Err(AppError::new(Fault::Conflict, "no_tender", "the project has no tender; import one first"));
        }
        let run =
            NewRun { id: Uuid::now_v7().to_string(), project_id: project_id.to_owned(), kind: run_kind.to_owned() };
        let mut payload =
            json!({"project_id": project_id, "model_id": model_id, "run_id": run.id, "owner_id": user.id});
        if let (Some(payload), Some(extra)) = (payload.as_object_mut(), extra.as_object()) {
            payload.extend(extra.clone());
        }
        let read = || assets.iter().filter(|a| reads.contains(&a.kind));
        // With other files, or of another model, the same words are another request.
        let mut ids: Vec<&str> = read().map(|a| a.id.as_str()).collect();
        ids.extend(model_id.as_deref());
        let extra = extra.to_string();
        let inputs = stable_id(&[&[extra.as_str()], ids.as_slice()].concat());
        let mut job = NewJob::new(queue, function, &user.id, payload);
        job.unique_key = Some(format!("{run_kind}:{project_id}:{inputs}"));
        job.timeout = self.inner.settings.job_timeout;
        name_request(&mut job);
        let before = read().filter(|a| a.status == "pending").filter_map(|a| a.job_id.clone()).collect();
        let submitted = self.inner.db.submit(&run, &job).await?;
        Ok(Work { run: Some(submitted.run), job: submitted.job, before })
    }

    /// Does the work as `mode` says, and tells how: queued work is done here when its queue does not answer.
    pub async fn start(&self, work: &Work, mode: WaitMode) -> Result<WaitMode, AppError> {
        let mode = match mode {
            WaitMode::Wait => WaitMode::Wait,
            WaitMode::Queue => self.enqueue(std::slice::from_ref(&work.job)).await,
        };
        if mode == WaitMode::Wait {
            self.wait_for(work).await?;
        }
        Ok(mode)
    }

    /// Announces jobs; when nobody hears it, what is set for that case is done.
    pub(crate) async fn enqueue(&self, jobs: &[Job]) -> WaitMode {
        let Err(error) = self.announce(jobs).await else { return WaitMode::Queue };
        match self.inner.settings.redis_fallback {
            RedisFallback::Sync => {
                tracing::warn!(%error, "Redis does not answer; the work is done in the request's process");
                WaitMode::Wait
            }
            RedisFallback::Queue => {
                tracing::warn!(%error, "Redis does not answer; the work waits in the database until it is back");
                WaitMode::Queue
            }
        }
    }

    /// Runs the work here, or waits for whoever runs it, until it has ended.
    ///
    /// It goes on when the asker goes away, and back into its queue when this process ends.
    pub async fn wait_for(&self, work: &Work) -> Result<(), AppError> {
        let slot = Arc::clone(&self.inner.waiting)
            .acquire_owned()
            .await
            .map_err(|e| AppError::outside("wait for a turn", e))?;
        let mut jobs = work.before.iter().map(|id| job_id(id)).collect::<Result<Vec<_>, _>>()?;
        jobs.push(work.job.id);
        let runtime = Arc::clone(&self.inner.runtime);
        let shutdown = self.inner.shutdown.clone();
        let task = self.inner.tasks.spawn(async move {
            let _slot = slot;
            for id in jobs {
                tokio::select! {
                    job = runtime.run_now(id) => job?,
                    () = shutdown.cancelled() => return Ok(false),
                };
            }
            Ok::<bool, bidlens_jobs::StoreError>(true)
        });
        if task.await.map_err(|e| AppError::outside("wait for the work", e))?? {
            return Ok(());
        }
        Err(closing())
    }

    pub async fn run(&self, access: &Access, id: &str) -> Result<Run, AppError> {
        self.inner.db.run(access, id).await?.ok_or_else(|| AppError::not_found("run"))
    }

    pub async fn runs(&self, access: &Access, project_id: &str) -> Result<Vec<Run>, AppError> {
        self.check_project(access, project_id).await?;
        Ok(self.inner.db.runs(access, project_id).await?)
    }

    pub async fn cancel_run(&self, access: &Access, id: &str) -> Result<Run, AppError> {
        let run = self.run(access, id).await?;
        match self.cancel_job(&run.job_id).await? {
            CancelOutcome::Cancelled | CancelOutcome::Requested => self.run(access, id).await,
            CancelOutcome::TooLate | CancelOutcome::NotFound => {
                Err(AppError::new(Fault::Conflict, "run_ended", format!("the run has ended: {}", run.status)))
            }
        }
    }

    pub async fn retry_run(&self, access: &Access, id: &str) -> Result<Run, AppError> {
        let run = self.run(access, id).await?;
        match self.inner.db.requeue(job_id(&run.job_id)?).await {
            Ok(Some(job)) => {
                self.announce_or_leave(&job).await;
                self.run(access, id).await
            }
            Err(StoreError::KeyIsOpen(_)) => {
                Err(AppError::new(Fault::Conflict, "run_open", "the same request has a newer run that is still open"))
            }
            Err(error) => Err(error.into()),
            Ok(None) => Err(AppError::new(
                Fault::Conflict,
                "run_not_retryable",
                format!("only a failed or cancelled run can be retried; this one is {}", run.status),
            )),
        }
    }

    pub async fn jobs(&self, access: &Access, state: Option<&str>, queue: Option<&str>) -> Result<Vec<Job>, AppError> {
        Ok(self.inner.db.list_jobs(access, state, queue, 200).await?)
    }

    pub async fn job(&self, access: &Access, id: &str) -> Result<Job, AppError> {
        let job = match Uuid::parse_str(id) {
            Ok(id) => self.inner.db.fetch(JobId(id)).await?,
            Err(_) => None,
        };
        let own = |job: &Job| match access {
            Access::Owner(owner) => job.owner_id == *owner,
            Access::All => true,
        };
        job.filter(own).ok_or_else(|| AppError::not_found("job"))
    }

    /// Cancels any job; for operators.
    pub async fn cancel_job(&self, id: &str) -> Result<CancelOutcome, AppError> {
        let id = job_id(id)?;
        let outcome = self.inner.db.cancel(id).await?;
        if outcome == CancelOutcome::Cancelled
            && let Some(job) = self.inner.db.fetch(id).await?
        {
            self.inner.dispatch.settle(&[job]).await;
        }
        Ok(outcome)
    }

    /// Announces a job that waits; when nobody hears it, the sweep of any process will.
    async fn announce_or_leave(&self, job: &Job) {
        if let Err(error) = self.announce(std::slice::from_ref(job)).await {
            tracing::warn!(%error, job = %job.id, "Redis does not answer; the job waits in the database until it is back");
        }
    }

    /// Puts an ended job back; for operators.
    pub async fn requeue_job(&self, id: &str) -> Result<Option<Job>, AppError> {
        let job = self.inner.db.requeue(job_id(id)?).await?;
        if let Some(job) = &job {
            self.announce_or_leave(job).await;
        }
        Ok(job)
    }

    pub async fn queue_counts(&self) -> Result<Vec<QueueCount>, AppError> {
        Ok(self.inner.db.counts().await?)
    }

    /// Age in seconds of each queue's oldest waiting job.
    pub async fn oldest_waiting(&self) -> Result<Vec<(String, f64)>, AppError> {
        Ok(self.inner.db.oldest_waiting().await?)
    }

    /// Runs by kind and status.
    pub async fn run_counts(&self) -> Result<Vec<(String, String, i64)>, AppError> {
        Ok(self.inner.db.run_counts().await?)
    }

    /// Returns when what was committed so far outlives a power cut.
    pub async fn sync(&self) -> Result<(), AppError> {
        Ok(self.inner.db.sync().await?)
    }

    /// Why Redis cannot be used; `None` when it can, or when there is none.
    pub async fn redis_fault(&self) -> Option<String> {
        let redis = self.inner.redis.as_ref()?;
        redis.ping().await.err().map(|error| error.reason.trim_start_matches("redis: ").to_owned())
    }

    pub async fn health(&self) -> Health {
        let database = self.inner.db.ping().await.is_ok();
        let queue = match &self.inner.redis {
            Some(redis) => redis.ping().await.is_ok(),
            // The embedded queue is rows of the database.
            None => database,
        };
        Health { database, queue, files: self.inner.files.probe().await.is_ok() }
    }
}

pub(crate) fn job_id(text: &str) -> Result<JobId, AppError> {
    Uuid::parse_str(text).map(JobId).map_err(|_| AppError::not_found("job"))
}
