//! Errors of use cases: whose fault, and what to tell.

use bidlens_jobs::StoreError;
use bidlens_storage::{FileStoreError, StorageError};

/// Whose fault an error is, which decides how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request cannot be understood or makes no sense.
    Input,
    /// It was right once, but what it rests on has changed.
    Stale,
    /// There is no such thing, or it is not the asker's.
    NotFound,
    /// Who asks is not known.
    Identity,
    /// Who asks has not the right to it.
    Forbidden,
    /// It contradicts what is there now.
    Conflict,
    TooLarge,
    TooMany,
    /// Not now: this process is ending.
    Unavailable,
    /// No room left to store anything.
    Full,
    /// Ours, or of something we depend on.
    Internal,
}

/// A use case that could not be done. `code` never changes its meaning; `detail` is for people.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct AppError {
    pub fault: Fault,
    pub code: &'static str,
    pub detail: String,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl AppError {
    pub fn new(fault: Fault, code: &'static str, detail: impl Into<String>) -> AppError {
        AppError { fault, code, detail: detail.into(), cause: None }
    }

    pub fn invalid(code: &'static str, detail: impl Into<String>) -> AppError {
        AppError::new(Fault::Input, code, detail)
    }

    /// One answer for what is missing and what is not the asker's, so that nothing can be learnt from it.
    pub fn not_found(what: &'static str) -> AppError {
        AppError::new(Fault::NotFound, "not_found", format!("there is no such {what}"))
    }

    pub fn outside(doing: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> AppError {
        AppError {
            fault: Fault::Internal,
            code: "internal",
            detail: format!("could not {doing}"),
            cause: Some(Box::new(cause)),
        }
    }
}

/// What a server of rows answers to a login it does not accept.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

impl From<StorageError> for AppError {
    fn from(error: StorageError) -> Self {
        if let Some(refusal) = error.refusal() {
            return AppError {
                fault: Fault::Internal,
                code: "database_refused",
                detail: "the database cannot be used as it is set; mend DATABASE_URL, or POSTGRES_HOST, POSTGRES_DB, \
                         POSTGRES_USER and POSTGRES_PASSWORD"
                    .to_owned(),
                cause: Some(Box::new(Refusal(refusal))),
            };
        }
        match &error {
            StorageError::Database { source: sqlx_error, .. } if is_full(sqlx_error) => full(error),
            StorageError::Database { source: sqlx_error, .. } if is_closed(sqlx_error) => closing(),
            StorageError::Taken => AppError::new(Fault::Conflict, "taken", "the name is taken; choose another"),
            StorageError::Url(_) | StorageError::SchemaIsNewer { .. } => {
                AppError::invalid("database_unusable", error.to_string())
            }
            error_that_passes if error_that_passes.is_retryable() => unreachable_now(error),
            StorageError::Database { .. }
            | StorageError::SchemaIsHalfDone(_)
            | StorageError::SchemaIsForeign(_)
            | StorageError::Migrate(_)
            | StorageError::Stored { .. } => AppError::outside("read or write the database", error),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        if std::error::Error::source(&error).is_some_and(is_closed) {
            return closing();
        }
        if error.is_retryable() {
            return unreachable_now(error);
        }
        AppError::outside("reach the job store", error)
    }
}

impl From<FileStoreError> for AppError {
    fn from(error: FileStoreError) -> Self {
        match error {
            FileStoreError::TooLarge { max } => AppError::new(
                Fault::TooLarge,
                "file_too_large",
                format!("the file is larger than {} MB; split it, or raise BIDLENS_MAX_UPLOAD_MB", max / 1_048_576),
            ),
            FileStoreError::Full => full(error),
            FileStoreError::Unreachable { .. } => AppError {
                fault: Fault::Unavailable,
                code: "file_store_unavailable",
                detail: "the file store does not answer; try again in a while".to_owned(),
                cause: Some(Box::new(error)),
            },
            FileStoreError::Io { .. }
            | FileStoreError::NoBucket { .. }
            | FileStoreError::Denied { .. }
            | FileStoreError::Remote { .. } => AppError::outside("reach the stored files", error),
        }
    }
}

fn full(cause: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError {
        fault: Fault::Full,
        code: "disk_full",
        detail: "the disk is full; nothing was stored. Free some space and try again".to_owned(),
        cause: Some(Box::new(cause)),
    }
}

/// The database is closed last, while the last requests may still be under way.
fn is_closed(error: &dyn std::error::Error) -> bool {
    error.to_string().contains("closed pool")
}

/// The database does not answer now; the same request may succeed a little later.
fn unreachable_now(cause: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError {
        fault: Fault::Unavailable,
        code: "database_unreachable",
        detail: "the database does not answer; nothing was changed. Try again in a moment".to_owned(),
        cause: Some(Box::new(cause)),
    }
}

pub(crate) fn closing() -> AppError {
    AppError::new(Fault::Unavailable, "shutting_down", "the server is stopping; the work goes on when it is back")
}

pub(crate) fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let text = error.to_string();
    text.contains("disk is full") || text.contains("No space left")
}
