//! Every environment variable the program reads, in one place.
//!
//! The names of the system Bidlens replaces are kept, so that an old `.env` keeps working. The reference page
//! is generated from this table.

/// A variable and what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// The default as people read it.
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    /// Never printed in clear.
    pub(crate) secret: bool,
}

const fn plain(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, secret: false }
}

const fn secret(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, secret: true }
}

pub(crate) const DATABASE_URL: &str = "DATABASE_URL";
pub(crate) const POSTGRES_HOST: &str = "POSTGRES_HOST";
pub(crate) const POSTGRES_PORT: &str = "POSTGRES_PORT";
pub(crate) const POSTGRES_DB: &str = "POSTGRES_DB";
pub(crate) const POSTGRES_USER: &str = "POSTGRES_USER";
pub(crate) const POSTGRES_PASSWORD: &str = "POSTGRES_PASSWORD";
pub(crate) const REDIS_URL: &str = "REDIS_URL";
pub(crate) const REDIS_HOST: &str = "REDIS_HOST";
pub(crate) const REDIS_PORT: &str = "REDIS_PORT";
pub(crate) const REDIS_DB: &str = "REDIS_DB";
pub(crate) const REDIS_PASSWORD: &str = "REDIS_PASSWORD";
pub(crate) const RQ_KEY_PREFIX: &str = "RQ_KEY_PREFIX";
pub(crate) const ASYNC_INGEST_ENABLED: &str = "ASYNC_INGEST_ENABLED";
pub(crate) const ASYNC_EXTRACT_ENABLED: &str = "ASYNC_EXTRACT_ENABLED";
pub(crate) const ASYNC_REVIEW_ENABLED: &str = "ASYNC_REVIEW_ENABLED";
pub(crate) const BIDLENS_REDIS_FALLBACK: &str = "BIDLENS_REDIS_FALLBACK";
pub(crate) const LOCAL_LLM_BASE_URL: &str = "LOCAL_LLM_BASE_URL";
pub(crate) const LOCAL_LLM_MODEL: &str = "LOCAL_LLM_MODEL";
pub(crate) const LOCAL_LLM_API_KEY: &str = "LOCAL_LLM_API_KEY";
pub(crate) const LOCAL_LLM_ENDPOINT_PATH: &str = "LOCAL_LLM_ENDPOINT_PATH";
pub(crate) const BIDLENS_MODEL_TIMEOUT_S: &str = "BIDLENS_MODEL_TIMEOUT_S";
pub(crate) const BIDLENS_MODEL_CONCURRENCY: &str = "BIDLENS_MODEL_CONCURRENCY";
pub(crate) const BIDLENS_MODEL_PER_MINUTE: &str = "BIDLENS_MODEL_PER_MINUTE";
pub(crate) const BIDLENS_MODEL_ANSWER_TOKENS: &str = "BIDLENS_MODEL_ANSWER_TOKENS";
pub(crate) const BIDLENS_MODEL_PRICES: &str = "BIDLENS_MODEL_PRICES";
pub(crate) const BIDLENS_STORAGE_URL: &str = "BIDLENS_STORAGE_URL";
pub(crate) const AWS_ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
pub(crate) const AWS_SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
pub(crate) const AWS_SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
pub(crate) const AWS_REGION: &str = "AWS_REGION";
pub(crate) const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
pub(crate) const AWS_ALLOW_HTTP: &str = "AWS_ALLOW_HTTP";
pub(crate) const BIDLENS_ADMIN_USERNAME: &str = "BIDLENS_ADMIN_USERNAME";
pub(crate) const BIDLENS_ADMIN_PASSWORD: &str = "BIDLENS_ADMIN_PASSWORD";
pub(crate) const BIDLENS_LISTEN: &str = "BIDLENS_LISTEN";
pub(crate) const BIDLENS_DATA_DIR: &str = "BIDLENS_DATA_DIR";
pub(crate) const BIDLENS_LOG: &str = "BIDLENS_LOG";
pub(crate) const BIDLENS_LOG_FORMAT: &str = "BIDLENS_LOG_FORMAT";
pub(crate) const OTEL_EXPORTER_OTLP_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
pub(crate) const OTEL_SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
pub(crate) const RUST_LOG: &str = "RUST_LOG";
pub(crate) const BIDLENS_EMBEDDINGS_URL: &str = "BIDLENS_EMBEDDINGS_URL";
pub(crate) const BIDLENS_EMBEDDINGS_MODEL: &str = "BIDLENS_EMBEDDINGS_MODEL";
pub(crate) const BIDLENS_EMBEDDINGS_API_KEY: &str = "BIDLENS_EMBEDDINGS_API_KEY";
pub(crate) const BIDLENS_MAX_UPLOAD_MB: &str = "BIDLENS_MAX_UPLOAD_MB";
pub(crate) const BIDLENS_PARSE_THREADS: &str = "BIDLENS_PARSE_THREADS";
pub(crate) const BIDLENS_JOB_TIMEOUT_S: &str = "BIDLENS_JOB_TIMEOUT_S";
pub(crate) const BIDLENS_RESULT_TTL_S: &str = "BIDLENS_RESULT_TTL_S";
pub(crate) const BIDLENS_FAILURE_TTL_S: &str = "BIDLENS_FAILURE_TTL_S";
pub(crate) const BIDLENS_PARSE_MEMORY_MB: &str = "BIDLENS_PARSE_MEMORY_MB";
pub(crate) const BIDLENS_PARSE_CPU_S: &str = "BIDLENS_PARSE_CPU_S";
pub(crate) const BIDLENS_PARSE_WALL_S: &str = "BIDLENS_PARSE_WALL_S";
pub(crate) const BIDLENS_PARSE_OUTPUT_MB: &str = "BIDLENS_PARSE_OUTPUT_MB";
pub(crate) const BIDLENS_PARSE_FILE_MB: &str = "BIDLENS_PARSE_FILE_MB";
pub(crate) const BIDLENS_PARSE_PROCESSES: &str = "BIDLENS_PARSE_PROCESSES";
pub(crate) const BIDLENS_PARSE_PAGES: &str = "BIDLENS_PARSE_PAGES";
pub(crate) const BIDLENS_PARSE_INFLATED_MB: &str = "BIDLENS_PARSE_INFLATED_MB";
pub(crate) const BIDLENS_PARSE_PACKAGE_MB: &str = "BIDLENS_PARSE_PACKAGE_MB";
pub(crate) const BIDLENS_PARSE_PACKAGE_FILES: &str = "BIDLENS_PARSE_PACKAGE_FILES";
pub(crate) const BIDLENS_PARSE_PACKAGE_DEPTH: &str = "BIDLENS_PARSE_PACKAGE_DEPTH";
pub(crate) const BIDLENS_LIBREOFFICE: &str = "BIDLENS_LIBREOFFICE";
pub(crate) const BIDLENS_BSDTAR: &str = "BIDLENS_BSDTAR";
pub(crate) const BIDLENS_OCR: &str = "BIDLENS_OCR";
pub(crate) const BIDLENS_OCR_LANGUAGE: &str = "BIDLENS_OCR_LANGUAGE";
pub(crate) const BIDLENS_OCR_PAGES: &str = "BIDLENS_OCR_PAGES";
pub(crate) const BIDLENS_OCR_API_KEY: &str = "BIDLENS_OCR_API_KEY";

pub(crate) static VARIABLES: &[Variable] = &[
    secret(
        DATABASE_URL,
        "SQLite file in the data directory",
        "Database as `postgresql://USER:PASSWORD@HOST:PORT/DB` (15 or newer; a Python driver in the scheme is accepted) or `sqlite:PATH`",
    ),
    plain(POSTGRES_HOST, "none", "PostgreSQL host, when DATABASE_URL is not set"),
    plain(POSTGRES_PORT, "5432", "PostgreSQL port"),
    plain(POSTGRES_DB, "the user's name", "PostgreSQL database name"),
    plain(POSTGRES_USER, "postgres", "PostgreSQL user"),
    secret(POSTGRES_PASSWORD, "none", "PostgreSQL password"),
    secret(
        REDIS_URL,
        "none: the embedded queue",
        "Redis that announces jobs to the workers, as `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`",
    ),
    plain(REDIS_HOST, "none", "Redis host, when REDIS_URL is not set"),
    plain(REDIS_PORT, "6379", "Redis port"),
    plain(REDIS_DB, "0", "Redis database number"),
    secret(REDIS_PASSWORD, "none", "Redis password"),
    plain(RQ_KEY_PREFIX, "rq", "Prefix of all queue keys in Redis; RQ 2 knows only `rq`"),
    plain(ASYNC_INGEST_ENABLED, "false", "`true`: imports answer at once and workers read the files"),
    plain(ASYNC_EXTRACT_ENABLED, "false", "`true`: extraction answers at once and workers do it"),
    plain(ASYNC_REVIEW_ENABLED, "false", "`true`: reviews answer at once and workers do them"),
    plain(
        BIDLENS_REDIS_FALLBACK,
        "sync",
        "When Redis does not answer a request for queued work: `sync` does it in the request, `queue` keeps it in the database until Redis is back",
    ),
    plain(
        LOCAL_LLM_BASE_URL,
        "none: model `builtin`",
        "Address of an OpenAI-compatible server of a language model, such as `http://localhost:8000/v1`; it is asked what code cannot settle, and is sent passages of tenders and bids",
    ),
    plain(LOCAL_LLM_MODEL, "none", "Name of the model on that server; needed with LOCAL_LLM_BASE_URL"),
    secret(LOCAL_LLM_API_KEY, "none", "Key for that server"),
    plain(
        LOCAL_LLM_ENDPOINT_PATH,
        "/v1/chat/completions, or /chat/completions below a /v1",
        "Path of the chat endpoint below the address",
    ),
    plain(BIDLENS_MODEL_TIMEOUT_S, "120", "Longest time one answer of the model may take"),
    plain(BIDLENS_MODEL_CONCURRENCY, "4", "Questions one process asks the model at the same time"),
    plain(BIDLENS_MODEL_PER_MINUTE, "none: no limit", "Questions one process begins in a minute"),
    plain(BIDLENS_MODEL_ANSWER_TOKENS, "4096", "Most tokens of one answer; a longer one is cut off and fails the run"),
    plain(
        BIDLENS_MODEL_PRICES,
        "none: tokens are counted, not money",
        "Price of a million tokens asked with and answered with, as `2/8`",
    ),
    plain(
        BIDLENS_STORAGE_URL,
        "file://DATA_DIR/files",
        "Where uploaded files are kept: `file://PATH`, or `s3://BUCKET/PREFIX` for many machines",
    ),
    secret(AWS_ACCESS_KEY_ID, "the machine's role", "Key id for the bucket"),
    secret(AWS_SECRET_ACCESS_KEY, "the machine's role", "Secret of that key"),
    secret(AWS_SESSION_TOKEN, "none", "Token of a temporary key"),
    plain(AWS_REGION, "us-east-1", "Region of the bucket"),
    plain(AWS_ENDPOINT_URL, "Amazon S3", "Address of another S3-compatible store, such as `https://s3.example.org`"),
    plain(AWS_ALLOW_HTTP, "false", "`true`: the store may be reached without TLS"),
    plain(BIDLENS_ADMIN_USERNAME, "admin", "Name of the first user"),
    secret(BIDLENS_ADMIN_PASSWORD, "generated and printed once", "Password of the first user"),
    plain(BIDLENS_LISTEN, "127.0.0.1:9001", "Address and port to listen on"),
    plain(BIDLENS_DATA_DIR, "~/.local/share/bidlens", "Where the database and files are kept"),
    plain(BIDLENS_LOG, "info", "What is logged, as a tracing filter; RUST_LOG is read when it is not set"),
    plain(RUST_LOG, "none", "What is logged, when BIDLENS_LOG is not set"),
    plain(BIDLENS_LOG_FORMAT, "text", "`text` for people, `json` for programs: one object a line"),
    secret(
        OTEL_EXPORTER_OTLP_ENDPOINT,
        "none: no traces",
        "OpenTelemetry collector that takes traces over HTTP, such as `http://localhost:4318`",
    ),
    secret("OTEL_EXPORTER_OTLP_HEADERS", "none", "Headers for the collector, as `name=value,name=value`"),
    plain(OTEL_SERVICE_NAME, "bidlens", "Name of this service in traces"),
    plain(
        BIDLENS_EMBEDDINGS_URL,
        "none: search goes by words alone",
        "Base URL of an OpenAI-compatible server of embeddings, up to and without `/embeddings`, such as `http://localhost:8080/v1`; it is sent the text of imported files and of searches",
    ),
    plain(BIDLENS_EMBEDDINGS_MODEL, "none", "Name of the model on that server; needed with BIDLENS_EMBEDDINGS_URL"),
    secret(BIDLENS_EMBEDDINGS_API_KEY, "none", "Key for that server"),
    plain(BIDLENS_MAX_UPLOAD_MB, "200", "Largest file that may be uploaded"),
    plain(
        BIDLENS_PARSE_THREADS,
        "cores divided by concurrent jobs",
        "Pages of one PDF read at a time; what is read does not depend on it",
    ),
    plain(BIDLENS_JOB_TIMEOUT_S, "1800", "Longest time one attempt of a job may take"),
    plain(BIDLENS_RESULT_TTL_S, "86400", "How long finished jobs stay in the job table"),
    plain(BIDLENS_FAILURE_TTL_S, "604800", "How long failed jobs stay in the job table"),
    plain(BIDLENS_PARSE_MEMORY_MB, "4096", "Memory (address space) that reading one file may take, in MB"),
    plain(BIDLENS_PARSE_CPU_S, "600", "CPU time that reading one file may take, in seconds"),
    plain(BIDLENS_PARSE_WALL_S, "1200", "Time by the clock that reading one file may take, in seconds"),
    plain(BIDLENS_PARSE_OUTPUT_MB, "512", "What reading one file may give, as JSON, in MB"),
    plain(BIDLENS_PARSE_FILE_MB, "512", "Size of a file that a converter (LibreOffice) may write, in MB"),
    plain(BIDLENS_PARSE_PROCESSES, "64", "Processes and threads that a converter may start"),
    plain(BIDLENS_PARSE_PAGES, "5000", "Pages of one file that are read"),
    plain(BIDLENS_PARSE_INFLATED_MB, "300", "What the parts of one office file may inflate to, in MB"),
    plain(
        BIDLENS_PARSE_PACKAGE_MB,
        "1024",
        "What the files of one package (ZIP, 7Z, RAR, mail) may be together, in MB",
    ),
    plain(BIDLENS_PARSE_PACKAGE_FILES, "500", "Files of one package, with those of packages inside it"),
    plain(BIDLENS_PARSE_PACKAGE_DEPTH, "3", "Packages inside packages that are opened"),
    plain(
        BIDLENS_LIBREOFFICE,
        "`soffice` on the PATH",
        "LibreOffice, which reads old office files that the built-in readers refuse: its path, or `off`",
    ),
    plain(
        BIDLENS_OCR,
        "`tesseract` on the PATH",
        "What reads pages that are pictures: the path of Tesseract, the `http://` or `https://` address of a service, or `off`",
    ),
    plain(
        BIDLENS_OCR_LANGUAGE,
        "chi_sim",
        "Model that Tesseract reads with; `chi_sim` alone reads Chinese better than with `eng` beside it",
    ),
    plain(BIDLENS_OCR_PAGES, "1000", "Pages of one file whose words are recognised"),
    secret(BIDLENS_OCR_API_KEY, "none", "Key for the service of text recognition, sent as a bearer token"),
    plain(BIDLENS_BSDTAR, "`bsdtar` on the PATH", "The program that opens RAR archives: its path, or `off`"),
];
