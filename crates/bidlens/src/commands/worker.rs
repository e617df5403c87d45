//! `bidlens worker`: runs jobs without serving.
//!
//! With the embedded store a data directory belongs to one process, so this is for draining a directory whose
//! server is stopped.

use std::process::ExitCode;

use anyhow::Context;
use bidlens_app::App;

use crate::cli::{DataDir, Worker};
use crate::logging;
use crate::server;
use crate::terminal;

pub(crate) fn run(arguments: &Worker) -> anyhow::Result<ExitCode> {
    let data = DataDir { data_dir: arguments.data.data_dir.clone() };
    let config = server::config(data, None)?;
    let _logging = logging::start(&config)?;
    let settings = server::settings(&config, arguments.concurrency)?;
    server::runtime()?.block_on(async {
        let app = App::open(settings).await?;
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
        app.start_workers();
        terminal::print_note("working; Ctrl-C gives running jobs back");
        server::told_to_stop().await;
        app.close().await;
        if let Some(server) = monitoring {
            server.await.context("end the metrics server")?.context("serve metrics")?;
        }
        Ok(ExitCode::SUCCESS)
    })
}
