//! Files in an S3-compatible bucket: `prefix/ab/abcdef…`.
//!
//! Every call has a limit: a few tries, a time for each and for all of them. Large files go up in parts; an upload
//! that fails is taken back, and S3 shows an object whole or not at all.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use tokio::io::AsyncReadExt;

use super::{FileStoreError, FileStream, ListedFile, io_error, is_hash, missing};

/// Files above this go up in parts of this size; S3 takes no part smaller than 5 MB, and 10,000 parts at most.
const PART_BYTES: u64 = 8 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For one request with its body.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Between two pieces of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const RETRIES_MAX: usize = 4;
/// After this a request is not tried again.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);
/// For looking whether the bucket is there.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// A bucket and how to get in.
#[derive(Clone)]
pub struct S3Location {
    pub bucket: String,
    pub prefix: String,
    pub region: Option<String>,
    /// `None` for Amazon's own.
    pub endpoint: Option<String>,
    pub allow_http: bool,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
    pub session_token: Option<String>,
    /// A local folder in which files are received.
    pub incoming: PathBuf,
}

impl std::fmt::Debug for S3Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Location")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub(super) struct Bucket {
    store: AmazonS3,
    bucket: String,
    prefix: String,
    endpoint: String,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("bucket", &self.bucket).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Bucket {
    pub(super) fn new(location: &S3Location) -> Result<Bucket, FileStoreError> {
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_timeout(REQUEST_TIMEOUT)
            .with_read_timeout(READ_TIMEOUT);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(3),
                base: 2.0,
            },
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_TIMEOUT,
        };
        let region = location.region.as_deref().unwrap_or("us-east-1");
        // HTTP is a setting of the client, which this replaces as a whole; so it comes after.
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&location.bucket)
            .with_region(region)
            .with_client_options(options)
            .with_allow_http(location.allow_http)
            .with_retry(retry)
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &location.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(id) = &location.access_key_id {
            builder = builder.with_access_key_id(id);
        }
        if let Some(secret) = &location.secret_access_key {
            builder = builder.with_secret_access_key(secret);
        }
        if let Some(token) = &location.session_token {
            builder = builder.with_token(token);
        }
        let store = builder
            .build()
            .map_err(|e| FileStoreError::Remote { doing: "prepare the S3 file store", source: Box::new(e) })?;
        let endpoint = location.endpoint.clone().unwrap_or_else(|| format!("Amazon S3 in {region}"));
        Ok(Bucket { store, bucket: location.bucket.clone(), prefix: location.prefix.clone(), endpoint })
    }

    pub(super) fn describe(&self) -> String {
        format!("bucket {} at {}", self.bucket, self.endpoint)
    }

    fn key(&self, sha256: &str) -> Key {
        Key::from_iter(self.prefix.split('/').filter(|s| !s.is_empty()).chain([&sha256[..2], sha256]))
    }

    fn prefix(&self) -> Option<Key> {
        (!self.prefix.is_empty()).then(|| Key::from(self.prefix.as_str()))
    }

    pub(super) async fn read(&self, sha256: &str) -> Result<Vec<u8>, FileStoreError> {
        let doing = "read a stored file";
        let got = self.store.get(&self.key(sha256)).await.map_err(|e| self.error(doing, e))?;
        Ok(got.bytes().await.map_err(|e| self.error(doing, e))?.into())
    }

    pub(super) async fn stream(&self, sha256: &str) -> Result<FileStream, FileStoreError> {
        let got = self.store.get(&self.key(sha256)).await.map_err(|e| self.error("open a stored file", e))?;
        Ok(Box::pin(got.into_stream().map_err(io::Error::other)))
    }

    pub(super) async fn remove(&self, sha256: &str) -> Result<(), FileStoreError> {
        match self.store.delete(&self.key(sha256)).await.map_err(|e| self.error("remove a file", e)) {
            Err(FileStoreError::Io { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn modified(&self, sha256: &str) -> Result<Option<SystemTime>, FileStoreError> {
        match self.store.head(&self.key(sha256)).await.map_err(|e| self.error("look at a stored file", e)) {
            Ok(meta) => Ok(Some(meta.last_modified.into())),
            Err(FileStoreError::Io { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<ListedFile>, FileStoreError> {
        let mut listed = Vec::new();
        let mut objects = self.store.list(self.prefix().as_ref());
        while let Some(object) = objects.next().await {
            let object = object.map_err(|e| self.error("list stored files", e))?;
            // Whatever else somebody put there is not ours to judge.
            let Some(name) = object.location.filename().filter(|name| is_hash(name)).map(str::to_owned) else {
                continue;
            };
            if self.key(&name) == object.location {
                listed.push(ListedFile { sha256: name, modified: object.last_modified.into() });
            }
        }
        Ok(listed)
    }

    /// Whether the bucket is there and lets us look; a listing's answer tells both, a look at one key does not.
    pub(super) async fn check(&self) -> Result<(), FileStoreError> {
        let doing = "look at the S3 file store";
        let mut objects = self.store.list(self.prefix().as_ref());
        match tokio::time::timeout(CHECK_TIMEOUT, objects.next()).await {
            Ok(Some(Err(error))) => Err(self.error(doing, error)),
            Ok(_) => Ok(()),
            Err(_) => Err(FileStoreError::Unreachable { doing, endpoint: self.endpoint.clone() }),
        }
    }

    /// Puts a received file under its hash; the same bytes again change nothing but its time.
    pub(super) async fn put(&self, received: &Path, size: u64, sha256: &str) -> Result<(), FileStoreError> {
        let doing = "store a file";
        let key = self.key(sha256);
        if size <= PART_BYTES {
            let bytes = tokio::fs::read(received).await.map_err(io_error(doing))?;
            self.store.put(&key, PutPayload::from(bytes)).await.map_err(|e| self.error(doing, e))?;
            return Ok(());
        }
        let mut file = tokio::fs::File::open(received).await.map_err(io_error(doing))?;
        let mut upload = self.store.put_multipart(&key).await.map_err(|e| self.error(doing, e))?;
        let sent = async {
            loop {
                let mut part = Vec::new();
                (&mut file).take(PART_BYTES).read_to_end(&mut part).await.map_err(io_error(doing))?;
                if part.is_empty() {
                    break;
                }
                upload.put_part(Bytes::from(part).into()).await.map_err(|e| self.error(doing, e))?;
            }
            upload.complete().await.map_err(|e| self.error(doing, e))
        }
        .await;
        if let Err(error) = sent {
            // Parts that stay cost room until the bucket's lifecycle rule for incomplete uploads takes them.
            if let Err(abort) = upload.abort().await {
                tracing::warn!(error = %abort, "an incomplete upload was not taken back");
            }
            return Err(error);
        }
        Ok(())
    }

    /// What went wrong, in words that say what to do.
    fn error(&self, doing: &'static str, error: object_store::Error) -> FileStoreError {
        let (bucket, endpoint) = (self.bucket.clone(), self.endpoint.clone());
        // A listing's refusal comes as a general error, whose text alone tells what was answered.
        let text = error.to_string();
        if text.contains("NoSuchBucket") {
            return FileStoreError::NoBucket { doing, bucket, endpoint };
        }
        if text.contains("status code: 401") || text.contains("status code: 403") {
            return FileStoreError::Denied { doing, bucket, endpoint };
        }
        match &error {
            object_store::Error::NotFound { .. } => missing(doing),
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                FileStoreError::Denied { doing, bucket, endpoint }
            }
            _ if is_silent(&error) => FileStoreError::Unreachable { doing, endpoint },
            _ => FileStoreError::Remote { doing, source: Box::new(error) },
        }
    }
}

/// Whether no answer came at all.
fn is_silent(error: &object_store::Error) -> bool {
    let mut cause = error.source();
    while let Some(this) = cause {
        if let Some(http) = this.downcast_ref::<HttpError>() {
            return matches!(http.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout);
        }
        cause = this.source();
    }
    false
}
