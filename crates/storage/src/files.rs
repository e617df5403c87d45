//! Files by content: a folder in which a file's name is its SHA-256.
//!
//! A file is written beside its place, synced and renamed, so that it is there whole or not at all. No name from
//! outside becomes a path.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    #[error("the file is larger than {max} bytes")]
    TooLarge { max: u64 },
    #[error("the disk is full")]
    Full,
    #[error("{doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
}

fn io_error(doing: &'static str) -> impl Fn(io::Error) -> FileStoreError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileStoreError::Full,
        _ => FileStoreError::Io { doing, source },
    }
}

/// A file that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub sha256: String,
    pub size_bytes: u64,
}

#[derive(Debug, Clone)]
pub struct FileStore {
    folder: PathBuf,
}

/// A file on its way in; dropped before [`Incoming::keep`] it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    path: PathBuf,
    file: tokio::fs::File,
    hash: Sha256,
    size: u64,
    max: u64,
    kept: bool,
}

impl FileStore {
    /// Opens the store, and removes what was left half-written by an earlier process.
    pub async fn open(folder: &Path) -> Result<FileStore, FileStoreError> {
        let incoming = folder.join("incoming");
        if incoming.exists() {
            tokio::fs::remove_dir_all(&incoming).await.map_err(io_error("clear half-written files"))?;
        }
        tokio::fs::create_dir_all(&incoming).await.map_err(io_error("create the file store"))?;
        Ok(FileStore { folder: folder.to_owned() })
    }

    /// The store of another process, for reading.
    pub fn beside(folder: &Path) -> FileStore {
        FileStore { folder: folder.to_owned() }
    }

    /// Begins to take a file of at most `max` bytes.
    pub async fn receive(&self, max: u64) -> Result<Incoming, FileStoreError> {
        let path = self.folder.join("incoming").join(uuid::Uuid::new_v4().to_string());
        let file = tokio::fs::File::create(&path).await.map_err(io_error("create a file"))?;
        Ok(Incoming { folder: self.folder.clone(), path, file, hash: Sha256::new(), size: 0, max, kept: false })
    }

    /// Where a file is; `None` for what is not a content hash.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        place(&self.folder, sha256)
    }

    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>, FileStoreError> {
        let path = self
            .path(sha256)
            .ok_or(FileStoreError::Io { doing: "find a file", source: io::ErrorKind::NotFound.into() })?;
        tokio::fs::read(path).await.map_err(io_error("read a stored file"))
    }

    /// Removes a file; one that is not there is no error.
    pub async fn remove(&self, sha256: &str) -> Result<(), FileStoreError> {
        let Some(path) = self.path(sha256) else { return Ok(()) };
        match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove a file")(error)),
            _ => Ok(()),
        }
    }

    /// The content hashes of all files that are there.
    pub async fn stored(&self) -> Result<Vec<String>, FileStoreError> {
        let failed = io_error("list stored files");
        let mut hashes = Vec::new();
        let mut folders = tokio::fs::read_dir(&self.folder).await.map_err(&failed)?;
        while let Some(folder) = folders.next_entry().await.map_err(&failed)? {
            if !folder.file_type().await.map_err(&failed)?.is_dir() {
                continue;
            }
            let mut files = tokio::fs::read_dir(folder.path()).await.map_err(&failed)?;
            while let Some(file) = files.next_entry().await.map_err(&failed)? {
                // Whatever else somebody put there is not ours to judge.
                hashes.extend(file.file_name().into_string().ok().filter(|name| self.path(name) == Some(file.path())));
            }
        }
        Ok(hashes)
    }

    /// Whether files can be written now.
    pub async fn probe(&self) -> Result<(), FileStoreError> {
        let mut incoming = self.receive(16).await?;
        incoming.write(b"probe").await
    }
}

fn place(folder: &Path, sha256: &str) -> Option<PathBuf> {
    let hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    hex.then(|| folder.join(&sha256[..2]).join(sha256))
}

impl Incoming {
    /// Bytes written so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The content hash of the bytes written so far, in hex.
    pub fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileStoreError> {
        self.size += bytes.len() as u64;
        if self.size > self.max {
            return Err(FileStoreError::TooLarge { max: self.max });
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).await.map_err(io_error("write a file"))
    }

    /// Puts the whole file in its place.
    pub async fn keep(mut self) -> Result<StoredFile, FileStoreError> {
        self.file.flush().await.map_err(io_error("write a file"))?;
        self.file.sync_all().await.map_err(io_error("sync a file"))?;
        let sha256 = self.sha256();
        let target = place(&self.folder, &sha256)
            .ok_or(FileStoreError::Io { doing: "place a file", source: io::ErrorKind::InvalidInput.into() })?;
        if let Some(parent) = target.parent() {
            tokio::fs::create_dir_all(parent).await.map_err(io_error("create a folder"))?;
        }
        tokio::fs::rename(&self.path, &target).await.map_err(io_error("place a file"))?;
        self.kept = true;
        Ok(StoredFile { sha256, size_bytes: self.size })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // What stays is removed when the store is opened again.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
