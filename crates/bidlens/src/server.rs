//! From resolved settings to a running application: what the server commands share.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bidlens_app::{App, Converters, ParseLimits, Parser, RunSwitches, Settings};

use crate::cli::DataDir;
use crate::config::{Config, Overrides, RawConfig};
use crate::ocr::OcrSetting;
use crate::terminal;

/// All queues, in order of priority.
pub(crate) const QUEUES: [&str; 4] = ["default", "ingest", "extract", "review"];

/// What is told where a server of models is named without its model.
pub(crate) const MODEL_UNNAMED: &str =
    "LOCAL_LLM_BASE_URL is set without LOCAL_LLM_MODEL: no model is asked until it is named; `builtin` works alone";

/// Settings from the environment and the command line, with their warnings said.
pub(crate) fn config(data: DataDir, listen: Option<String>) -> anyhow::Result<Config> {
    let overrides = Overrides { data_dir: data.data_dir, listen };
    let config = RawConfig::from_environment(&overrides)?.resolve()?;
    if config.is_model_unnamed {
        terminal::print_warning(MODEL_UNNAMED);
    }
    Ok(config)
}

/// The application's settings; files are parsed by this program in a child process.
pub(crate) fn settings(config: &Config, concurrency: Option<usize>) -> anyhow::Result<Settings> {
    let cores = std::thread::available_parallelism().map_or(2, |n| n.get());
    let concurrency = concurrency.unwrap_or(cores).clamp(1, 64);
    let mut limits = config.parse_limits.clone();
    if limits.threads == 0 {
        limits.threads = (cores / concurrency).max(1);
    }
    Ok(Settings {
        data_dir: config.data_dir.clone(),
        rows: config.rows.clone(),
        files: config.files.clone(),
        asynchronous: RunSwitches {
            ingest: config.async_ingest,
            extract: config.async_extract,
            review: config.async_review,
        },
        max_upload_bytes: config.max_upload_bytes,
        job_timeout: config.job_timeout,
        result_ttl: config.result_ttl,
        failure_ttl: config.failure_ttl,
        concurrency,
        queues: QUEUES.map(str::to_owned).to_vec(),
        redis: config.redis.clone(),
        redis_fallback: config.redis_fallback,
        model: config.model.clone(),
        embeddings: config.embeddings.clone(),
        parser: parser(limits, config.converters.clone(), &config.ocr)?,
    })
}

/// This program in a child process, as the parser of files.
pub(crate) fn parser(limits: ParseLimits, converters: Converters, ocr: &OcrSetting) -> anyhow::Result<Parser> {
    let program = std::env::current_exe().context("find this program")?;
    let recogniser = ocr.recogniser(&program, &limits)?;
    Ok(Parser::Child { program, limits, converters, recogniser })
}

/// Opens the installation; while its database is not up yet, says so and waits, at most for `patience`.
pub(crate) async fn open(settings: Settings, patience: Option<Duration>) -> anyhow::Result<App> {
    let began = Instant::now();
    let mut said = String::new();
    loop {
        let error = match App::open(settings.clone()).await {
            Ok(app) => return Ok(app),
            Err(error) if error.code == "database_unreachable" => anyhow::Error::from(error),
            Err(error) => return Err(error.into()),
        };
        let reason = format!("{}", error.root_cause());
        if patience.is_some_and(|patience| began.elapsed() > patience) {
            bail!(
                "the database that DATABASE_URL or POSTGRES_HOST names does not answer: {reason}; start it, or mend the setting"
            );
        }
        if reason != said {
            terminal::print_note(&format!(
                "waiting for the database that DATABASE_URL or POSTGRES_HOST names: {reason}"
            ));
            said = reason;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = told_to_stop() => bail!("stopped while waiting for the database"),
        }
    }
}

pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the async runtime")
}

/// Runs a server until its end. Threads that still compute for jobs which were given back are not waited for: what
/// they come to is written by nobody.
pub(crate) fn run_server(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = runtime()?;
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

/// Runs `work` with the rows open, for commands beside a server.
pub(crate) fn with_rows<T, F>(data: DataDir, work: impl FnOnce(App) -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<T>>,
{
    let config = config(data, None)?;
    let settings = settings(&config, None)?;
    runtime()?.block_on(async {
        let app = App::open_rows(settings).await?;
        let result = work(app.clone()).await;
        app.close().await;
        result
    })
}

/// Gives running jobs back and closes; told again, it ends at once.
pub(crate) async fn stop(app: &App) -> anyhow::Result<ExitCode> {
    terminal::print_note("stopping; running jobs go back into their queue (again: stop at once)");
    tokio::select! {
        () = app.close() => Ok(ExitCode::SUCCESS),
        () = told_to_stop() => {
            // Leases end by themselves and jobs run again; waiting for a hung disk or network would not be at once.
            std::process::exit(1)
        }
    }
}

/// What to look at when Redis cannot be used.
pub(crate) const REDIS_SETTINGS: &str = "REDIS_URL, or REDIS_HOST, REDIS_PORT, REDIS_DB and REDIS_PASSWORD";

/// Says at the start what is wrong with Redis; the rows keep all jobs until it is mended.
pub(crate) async fn tell_redis_fault(app: &App) {
    if let Some(reason) = app.redis_fault().await {
        terminal::print_warning(&format!(
            "Redis cannot be used yet: {reason}; jobs wait in the database until it answers, or until this is mended: \
             {REDIS_SETTINGS}"
        ));
    }
}

/// Ends when the process is told to: Ctrl-C or SIGTERM.
pub(crate) async fn told_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be awaited");
            // Ctrl-C alone remains.
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
