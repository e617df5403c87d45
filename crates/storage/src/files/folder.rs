//! Files in a folder: `ab/abcdef…`, written beside their place, synced and renamed.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::io::ReaderStream;

use super::{FileStoreError, FileStream, ListedFile, folder_in, io_error, is_hash, older, place_in};
use crate::disk::sync_folder;

#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Folder {
        Folder { path: path.to_owned() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn read(&self, sha256: &str) -> Result<Vec<u8>, FileStoreError> {
        tokio::fs::read(place_in(&self.path, sha256)).await.map_err(io_error("read a stored file"))
    }

    pub(super) async fn stream(&self, sha256: &str) -> Result<FileStream, FileStoreError> {
        let file = tokio::fs::File::open(place_in(&self.path, sha256)).await.map_err(io_error("open a stored file"))?;
        Ok(Box::pin(ReaderStream::new(file)))
    }

    pub(super) async fn remove(&self, sha256: &str) -> Result<(), FileStoreError> {
        match tokio::fs::remove_file(place_in(&self.path, sha256)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove a file")(error)),
            _ => Ok(()),
        }
    }

    pub(super) async fn modified(&self, sha256: &str) -> Result<Option<SystemTime>, FileStoreError> {
        let failed = io_error("look at a stored file");
        match tokio::fs::metadata(place_in(&self.path, sha256)).await {
            Ok(metadata) => Ok(Some(metadata.modified().map_err(failed)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<ListedFile>, FileStoreError> {
        let failed = io_error("list stored files");
        let mut listed = Vec::new();
        let mut folders = tokio::fs::read_dir(&self.path).await.map_err(&failed)?;
        while let Some(folder) = folders.next_entry().await.map_err(&failed)? {
            if !folder.file_type().await.map_err(&failed)?.is_dir() {
                continue;
            }
            let mut files = tokio::fs::read_dir(folder.path()).await.map_err(&failed)?;
            while let Some(file) = files.next_entry().await.map_err(&failed)? {
                // Whatever else somebody put there is not ours to judge.
                let Some(sha256) = file.file_name().into_string().ok().filter(|name| is_hash(name)) else { continue };
                if place_in(&self.path, &sha256) != file.path() {
                    continue;
                }
                // It may have been removed since it was listed.
                if let Ok(modified) = file.metadata().await.and_then(|m| m.modified()) {
                    listed.push(ListedFile { sha256, modified });
                }
            }
        }
        Ok(listed)
    }

    /// Moves a received file to its place, as young as it is there, for good: no power cut takes it away again. Blocks.
    pub(super) fn place(&self, file: &File, received: &Path, sha256: &str) -> io::Result<()> {
        file.set_modified(SystemTime::now())?;
        // Before it has its name, so that under the name there is never a part of it.
        file.sync_all()?;
        let folder = folder_in(&self.path, sha256);
        match std::fs::create_dir(&folder) {
            Ok(()) => sync_folder(&self.path)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        std::fs::rename(received, place_in(&self.path, sha256))?;
        sync_folder(&folder)
    }
}

/// Removes files that nobody has written to for `age`: younger ones may be another process's.
pub(super) async fn clear_older(incoming: &Path, age: Duration) -> Result<(), FileStoreError> {
    let failed = io_error("clear half-written files");
    let mut files = tokio::fs::read_dir(incoming).await.map_err(&failed)?;
    while let Some(file) = files.next_entry().await.map_err(&failed)? {
        let modified = file.metadata().await.and_then(|m| m.modified());
        if modified.is_ok_and(|at| older(at, age)) {
            match tokio::fs::remove_file(file.path()).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
    }
    Ok(())
}
