//! Requests and jobs as OpenTelemetry spans, sent in batches to a collector over HTTP.
//!
//! A collector that is away costs spans, never work: they are sent by threads of their own, and dropped when they
//! wait too long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::config::TraceSettings;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// The end of the program waits no longer than this for the last spans.
const FAREWELL: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    pub(crate) fn start(settings: &TraceSettings) -> anyhow::Result<Traces> {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(Transport::new()?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", settings.endpoint.trim_end_matches('/')))
            .with_timeout(REQUEST_TIMEOUT)
            .build()
            .context("prepare the export of traces")?;
        let resource = Resource::builder()
            .with_service_name(settings.service_name.clone())
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Traces { provider })
    }

    /// Our own spans; those of the HTTP client that sends them would never end.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let ours = Targets::new().with_target("bidlens", LevelFilter::INFO);
        tracing_opentelemetry::layer().with_tracer(self.provider.tracer("bidlens")).with_filter(ours)
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Sends over a runtime of its own, because spans are sent by a thread that has none.
#[derive(Debug)]
struct Transport {
    client: reqwest::Client,
    runtime: Option<tokio::runtime::Runtime>,
    silent: AtomicBool,
}

impl Transport {
    fn new() -> anyhow::Result<Transport> {
        let client = reqwest::Client::builder().timeout(REQUEST_TIMEOUT).build().context("prepare an HTTP client")?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("traces")
            .enable_all()
            .build()
            .context("start the sender of traces")?;
        Ok(Transport { client, runtime: Some(runtime), silent: AtomicBool::new(false) })
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let Some(runtime) = &self.runtime else { return Err("the sender has ended".into()) };
        let client = self.client.clone();
        let send = async move {
            let response = client.execute(request.try_into()?).await?;
            let status = response.status();
            let mut answer = Response::new(response.bytes().await?);
            *answer.status_mut() = status;
            Ok::<_, reqwest::Error>(answer)
        };
        let sent = runtime.spawn(send).await?;
        let failed = match &sent {
            Ok(answer) => !answer.status().is_success(),
            Err(_) => true,
        };
        // Said when it begins and not for every batch. The error is not shown: its address may hold a key.
        if failed && !self.silent.swap(true, Ordering::Relaxed) {
            tracing::warn!("the collector of OTEL_EXPORTER_OTLP_ENDPOINT does not take traces");
        } else if !failed {
            self.silent.store(false, Ordering::Relaxed);
        }
        Ok(sent?)
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
