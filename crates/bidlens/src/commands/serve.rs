//! `bidlens serve`: the API, the page, and the workers in one process.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::cli::Serve;
use crate::logging;
use crate::server;
use crate::terminal;

/// A server that starts together with its database waits this long for it; its supervisor starts it again.
const DATABASE_PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(arguments: Serve) -> anyhow::Result<ExitCode> {
    let config = server::config(arguments.data, arguments.listen)?;
    let _logging = logging::start(&config)?;
    let settings = server::settings(&config, None)?;
    server::run_server(async {
        let app = server::open(settings, Some(DATABASE_PATIENCE)).await?;
        let password = config.admin_password.as_ref().map(ExposeSecret::expose_secret);
        if let Some(admin) = app.ensure_admin(&config.admin_username, password).await? {
            match admin.generated_password {
                // The one time it is shown; only its hash is kept.
                Some(password) => {
                    terminal::print_note(&format!("first user: {}  password: {password}  (shown once)", admin.username))
                }
                None => terminal::print_note(&format!("first user: {}", admin.username)),
            }
        }
        let listener = tokio::net::TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("listen on {}; is another server running there?", config.listen))?;
        let address = listener.local_addr().context("listen")?;
        server::tell_redis_fault(&app).await;
        // With Redis the workers are processes of their own.
        if arguments.no_worker || app.has_queue_server() {
            app.start_announcing();
        } else {
            app.start_workers();
        }
        terminal::print_note(&format!("bidlens is at http://{address}  (data in {})", config.data_dir.display()));
        let state = bidlens_http::AppState::new(app.clone());
        let server = tokio::spawn(bidlens_http::serve(state, listener, app.shutdown()));
        server::told_to_stop().await;
        let ended = server::stop(&app).await?;
        server.await.context("end the server")?.context("serve")?;
        Ok(ended)
    })
}
