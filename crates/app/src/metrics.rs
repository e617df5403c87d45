//! What is counted, and the text Prometheus reads.
//!
//! What happens in this process is counted where it happens; what the rows say is asked at most once a second, so
//! that many scrapers cost the database no more than one. Every name is in [`NAMES`]; the alerts and the dashboard
//! in `deploy/` are held to it.

use std::fmt::Write;
use std::time::{Duration, Instant};

use bidlens_jobs::{Ended, Job, JobState, Observer, QueueCount};
use prometheus::{
    Encoder, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use crate::App;
use crate::error::AppError;
use crate::jobs::kinds;

/// How long an answer of the database serves.
const FRESH: Duration = Duration::from_secs(1);

/// Seconds: from a request that reads a row to a job at its time limit.
const JOB_BUCKETS: &[f64] = &[0.05, 0.25, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0];
const HTTP_BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// Queues that are shown even when nothing was ever in them.
const QUEUES: [&str; 4] = ["default", "ingest", "extract", "review"];

/// Every metric there is.
pub const NAMES: &[&str] = &[
    "bidlens_build_info",
    "bidlens_database_up",
    "bidlens_http_request_seconds",
    "bidlens_http_requests_total",
    "bidlens_job_attempt_seconds",
    "bidlens_job_attempts_total",
    "bidlens_job_seconds",
    "bidlens_job_stage_seconds",
    "bidlens_job_wait_seconds",
    "bidlens_jobs",
    "bidlens_jobs_rescued_total",
    "bidlens_lease_losses_total",
    "bidlens_model_seconds",
    "bidlens_parse_seconds",
    "bidlens_queue_oldest_seconds",
    "bidlens_queue_silent_seconds",
    "bidlens_runs",
    "bidlens_worker_busy",
    "bidlens_workers_alive",
];

/// Counters of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    attempts: IntCounterVec,
    attempt_seconds: HistogramVec,
    job_seconds: HistogramVec,
    wait_seconds: HistogramVec,
    stage_seconds: HistogramVec,
    busy: IntGauge,
    lease_losses: IntCounter,
    rescued: IntCounter,
    parse_seconds: HistogramVec,
    model_seconds: HistogramVec,
    http_requests: IntCounterVec,
    http_seconds: HistogramVec,
    /// The text of what the rows said, and when.
    rows: tokio::sync::Mutex<Option<(Instant, String)>>,
}

impl Metrics {
    pub(crate) fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let counters = |name: &str, help: &str, labels: &[&str]| {
            let family = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(family.clone()))?;
            Ok::<_, prometheus::Error>(family)
        };
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let histogram = |name: &str, help: &str, labels: &[&str], buckets: &[f64]| {
            let family = HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets.to_vec()), labels)?;
            registry.register(Box::new(family.clone()))?;
            Ok::<_, prometheus::Error>(family)
        };
        let busy = IntGauge::new("bidlens_worker_busy", "Attempts that this process runs now.")?;
        registry.register(Box::new(busy.clone()))?;
        let build = GaugeVec::new(Opts::new("bidlens_build_info", "The version that runs."), &["version"])?;
        registry.register(Box::new(build.clone()))?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1.0);
        let metrics = Metrics {
            attempts: counters(
                "bidlens_job_attempts_total",
                "Attempts by how they ended.",
                &["kind", "queue", "outcome"],
            )?,
            attempt_seconds: histogram(
                "bidlens_job_attempt_seconds",
                "Time one attempt took, without those that only had to wait.",
                &["kind"],
                JOB_BUCKETS,
            )?,
            job_seconds: histogram(
                "bidlens_job_seconds",
                "Time from the request for a job to its end.",
                &["kind", "state"],
                JOB_BUCKETS,
            )?,
            wait_seconds: histogram(
                "bidlens_job_wait_seconds",
                "Time from the request for a job to its first attempt.",
                &["queue"],
                JOB_BUCKETS,
            )?,
            stage_seconds: histogram(
                "bidlens_job_stage_seconds",
                "Time an attempt spent in one stage.",
                &["kind", "stage"],
                JOB_BUCKETS,
            )?,
            lease_losses: counter(
                "bidlens_lease_losses_total",
                "Times this worker could not renew its lease and stopped its jobs.",
            )?,
            rescued: counter(
                "bidlens_jobs_rescued_total",
                "Jobs of dead workers that this process put back into their queue.",
            )?,
            parse_seconds: histogram("bidlens_parse_seconds", "Time to parse one file.", &["outcome"], JOB_BUCKETS)?,
            model_seconds: histogram(
                "bidlens_model_seconds",
                "Time of one call to a model.",
                &["model", "outcome"],
                JOB_BUCKETS,
            )?,
            http_requests: counters(
                "bidlens_http_requests_total",
                "Answers by method, route and status.",
                &["method", "route", "status"],
            )?,
            http_seconds: histogram(
                "bidlens_http_request_seconds",
                "Time to the head of an answer.",
                &["method", "route"],
                HTTP_BUCKETS,
            )?,
            busy,
            rows: tokio::sync::Mutex::default(),
            registry,
        };
        // What an alert asks for is there from the start, so that its first increase is seen as one.
        for (queue, kind) in kinds::ALL {
            for ended in Ended::ALL {
                metrics.attempts.with_label_values(&[*kind, *queue, ended.as_str()]);
            }
        }
        Ok(metrics)
    }

    /// One answered request; `route` is a pattern, never a path.
    pub fn http_answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        // A method is whatever a client writes; names that nobody serves would grow without end.
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
        let method = if known.contains(&method) { method } else { "other" };
        self.http_requests.with_label_values(&[method, route, status.to_string().as_str()]).inc();
        self.http_seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// One parsed file.
    pub fn parsed(&self, readable: bool, took: Duration) {
        let outcome = if readable { "read" } else { "unreadable" };
        self.parse_seconds.with_label_values(&[outcome]).observe(took.as_secs_f64());
    }

    /// One call to a configured model.
    pub fn model_called(&self, model: &str, succeeded: bool, took: Duration) {
        let outcome = if succeeded { "succeeded" } else { "failed" };
        self.model_seconds.with_label_values(&[model, outcome]).observe(took.as_secs_f64());
    }

    fn encode(&self, out: &mut String) -> Result<(), prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        out.push_str(&String::from_utf8_lossy(&text));
        Ok(())
    }
}

/// A kind as a label; jobs that other programs enqueue may name anything.
fn kind_label(job: &Job) -> &str {
    if kinds::ALL.iter().any(|(_, kind)| *kind == job.kind) { &job.kind } else { "other" }
}

fn since(from: chrono::DateTime<chrono::Utc>, to: Option<chrono::DateTime<chrono::Utc>>) -> f64 {
    to.map_or(0.0, |to| (to - from).as_seconds_f64().max(0.0))
}

impl Observer for Metrics {
    fn attempt_started(&self, job: &Job) {
        self.busy.inc();
        if job.attempt <= 1 {
            self.wait_seconds.with_label_values(&[job.queue.as_str()]).observe(since(job.created_at, job.started_at));
        }
    }

    fn attempt_ended(&self, job: &Job, ended: Ended, took: Duration) {
        self.busy.dec();
        self.attempts.with_label_values(&[kind_label(job), job.queue.as_str(), ended.as_str()]).inc();
        if ended != Ended::Snoozed {
            self.attempt_seconds.with_label_values(&[kind_label(job)]).observe(took.as_secs_f64());
        }
    }

    fn job_ended(&self, job: &Job) {
        let seconds = since(job.created_at, job.finished_at);
        self.job_seconds.with_label_values(&[kind_label(job), job.state.as_str()]).observe(seconds);
    }

    fn stage_ended(&self, job: &Job, stage: &str, took: Duration) {
        self.stage_seconds.with_label_values(&[kind_label(job), stage]).observe(took.as_secs_f64());
    }

    fn lease_lost(&self) {
        self.lease_losses.inc();
    }

    fn rescued(&self, jobs: u64) {
        self.rescued.inc_by(jobs);
    }
}

/// What the rows say.
struct Rows {
    counts: Vec<QueueCount>,
    oldest: Vec<(String, f64)>,
    silent: Vec<(String, f64)>,
    runs: Vec<(String, String, i64)>,
    workers: u64,
}

impl App {
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// All metrics in Prometheus' text form. Without the database, those of this process.
    pub async fn metrics_text(&self) -> Result<String, AppError> {
        let metrics = &self.inner.metrics;
        let mut out = String::new();
        metrics.encode(&mut out).map_err(|e| AppError::outside("write the metrics", e))?;
        let mut rows = metrics.rows.lock().await;
        if rows.as_ref().is_none_or(|(at, _)| at.elapsed() >= FRESH) {
            let text = match self.read_rows().await {
                Ok(read) => described(&read),
                Err(error) => {
                    tracing::warn!(%error, "the database did not say how its queues are");
                    family("bidlens_database_up", "Whether the database answers.", &[(String::new(), 0.0)])
                }
            };
            *rows = Some((Instant::now(), text));
        }
        if let Some((_, text)) = &*rows {
            out.push_str(text);
        }
        Ok(out)
    }

    async fn read_rows(&self) -> Result<Rows, AppError> {
        let db = &self.inner.db;
        Ok(Rows {
            counts: self.queue_counts().await?,
            oldest: self.oldest_waiting().await?,
            silent: db.longest_silence().await?,
            runs: self.run_counts().await?,
            workers: db.workers_alive().await?,
        })
    }
}

fn described(rows: &Rows) -> String {
    let others = rows.counts.iter().map(|c| c.queue.as_str());
    let queues: std::collections::BTreeSet<&str> = QUEUES.into_iter().chain(others).collect();
    let mut jobs = Vec::new();
    for queue in &queues {
        for state in JobState::ALL {
            let count = rows.counts.iter().find(|c| c.queue == *queue && c.state == state).map_or(0, |c| c.count);
            jobs.push((format!("{{queue=\"{}\",state=\"{}\"}}", escaped(queue), state.as_str()), count as f64));
        }
    }
    // An empty queue is known to have waited for nothing; a missing line would be no knowledge.
    let of = |ages: &[(String, f64)]| -> Vec<(String, f64)> {
        let age = |queue: &str| ages.iter().find(|(q, _)| q == queue).map_or(0.0, |(_, age)| *age);
        queues.iter().map(|q| (format!("{{queue=\"{}\"}}", escaped(q)), age(q))).collect()
    };
    let runs: Vec<_> = rows
        .runs
        .iter()
        .map(|(kind, status, n)| (format!("{{kind=\"{}\",status=\"{}\"}}", escaped(kind), escaped(status)), *n as f64))
        .collect();
    [
        family("bidlens_database_up", "Whether the database answers.", &[(String::new(), 1.0)]),
        family("bidlens_jobs", "Jobs by queue and state.", &jobs),
        family("bidlens_queue_oldest_seconds", "Age of the oldest waiting job.", &of(&rows.oldest)),
        family("bidlens_queue_silent_seconds", "Time since the most silent running job last moved.", &of(&rows.silent)),
        family("bidlens_runs", "Runs by kind and status.", &runs),
        family("bidlens_workers_alive", "Workers whose lease is good.", &[(String::new(), rows.workers as f64)]),
    ]
    .concat()
}

fn family(name: &str, help: &str, samples: &[(String, f64)]) -> String {
    let mut out = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
    for (labels, value) in samples {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "{name}{labels} {value}");
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    #[tokio::test]
    async fn every_metric_is_in_the_list_and_comes_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let app = App::open(Settings::in_dir(folder.path())).await.expect("open");
        let metrics = app.metrics();
        let took = Duration::from_millis(3);
        metrics.http_answered("BREW", "/health", 405, took);
        metrics.parsed(false, took);
        metrics.model_called("some-model", true, took);
        let mut job = bidlens_jobs::NewJob::new("ingest", "somebody.else", "owner", serde_json::json!({}));
        job.depends_on.clear();
        let row = bidlens_jobs::JobStore::insert(&app.inner.db, job).await.expect("insert").job().clone();
        metrics.attempt_started(&row);
        metrics.stage_ended(&row, "reading", took);
        metrics.attempt_ended(&row, Ended::Snoozed, took);
        metrics.attempt_ended(&row, Ended::Failed, took);
        metrics.job_ended(&row);
        metrics.rescued(2);
        let text = app.metrics_text().await.expect("text");
        let shown: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("# TYPE ")?.split(' ').next()).collect();
        let mut sorted = shown.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, NAMES);
        for line in [
            "bidlens_job_attempts_total{kind=\"other\",outcome=\"failed\",queue=\"ingest\"} 1",
            "bidlens_job_attempt_seconds_count{kind=\"other\"} 1",
            "bidlens_http_requests_total{method=\"other\",route=\"/health\",status=\"405\"} 1",
            "bidlens_jobs_rescued_total 2",
            "bidlens_model_seconds_count{model=\"some-model\",outcome=\"succeeded\"} 1",
            "bidlens_parse_seconds_count{outcome=\"unreadable\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        for (age, kept) in [(Duration::ZERO, true), (FRESH, false)] {
            *metrics.rows.lock().await = Instant::now().checked_sub(age).map(|at| (at, "an earlier answer".to_owned()));
            let text = app.metrics_text().await.expect("text");
            assert_eq!(text.contains("an earlier answer"), kept, "{age:?}");
        }
        app.close().await;
        // The rows are asked again after a second; without the database the rest still comes.
        *metrics.rows.lock().await = None;
        let text = app.metrics_text().await.expect("text");
        assert!(text.contains("bidlens_database_up 0") && text.contains("bidlens_jobs_rescued_total 2"), "{text}");
    }
}
