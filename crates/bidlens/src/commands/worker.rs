//! `bidlens worker`: runs jobs without serving.
//!
//! With the embedded store a data directory belongs to one process, so this is for draining a directory whose
//! server is stopped.

use std::process::ExitCode;

use bidlens_app::App;

use crate::cli::{DataDir, Worker};
use crate::server;
use crate::terminal;

pub(crate) fn run(arguments: &Worker) -> anyhow::Result<ExitCode> {
    let data = DataDir { data_dir: arguments.data.data_dir.clone() };
    let config = server::config(data, None)?;
    server::start_logging(&config.log)?;
    let settings = server::settings(&config, arguments.concurrency)?;
    server::runtime()?.block_on(async {
        let app = App::open(settings).await?;
        app.start_workers();
        terminal::print_note("working; Ctrl-C gives running jobs back");
        server::told_to_stop().await;
        app.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
