//! Files that arrive in pieces, over any number of requests: what has arrived once is not sent again.
//!
//! A piece is a stored file like any other, so that whichever process serves the next request finds it, in a folder or
//! in a bucket, after a restart too. The last piece makes the whole, which is imported like a file of a form.

use std::time::Duration;

use bidlens_storage::{Access, NewUpload, PartialUpload, StoredFile, User};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::App;
use crate::error::{AppError, Fault, closing};
use crate::import::{ImportRequest, Imported, Upload, bidder_name, shown};

/// What is received of one request before it is put on record: so much is lost at most when the process dies.
const PIECE_BYTES: u64 = 8 * 1024 * 1024;
/// More than a line that breaks all the time leaves behind.
const PIECES_MAX: i64 = 2_000;
/// Uploads of one person that are open at one time.
const OPEN_MAX: i64 = 100;
/// A sender that says nothing for so long has gone, and what it sent before is kept.
const SILENCE: Duration = Duration::from_secs(30);

impl App {
    /// How long an upload is kept that nobody adds to.
    pub const UPLOAD_LIFETIME: Duration = Duration::from_secs(86_400);

    /// Begins an upload of `size` bytes, after everything that can be wrong with it before it is here.
    pub async fn begin_upload(
        &self,
        access: &Access,
        request: &ImportRequest,
        filename: &str,
        size: u64,
    ) -> Result<PartialUpload, AppError> {
        self.check_import(access, request).await?;
        let max = self.inner.settings.max_upload_bytes;
        if size == 0 {
            return Err(AppError::invalid("empty_file", format!("{}: the file is empty", shown(filename))));
        }
        if size > max {
            return Err(bidlens_storage::FileStoreError::TooLarge { max }.into());
        }
        let new = NewUpload {
            id: uuid::Uuid::now_v7().to_string(),
            project_id: request.project_id.clone(),
            kind: request.kind,
            bidder_name: bidder_name(request).to_owned(),
            filename: shown(filename),
            size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
        };
        self.inner.db.add_upload(access, &new, OPEN_MAX).await?.ok_or_else(|| {
            AppError::new(
                Fault::TooMany,
                "too_many_uploads",
                format!("{OPEN_MAX} uploads are open; finish or delete some of them"),
            )
        })
    }

    /// Where an upload stands.
    pub async fn upload(&self, access: &Access, project_id: &str, id: &str) -> Result<PartialUpload, AppError> {
        self.inner.db.upload(access, project_id, id).await?.ok_or_else(|| AppError::not_found("upload"))
    }

    /// A project's uploads that still take bytes, newest first.
    pub async fn open_uploads(&self, access: &Access, project_id: &str) -> Result<Vec<PartialUpload>, AppError> {
        self.project(access, project_id).await?;
        Ok(self.inner.db.open_uploads(access, project_id).await?)
    }

    /// Ends an upload and forgets what has arrived.
    pub async fn delete_upload(&self, access: &Access, project_id: &str, id: &str) -> Result<(), AppError> {
        let _gate = self.inner.files_gate.write().await;
        let unused = self.inner.db.remove_upload(access, project_id, id).await?;
        self.forget_all(unused.ok_or_else(|| AppError::not_found("upload"))?).await
    }

    /// Takes in what `bytes` bring from `start` on and tells where the upload then stands; `upload` is where it stands now.
    ///
    /// It is a task of its own: what has arrived is kept also when the connection breaks and its request is dropped.
    pub async fn append_upload<E: Send + 'static>(
        &self,
        access: &Access,
        upload: PartialUpload,
        start: u64,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    ) -> Result<PartialUpload, AppError> {
        if upload.received.unsigned_abs() != start {
            return Err(elsewhere(upload.received));
        }
        if self.inner.db.count_pieces(&upload.id).await? >= PIECES_MAX {
            return Err(AppError::new(
                Fault::Conflict,
                "too_many_pieces",
                format!("the upload has come in {PIECES_MAX} pieces; delete it and begin again with larger ones"),
            ));
        }
        let (project_id, id) = (upload.project_id.clone(), upload.id.clone());
        let app = self.clone();
        let task = self.inner.tasks.spawn(async move { app.take_in(&upload, bytes).await });
        task.await.map_err(|e| AppError::outside("take in an upload", e))??;
        self.upload(access, &project_id, &id).await
    }

    async fn take_in<E: Send>(
        &self,
        upload: &PartialUpload,
        mut bytes: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    ) -> Result<(), AppError> {
        let room = upload.size_bytes.abs_diff(upload.received);
        let mut taken = 0;
        let mut ended = None;
        while ended.is_none() {
            let mut piece = self.inner.files.receive(room - taken).await?;
            while piece.size() < PIECE_BYTES && ended.is_none() {
                let next = tokio::select! {
                    next = tokio::time::timeout(SILENCE, bytes.next()) => next,
                    () = self.inner.shutdown.cancelled() => { ended = Some(Err(closing())); continue }
                };
                ended = match next {
                    Ok(Some(Ok(chunk))) if piece.size() + chunk.len() as u64 > room - taken => Some(Err(too_long())),
                    Ok(Some(Ok(chunk))) => {
                        piece.write(&chunk).await?;
                        None
                    }
                    Ok(None) => Some(Ok(())),
                    Ok(Some(Err(_))) => Some(Err(broken_off())),
                    Err(_) => Some(Err(broken_off())),
                };
            }
            let size = piece.size();
            if size > 0 {
                let gate = self.inner.files_gate.read().await;
                let kept: StoredFile = piece.keep().await?;
                let at = upload.received.saturating_add_unsigned(taken);
                let added = self.inner.db.add_piece(&upload.id, at, &kept).await;
                drop(gate);
                if !matches!(added, Ok(true)) {
                    self.discard_file(&kept.sha256).await?;
                    added?;
                    return Err(AppError::new(
                        Fault::Conflict,
                        "upload_moved",
                        "another request has added to the upload; ask where it stands",
                    ));
                }
                taken += size;
            }
        }
        ended.unwrap_or(Ok(()))
    }

    /// Imports an upload that is here as a whole, as `import_files` does; a refusal that will stay one ends it.
    pub async fn finish_upload(
        &self,
        user: &User,
        access: &Access,
        upload: &PartialUpload,
    ) -> Result<Vec<Imported>, AppError> {
        let request = ImportRequest {
            project_id: upload.project_id.clone(),
            kind: upload.kind,
            bidder_name: Some(upload.bidder_name.clone()),
        };
        let mut incoming = self.receive_file().await?;
        for sha256 in self.inner.db.pieces(&upload.id).await? {
            let mut piece = self.inner.files.stream(&sha256).await?;
            while let Some(chunk) = piece.next().await {
                incoming.write(&chunk.map_err(|e| AppError::outside("read a piece of an upload", e))?).await?;
            }
        }
        if incoming.size() != upload.size_bytes.unsigned_abs() {
            // Another request has finished it in the meantime, or it was deleted.
            return Err(elsewhere(upload.received));
        }
        let whole = Upload { filename: upload.filename.clone(), incoming };
        let imported = match self.import_files(user, access, &request, vec![whole]).await {
            Ok(imported) => imported,
            Err(error) => {
                if matches!(error.fault, Fault::Input | Fault::TooLarge) {
                    self.delete_upload(access, &upload.project_id, &upload.id).await?;
                }
                return Err(error);
            }
        };
        let asset_ids: Vec<String> = imported.iter().map(|one| one.asset.id.clone()).collect();
        let _gate = self.inner.files_gate.write().await;
        self.forget_all(self.inner.db.finish_upload(&upload.id, &asset_ids).await?).await?;
        Ok(imported)
    }

    /// Ends the uploads that nobody has added to for long.
    pub(crate) async fn sweep_uploads(&self) -> Result<(), AppError> {
        let _gate = self.inner.files_gate.write().await;
        let idle = i64::try_from(App::UPLOAD_LIFETIME.as_millis()).unwrap_or(i64::MAX);
        self.forget_all(self.inner.db.remove_idle_uploads(idle).await?).await
    }

    /// The caller holds the gate for writing.
    pub(crate) async fn forget_all(&self, unused: Vec<String>) -> Result<(), AppError> {
        if !unused.is_empty() {
            // No power cut may bring rows back whose files are gone.
            self.sync().await?;
        }
        for sha256 in unused {
            self.inner.files.forget(&sha256).await?;
        }
        Ok(())
    }
}

fn elsewhere(received: i64) -> AppError {
    AppError::new(Fault::Conflict, "wrong_offset", format!("{received} bytes of the upload are here; go on from there"))
}

fn too_long() -> AppError {
    AppError::invalid("upload_too_long", "more bytes came than the upload was begun with")
}

fn broken_off() -> AppError {
    AppError::invalid("upload_broken_off", "the connection broke off; what had arrived is kept")
}
