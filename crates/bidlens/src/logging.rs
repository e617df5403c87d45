//! Logs on stderr, for people or for programs, and traces to a collector when one is named.
//!
//! Every line of a request carries `request`, every line of a job `job` and the `request` that asked for it, so
//! that one search follows the work through all processes.

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{Config, LogFormat};
use crate::terminal;

/// Logging while it is held; its end sends the last traces.
#[derive(Debug)]
#[must_use]
pub(crate) struct Logging {
    #[cfg(feature = "otel")]
    _traces: Option<crate::traces::Traces>,
}

pub(crate) fn start(config: &Config) -> anyhow::Result<Logging> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("BIDLENS_LOG={}: use a level such as info, or a tracing filter", config.log))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // Colour codes between a name and its value would hide both from a search.
        .with_ansi(terminal::allows_colour(&std::io::stderr()));
    let lines = match config.log_format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines);
    #[cfg(feature = "otel")]
    {
        let traces = config.traces.as_ref().map(crate::traces::Traces::start).transpose()?;
        registry.with(traces.as_ref().map(crate::traces::Traces::layer)).try_init().context("start logging")?;
        Ok(Logging { _traces: traces })
    }
    #[cfg(not(feature = "otel"))]
    {
        registry.try_init().context("start logging")?;
        if config.traces.is_some() {
            tracing::warn!("this program was built without `otel`; no traces are sent");
        }
        Ok(Logging {})
    }
}
