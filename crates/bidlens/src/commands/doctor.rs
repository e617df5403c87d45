//! `bidlens doctor`: checks each part of an installation and says how to mend what is wrong.

use std::path::Path;
use std::process::{Command, ExitCode};

use bidlens_app::{App, Models, Rows};
use bidlens_storage::{FileStore, FileStoreError};

use crate::cli::DataDir;
use crate::config::{Overrides, RawConfig};
use crate::server;
use crate::terminal::{self, Palette};

pub(crate) fn run(arguments: DataDir) -> anyhow::Result<ExitCode> {
    let palette = Palette::for_stdout();
    let mut failed = false;
    let mut say = |name: &str, result: Result<String, String>| -> anyhow::Result<()> {
        match result {
            Ok(detail) => terminal::print(&format!("{} {name}: {detail}", palette.green("ok  "))),
            Err(detail) => {
                failed = true;
                terminal::print(&format!("{} {name}: {detail}", palette.red("fail")))
            }
        }
    };
    let overrides = Overrides { data_dir: arguments.data_dir, listen: None };
    let config = match RawConfig::from_environment(&overrides).and_then(|raw| raw.resolve()) {
        Ok(config) => config,
        Err(error) => {
            say("settings", Err(format!("{error:#}")))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    say("settings", Ok(format!("data in {}", config.data_dir.display())))?;
    let settings = server::settings(&config, None)?;
    let runtime = server::runtime()?;
    match runtime.block_on(App::open_rows(settings)) {
        Ok(app) => {
            say("database", Ok("opens, schema up to date".to_owned()))?;
            let waiting = runtime.block_on(app.oldest_waiting()).unwrap_or_default();
            let oldest = waiting.iter().map(|(_, age)| *age).fold(0.0, f64::max);
            let queue = if oldest > 300.0 {
                Err(format!("a job has waited {oldest:.0} s; is `bidlens serve` running?"))
            } else {
                Ok("no job waits long".to_owned())
            };
            say("queue", queue)?;
            if app.has_queue_server() {
                let redis = match runtime.block_on(app.redis_fault()) {
                    None => Ok("answers and can be written to".to_owned()),
                    Some(reason) => {
                        Err(format!("{reason}; start it, give it memory, or mend {}", server::REDIS_SETTINGS))
                    }
                };
                say("redis", redis)?;
            }
            if let Some(checked) = runtime.block_on(app.check_embeddings()) {
                say("embeddings", checked.map_err(|e| e.to_string()))?;
            }
            runtime.block_on(app.close());
        }
        Err(error) if error.code == "database_refused" => {
            say("database", Err(format!("{:#}", anyhow::Error::from(error))))?
        }
        Err(error) => {
            let hint = match &config.rows {
                Rows::Sqlite(_) => "check the permissions and free space of the data directory",
                Rows::Postgres(_) => "start the server, or mend DATABASE_URL or POSTGRES_HOST",
            };
            say("database", Err(format!("{}; {hint}", anyhow::Error::from(error).root_cause())))?
        }
    }
    let files = runtime.block_on(async {
        let store = FileStore::open(&config.files).await?;
        store.probe().await?;
        Ok::<_, FileStoreError>(format!("{} can be written", store.describe()))
    });
    say("files", files.map_err(|e| e.to_string()))?;
    let workspace = if bidlens_http::workspace_is_built() {
        Ok("in this program".to_owned())
    } else {
        Err("not in this program: it serves the API alone; build it with `cargo xtask build`".to_owned())
    };
    say("workspace", workspace)?;
    say("sandbox", Ok(sandbox()))?;
    say("libreoffice", Ok(office(config.converters.office.as_deref())))?;
    say("ocr", config.ocr.describe(&config.parse_limits))?;
    say("archives", Ok(archives(config.converters.archiver.as_deref())))?;
    let model = match Models::new(config.model.as_ref()).map(|models| models.find(None)) {
        Ok(Ok(Some(model))) => match runtime.block_on(model.test()) {
            Ok(_) => Ok(format!("{} answers; the form of answers goes as {}", model.model(), model.dialect().as_str())),
            Err(error) => Err(format!("{}: {error}", model.model())),
        },
        Ok(_) if config.is_model_unnamed => Err(server::MODEL_UNNAMED.to_owned()),
        Ok(_) => Ok("builtin".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    say("model", model)?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether the process that reads files can give up the network and the disk.
fn sandbox() -> String {
    let limits = "files are read in a child process with limits on memory, time and output";
    let probe = std::env::current_exe().and_then(|exe| Command::new(exe).args(["sandboxed", "--probe"]).output());
    match probe {
        Ok(output) if output.status.success() => format!("{limits}, without network, files or programs"),
        Ok(output) => format!(
            "{limits}; its network and disk are open: {}",
            String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("error: ")
        ),
        Err(error) => format!("{limits}; its system call filter could not be tried: {error}"),
    }
}

fn office(program: Option<&Path>) -> String {
    match program {
        Some(path) => format!("{}, for old office files that the built-in readers refuse", path.display()),
        None => "not there: old office files that the built-in readers refuse stay unread; install libreoffice-writer, libreoffice-calc and libreoffice-impress, or set BIDLENS_LIBREOFFICE".to_owned(),
    }
}

fn archives(program: Option<&Path>) -> String {
    match program {
        Some(path) => format!("ZIP and 7Z built in; RAR through {}", path.display()),
        None => {
            "ZIP and 7Z built in; RAR archives stay closed: install libarchive-tools, or set BIDLENS_BSDTAR".to_owned()
        }
    }
}
