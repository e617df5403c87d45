//! `bidlens worker`: runs jobs without serving.
//!
//! With Redis or PostgreSQL any number of them work side by side. With the embedded store a data directory belongs
//! to one process, so this is for draining a directory whose server is stopped.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cli::{DataDir, Worker};
use crate::logging;
use crate::server::{self, QUEUES};
use crate::terminal;

pub(crate) fn run(arguments: &Worker) -> anyhow::Result<ExitCode> {
    let data = DataDir { data_dir: arguments.data.data_dir.clone() };
    let config = server::config(data, None)?;
    let _logging = logging::start(&config)?;
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::warn!(%error, "the worker runs at the priority of the API");
    }
    let mut settings = server::settings(&config, arguments.concurrency.map(usize::from))?;
    if !arguments.queues.is_empty() {
        settings.queues = queues(&arguments.queues)?;
    }
    server::run_server(async {
        let app = server::open(settings, None).await?;
        let monitoring = match arguments.metrics_listen {
            None => None,
            Some(address) => {
                let listener = tokio::net::TcpListener::bind(address)
                    .await
                    .with_context(|| format!("listen on {address} for --metrics-listen"))?;
                let address = listener.local_addr().context("listen")?;
                terminal::print_note(&format!("metrics are at http://{address}/metrics"));
                let state = bidlens_http::AppState::new(app.clone());
                Some(tokio::spawn(bidlens_http::serve_monitoring(state, listener, app.shutdown())))
            }
        };
        server::tell_redis_fault(&app).await;
        app.start_workers();
        terminal::print_note(&format!(
            "working on {}; Ctrl-C gives running jobs back",
            app.settings().queues.join(", ")
        ));
        server::told_to_stop().await;
        let ended = server::stop(&app).await?;
        if let Some(server) = monitoring {
            server.await.context("end the metrics server")?.context("serve metrics")?;
        }
        Ok(ended)
    })
}

/// Steps by which workers stand back behind what answers people on the same machine.
const NICE: i32 = 10;

/// The queues named, each once.
fn queues(names: &[String]) -> anyhow::Result<Vec<String>> {
    let mut queues: Vec<String> = Vec::new();
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        if !QUEUES.contains(&name) {
            bail!("--queues {name}: there is no such queue; use {}", QUEUES.join(", "));
        }
        if !queues.iter().any(|q| q == name) {
            queues.push(name.to_owned());
        }
    }
    if queues.is_empty() {
        bail!("--queues: name at least one of {}", QUEUES.join(", "));
    }
    Ok(queues)
}
