//! Files into a project: stored by content, then read by an ingest job.
//!
//! A package (an archive, a mail with attachments) becomes the files inside it, each an asset of its own under its
//! path in the package; the package itself is kept only when it has words or something of it could not be opened.
//!
//! All files of a request are checked before the first of them becomes a row, so that a refused request leaves
//! nothing behind.

use std::time::Duration;

use bidlens_jobs::NewJob;
use bidlens_storage::{
    Access, Asset, AssetKind, FileStore, FileStream, Incoming, NewAsset, NewRun, ResultKind, StorageError, StoredFile,
    Submitted, User,
};
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::error::{AppError, Fault};
use crate::jobs::kinds;
use crate::request::name_request;
use crate::work::{WaitMode, Work};
use crate::{App, Inner};

/// What files are imported as.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    pub project_id: String,
    pub kind: AssetKind,
    /// Needed for bids.
    pub bidder_name: Option<String>,
}

/// A file that has been received and is not yet kept.
#[derive(Debug)]
pub struct Upload {
    pub filename: String,
    pub incoming: Incoming,
}

/// A file of a project, with its run and job when there is work to do.
#[derive(Debug, Clone)]
pub struct Imported {
    pub asset: Asset,
    pub ingest: Option<Submitted>,
}

const BIDDER_CHARS_MAX: usize = 200;
const FILENAME_CHARS_MAX: usize = 255;
const RULES_BYTES_MAX: u64 = 1024 * 1024;
const SWEEP_INTERVAL: Duration = Duration::from_secs(3_600);

impl App {
    /// Begins to take an uploaded file.
    pub async fn receive_file(&self) -> Result<Incoming, AppError> {
        Ok(self.inner.files.receive(self.inner.settings.max_upload_bytes).await?)
    }

    /// Checks an import before its files are kept.
    pub async fn check_import(&self, access: &Access, request: &ImportRequest) -> Result<(), AppError> {
        self.check_project(access, &request.project_id).await?;
        let bidder = bidder_name(request);
        if request.kind == AssetKind::Bid && bidder.is_empty() {
            return Err(AppError::invalid("bidder_name_missing", "`bidder_name` is needed for a bid"));
        }
        if bidder.chars().count() > BIDDER_CHARS_MAX || bidder.chars().any(char::is_control) {
            return Err(AppError::invalid(
                "bad_bidder_name",
                format!("`bidder_name` has at most {BIDDER_CHARS_MAX} printable characters"),
            ));
        }
        Ok(())
    }

    /// Adds received files to a project and asks for them to be read; the same bytes are the same asset.
    pub async fn import_files(
        &self,
        user: &User,
        access: &Access,
        request: &ImportRequest,
        uploads: Vec<Upload>,
    ) -> Result<Vec<Imported>, AppError> {
        self.check_import(access, request).await?;
        if let Some(empty) = uploads.iter().find(|u| u.incoming.size() == 0) {
            return Err(AppError::invalid("empty_file", format!("{}: the file is empty", shown(&empty.filename))));
        }
        let files = self.expand(request, uploads).await?;
        let gate = self.inner.files_gate.read().await;
        let mut kept: Vec<(String, StoredFile)> = Vec::new();
        let stored = self.keep(request, files, &mut kept).await;
        let added = match stored {
            Ok(()) => self.add_all(user, request, &kept).await,
            Err(error) => Err(error),
        };
        drop(gate);
        match added {
            Ok(imported) => Ok(imported),
            Err(error) => {
                for (_, file) in &kept {
                    self.discard_file(&file.sha256).await?;
                }
                Err(error)
            }
        }
    }

    /// The files to keep, with their names for people: what was sent, or what was in it.
    async fn expand(&self, request: &ImportRequest, uploads: Vec<Upload>) -> Result<Vec<(String, Incoming)>, AppError> {
        let Inner { files, settings, .. } = &*self.inner;
        let mut expanded = Vec::new();
        for Upload { filename, mut incoming } in uploads {
            let name = shown(&filename);
            let may_be_package =
                request.kind != AssetKind::CustomRule && settings.parser.opens(&filename, incoming.head());
            let package = if may_be_package {
                let bytes = incoming.bytes().await?;
                settings.parser.unpack(&filename, bytes, settings.max_upload_bytes).await.map_err(unpack_failed)?
            } else {
                None
            };
            let Some(package) = package else {
                expanded.push((name, incoming));
                continue;
            };
            if package.keep || package.files.is_empty() {
                expanded.push((name, incoming));
            }
            for file in &package.files {
                let mut member = files.receive(settings.max_upload_bytes).await?;
                let mut from = tokio::fs::File::open(&file.place).await.map_err(|e| unpack_failed(e.into()))?;
                let mut chunk = vec![0u8; 256 * 1024];
                loop {
                    let count = from.read(&mut chunk).await.map_err(|e| unpack_failed(e.into()))?;
                    if count == 0 {
                        break;
                    }
                    member.write(chunk.get(..count).unwrap_or_default()).await?;
                }
                expanded.push((shown_path(&file.path), member));
            }
        }
        Ok(expanded)
    }

    /// Puts the files in their place and checks what can be wrong with them; `kept` holds them even on failure.
    async fn keep(
        &self,
        request: &ImportRequest,
        files: Vec<(String, Incoming)>,
        kept: &mut Vec<(String, StoredFile)>,
    ) -> Result<(), AppError> {
        for (name, incoming) in files {
            kept.push((name, incoming.keep().await?));
        }
        if request.kind == AssetKind::CustomRule {
            for (filename, file) in kept.iter() {
                self.check_rules(filename, file).await?;
            }
        }
        Ok(())
    }

    async fn add_all(
        &self,
        user: &User,
        request: &ImportRequest,
        kept: &[(String, StoredFile)],
    ) -> Result<Vec<Imported>, AppError> {
        let mut imported: Vec<Imported> = Vec::new();
        for (filename, file) in kept {
            let one = self.add(user, request, filename, file).await?;
            if imported.iter().all(|i| i.asset.id != one.asset.id) {
                imported.push(one);
            }
        }
        Ok(imported)
    }

    async fn add(
        &self,
        user: &User,
        request: &ImportRequest,
        filename: &str,
        file: &StoredFile,
    ) -> Result<Imported, AppError> {
        let new = NewAsset {
            id: uuid::Uuid::now_v7().to_string(),
            project_id: request.project_id.clone(),
            kind: request.kind,
            filename: filename.to_owned(),
            bidder_name: if request.kind == AssetKind::Bid { bidder_name(request).to_owned() } else { String::new() },
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            sha256: file.sha256.clone(),
        };
        if request.kind == AssetKind::CustomRule {
            // Rules are read when they are used; they were checked above.
            let (asset, ingest) = self.inner.db.add_asset(&new, None).await?;
            return Ok(Imported { asset, ingest });
        }
        let run = NewRun {
            id: uuid::Uuid::now_v7().to_string(),
            project_id: request.project_id.clone(),
            kind: "ingest".to_owned(),
        };
        let mut job = NewJob::new(kinds::INGEST.0, kinds::INGEST.1, &user.id, json!(null));
        job.payload = json!({"project_id": request.project_id, "asset_id": new.id, "owner_id": user.id, "job_id": job.id.to_string()});
        job.timeout = self.inner.settings.job_timeout;
        name_request(&mut job);
        let (asset, ingest) = self.inner.db.add_asset(&new, Some((&run, &job))).await?;
        Ok(Imported { asset, ingest })
    }

    /// Has the files read as `mode` says, looks at them again if that has been done, and tells how they are read.
    pub async fn settle_import(
        &self,
        access: &Access,
        imported: Vec<Imported>,
        mode: WaitMode,
    ) -> Result<(Vec<Asset>, WaitMode), AppError> {
        let mut open = Vec::new();
        for Imported { asset, ingest } in &imported {
            match ingest {
                Some(submitted) => open.push(submitted.job.clone()),
                // A file that is there already may still be read on behalf of an earlier request.
                None if asset.status == "pending" => {
                    if let Some(job_id) = &asset.job_id {
                        open.extend(self.job(&Access::All, job_id).await.ok());
                    }
                }
                None => {}
            }
        }
        let mode = match mode {
            WaitMode::Queue if !open.is_empty() => self.enqueue(&open).await,
            mode => mode,
        };
        if mode == WaitMode::Queue {
            return Ok((imported.into_iter().map(|i| i.asset).collect(), mode));
        }
        for job in open {
            self.wait_for(&Work::of_job(job)).await?;
        }
        let mut assets = Vec::new();
        for Imported { asset, .. } in imported {
            assets.extend(self.inner.db.asset(access, &asset.id).await?);
        }
        Ok((assets, mode))
    }

    async fn check_rules(&self, filename: &str, file: &StoredFile) -> Result<(), AppError> {
        if file.size_bytes > RULES_BYTES_MAX {
            return Err(AppError::invalid(
                "bad_rules",
                format!("{filename}: a rule file has at most {} KB", RULES_BYTES_MAX / 1024),
            ));
        }
        let bytes = self.inner.files.read(&file.sha256).await?;
        let text = String::from_utf8(bytes)
            .map_err(|_| AppError::invalid("bad_rules", format!("{filename}: rules are YAML in UTF-8")))?;
        bidlens_review::custom_rules::parse(filename, &text)
            .map_err(|e| AppError::invalid("bad_rules", e.to_string()))?;
        Ok(())
    }

    /// Forgets a stored file that no asset refers to, after an import that failed.
    pub(crate) async fn discard_file(&self, sha256: &str) -> Result<(), AppError> {
        let _gate = self.inner.files_gate.write().await;
        if self.inner.db.file_is_used(sha256).await? {
            return Ok(());
        }
        Ok(self.inner.files.forget(sha256).await?)
    }

    async fn sweep(&self) -> Result<u64, AppError> {
        self.sweep_uploads().await?;
        self.sweep_files().await
    }

    /// Ends uploads that were given up and looks for files that no row refers to, now and every hour until this process ends.
    pub(crate) fn start_file_sweeper(&self) {
        let app = self.clone();
        self.inner.tasks.spawn(async move {
            while !app.inner.shutdown.is_cancelled() {
                let swept = tokio::select! {
                    swept = app.sweep() => swept,
                    () = app.inner.shutdown.cancelled() => return,
                };
                match swept {
                    Ok(0) => {}
                    Ok(files) => tracing::info!(files, "stored files that nothing refers to were removed"),
                    Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no sweep of stored files"),
                }
                tokio::select! {
                    () = tokio::time::sleep(SWEEP_INTERVAL) => {}
                    () = app.inner.shutdown.cancelled() => return,
                }
            }
        });
    }

    /// Removes files that some process stored and died before a row referred to them.
    ///
    /// Other machines may be storing files now, so only what has been there for [`FileStore::GRACE`] is looked at,
    /// and its age is asked again last: whoever stores the same bytes again makes the file young.
    async fn sweep_files(&self) -> Result<u64, AppError> {
        let Inner { files, db, files_gate, .. } = &*self.inner;
        let mut removed = 0;
        for sha256 in files.stored_before(FileStore::GRACE).await? {
            if db.file_is_used(&sha256).await? {
                continue;
            }
            let _gate = files_gate.write().await;
            if !db.file_is_used(&sha256).await? && files.is_older(&sha256, FileStore::GRACE).await? {
                files.remove(&sha256).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    pub async fn assets(&self, access: &Access, project_id: &str) -> Result<Vec<Asset>, AppError> {
        let assets = self.inner.db.assets(access, project_id).await?;
        if assets.is_empty() {
            // A project without files, or none of the asker's.
            self.check_project(access, project_id).await?;
        }
        Ok(assets)
    }

    /// Removes a file; with the last file of a bidder go the reviews that quote it.
    pub async fn delete_asset(&self, access: &Access, project_id: &str, id: &str) -> Result<(), AppError> {
        let asset = self.own_asset(access, project_id, id).await?;
        let _gate = self.inner.files_gate.write().await;
        let unused = self.inner.db.delete_asset(access, id).await?.ok_or_else(|| AppError::not_found("asset"))?;
        self.inner.searched.forget();
        // They quote the project's files, and nobody knows which.
        self.inner.db.forget_model_answers(project_id).await?;
        self.forget_all(unused.into_iter().collect()).await?;
        self.forget_reviews_without_files(access, &asset).await
    }

    /// Changes what a file is and whose, when it was imported as something else than it is. What was found before stays
    /// until the work is done again, but for reviews of a bidder who has no file any more.
    pub async fn change_asset(
        &self,
        access: &Access,
        project_id: &str,
        id: &str,
        kind: AssetKind,
        bidder_name: Option<&str>,
    ) -> Result<Asset, AppError> {
        let asset = self.own_asset(access, project_id, id).await?;
        if (kind == AssetKind::CustomRule) != (asset.kind == AssetKind::CustomRule) {
            return Err(AppError::new(
                Fault::Conflict,
                "rules_are_not_read",
                "rules and files that are read cannot become one another; delete the file and import it again",
            ));
        }
        let request =
            ImportRequest { project_id: project_id.to_owned(), kind, bidder_name: bidder_name.map(str::to_owned) };
        self.check_import(access, &request).await?;
        let bidder = if kind == AssetKind::Bid { self::bidder_name(&request) } else { "" };
        let changed = self.inner.db.change_asset(access, id, kind, bidder).await.map_err(|error| match error {
            StorageError::Taken => AppError::new(
                Fault::Conflict,
                "same_file",
                "the project has the same file as that already; delete one of them",
            ),
            error => error.into(),
        })?;
        let changed = changed.ok_or_else(|| AppError::not_found("asset"))?;
        self.inner.searched.forget();
        self.forget_reviews_without_files(access, &asset).await?;
        Ok(changed)
    }

    /// With the last file of a bidder go the reviews that quote it.
    async fn forget_reviews_without_files(&self, access: &Access, asset: &Asset) -> Result<(), AppError> {
        if asset.kind == AssetKind::Bid {
            let left = self.inner.db.assets(access, &asset.project_id).await?;
            if !left.iter().any(|a| a.kind == AssetKind::Bid && a.bidder_name == asset.bidder_name) {
                self.inner.db.remove_result(&asset.project_id, ResultKind::Review, &asset.bidder_name).await?;
                self.inner.db.forget_reviews(&asset.project_id, &asset.bidder_name).await?;
                self.inner.db.forget_clues(&asset.project_id, &asset.bidder_name).await?;
            }
        }
        Ok(())
    }

    /// An asset with its original bytes, piece by piece.
    pub async fn asset_file(
        &self,
        access: &Access,
        project_id: &str,
        id: &str,
    ) -> Result<(Asset, FileStream), AppError> {
        let asset = self.own_asset(access, project_id, id).await?;
        let file = self.inner.files.stream(&asset.sha256).await?;
        Ok((asset, file))
    }

    pub(crate) async fn own_asset(&self, access: &Access, project_id: &str, id: &str) -> Result<Asset, AppError> {
        let asset = self.inner.db.asset(access, id).await?;
        asset.filter(|a| a.project_id == project_id).ok_or_else(|| AppError::not_found("asset"))
    }
}

pub(crate) fn bidder_name(request: &ImportRequest) -> &str {
    request.bidder_name.as_deref().map(str::trim).unwrap_or_default()
}

fn unpack_failed(error: anyhow::Error) -> AppError {
    AppError {
        fault: Fault::Internal,
        code: "internal",
        detail: "could not unpack a file".to_owned(),
        cause: Some(error.into()),
    }
}

/// A path inside a package, for people: printable, of bounded length; its end says what the file is.
fn shown_path(path: &str) -> String {
    let printable: Vec<char> = path.chars().filter(|c| !c.is_control()).collect();
    printable.iter().skip(printable.len().saturating_sub(FILENAME_CHARS_MAX)).collect()
}

/// A file's name for people: the last part of a path, printable, of bounded length.
pub(crate) fn shown(filename: &str) -> String {
    let last = filename.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name: String = last.chars().filter(|c| !c.is_control()).take(FILENAME_CHARS_MAX).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
