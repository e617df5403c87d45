//! The environment resolved once into [`Config`].
//!
//! Raw values are looked up by name, checked, and remembered with their origin, so that `bidlens config` can
//! say where each came from. An unknown `BIDLENS_*` name is an error: it is nearly always a typing slip.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use bidlens_app::{
    Converters, EmbeddingsSettings, ModelSettings, ParseLimits, PostgresOptions, Prices, RedisFallback, RedisSettings,
    Rows,
};
use bidlens_storage::{FileLocation, S3Location, StorageUrl};
use secrecy::SecretString;

use crate::env_vars::{self, VARIABLES, Variable};
use crate::ocr::{OcrEngineSetting, OcrSetting};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Where traces go.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "otel"), expect(dead_code, reason = "read where traces are sent"))]
pub(crate) struct TraceSettings {
    pub(crate) endpoint: String,
    pub(crate) service_name: String,
}

/// Settings as the program uses them.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) rows: Rows,
    pub(crate) files: FileLocation,
    pub(crate) listen: SocketAddr,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) traces: Option<TraceSettings>,
    pub(crate) async_ingest: bool,
    pub(crate) async_extract: bool,
    pub(crate) async_review: bool,
    pub(crate) admin_username: String,
    pub(crate) admin_password: Option<SecretString>,
    pub(crate) max_upload_bytes: u64,
    pub(crate) job_timeout: Duration,
    pub(crate) result_ttl: Duration,
    pub(crate) failure_ttl: Duration,
    pub(crate) redis: Option<RedisSettings>,
    pub(crate) redis_fallback: RedisFallback,
    pub(crate) embeddings: Option<EmbeddingsSettings>,
    pub(crate) parse_limits: ParseLimits,
    pub(crate) converters: Converters,
    pub(crate) ocr: OcrSetting,
    /// A model of language, beside the built-in one.
    pub(crate) model: Option<ModelSettings>,
    /// A server of models is named without the model to ask.
    pub(crate) is_model_unnamed: bool,
}

/// What the command line says over the environment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) listen: Option<String>,
}

/// A setting as `bidlens config` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) origin: &'static str,
}

/// The values given, before they are read.
#[derive(Debug, Clone)]
pub(crate) struct RawConfig {
    values: BTreeMap<String, (String, &'static str)>,
}

impl RawConfig {
    pub(crate) fn from_environment(overrides: &Overrides) -> anyhow::Result<RawConfig> {
        let mut pairs = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().map(str::to_owned) else { continue };
            let known = VARIABLES.iter().any(|v| v.name == name);
            if !known && !name.starts_with("BIDLENS_") {
                continue;
            }
            let value = value.into_string().ok().with_context(|| format!("read {name}: it is not UTF-8"))?;
            pairs.push((name, value));
        }
        RawConfig::from_pairs(pairs, overrides)
    }

    pub(crate) fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
        overrides: &Overrides,
    ) -> anyhow::Result<RawConfig> {
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            if name.starts_with("BIDLENS_") && !VARIABLES.iter().any(|v| v.name == name) {
                bail!("{name} is not a setting of this version{}; see `bidlens config`", nearest(&name));
            }
            // An empty value in an .env file means: not set.
            if !value.trim().is_empty() {
                values.insert(name, (value.trim().to_owned(), "environment"));
            }
        }
        if let Some(dir) = &overrides.data_dir {
            values.insert(env_vars::BIDLENS_DATA_DIR.to_owned(), (dir.display().to_string(), "command line"));
        }
        if let Some(listen) = &overrides.listen {
            values.insert(env_vars::BIDLENS_LISTEN.to_owned(), (listen.clone(), "command line"));
        }
        Ok(RawConfig { values })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(value, _)| value.as_str())
    }

    /// Every variable with its value, for people; secrets are masked.
    pub(crate) fn describe(&self) -> Vec<Resolved> {
        VARIABLES.iter().map(|variable| self.describe_one(variable)).collect()
    }

    fn describe_one(&self, variable: &Variable) -> Resolved {
        let (value, origin) = match self.values.get(variable.name) {
            Some((_, origin)) if variable.secret => ("********".to_owned(), *origin),
            Some((value, origin)) => (value.clone(), *origin),
            None => (variable.default.to_owned(), "default"),
        };
        Resolved { name: variable.name, value, origin }
    }

    pub(crate) fn resolve(&self) -> anyhow::Result<Config> {
        let data_dir = match self.get(env_vars::BIDLENS_DATA_DIR) {
            Some(dir) => PathBuf::from(dir),
            None => default_data_dir()?,
        };
        let data_dir = std::path::absolute(&data_dir)
            .with_context(|| format!("read {}: {}", env_vars::BIDLENS_DATA_DIR, data_dir.display()))?;
        let rows = self.rows(&data_dir)?;
        let (result_ttl, failure_ttl) = (
            Duration::from_secs(self.number(env_vars::BIDLENS_RESULT_TTL_S, 86_400)?),
            Duration::from_secs(self.number(env_vars::BIDLENS_FAILURE_TTL_S, 604_800)?),
        );
        let redis = self.redis_url()?.map(|url| RedisSettings {
            url,
            key_prefix: self.get(env_vars::RQ_KEY_PREFIX).unwrap_or("rq").to_owned(),
            result_ttl,
            failure_ttl,
        });
        if let Some(Err(reason)) = redis.as_ref().map(RedisSettings::check_key_prefix) {
            bail!("{}: {reason}", env_vars::RQ_KEY_PREFIX);
        }
        let redis_fallback = match self.get(env_vars::BIDLENS_REDIS_FALLBACK) {
            None | Some("sync") => RedisFallback::Sync,
            Some("queue") => RedisFallback::Queue,
            Some(other) => bail!("{}={other}: use `sync` or `queue`", env_vars::BIDLENS_REDIS_FALLBACK),
        };
        let listen = self.listen()?;
        let log = self.get(env_vars::BIDLENS_LOG).or_else(|| self.get(env_vars::RUST_LOG)).unwrap_or("info").to_owned();
        Ok(Config {
            files: self.files(&data_dir)?,
            data_dir,
            rows,
            listen,
            log,
            log_format: match self.get(env_vars::BIDLENS_LOG_FORMAT) {
                None | Some("text") => LogFormat::Text,
                Some("json") => LogFormat::Json,
                Some(other) => bail!("{}={other}: use `text` or `json`", env_vars::BIDLENS_LOG_FORMAT),
            },
            traces: self.traces()?,
            async_ingest: self.switch(env_vars::ASYNC_INGEST_ENABLED)?,
            async_extract: self.switch(env_vars::ASYNC_EXTRACT_ENABLED)?,
            async_review: self.switch(env_vars::ASYNC_REVIEW_ENABLED)?,
            admin_username: self.get(env_vars::BIDLENS_ADMIN_USERNAME).unwrap_or("admin").to_owned(),
            admin_password: self.get(env_vars::BIDLENS_ADMIN_PASSWORD).map(SecretString::from),
            max_upload_bytes: self.max_upload_bytes()?,
            job_timeout: Duration::from_secs(self.number(env_vars::BIDLENS_JOB_TIMEOUT_S, 1_800)?),
            result_ttl,
            failure_ttl,
            redis,
            redis_fallback,
            embeddings: self.embeddings()?,
            parse_limits: self.parse_limits()?,
            converters: self.converters()?,
            ocr: self.ocr()?,
            model: self.model()?,
            is_model_unnamed: self.is_model_unnamed(),
        })
    }

    /// From `DATABASE_URL`, or from `POSTGRES_HOST` and its companions, or the embedded file.
    fn rows(&self, data_dir: &std::path::Path) -> anyhow::Result<Rows> {
        if let Some(url) = self.get(env_vars::DATABASE_URL) {
            return match url.strip_prefix("sqlite:") {
                Some(path) if !path.trim_start_matches('/').is_empty() => {
                    Ok(Rows::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
                }
                // The URL may hold a password, so it is not repeated.
                Some(_) => bail!("{}: name the file, as in sqlite:PATH", env_vars::DATABASE_URL),
                None => PostgresOptions::from_url(url).map(Rows::Postgres).with_context(|| {
                    format!("{}: use postgresql://USER:PASSWORD@HOST:PORT/DB or sqlite:PATH", env_vars::DATABASE_URL)
                }),
            };
        }
        let Some(host) = self.get(env_vars::POSTGRES_HOST) else {
            return Ok(Rows::Sqlite(data_dir.join("bidlens.db")));
        };
        let user = self.get(env_vars::POSTGRES_USER).unwrap_or("postgres");
        let database = self.get(env_vars::POSTGRES_DB).unwrap_or(user);
        let port = self.port(env_vars::POSTGRES_PORT, 5432)?;
        let password = self.get(env_vars::POSTGRES_PASSWORD);
        Ok(Rows::Postgres(PostgresOptions::from_parts(host, port, database, user, password)))
    }

    /// From `REDIS_URL`, or from `REDIS_HOST` and its companions.
    fn redis_url(&self) -> anyhow::Result<Option<SecretString>> {
        if let Some(url) = self.get(env_vars::REDIS_URL) {
            if !["redis://", "rediss://", "unix://", "redis+unix://"].iter().any(|scheme| url.starts_with(scheme)) {
                // The URL may hold a password, so it is not repeated.
                bail!("{}: use redis://[USER:PASSWORD@]HOST[:PORT][/DB]", env_vars::REDIS_URL);
            }
            return Ok(Some(SecretString::from(url)));
        }
        let Some(host) = self.get(env_vars::REDIS_HOST) else { return Ok(None) };
        let port = self.port(env_vars::REDIS_PORT, 6379)?;
        let db = self.get(env_vars::REDIS_DB).unwrap_or("0");
        if db.parse::<u32>().is_err() {
            bail!("{}={db}: use the number of a Redis database, such as 0", env_vars::REDIS_DB);
        }
        let password = self.get(env_vars::REDIS_PASSWORD);
        let user = password.map(|p| format!(":{}@", percent_encoded(p))).unwrap_or_default();
        Ok(Some(SecretString::from(format!("redis://{user}{}:{port}/{db}", bracketed(host)))))
    }

    fn port(&self, name: &str, default: u16) -> anyhow::Result<u16> {
        let Some(text) = self.get(name) else { return Ok(default) };
        match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => bail!("{name}={text}: use a port from 1 to 65535"),
        }
    }

    pub(crate) fn listen(&self) -> anyhow::Result<SocketAddr> {
        let listen = self.get(env_vars::BIDLENS_LISTEN).unwrap_or("127.0.0.1:9001");
        listen
            .parse()
            .ok()
            .with_context(|| format!("{}={listen}: use ADDRESS:PORT, such as 127.0.0.1:9001", env_vars::BIDLENS_LISTEN))
    }

    fn traces(&self) -> anyhow::Result<Option<TraceSettings>> {
        let Some(endpoint) = self.get(env_vars::OTEL_EXPORTER_OTLP_ENDPOINT) else { return Ok(None) };
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            bail!("{}: use http://HOST:4318 or an https:// address", env_vars::OTEL_EXPORTER_OTLP_ENDPOINT);
        }
        let service_name = self.get(env_vars::OTEL_SERVICE_NAME).unwrap_or("bidlens").to_owned();
        Ok(Some(TraceSettings { endpoint: endpoint.to_owned(), service_name }))
    }

    /// The address of a model's server and its model's name, from the variables of these names.
    fn model_server(&self, url: &str, model: &str, key: &str) -> anyhow::Result<Option<(String, String)>> {
        let Some(base_url) = self.get(url) else { return Ok(None) };
        // Somebody may have written a key into the URL, so it is not repeated.
        if !(base_url.starts_with("http://") || base_url.starts_with("https://")) || base_url.contains(['@', '?', '#'])
        {
            bail!("{url}: use http://HOST:PORT/v1 or an https:// address; a key belongs in {key}");
        }
        let Some(name) = self.get(model) else { bail!("{url} is set without {model}: name the model on that server") };
        Ok(Some((base_url.to_owned(), name.to_owned())))
    }

    pub(crate) fn model(&self) -> anyhow::Result<Option<ModelSettings>> {
        let (url, model) = (env_vars::LOCAL_LLM_BASE_URL, env_vars::LOCAL_LLM_MODEL);
        let server = match self.is_model_unnamed() {
            true => None,
            false => self.model_server(url, model, env_vars::LOCAL_LLM_API_KEY)?,
        };
        let timeout = Duration::from_secs(self.number(env_vars::BIDLENS_MODEL_TIMEOUT_S, 120)?);
        let concurrency = self.number(env_vars::BIDLENS_MODEL_CONCURRENCY, 4)?.min(64) as usize;
        let per_minute = match self.get(env_vars::BIDLENS_MODEL_PER_MINUTE) {
            Some(_) => u32::try_from(self.number(env_vars::BIDLENS_MODEL_PER_MINUTE, 1)?).unwrap_or(u32::MAX),
            None => 0,
        };
        let answer_tokens =
            u32::try_from(self.number(env_vars::BIDLENS_MODEL_ANSWER_TOKENS, 4_096)?).unwrap_or(u32::MAX);
        let prices = self.model_prices()?;
        let Some((base_url, model)) = server else { return Ok(None) };
        if model == bidlens_app::BUILTIN {
            bail!("{}={model}: the name is taken by the built-in model", env_vars::LOCAL_LLM_MODEL);
        }
        Ok(Some(ModelSettings {
            base_url,
            endpoint_path: self.get(env_vars::LOCAL_LLM_ENDPOINT_PATH).map(str::to_owned),
            model,
            api_key: self.get(env_vars::LOCAL_LLM_API_KEY).map(SecretString::from),
            timeout,
            concurrency,
            per_minute,
            answer_tokens,
            prices,
        }))
    }

    /// Settings of the old system may name a server alone; that must not keep the rest from working.
    fn is_model_unnamed(&self) -> bool {
        self.get(env_vars::LOCAL_LLM_BASE_URL).is_some() && self.get(env_vars::LOCAL_LLM_MODEL).is_none()
    }

    /// From `INPUT/OUTPUT`, each for a million tokens.
    fn model_prices(&self) -> anyhow::Result<Option<Prices>> {
        let name = env_vars::BIDLENS_MODEL_PRICES;
        let Some(text) = self.get(name) else { return Ok(None) };
        let price = |text: &str| text.trim().parse::<f64>().ok().filter(|p| p.is_finite() && *p >= 0.0);
        match text.split_once('/').map(|(input, output)| (price(input), price(output))) {
            Some((Some(input), Some(output))) => Ok(Some(Prices { input, output })),
            _ => bail!("{name}={text}: use two prices for a million tokens each, as 2/8"),
        }
    }

    fn embeddings(&self) -> anyhow::Result<Option<EmbeddingsSettings>> {
        let (url, model) = (env_vars::BIDLENS_EMBEDDINGS_URL, env_vars::BIDLENS_EMBEDDINGS_MODEL);
        let server = self.model_server(url, model, env_vars::BIDLENS_EMBEDDINGS_API_KEY)?;
        Ok(server.map(|(base_url, model)| EmbeddingsSettings {
            base_url,
            model,
            api_key: self.get(env_vars::BIDLENS_EMBEDDINGS_API_KEY).map(SecretString::from),
        }))
    }

    fn files(&self, data_dir: &std::path::Path) -> anyhow::Result<FileLocation> {
        let name = env_vars::BIDLENS_STORAGE_URL;
        let Some(url) = self.get(name) else { return Ok(FileLocation::Folder(data_dir.join("files"))) };
        let url = url.replace("DATA_DIR", &data_dir.to_string_lossy());
        let (bucket, prefix) = match StorageUrl::parse(&url) {
            Some(StorageUrl::Folder(path)) => return Ok(FileLocation::Folder(path)),
            Some(StorageUrl::Bucket { bucket, prefix }) => (bucket, prefix),
            // Somebody may have written a key into the URL, so it is not repeated.
            None => bail!("{name}: use file://PATH or s3://BUCKET/PREFIX; keys belong in AWS_ACCESS_KEY_ID"),
        };
        let owned = |name: &str| self.get(name).map(str::to_owned);
        let endpoint = owned(env_vars::AWS_ENDPOINT_URL);
        let allow_http = self.switch(env_vars::AWS_ALLOW_HTTP)?;
        if endpoint.as_ref().is_some_and(|e| !(e.starts_with("https://") || allow_http && e.starts_with("http://"))) {
            bail!(
                "{}: use an https:// address, or an http:// address with {}=true",
                env_vars::AWS_ENDPOINT_URL,
                env_vars::AWS_ALLOW_HTTP
            );
        }
        let (access_key_id, secret_access_key) =
            (owned(env_vars::AWS_ACCESS_KEY_ID), owned(env_vars::AWS_SECRET_ACCESS_KEY));
        if access_key_id.is_some() != secret_access_key.is_some() {
            bail!("set both {} and {}, or neither", env_vars::AWS_ACCESS_KEY_ID, env_vars::AWS_SECRET_ACCESS_KEY);
        }
        Ok(FileLocation::S3(S3Location {
            bucket,
            prefix,
            region: owned(env_vars::AWS_REGION),
            endpoint,
            allow_http,
            access_key_id,
            secret_access_key,
            session_token: owned(env_vars::AWS_SESSION_TOKEN),
            incoming: data_dir.join("incoming"),
        }))
    }

    pub(crate) fn max_upload_bytes(&self) -> anyhow::Result<u64> {
        Ok(self.number(env_vars::BIDLENS_MAX_UPLOAD_MB, 200)?.saturating_mul(1 << 20))
    }

    pub(crate) fn converters(&self) -> anyhow::Result<Converters> {
        Ok(Converters {
            office: self.program(env_vars::BIDLENS_LIBREOFFICE, &["soffice", "libreoffice"])?,
            archiver: self.program(env_vars::BIDLENS_BSDTAR, &["bsdtar"])?,
        })
    }

    pub(crate) fn ocr(&self) -> anyhow::Result<OcrSetting> {
        let pages_max = u32::try_from(self.number(env_vars::BIDLENS_OCR_PAGES, 1_000)?)?;
        let language = self.get(env_vars::BIDLENS_OCR_LANGUAGE).unwrap_or(bidlens_app::OCR_LANGUAGE).to_owned();
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
        if !language.chars().all(word) {
            bail!("{}={language}: models are named as in `chi_sim` or `chi_sim+eng`", env_vars::BIDLENS_OCR_LANGUAGE);
        }
        let engine = match self.get(env_vars::BIDLENS_OCR) {
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => OcrEngineSetting::Http {
                url: url.to_owned(),
                api_key: self.get(env_vars::BIDLENS_OCR_API_KEY).map(SecretString::from),
            },
            named => {
                let path = self.program(env_vars::BIDLENS_OCR, &["tesseract"])?;
                path.map_or(OcrEngineSetting::None, |path| OcrEngineSetting::Tesseract {
                    path,
                    language,
                    was_named: named.is_some(),
                })
            }
        };
        Ok(OcrSetting { engine, pages_max })
    }

    pub(crate) fn parse_limits(&self) -> anyhow::Result<ParseLimits> {
        let default = ParseLimits::default();
        let size = |name: &str, default: usize| -> anyhow::Result<usize> {
            Ok(usize::try_from(self.number(name, default as u64)?)?)
        };
        Ok(ParseLimits {
            memory_mb: self.number(env_vars::BIDLENS_PARSE_MEMORY_MB, default.memory_mb)?,
            cpu_s: self.number(env_vars::BIDLENS_PARSE_CPU_S, default.cpu_s)?,
            wall_s: self.number(env_vars::BIDLENS_PARSE_WALL_S, default.wall_s)?,
            output_mb: self.number(env_vars::BIDLENS_PARSE_OUTPUT_MB, default.output_mb)?,
            file_mb: self.number(env_vars::BIDLENS_PARSE_FILE_MB, default.file_mb)?,
            processes: self.number(env_vars::BIDLENS_PARSE_PROCESSES, default.processes)?,
            pages: u32::try_from(self.number(env_vars::BIDLENS_PARSE_PAGES, u64::from(default.pages))?)?,
            inflated_mb: self.number(env_vars::BIDLENS_PARSE_INFLATED_MB, default.inflated_mb)?,
            package_mb: self.number(env_vars::BIDLENS_PARSE_PACKAGE_MB, default.package_mb)?,
            package_files: size(env_vars::BIDLENS_PARSE_PACKAGE_FILES, default.package_files)?,
            package_depth: size(env_vars::BIDLENS_PARSE_PACKAGE_DEPTH, default.package_depth)?,
            threads: size(env_vars::BIDLENS_PARSE_THREADS, default.threads)?,
        })
    }

    /// A program by its path, or by its name on the PATH; `None` when it is off or not installed.
    fn program(&self, setting: &str, names: &[&str]) -> anyhow::Result<Option<PathBuf>> {
        match self.get(setting) {
            Some("off") => Ok(None),
            Some(path) if std::path::Path::new(path).is_file() => Ok(Some(PathBuf::from(path))),
            Some(path) => bail!("{setting}={path}: there is no such program; name its file, or `off`"),
            None => {
                let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
                Ok(names.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|path| path.is_file()))
            }
        }
    }

    fn switch(&self, name: &str) -> anyhow::Result<bool> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(false),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some(other) => bail!("{name}={other}: use true or false"),
        }
    }

    /// A whole number from 1 to a million times a thousand.
    fn number(&self, name: &str, default: u64) -> anyhow::Result<u64> {
        let Some(text) = self.get(name) else { return Ok(default) };
        match text.parse::<u64>() {
            Ok(n) if (1..=1_000_000_000).contains(&n) => Ok(n),
            _ => bail!("{name}={text}: use a whole number from 1 to 1000000000"),
        }
    }
}

/// A host as URLs write it: IPv6 addresses stand in brackets.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

/// A user name or password as URLs write it.
fn percent_encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn default_data_dir() -> anyhow::Result<PathBuf> {
    if let Some(dir) = std::env::var_os("XDG_DATA_HOME").filter(|d| !d.is_empty()) {
        return Ok(PathBuf::from(dir).join("bidlens"));
    }
    let home = std::env::var_os("HOME").filter(|d| !d.is_empty());
    let home = home.with_context(|| format!("neither {} nor HOME is set", env_vars::BIDLENS_DATA_DIR))?;
    Ok(PathBuf::from(home).join(".local/share/bidlens"))
}

/// ` (did you mean …?)` when a known name is at most two edits away.
fn nearest(name: &str) -> String {
    VARIABLES
        .iter()
        .map(|v| (edits(name, v.name), v.name))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map_or_else(String::new, |(_, known)| format!(" (did you mean {known}?)"))
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut previous = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = (previous + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            previous = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let overrides = Overrides { data_dir: Some("/data".into()), listen: None };
        RawConfig::from_pairs(pairs, &overrides).and_then(|raw| raw.resolve()).map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let config = resolve(&[]).expect("defaults resolve");
        assert_eq!(config.listen.to_string(), "127.0.0.1:9001");
        assert_eq!(config.max_upload_bytes, 200 * 1024 * 1024);
        assert_eq!(config.job_timeout.as_secs(), 1800);
        assert!(!config.async_ingest && !config.async_extract && !config.async_review);
    }

    #[test]
    fn each_bad_value_is_named() {
        let cases = [
            (("BIDLENS_LISTEN", "localhost"), "BIDLENS_LISTEN=localhost: use ADDRESS:PORT, such as 127.0.0.1:9001"),
            (("BIDLENS_MAX_UPLOAD_MB", "many"), "BIDLENS_MAX_UPLOAD_MB=many: use a whole number from 1 to 1000000000"),
            (("BIDLENS_MAX_UPLOAD_MB", "0"), "BIDLENS_MAX_UPLOAD_MB=0: use a whole number from 1 to 1000000000"),
            (("ASYNC_REVIEW_ENABLED", "perhaps"), "ASYNC_REVIEW_ENABLED=perhaps: use true or false"),
            (("BIDLENS_LOG_FORMAT", "xml"), "BIDLENS_LOG_FORMAT=xml: use `text` or `json`"),
            (
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
                "OTEL_EXPORTER_OTLP_ENDPOINT: use http://HOST:4318 or an https:// address",
            ),
            (("BIDLENS_REDIS_FALLBACK", "none"), "BIDLENS_REDIS_FALLBACK=none: use `sync` or `queue`"),
            (
                ("BIDLENS_LISTNE", "127.0.0.1:1"),
                "BIDLENS_LISTNE is not a setting of this version (did you mean BIDLENS_LISTEN?); see `bidlens config`",
            ),
        ];
        for ((name, value), message) in cases {
            assert_eq!(resolve(&[(name, value)]).expect_err(name), message);
        }
    }

    #[test]
    fn rows_are_found_under_their_old_names() {
        let rows = |pairs: &[(&str, &str)]| resolve(pairs).map(|c| c.rows);
        assert!(matches!(rows(&[]), Ok(Rows::Sqlite(path)) if path.ends_with("data/bidlens.db")));
        assert!(
            matches!(rows(&[("DATABASE_URL", "sqlite:///x/y.db")]), Ok(Rows::Sqlite(path)) if path.ends_with("x/y.db"))
        );
        assert!(matches!(rows(&[("POSTGRES_HOST", "db"), ("POSTGRES_PASSWORD", "a@b")]), Ok(Rows::Postgres(_))));
        assert!(matches!(rows(&[("DATABASE_URL", "postgresql+asyncpg://u:p@db/bids")]), Ok(Rows::Postgres(_))));
        let message = rows(&[("DATABASE_URL", "mysql://u:secret@h/d")]).expect_err("no such store");
        assert!(message.starts_with("DATABASE_URL: use postgresql://"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn redis_is_found_under_its_old_names() {
        use secrecy::ExposeSecret;
        let url = |pairs: &[(&str, &str)]| {
            let redis = resolve(pairs).expect("resolves").redis;
            redis.map(|r| r.url.expose_secret().to_owned())
        };
        assert_eq!(url(&[]), None);
        assert_eq!(url(&[("REDIS_HOST", "redis")]).as_deref(), Some("redis://redis:6379/0"));
        let full = [("REDIS_HOST", "::1"), ("REDIS_PORT", "7000"), ("REDIS_DB", "3"), ("REDIS_PASSWORD", "a@b/c")];
        assert_eq!(url(&full).as_deref(), Some("redis://:a%40b%2Fc@[::1]:7000/3"));
        assert_eq!(url(&[("REDIS_URL", "redis://h:1/2"), ("REDIS_HOST", "x")]).as_deref(), Some("redis://h:1/2"));
        let message = resolve(&[("REDIS_URL", "http://:secret@h")]).expect_err("no Redis URL");
        assert_eq!(message, "REDIS_URL: use redis://[USER:PASSWORD@]HOST[:PORT][/DB]");
        assert_eq!(
            resolve(&[("REDIS_HOST", "h"), ("REDIS_PORT", "0")]).expect_err("no port"),
            "REDIS_PORT=0: use a port from 1 to 65535"
        );
    }

    #[test]
    fn files_are_in_a_folder_or_a_bucket() {
        let files = |pairs: &[(&str, &str)]| resolve(pairs).map(|c| c.files);
        let folder = |pairs: &[(&str, &str)]| match files(pairs) {
            Ok(FileLocation::Folder(path)) => path.display().to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(folder(&[]), "/data/files");
        assert_eq!(folder(&[("BIDLENS_STORAGE_URL", "file:///srv/f")]), "/srv/f");
        assert_eq!(folder(&[("BIDLENS_STORAGE_URL", "file://DATA_DIR/f")]), "/data/f");
        let s3 = ("BIDLENS_STORAGE_URL", "s3://tenders/a/b");
        let (id, secret) = (("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "hidden"));
        let Ok(FileLocation::S3(location)) = files(&[s3, id, secret, ("AWS_ENDPOINT_URL", "https://s3.example")])
        else {
            panic!("a bucket")
        };
        assert_eq!((location.bucket.as_str(), location.prefix.as_str()), ("tenders", "a/b"));
        assert_eq!(location.incoming, PathBuf::from("/data/incoming"));
        assert!(!format!("{location:?}").contains("hidden"));
        for (pairs, message) in [
            (vec![s3, id], "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither"),
            (
                vec![s3, ("AWS_ENDPOINT_URL", "http://s3.example")],
                "AWS_ENDPOINT_URL: use an https:// address, or an http:// address with AWS_ALLOW_HTTP=true",
            ),
            (
                vec![("BIDLENS_STORAGE_URL", "s3://key:hidden@tenders")],
                "BIDLENS_STORAGE_URL: use file://PATH or s3://BUCKET/PREFIX; keys belong in AWS_ACCESS_KEY_ID",
            ),
        ] {
            assert_eq!(files(&pairs).expect_err(message), message);
        }
        assert!(files(&[s3, ("AWS_ENDPOINT_URL", "http://s3.example"), ("AWS_ALLOW_HTTP", "true")]).is_ok());
    }

    #[test]
    fn a_server_of_embeddings_is_named_with_its_model() {
        let url = ("BIDLENS_EMBEDDINGS_URL", "http://localhost:8080/v1");
        assert!(resolve(&[]).expect("resolves").embeddings.is_none());
        let pairs = [url, ("BIDLENS_EMBEDDINGS_MODEL", "m"), ("BIDLENS_EMBEDDINGS_API_KEY", "geheim")];
        let settings = resolve(&pairs).expect("resolves").embeddings.expect("a server");
        assert_eq!((settings.base_url.as_str(), settings.model.as_str()), (url.1, "m"));
        assert!(!format!("{settings:?}").contains("geheim"));
        assert_eq!(
            resolve(&[url]).expect_err("no model"),
            "BIDLENS_EMBEDDINGS_URL is set without BIDLENS_EMBEDDINGS_MODEL: name the model on that server"
        );
        for bad in ["localhost:8080", "http://user:geheim@host/v1", "https://host/v1?key=geheim"] {
            let message = resolve(&[("BIDLENS_EMBEDDINGS_URL", bad)]).expect_err("no address");
            assert!(message.starts_with("BIDLENS_EMBEDDINGS_URL: use") && !message.contains("geheim"), "{message}");
        }
    }

    #[test]
    fn a_model_is_named_with_its_server() {
        assert!(resolve(&[]).expect("resolves").model.is_none());
        let url = ("LOCAL_LLM_BASE_URL", "http://localhost:8000");
        let named =
            [url, ("LOCAL_LLM_MODEL", "qwen"), ("LOCAL_LLM_API_KEY", "geheim"), ("BIDLENS_MODEL_PRICES", "2 / 8")];
        let model = resolve(&named).expect("resolves").model.expect("a model");
        assert_eq!((model.base_url.as_str(), model.model.as_str(), model.per_minute), (url.1, "qwen", 0));
        assert_eq!(model.prices, Some(Prices { input: 2.0, output: 8.0 }));
        assert!(!format!("{model:?}").contains("geheim"));
        let unnamed = resolve(&[url]).expect("resolves");
        assert!(unnamed.model.is_none() && unnamed.is_model_unnamed);
        for (pairs, message) in [
            (
                vec![("LOCAL_LLM_BASE_URL", "localhost:8000"), named[1]],
                "LOCAL_LLM_BASE_URL: use http://HOST:PORT/v1 or an https:// address; a key belongs in LOCAL_LLM_API_KEY",
            ),
            (
                vec![url, ("LOCAL_LLM_MODEL", "builtin")],
                "LOCAL_LLM_MODEL=builtin: the name is taken by the built-in model",
            ),
            (
                vec![("BIDLENS_MODEL_PRICES", "2")],
                "BIDLENS_MODEL_PRICES=2: use two prices for a million tokens each, as 2/8",
            ),
            (
                vec![("BIDLENS_MODEL_PER_MINUTE", "0")],
                "BIDLENS_MODEL_PER_MINUTE=0: use a whole number from 1 to 1000000000",
            ),
        ] {
            assert_eq!(resolve(&pairs).expect_err("not understood"), message);
        }
    }

    #[test]
    fn secrets_are_masked_and_origins_told() {
        let pairs = [("BIDLENS_ADMIN_PASSWORD".to_owned(), "geheim".to_owned())];
        let overrides = Overrides { data_dir: None, listen: Some("127.0.0.1:1".to_owned()) };
        let described = RawConfig::from_pairs(pairs, &overrides).expect("raw").describe();
        let of = |name: &str| described.iter().find(|r| r.name == name).expect("described").clone();
        assert_eq!(of("BIDLENS_ADMIN_PASSWORD").value, "********");
        assert_eq!(of("BIDLENS_LISTEN").origin, "command line");
        assert_eq!(of("BIDLENS_LOG").origin, "default");
    }
}
