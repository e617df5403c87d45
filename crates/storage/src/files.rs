//! Files by content: a file's name is its SHA-256, in a folder or in a bucket.
//!
//! A file is received beside its place while it is hashed, and is in its place whole or not at all. No name from
//! outside becomes a path. Several machines may share a store: what nobody refers to is removed only when it is
//! older than [`FileStore::GRACE`], because another machine may be about to refer to it.

mod folder;
mod s3;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::Stream;
use sha2::{Digest, Sha256};

pub use s3::S3Location;

#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    #[error("the file is larger than {max} bytes")]
    TooLarge { max: u64 },
    #[error("the disk is full")]
    Full,
    #[error("{doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
    #[error("{doing}: there is no bucket {bucket} at {endpoint}; create it, or correct BIDLENS_STORAGE_URL")]
    NoBucket { doing: &'static str, bucket: String, endpoint: String },
    #[error(
        "{doing}: {endpoint} refused access to bucket {bucket}; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the key's rights"
    )]
    Denied { doing: &'static str, bucket: String, endpoint: String },
    #[error("{doing}: {endpoint} does not answer; check AWS_ENDPOINT_URL and the network")]
    Unreachable { doing: &'static str, endpoint: String },
    #[error("{doing}: {source}")]
    Remote { doing: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

fn io_error(doing: &'static str) -> impl Fn(io::Error) -> FileStoreError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileStoreError::Full,
        _ => FileStoreError::Io { doing, source },
    }
}

fn missing(doing: &'static str) -> FileStoreError {
    FileStoreError::Io { doing, source: io::ErrorKind::NotFound.into() }
}

/// A file that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub sha256: String,
    pub size_bytes: u64,
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    pub sha256: String,
    pub modified: SystemTime,
}

/// A stored file's bytes, piece by piece.
pub type FileStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Where files are kept.
#[derive(Debug, Clone)]
pub enum FileLocation {
    Folder(PathBuf),
    S3(S3Location),
}

/// What came first in a `BIDLENS_STORAGE_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageUrl {
    Folder(PathBuf),
    Bucket { bucket: String, prefix: String },
}

impl StorageUrl {
    /// Reads `file://PATH` or `s3://bucket/prefix`; `None` for anything else.
    pub fn parse(url: &str) -> Option<StorageUrl> {
        if let Some(path) = url.strip_prefix("file://") {
            return (!path.is_empty()).then(|| StorageUrl::Folder(PathBuf::from(path)));
        }
        let (bucket, prefix) = url.strip_prefix("s3://")?.split_once('/').unwrap_or((url.strip_prefix("s3://")?, ""));
        let prefix = prefix.trim_matches('/');
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let segments = || prefix.split('/').filter(|_| !prefix.is_empty());
        let good = !bucket.is_empty()
            && bucket.bytes().all(plain)
            && segments().all(|s| !s.is_empty() && s != "." && s != ".." && s.bytes().all(plain));
        good.then(|| StorageUrl::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

#[derive(Debug, Clone)]
pub struct FileStore {
    /// Where files are received.
    incoming: PathBuf,
    place: Place,
    shared: bool,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(folder::Folder),
    Bucket(s3::Bucket),
}

/// A file on its way in; dropped before [`Incoming::keep`] it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    place: Place,
    path: PathBuf,
    /// `None` only while [`Written`] is with a blocking thread, or after it was lost there.
    written: Option<Written>,
    /// The first bytes, by which a file is known.
    head: Vec<u8>,
    /// Received and not yet written.
    waiting: Vec<u8>,
    size: u64,
    max: u64,
    moved: bool,
}

/// Bytes handed to the blocking threads at a time: a hop there costs as much as writing some tens of KB, and what waits
/// for it takes memory in every upload.
const WRITE_BYTES: usize = 256 << 10;

/// First bytes of an incoming file that stay in memory.
const HEAD_BYTES: usize = 16 << 10;

/// The part of an incoming file that has left memory.
#[derive(Debug)]
struct Written {
    file: std::fs::File,
    hash: Sha256,
}

impl FileStore {
    /// Files younger than this may be about to get their row on another machine.
    pub const GRACE: Duration = Duration::from_secs(3_600);

    /// Opens the store, makes sure that it answers, and removes what an earlier process left half-written.
    pub async fn open(location: &FileLocation) -> Result<FileStore, FileStoreError> {
        let store = FileStore::beside(location)?;
        tokio::fs::create_dir_all(&store.incoming).await.map_err(io_error("create the file store"))?;
        folder::clear_older(&store.incoming, FileStore::GRACE).await?;
        if let Place::Bucket(bucket) = &store.place {
            bucket.check().await?;
        }
        Ok(store)
    }

    /// The store of another process, for reading.
    pub fn beside(location: &FileLocation) -> Result<FileStore, FileStoreError> {
        Ok(match location {
            FileLocation::Folder(path) => FileStore {
                incoming: path.join("incoming"),
                place: Place::Folder(folder::Folder::new(path)),
                shared: false,
            },
            FileLocation::S3(s3) => {
                FileStore { incoming: s3.incoming.clone(), place: Place::Bucket(s3::Bucket::new(s3)?), shared: true }
            }
        })
    }

    /// Says that other machines write here too, as with a folder on a network file system; a bucket always is.
    #[must_use]
    pub fn shared(mut self) -> FileStore {
        self.shared = true;
        self
    }

    /// Begins to take a file of at most `max` bytes.
    pub async fn receive(&self, max: u64) -> Result<Incoming, FileStoreError> {
        let path = self.incoming.join(uuid::Uuid::new_v4().to_string());
        let file = tokio::fs::File::create(&path).await.map_err(io_error("create a file"))?.into_std().await;
        let written = Some(Written { file, hash: Sha256::new() });
        Ok(Incoming {
            place: self.place.clone(),
            path,
            written,
            head: Vec::new(),
            waiting: Vec::new(),
            size: 0,
            max,
            moved: false,
        })
    }

    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>, FileStoreError> {
        match &self.place {
            Place::Folder(folder) => folder.read(checked(sha256, "read a stored file")?).await,
            Place::Bucket(bucket) => bucket.read(checked(sha256, "read a stored file")?).await,
        }
    }

    /// The bytes of a file in pieces, for one that need not be in memory as a whole.
    pub async fn stream(&self, sha256: &str) -> Result<FileStream, FileStoreError> {
        match &self.place {
            Place::Folder(folder) => folder.stream(checked(sha256, "open a stored file")?).await,
            Place::Bucket(bucket) => bucket.stream(checked(sha256, "open a stored file")?).await,
        }
    }

    /// Removes a file; one that is not there is no error.
    pub async fn remove(&self, sha256: &str) -> Result<(), FileStoreError> {
        let Ok(sha256) = checked(sha256, "remove a file") else { return Ok(()) };
        match &self.place {
            Place::Folder(folder) => folder.remove(sha256).await,
            Place::Bucket(bucket) => bucket.remove(sha256).await,
        }
    }

    /// Removes a file whose last row has gone, or leaves it to the sweep.
    ///
    /// In a shared store a young file may have been stored again by a machine that has yet to write its row.
    pub async fn forget(&self, sha256: &str) -> Result<(), FileStoreError> {
        if self.shared && !self.is_older(sha256, FileStore::GRACE).await? {
            return Ok(());
        }
        self.remove(sha256).await
    }

    /// Whether a file is there and was stored longer than `age` ago.
    pub async fn is_older(&self, sha256: &str, age: Duration) -> Result<bool, FileStoreError> {
        let Ok(sha256) = checked(sha256, "look at a file") else { return Ok(false) };
        let modified = match &self.place {
            Place::Folder(folder) => folder.modified(sha256).await?,
            Place::Bucket(bucket) => bucket.modified(sha256).await?,
        };
        Ok(modified.is_some_and(|at| older(at, age)))
    }

    /// All files that are there.
    pub async fn stored(&self) -> Result<Vec<ListedFile>, FileStoreError> {
        match &self.place {
            Place::Folder(folder) => folder.list().await,
            Place::Bucket(bucket) => bucket.list().await,
        }
    }

    /// Files that were stored longer than `age` ago.
    pub async fn stored_before(&self, age: Duration) -> Result<Vec<String>, FileStoreError> {
        let files = self.stored().await?.into_iter();
        Ok(files.filter(|f| older(f.modified, age)).map(|f| f.sha256).collect())
    }

    /// Whether files can be written now.
    pub async fn probe(&self) -> Result<(), FileStoreError> {
        let mut incoming = self.receive(16).await?;
        incoming.write(b"probe").await?;
        match &self.place {
            Place::Folder(_) => Ok(()),
            Place::Bucket(bucket) => bucket.check().await,
        }
    }

    /// The store in a few words, for people.
    pub fn describe(&self) -> String {
        match &self.place {
            Place::Folder(folder) => folder.path().display().to_string(),
            Place::Bucket(bucket) => bucket.describe(),
        }
    }
}

fn older(at: SystemTime, age: Duration) -> bool {
    // A time in the future is another clock's, and young.
    SystemTime::now().duration_since(at).is_ok_and(|passed| passed > age)
}

/// A content hash as this store writes it; nothing else becomes a path.
fn checked<'h>(sha256: &'h str, doing: &'static str) -> Result<&'h str, FileStoreError> {
    if is_hash(sha256) { Ok(sha256) } else { Err(missing(doing)) }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
}

impl Incoming {
    /// Bytes written so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The content hash of the bytes received so far, in hex.
    pub fn sha256(&self) -> String {
        let mut hash = self.written.as_ref().map(|w| w.hash.clone()).unwrap_or_default();
        hash.update(&self.waiting);
        hex(hash)
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileStoreError> {
        self.size += bytes.len() as u64;
        if self.size > self.max {
            return Err(FileStoreError::TooLarge { max: self.max });
        }
        let to_head = bytes.len().min(HEAD_BYTES.saturating_sub(self.head.len()));
        self.head.extend_from_slice(bytes.get(..to_head).unwrap_or_default());
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= WRITE_BYTES {
            self.write_waiting(|_| Ok(())).await?;
        }
        Ok(())
    }

    /// Hashes and writes what waits, and does `then` with what has been written, in one visit to a thread that may block.
    async fn write_waiting<T: Send + 'static>(
        &mut self,
        then: impl FnOnce(&Written) -> io::Result<T> + Send + 'static,
    ) -> Result<T, FileStoreError> {
        let failed = io_error("write a file");
        let Some(mut written) = self.written.take() else {
            return Err(failed(io::Error::other("an earlier write was broken off")));
        };
        let bytes = std::mem::take(&mut self.waiting);
        let done = tokio::task::spawn_blocking(move || {
            written.hash.update(&bytes);
            written.file.write_all(&bytes)?;
            let done = then(&written)?;
            Ok((written, bytes, done))
        });
        let (written, mut bytes, done) = done.await.map_err(io::Error::other).and_then(|done| done).map_err(failed)?;
        self.written = Some(written);
        // The same memory takes in what comes next.
        bytes.clear();
        self.waiting = bytes;
        Ok(done)
    }

    /// The first bytes written so far, at most 16 KB.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// All bytes written so far.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, FileStoreError> {
        self.write_waiting(|_| Ok(())).await?;
        tokio::fs::read(&self.path).await.map_err(io_error("read a file that was received"))
    }

    /// Puts the whole file in its place, for good; a file that is there already becomes young again.
    pub async fn keep(mut self) -> Result<StoredFile, FileStoreError> {
        let sha256 = match self.place.clone() {
            Place::Folder(folder) => {
                let received = self.path.clone();
                let place = move |written: &Written| {
                    let sha256 = hex(written.hash.clone());
                    folder.place(&written.file, &received, &sha256).map(|()| sha256)
                };
                let sha256 = self.write_waiting(place).await?;
                self.moved = true;
                sha256
            }
            Place::Bucket(bucket) => {
                let sha256 = self.write_waiting(|written| Ok(hex(written.hash.clone()))).await?;
                bucket.put(&self.path, self.size, &sha256).await?;
                sha256
            }
        };
        Ok(StoredFile { sha256, size_bytes: self.size })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.moved {
            // What stays is removed when the store is opened again.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn place_in(folder: &Path, sha256: &str) -> PathBuf {
    folder_in(folder, sha256).join(sha256)
}

fn folder_in(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(&sha256[..2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_urls_are_a_folder_or_a_bucket() {
        let bucket = |bucket: &str, prefix: &str| StorageUrl::Bucket { bucket: bucket.into(), prefix: prefix.into() };
        for (url, read) in [
            ("file:///srv/files", Some(StorageUrl::Folder("/srv/files".into()))),
            ("s3://tenders", Some(bucket("tenders", ""))),
            ("s3://tenders/", Some(bucket("tenders", ""))),
            ("s3://tenders/a/b/", Some(bucket("tenders", "a/b"))),
            ("file://", None),
            ("s3://", None),
            ("s3:///a", None),
            ("s3://tenders/../other", None),
            ("s3://tenders/a//b", None),
            ("s3://user:key@tenders/a", None),
            ("https://tenders", None),
        ] {
            assert_eq!(StorageUrl::parse(url), read, "{url}");
        }
    }

    #[test]
    fn only_content_hashes_become_paths() {
        for name in ["", "../../etc/passwd", &"A".repeat(64), &"g".repeat(64), &"a".repeat(63)] {
            assert!(!is_hash(name), "{name}");
        }
        assert!(is_hash(&"0f".repeat(32)));
    }

    async fn store(folder: &Path) -> FileStore {
        FileStore::open(&FileLocation::Folder(folder.to_owned())).await.expect("store")
    }

    async fn received(store: &FileStore, pieces: &[&[u8]]) -> Incoming {
        let mut incoming = store.receive(1 << 30).await.expect("receive");
        for piece in pieces {
            incoming.write(piece).await.expect("write");
        }
        incoming
    }

    fn files_in(folder: &Path) -> usize {
        std::fs::read_dir(folder).expect("folder").count()
    }

    #[tokio::test]
    async fn a_kept_file_is_in_its_place_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let store = store(folder.path()).await;
        let large = vec![7; WRITE_BYTES + 1];
        for pieces in [[b"ab".as_slice(), b"c"], [large.as_slice(), b"end"], [b"", b""]] {
            let incoming = received(&store, &pieces).await;
            let told = incoming.sha256();
            let kept = incoming.keep().await.expect("keep");
            let bytes = store.read(&kept.sha256).await.expect("read");
            assert!(bytes == pieces.concat());
            assert_eq!(
                (kept.sha256.as_str(), kept.size_bytes),
                (hex(Sha256::new_with_prefix(&bytes)).as_str(), bytes.len() as u64)
            );
            assert_eq!(told, kept.sha256);
        }
        assert_eq!(files_in(&folder.path().join("incoming")), 0);
    }

    #[tokio::test]
    async fn a_file_that_cannot_get_its_place_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("folder");
        let store = store(folder.path()).await;
        let incoming = received(&store, &[b"bytes"]).await;
        // Where its folder should be is a file.
        std::fs::write(folder_in(folder.path(), &incoming.sha256()), b"").expect("write");
        let refused = incoming.keep().await;
        assert!(matches!(refused, Err(FileStoreError::Io { .. })), "{refused:?}");
        assert_eq!(files_in(&folder.path().join("incoming")), 0);
    }
}
